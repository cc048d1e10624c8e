"""Journeys 11 and 17 of `ux.md` §4: light, list and ladder agree; what a late unit meets."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.recalculation import catch_up, set_day
from dispatch.models import Supervision, Talk
from dispatch.tasks import sweep_clocks
from orgs.models import User
from tests.browser.window import Open
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh, later
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOARD = "/supervision/"


def number_of(page: Page, view: str) -> int:
    """What a tab of 督办台 says it holds."""
    text = page.locator(f"nav.tabs a[href$='view={view}']").inner_text()
    return int(re.findall(r"\d+", text)[0])


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def light_everywhere(pages: dict[str, Page], words: str) -> None:
    for name, page in pages.items():
        page.reload()
        expect(page.get_by_text(words).first, name).to_be_visible()


def test_journey_11_every_page_shows_the_same_light(
    open_as: Open, lives: Lives, triage: User, county: County, sysadmin: User
) -> None:
    clock.freeze(DISPATCHED)
    catch_up()
    case = lives.claimed()
    pages = {
        "list": open_as(triage, f"/cases/?q={case.short_number}"),
        "detail": open_as(triage, case.get_absolute_url()),
    }
    for at, words in (
        (moment(4, 11, 9), "剩 2 个工作日"),
        (moment(4, 14, 9), "剩 1 个工作日"),
        (moment(4, 15, 9), "今天 17:30 到期"),
        (moment(4, 15, 17, 31), "刚超期"),
        (moment(4, 16, 9), "超 1 个工作日"),
    ):
        clock.freeze(at)
        light_everywhere(pages, words)
    board = open_as(triage, BOARD)
    expect(board.get_by_text("超 1 个工作日").first).to_be_visible()
    board.get_by_text("为什么亮灯").first.click()
    expect(board.get_by_text("4月4日—4月6日 清明节").first).to_be_visible()
    clock.freeze(moment(4, 14, 9))
    closed = date(2025, 4, 15)
    set_day(
        center=county.county,
        first=closed,
        last=closed,
        is_workday=False,
        name="停电",
        by=sysadmin,
        address=None,
    )
    catch_up()
    assert fresh(case).due_at == moment(4, 16, 17, 30)
    light_everywhere(pages, "剩 1 个工作日")
    expect(pages["detail"].get_by_text("日历有变，期限重算").first).to_be_visible()


def answer_the_sheet(open_as: Open, handler: User, case: Case) -> None:
    unit = open_as(handler, case.get_absolute_url())
    expect(unit.get_by_role("heading", name=re.compile("^督办单"))).to_be_visible()
    unit.get_by_role("link", name=re.compile("^答复督办")).first.click()
    unit.get_by_label("为什么没办完，什么时候办完").fill("经办人换岗，本周五办完")
    press(unit, "答复")
    expect(unit.get_by_text("已答复督办").first).to_be_visible()


def call_and_record(open_as: Open, triage: User, leader: User) -> Talk:
    proposing = open_as(triage, "/supervision/talks/new/RS/")
    proposing.locator("input[name=cases]").first.check(force=True)
    proposing.get_by_label("约谈事由").fill("超期以后没有说明")
    press(proposing, "建议约谈")
    proposing.wait_for_url(re.compile(r"/supervision/talks/\d+/$"))
    expect(proposing.get_by_role("heading", name="约谈 人社局")).to_be_visible()
    talk = Talk.objects.latest("pk")
    at = clock.local(clock.now() + timedelta(days=1))
    deciding = open_as(leader, f"/supervision/talks/{talk.pk}/")
    deciding.get_by_label("约谈时间").fill(f"{at:%Y-%m-%dT%H:%M}")
    deciding.get_by_label("约谈地点").fill("三楼会商室")
    deciding.get_by_label("请谁来").fill("分管副局长")
    press(deciding, "约谈，通知人社局")
    expect(deciding.get_by_text("已约，待谈")).to_be_visible()
    later(Talk.objects.get(pk=talk.pk).meet_at)
    record = open_as(triage, f"/supervision/talks/{talk.pk}/")
    record.get_by_label("约谈人", exact=False).first.fill("张志远")
    record.get_by_label("事实").fill("超期一天没有说明")
    record.get_by_label("谈话内容").fill("说明了原因，定了专人和时间")
    record.get_by_label("承诺 1").fill("本周见双方")
    record.get_by_label("什么时候前").first.fill("2025-04-25")
    press(record, "保存记录")
    expect(record.get_by_text("已谈，等兑现")).to_be_visible()
    return talk


def test_journey_17_from_overdue_to_the_talk(
    open_as: Open, lives: Lives, triage: User, handler: User, leader: User
) -> None:
    clock.freeze(DISPATCHED)
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    sheet = Supervision.objects.get()
    board = open_as(triage, BOARD)
    assert number_of(board, "overdue") == number_of(board, "unhandled") == 1
    expect(board.get_by_text("黄牌")).to_be_visible()
    press(board, "提醒 1 件")
    expect(board.get_by_text("已提醒人社局 1 件")).to_be_visible()
    expect(board.get_by_text("今天已提醒（周敏")).to_be_visible()
    for view in ("overdue", "unhandled", "supervised"):
        board.goto(f"{BOARD}?view={view}")
        assert board.locator(".watch .list > li").count() == number_of(board, view) == 1
    board.get_by_role("link", name="督办单", exact=True).click()
    expect(board.get_by_text(sheet.number).first).to_be_visible()
    assert len(board.pdf()) > 1000
    answer_the_sheet(open_as, handler, case)
    talk = call_and_record(open_as, triage, leader)
    own = open_as(handler, "/supervision/units/RS/")
    for words in (sheet.number, "黄牌", "本月提醒 1", "已谈，等兑现"):
        expect(own.get_by_text(words).first).to_be_visible()
    own.goto(f"/supervision/talks/{talk.pk}/print/")
    expect(own.get_by_text("本周见双方")).to_be_visible()
