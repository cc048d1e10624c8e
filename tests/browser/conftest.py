"""A real browser, signed in as whoever the test says; any console error fails the test."""

from __future__ import annotations

import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from orgs.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's sync API runs a loop

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# What a test has asked for: a refusal, an answer that never comes, an error with its number.
REFUSED = re.compile(r"status of [45]|Error Code [45]|ERR_FAILED|htmx:(afterRequest|sendError)")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        warnings.warn("NO BROWSER FOUND: every browser test is skipped", stacklevel=1)
        pytest.skip("no Chromium, Chrome or Edge is installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_as(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """open_as(person, path, …): a page of that person's own browser; None is a citizen."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        refused = REFUSED.search(message.text)
        if message.type == "error" and not refused:
            errors.append(message.text)

    def open_(
        user: User | None,
        path: str,
        *,
        javascript: bool = True,
        size: tuple[int, int] = (1366, 657),
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """shot(page, name): a picture of the page, when SCREENSHOTS names a folder for them."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            test = request.node.name.split("[")[0]
            page.screenshot(path=Path(folder) / f"{test}-{name}.png")

    return take
