"""A real browser, signed in as whoever the test says; any console error fails the test."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from dispatch.models import RuleSet
from orgs.models import User
from tests.browser.socket_reader import socket_service
from tests.county import County
from tests.lives import ID_NUMBER
from tests.rulebook import in_force
from tests.rulebook import rule as routing_rule

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
# What a test has asked for: a refusal, no answer, no net, an error with its number.
REFUSED = re.compile(
    r"status of [45]|Error Code [45]|ERR_FAILED|ERR_INTERNET_DISCONNECTED"
    r"|htmx:(afterRequest|sendError)"
)
# What a vendor's service says of a card on the reader.
CARD = {
    "resultFlag": 0,
    "resultContent": {
        "partyName": "张三丰",
        "gender": "男",
        "bornDay": "19491231",
        "certAddress": "青石镇柳湾村3组",
        "certNumber": ID_NUMBER.lower(),
        "identityPic": "never looked at",
    },
}
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
            kept = {
                "sessionid": session,
                "csrftoken": get_random_string(32),
            }  # as a sign-in leaves them
            context.add_cookies(
                [
                    {"name": name, "value": value, "url": live_server.url}
                    for name, value in kept.items()
                ]
            )
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    until_answered()
    assert errors == []


def until_answered() -> None:
    """What a page still asked when it was closed is over: the tables may be emptied."""
    quiet, until = 0, time.monotonic() + 10
    while quiet < 3 and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        time.sleep(0.05)


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """shot(page, name): a picture of the page, when SCREENSHOTS names a folder for them."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            test = request.node.name.split("[")[0]
            page.screenshot(path=Path(folder) / f"{test}-{name}.png")

    return take


@pytest.fixture
def rule(county: County, db: None) -> RuleSet:
    """R-07: wages go to 人社局."""
    wages = routing_rule("R-07", county.human_resources, words=("工资", "拖欠"))
    return in_force(county.county, wages)


@pytest.fixture
def reader() -> Iterator[str]:
    """The service of a vendor on the computer of the window, with a card on the reader."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(CARD).encode()
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/read"
    server.shutdown()
    server.server_close()


@pytest.fixture
def socket_reader() -> Iterator[str]:
    """The same service, of a vendor who speaks WebSocket."""
    with socket_service(CARD) as address:
        yield address


@pytest.fixture
def empty_socket_reader() -> Iterator[str]:
    """A service that finds no card on its reader."""
    with socket_service({"resultFlag": -1, "errorMsg": "no card"}) as address:
        yield address
