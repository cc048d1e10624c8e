"""Journeys 9 and 10 of `ux.md` §4: suggestion, override, 主办 and 协办, recall; 退回 and 裁定.

And the desk by the keyboard alone, and a window that sends directly.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cases.models import Assignment, Case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from dispatch.models import Residency, RuleHit, RuleSet
from orgs.models import Department, User, Window
from tests.browser.window import NEW, Keys, Open, answered, done, fill_in
from tests.county import County
from tests.lives import Lives
from tests.rosters import TUESDAY, put
from tests.rulebook import in_force
from tests.rulebook import rule as routing_rule
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/dispatch/?tab=to_dispatch"


def people(name: str, phone: str) -> list[PartyInput]:
    return [PartyInput(PartyRole.APPLICANT, name, phone=phone)]


def waiting(lives: Lives, number: int) -> list[Case]:
    """So many wage cases on the desk, each by somebody else."""
    return [lives.registered(parties=people(f"来访{n}", f"1990000100{n}")) for n in range(number)]


def opened(page: Page, case: Case) -> None:
    expect(page.locator("#desk-pane [data-number]")).to_have_attribute("data-number", case.number)


def in_list(page: Page, case: Case) -> None:
    """The focus stands on that case in the queue."""
    expect(page.locator(":focus")).to_have_attribute("data-number", case.number)


# ---------- the desk by the keyboard alone


def test_the_desk_is_worked_off_by_keys(
    open_as: Open, county: County, triage: User, handler: User, lives: Lives, rule: RuleSet
) -> None:
    first, second, third = waiting(lives, 3)
    page = open_as(triage, DESK)
    keys = Keys(page)
    opened(page, first)
    in_list(page, first)
    keys.press("j")
    in_list(page, second)
    opened(page, second)
    keys.press("k")
    in_list(page, first)
    opened(page, first)
    expect(page.get_by_role("radio", name=re.compile("^人社局")).first).to_be_checked()
    keys.press("Enter")
    expect(page.get_by_text(f"{first.short_number} 已派人社局主办")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^撤回 4:5\d$"))).to_be_visible()
    opened(page, second)
    in_list(page, second)
    keys.press("Enter")
    opened(page, third)
    assert page.evaluate("window.mouse") is None
    assert RuleHit.objects.filter(followed=True).count() == 2


def test_a_digit_chooses_and_the_helpers_of_a_rule_go_with_it(
    open_as: Open, county: County, triage: User, lives: Lives
) -> None:
    wages = routing_rule(
        "R-07", county.human_resources, words=("工资",), assisting=(county.police,)
    )
    in_force(county.county, wages)
    lives.registered(suggested_unit=county.housing)
    page = open_as(triage, DESK)
    helper = page.locator("#assisting-GA")
    expect(helper).to_be_checked()
    page.keyboard.press("2")
    expect(page.locator("#lead-ZJ")).to_be_checked()
    expect(helper).not_to_be_checked()
    page.keyboard.press("1")
    expect(page.locator("#lead-RS")).to_be_checked()
    expect(helper).to_be_checked()


def test_single_keys_can_be_switched_off(
    open_as: Open, county: County, triage: User, lives: Lives, rule: RuleSet
) -> None:
    first, second = waiting(lives, 2)
    page = open_as(triage, DESK)
    in_list(page, first)
    page.keyboard.press("?")
    page.get_by_role("button", name=re.compile("单个字母和数字的快捷键")).click()
    page.keyboard.press("Escape")
    page.reload()
    in_list(page, first)
    for key in ("j", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert not Assignment.objects.exists()
    opened(page, first)
    assert second.number != first.number


def test_keys_do_nothing_outside_the_list(
    open_as: Open, county: County, triage: User, lives: Lives, rule: RuleSet
) -> None:
    first, _ = waiting(lives, 2)
    page = open_as(triage, DESK)
    page.get_by_label("交代一句").focus()
    for key in ("j", "k", "2"):
        page.keyboard.press(key)
    assert page.get_by_label("交代一句").input_value() == "jk2"
    opened(page, first)
    expect(page.locator("#lead-RS")).to_be_checked()


# ---------- 9: suggestion, override, joint, recall


def test_a_suggestion_is_overridden_seen_by_both_units_and_recalled_in_time(
    open_as: Open,
    county: County,
    triage: User,
    handler: User,
    other_handler: User,
    sysadmin: User,
    lives: Lives,
    rule: RuleSet,
) -> None:
    case = lives.registered(narrative="老板拖欠三个月工资，要求付清")
    page = open_as(triage, DESK)
    first = page.locator("[data-suggestions] .unit").first
    expect(first).to_contain_text("人社局")
    expect(first).to_contain_text("“工资”“拖欠” → 规则 R-07")
    choose(page, "ZJ")
    page.locator("details").filter(has_text="加协办单位").locator("summary").click()
    page.locator("label[for=assisting-RS]").click()
    page.get_by_role("button", name=re.compile("^派出")).click()
    expect(page.get_by_text(f"{case.short_number} 已派住建局主办、人社局协办")).to_be_visible()

    for user, part in ((other_handler, "view=todo"), (handler, "mine=assisting")):
        office = open_as(user, f"/cases/?{part}")
        expect(office.get_by_role("link", name=case.short_number).first).to_be_visible()
    admin = open_as(sysadmin, "/settings/routing/")
    row = admin.get_by_role("row").filter(has=admin.get_by_role("rowheader", name="R-07"))
    expect(row).to_contain_text("1/1，100%")
    row.get_by_role("link", name="1", exact=True).last.click()
    listed = admin.get_by_role("row").filter(has_text=case.short_number)
    expect(listed).to_contain_text("人社局")
    expect(listed).to_contain_text("住建局")

    page.get_by_role("button", name=re.compile("^撤回")).click()
    expect(page.get_by_text("派出已撤回")).to_be_visible()
    page.get_by_role("button", name=re.compile("^派出")).click()
    office = open_as(handler, case.get_absolute_url())
    office.get_by_role("button", name=re.compile("^签收")).first.click()
    expect(office.get_by_text("已签收").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^撤回")).click()
    expect(page.get_by_text("“办理中”的事项不能“撤回派出”").first).to_be_visible()
    case.refresh_from_db()
    assert case.unit == county.human_resources


def choose(page: Page, code: str) -> None:
    """Another lead than the suggested ones."""
    page.locator("summary").filter(has_text="换单位").click()
    page.locator(f"label[for=lead-{code}]").click()


# ---------- 10: 退回 and 裁定


def test_a_return_is_upheld_once_and_for_all_while_the_clock_runs(
    open_as: Open, county: County, triage: User, handler: User, lives: Lives, rule: RuleSet
) -> None:
    Department.objects.filter(code="RS").update(duties="农民工工资支付，劳动保障监察")
    case = lives.dispatched()
    due = Assignment.objects.get(case=case).handling_due_at
    office = open_as(handler, f"{case.get_absolute_url()}return/")
    office.get_by_label("不属于本单位职责").check()
    office.get_by_label("应由谁办").select_option("ZJ")
    office.get_by_label("依据").fill("工程项目的工资专户由住建局监管")
    office.get_by_role("button", name=re.compile("^退回")).click()
    expect(office.get_by_text("退回待裁定").first).to_be_visible()

    desk = open_as(triage, "/dispatch/?tab=to_rule")
    pane = desk.locator("#desk-pane")
    for words in (
        "人社局退回",
        "现在第 1 手",
        "工程项目的工资专户由住建局监管",
        "规则 R-07（第 1 版）建议人社局，照派",
        "农民工工资支付，劳动保障监察",
    ):
        expect(pane).to_contain_text(words)
    expect(desk.get_by_role("button", name=re.compile("^改派 ?住建局"))).to_be_visible()
    desk.get_by_label("理由").fill("工资支付归人社局管，住建局配合")
    desk.get_by_role("button", name=re.compile("^维持原派")).click()
    expect(desk.get_by_text("已裁定").first).to_be_visible()

    office.goto(f"{case.get_absolute_url()}return/")
    ruled = re.compile(r"这件 \d+月\d+日.*已经裁定由人社局办，不能再退。有新情况点“申请改派”")
    expect(office.get_by_text(ruled).first).to_be_visible()
    office.goto(case.get_absolute_url())
    expect(office.locator(".identity")).to_contain_text("第 2 手")
    part = Assignment.objects.get(case=case)
    assert (part.handling_due_at, part.paused_days, part.ended_at) == (due, 0, None)


# ---------- 直派


def test_a_window_sends_directly_and_says_where_to_go(
    open_as: Open, county: County, clerk: User, triage: User, handler: User
) -> None:
    clock.freeze(datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI))
    seat = Window.objects.create(center=county.county, number=5)
    unit = county.human_resources
    Residency.objects.create(department=unit, center=county.county, kind="resident", window=seat)
    put(unit, handler, TUESDAY, by=triage, at=seat)
    clock.freeze(datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI))
    in_force(county.county, routing_rule("R-07", unit, words=("工资",), direct=True))
    page = open_as(clerk, NEW)
    with answered(page, "/dispatch/suggest/"):
        fill_in(page, county)
    page.get_by_role("button", name="登记，直派人社局").click()
    done(page)
    expect(page.get_by_text("您的事已经交给人社局李强，在 5号窗口。")).to_be_visible()
    expect(page.get_by_text("按规则 R-07 直派人社局")).to_be_visible()
    case = Case.objects.get()
    assert (case.label, case.unit) == ("to_claim", unit)
    page.goto(f"{case.get_absolute_url()}?tab=history")
    expect(page.get_by_text("派人社局主办，按规则 R-07 直派").first).to_be_visible()


def test_where_nobody_is_there_the_desk_gets_it_and_the_window_reads_why(
    open_as: Open, county: County, clerk: User
) -> None:
    noon = datetime(2026, 11, 24, 11, 59, tzinfo=SHANGHAI)
    clock.freeze(noon)
    unit = county.human_resources
    Residency.objects.create(department=unit, center=county.county, kind="resident")
    in_force(county.county, routing_rule("R-07", unit, words=("工资",), direct=True))
    page = open_as(clerk, NEW)
    with answered(page, "/dispatch/suggest/"):
        fill_in(page, county)
    button = page.get_by_role("button", name="登记，直派人社局")
    expect(button).to_be_visible()
    clock.freeze(noon + timedelta(minutes=5))
    button.click()
    done(page)
    expect(page.get_by_text("没有直派：人社局现在不在岗，已交分流台")).to_be_visible()
    assert Case.objects.get().label == "to_dispatch"
