"""Journey 18 of `ux.md` §4, its roster: who is on duty is said wherever a unit is chosen."""

from __future__ import annotations

import re

import pytest
from django.urls import get_resolver
from playwright.sync_api import Page, expect

from dispatch.models import RosterWeek, Shift
from dispatch.services.rostering import Standing, mark_away, set_template
from orgs.calendars import SUBJECT, revise
from orgs.models import CalendarDay, User
from tests.browser.window import Open
from tests.county import County
from tests.lives import Lives
from tests.rosters import AM, FRIDAY, MONDAY, THURSDAY, TUESDAY, moment, put, row, seat, window
from tests.test_access import url_names
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = f"/roster/?week={MONDAY.isoformat()}"


@pytest.fixture(autouse=True)
def _monday(county: County, head: User) -> None:
    clock.freeze(moment(MONDAY, 9))
    seat(county.human_resources, county.county, contact=head, window=window(county.county))
    seat(county.police, county.county, "resident")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def test_a_gap_sends_the_matters_to_the_contact_and_a_stand_in_brings_them_back(
    open_as: Open,
    county: County,
    handler: User,
    colleague: User,
    triage: User,
    lives: Lives,
    shot,
) -> None:
    put(county.human_resources, handler, MONDAY, by=triage, at=window(county.county))
    case = lives.registered()
    desk = open_as(triage, f"/dispatch/?case={case.number}")
    expect(desk.locator("#desk-pane")).to_contain_text("轮驻，今天在岗 李强，5号窗口")
    shot(desk, "on-duty")

    office = open_as(handler, f"/roster/{MONDAY.isoformat()}/RS/")
    office.get_by_text("请假…").first.click()
    office.get_by_label("请假原因").first.fill("看病")
    press(office, "标为请假")
    expect(office.get_by_text("空缺（李强请假：看病）")).to_be_visible()

    desk.goto(f"/dispatch/?case={case.number}")
    away = "今天不在岗（本人请假），下次 今天下午；可吹哨或派给值班联系人 郑海"
    expect(desk.locator("#desk-pane")).to_contain_text(away)
    desk.goto(WEEK)
    expect(desk.get_by_text("周一上午无人在岗 → 人社局类事项将派给值班联系人 郑海")).to_be_visible()
    shot(desk, "gap")

    clock.freeze(moment(MONDAY, 8))
    desk.get_by_role("link", name="找人替").click()
    desk.get_by_text("找人替…").first.click()
    desk.get_by_label("谁来替").select_option(label="苏梅")
    press(desk, "问他能不能替")
    expect(desk.get_by_text("已问苏梅，等同意")).to_be_visible()
    friend = open_as(colleague, "/roster/swaps/")
    press(friend, "同意")
    expect(friend.get_by_text("班次换好了")).to_be_visible()

    clock.freeze(moment(MONDAY, 9))
    desk.goto(f"/dispatch/?case={case.number}")
    expect(desk.locator("#desk-pane")).to_contain_text("轮驻，今天在岗 苏梅，5号窗口")


def test_a_gap_needs_a_reason_before_the_week_is_published(
    open_as: Open, county: County, handler: User, triage: User, shot
) -> None:
    standing = Standing(handler, window=window(county.county))
    set_template(
        row=row(county.human_resources), weekdays=[2, 4], halves=AM, standing=standing, by=triage
    )
    page = open_as(triage, WEEK)
    press(page, "按模板补齐本周")
    expect(page.get_by_text("按模板排上 2 个半天")).to_be_visible()
    mark_away(shift_id=Shift.objects.get(day=TUESDAY).pk, reason="开会", by=handler)
    page.goto(WEEK)
    page.get_by_role("link", name="公示…").click()
    press(page, "公示这一周")
    expect(page.get_by_role("alert")).to_contain_text("人社局空缺，写明原因才能公示")
    shot(page, "no-reason")
    page.get_by_label("原因").first.fill("全局开会，电话联系")
    press(page, "公示这一周")
    expect(page.locator("main .tag", has_text="已公示")).to_be_visible()
    assert RosterWeek.objects.get().published_by == triage
    clock.freeze(moment(MONDAY, 10))
    put(county.human_resources, handler, THURSDAY, AM, by=triage)
    page.goto(WEEK)
    changed = page.get_by_role("region", name="公示后改")
    expect(changed).to_contain_text("11月26日上午 人社局")
    expect(changed).to_contain_text("周敏 11月23日 10:00")
    shot(page, "changed-afterwards")


