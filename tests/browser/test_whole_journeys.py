"""Journeys 1 and 3 of `ux.md` §4 from their first key to their end, each step by its own person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from dispatch.models import RuleSet
from orgs.models import User
from orgs.permissions import RoleCode
from tests.browser.window import (
    NEW,
    STORY,
    Keys,
    Open,
    answered,
    at,
    done,
    fill_in,
    sit_at_window,
)
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock, dates

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def act(page: Page, button: str, label: str) -> None:
    press(page, button)
    expect(page.get_by_text(label).first).to_be_visible()


def walk_in(page: Page) -> Case:
    """A card on the reader, then the keyboard alone, from F2 to F9."""
    keys = Keys(page)
    keys.press("F2")
    page.wait_for_url(re.compile(NEW))
    keys.watch_mouse()
    at(page, "phone")
    keys.type("19900007788")
    keys.press("F8")
    at(page, "opponents")
    assert page.get_by_label("姓名").input_value() == "张三丰"
    assert page.get_by_label("住址").input_value() == "青石镇柳湾村3组"
    keys.type("鑫源劳务公司")
    keys.press("Enter")
    at(page, "place")
    keys.press("l")  # 柳湾村, by its initial
    keys.press("Enter")
    at(page, "narrative")
    keys.type(STORY)
    with answered(page, "/dispatch/suggest/"):
        keys.press("Tab")
    expect(page.get_by_text("为什么建议人社局")).to_be_visible()
    at(page, "type")
    for digit, then in (("1", "special"), ("0", "willing")):
        keys.chip(digit)
        at(page, then)
    keys.chip("1")
    assert page.get_by_label("去向").input_value() == "RS"
    keys.press("F9")
    done(page)
    assert page.evaluate("window.mouse") is None
    assert keys.pressed <= 15
    return Case.objects.get(parties__phone_key__gt="", parties__name="张三丰")


def stands(case: Case, staff: Page, label: str, citizen: Page, word: str) -> None:
    """What the centre reads and what the citizen reads, at this very moment."""
    staff.goto(case.get_absolute_url())
    expect(staff.locator("main .tag").first).to_have_text(re.compile(label))
    citizen.goto(f"/q/{case.token}/")
    expect(citizen.get_by_role("heading", level=1)).to_have_text(word)


def write(page: Page, case: Case, verb: str, label: str, text: str, button: str) -> None:
    page.goto(f"{case.get_absolute_url()}{verb}/")
    page.get_by_label(label).fill(text)
    press(page, button)
    page.wait_for_url(re.compile(f"{case.number}/$"))


# ---------- 1: a walk-in, to its end


def test_a_walk_in_goes_from_the_card_reader_to_closed(
    open_as: Open,
    county: County,
    clerk: User,
    triage: User,
    handler: User,
    lives: Lives,
    rule: RuleSet,
    reader: str,
) -> None:
    sit_at_window(clerk, reader="http", address=reader)
    lives.registered(
        occurred_region=county.village.region,
        parties=[PartyInput(PartyRole.APPLICANT, "王五", phone="19900001111")],
    )  # so that the window has a last-used town
    window, citizen = open_as(clerk, "/"), open_as(None, "/login/", size=(360, 640))
    case = walk_in(window)
    assert (case.type.code, case.suggested_unit) == ("10", county.human_resources)
    assert case.occurred_region == county.village.region
    stands(case, window, "待分流", citizen, "已登记")

    desk = open_as(triage, f"/dispatch/?case={case.number}")
    expect(
        desk.locator("#desk-pane").get_by_role("radio", name=re.compile("人社局"))
    ).to_be_checked()
    act(desk, "派出", "已派人社局主办")
    stands(case, desk, "待签收", citizen, "已交给办理单位")

    window.goto(f"{case.get_absolute_url()}slip/")
    slip = window.locator("article.slip")
    case.refresh_from_db()
    due = dates.document(clock.local(case.promised_at))
    for words in (case.short_number, case.number, f"最晚 {due} 给您答复"):
        expect(slip.get_by_text(words, exact=False).first).to_be_visible()
    expect(slip.locator(".slip__qr svg")).to_be_visible()
    assert window.pdf().startswith(b"%PDF")

    office = open_as(handler, case.get_absolute_url())
    act(office, "签收", "办理中")
    stands(case, office, "办理中", citizen, "正在办理")
    for text in ("已经电话联系双方，约好明天上午谈", "双方到场，公司答应月底前付清"):
        write(office, case, "note", "进展", text, "记下")
    stands(case, office, "办理中", citizen, "正在办理")

    office.goto(f"{case.get_absolute_url()}report/")
    office.get_by_role("group", name=re.compile("结果")).get_by_label("解决了", exact=True).check()
    office.get_by_label("怎么解决的").fill("调解成功，劳务公司当场付清三个月工资")
    office.get_by_label("涉及金额").fill("38000")
    office.get_by_label("对方电话").fill("0990-2120000")
    act(office, "反馈结果", "待审核")
    stands(case, office, "待审核", citizen, "正在办理")

    desk.goto(case.get_absolute_url())
    act(desk, "审核通过", "待回访")
    stands(case, desk, "待回访", citizen, "已有结果")

    window.goto(f"{case.get_absolute_url()}follow-up/")
    for group, option in (("方式", "电话"), ("满意度", "满意")):
        chips = window.get_by_role("group", name=re.compile(group))
        chips.get_by_label(option, exact=True).check()
    window.get_by_label("原话").fill("钱拿到了")
    act(window, "保存", "已办结")
    stands(case, window, "已办结", citizen, "已办完")
    expect(window.locator("main")).to_contain_text("实质性")

    window.goto(f"{case.get_absolute_url()}?tab=history")
    lines = window.locator(".timeline > li")
    acts = ["登记", "派出", "签收", "记进展", "记进展", "反馈结果", "审核通过", "回访"]
    who = ["王芳", "周敏", "李强", "李强", "李强", "李强", "周敏", "王芳"]
    expect(lines.locator("> b")).to_have_text(acts[::-1])
    for line, name in zip(lines.all(), who[::-1], strict=True):
        expect(line.locator(".hint")).to_contain_text(name)
        expect(line.locator("time")).to_have_attribute("datetime", re.compile(r"T\d\d:\d\d"))


# ---------- 3: the same, at another window


def test_two_cases_made_one_and_parted_again_are_both_whole(
    open_as: Open, county: County, triage: User, lives: Lives
) -> None:
    earlier = lives.registered()
    window = open_as(person("clerk2", "李娟", county.county, RoleCode.CLERK), NEW)
    fill_in(window, county)
    window.get_by_label("另一件事", exact=True).check()
    window.keyboard.press("F9")
    done(window)
    newer = Case.objects.exclude(pk=earlier.pk).get()
    desk, citizen = open_as(triage, newer.get_absolute_url()), open_as(None, "/login/")
    linked = desk.get_by_text("同一来访人的另一件事：")
    expect(linked.get_by_role("link", name=earlier.short_number)).to_be_visible()

    desk.goto(f"{newer.get_absolute_url()}merge/")
    desk.get_by_label("并入的编号").fill(earlier.short_number)
    desk.get_by_label("原因").fill("同一笔工资")
    act(desk, "并案", "已并入")
    stands(newer, desk, "已终止", citizen, "已结束")
    expect(desk.locator("main")).to_contain_text("并案")
    together = "和另一件同样的事一起办"
    expect(citizen.get_by_text(together)).to_be_visible()
    stands(earlier, desk, "待分流", citizen, "已登记")

    desk.goto(newer.get_absolute_url())
    act(desk, "撤销并案", "并案已撤销")
    for case in (newer, earlier):
        stands(case, desk, "待分流", citizen, "已登记")
        expect(desk.locator("main")).to_contain_text(case.short_number)
        expect(citizen.get_by_text(f"编号 {case.short_number}")).to_be_visible()
        desk.goto(f"/cases/?q={case.number}")
        expect(desk.get_by_text(case.short_number).first).to_be_visible()
    expect(citizen.get_by_text(together)).to_be_hidden()
    assert newer.short_number != earlier.short_number
