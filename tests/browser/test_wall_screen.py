"""The wall hangs for months: a day of it in a minute, without growing, and through a cut line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from orgs.models import User
from tests.lives import Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREEN = reverse("reports:screen")
MINUTE = 60_000
GROWTH = 1.10


def heap_of(page: Page) -> float:
    """What the page holds after everything that could be thrown away has been."""
    tools = page.context.new_cdp_session(page)
    for _ in range(3):  # what the first leaves only goes with the next
        page.wait_for_timeout(300)
        tools.send("HeapProfiler.collectGarbage")
    used: dict[str, Any] = tools.send("Runtime.getHeapUsage")
    tools.detach()
    return float(used["usedSize"])


def hang(open_as: Any, leader: User, script: str = "") -> Page:
    """The wall, with a clock of ours."""
    page: Page = open_as(leader, "/reports/mine/")
    page.clock.install(time="2026-11-22T10:00:00+08:00")
    if script:
        page.add_init_script(script)
    page.goto(SCREEN)
    return page


# Answers at once, each time with another number, as often as the page asks.
ANSWERS = """
window.asked = 0;

window.fetch = function () {
  window.asked += 1;
  const parts = {};
  document.querySelectorAll("[data-part]").forEach((el) => {
    const drawn = el.innerHTML.replace(/ class="is-new"/g, "");
    parts[el.dataset.part] = drawn.replace(/(data-figure="in_hand">)[^<]*/, "$1" + window.asked);
  });
  const data = {parts: parts, shown: "10:41", date: "2026年11月22日 星期日"};
  return Promise.resolve({ok: true, status: 200, json: () => Promise.resolve(data)});
};
"""


def shown_answer(page: Page) -> int:
    """Which of its answers the page shows: the last."""
    shown = int(page.locator('[data-figure="in_hand"]').inner_text())
    assert shown == page.evaluate("window.asked")
    return shown


def test_a_day_on_the_wall_leaves_no_more_in_memory(open_as, leader: User, lives: Lives) -> None:
    """24 hours, the night's new beginning among them."""
    lives.claimed()
    page = hang(open_as, leader, ANSWERS)
    for _ in range(4):  # what a browser compiles and keeps for itself is there by then
        page.clock.run_for(60 * MINUTE)
    asked = shown_answer(page)  # Playwright's own script is 0.8 MB and is there from now on
    before = heap_of(page)
    for _ in range(12):  # from 14:00 to 02:00
        page.clock.run_for(60 * MINUTE)
    assert shown_answer(page) > asked + 600
    assert heap_of(page) < before * GROWTH
    with page.expect_navigation():  # 03:00, and up to ten minutes of chance
        page.clock.run_for(75 * MINUTE)
    for _ in range(7):
        page.clock.run_for(60 * MINUTE)
    assert heap_of(page) < before * GROWTH
    expect(page.locator("[data-stale]")).to_be_hidden()


def test_a_cut_line_is_said_within_two_minutes_and_mends_itself(
    open_as, leader: User, lives: Lives
) -> None:
    lives.claimed()
    page = hang(open_as, leader)
    number = page.locator('[data-figure="in_hand"]').inner_text()
    page.route("**/screen/data*", lambda route: route.abort())
    page.clock.run_for(2 * MINUTE + 1_000)
    stale = page.locator("[data-stale]")
    expect(stale).to_be_visible()
    expect(stale).to_have_text(re.compile(r"^\d\d:\d\d 起没有新数据，正在重连"))
    assert page.locator('[data-figure="in_hand"]').inner_text() == number
    page.clock.run_for(8 * MINUTE)
    expect(stale).to_be_visible()
    page.unroute("**/screen/data*")
    for _ in range(20):  # ten seconds at a time: an answer needs a moment of the real clock
        page.clock.run_for(10_000)
        page.wait_for_timeout(200)
        if stale.is_hidden():
            break
    expect(stale).to_be_hidden()