def test_a_swap_is_seen_by_both_and_changes_both_on_one_click(
    open_as: Open, county: County, handler: User, colleague: User, triage: User
) -> None:
    put(county.human_resources, handler, TUESDAY, AM, by=triage)
    put(county.human_resources, colleague, THURSDAY, AM, by=triage)
    mine = open_as(handler, f"/roster/{TUESDAY.isoformat()}/RS/", javascript=False)
    mine.get_by_text("换班…").first.click()
    mine.get_by_label("和哪个班换").select_option(label="周四上午（11月26日）苏梅")
    press(mine, "问对方同不同意")
    expect(mine.get_by_text("已问苏梅，同意以前班次不变")).to_be_visible()
    theirs = open_as(colleague, "/")
    words = "换班：人社局 11月24日上午（李强）和 11月26日上午（苏梅）"
    for page in (mine, theirs):
        page.goto("/")
        expect(page.get_by_text(words)).to_be_visible()
    expect(mine.get_by_text("等苏梅同意")).to_be_visible()
    press(theirs, "同意")
    expect(theirs.get_by_text("班次换好了")).to_be_visible()
    for page in (mine, theirs):
        page.goto(f"{WEEK}&unit=RS")
        cells = page.locator("tr", has_text="人社局").locator("td")
        expect(cells.nth(1)).to_contain_text("苏梅")
        expect(cells.nth(3)).to_contain_text("李强")
        expect(page.get_by_text(words)).to_have_count(0)
    mine.goto("/notices/")
    expect(mine.get_by_text("苏梅同意了，班次已换")).to_be_visible()


def test_a_holiday_is_a_grey_column_with_its_name(
    open_as: Open, county: County, triage: User, shot
) -> None:
    CalendarDay.objects.create(day=FRIDAY, center=county.county, is_workday=False, name="县庆")
    revise(SUBJECT)
    page = open_as(triage, WEEK)
    friday = page.get_by_role("columnheader", name=re.compile("周五"))
    expect(friday).to_contain_text("县庆")
    expect(friday).to_have_css("background-color", "rgb(236, 239, 243)")
    expect(page.get_by_role("columnheader", name=re.compile("周四"))).not_to_have_css(
        "background-color", "rgb(236, 239, 243)"
    )
    shot(page, "holiday")


@pytest.mark.parametrize("size", [(1366, 657), (360, 640)])
def test_the_roster_never_runs_out_of_the_page(
    open_as: Open, county: County, handler: User, triage: User, size: tuple[int, int]
) -> None:
    put(county.human_resources, handler, TUESDAY, by=triage)
    page = open_as(triage, WEEK, size=size)
    for path in (WEEK, f"{WEEK}&view=month", "/roster/today/", "/roster/template/", "/"):
        page.goto(path)
        over = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(over), path


def test_nobody_checks_in_anywhere(open_as: Open, county: County, handler: User) -> None:
    """打卡, 签到, 定位: barred by the 减负 rules. Presence is what the roster says."""
    names = url_names(get_resolver().url_patterns)
    assert not [name for name in names if re.search(r"check.?in|punch|attend|track", name)]
    page = open_as(handler, f"{WEEK}&unit=RS")
    for path in (f"{WEEK}&unit=RS", "/roster/today/", f"/roster/{TUESDAY.isoformat()}/RS/"):
        page.goto(path)
        for word in ("打卡", "签到", "定位", "考勤"):
            expect(page.get_by_text(word)).to_have_count(0)
