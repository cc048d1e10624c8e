"""What only a browser can show: a case from the door to closed, each step by its own person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from orgs.models import User
from tests.county import County
from tests.lives import ID_NUMBER, Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(
    county: County, clerk: User, triage: User, handler: User, leader: User
) -> dict[str, User]:
    return {"clerk": clerk, "triage": triage, "handler": handler, "leader": leader}


def choose(page: Page, group: str, option: str) -> None:
    """Click the chip of that group, as a person does."""
    page.get_by_role("group", name=re.compile(group)).get_by_label(option, exact=True).check()


def fill_in(page: Page, county: County) -> None:
    """The nine required things."""
    for label, text in (
        ("手机号", "19900005621"),
        ("姓名", "张三丰"),
        ("身份证号", ID_NUMBER),
        ("对方", "鑫源劳务公司"),
    ):
        page.get_by_role("textbox", name=label, exact=True).fill(text)
    page.get_by_label("发生地").select_option(county.village.region.code)
    page.get_by_label("事情和要求").fill("在和谐家园二期做木工，三个月工资没给，要求月底前付清")
    choose(page, "类型", "拖欠农民工工资")
    choose(page, "特别情况", "都没有")
    choose(page, "愿意调解", "愿意")


def register(page: Page, county: County) -> str:
    """Fill the form in and send it; the number of the case."""
    fill_in(page, county)
    press(page, "提交")
    expect(page.get_by_role("heading", name=re.compile("已登记"))).to_be_visible()
    return Case.objects.get().number


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_case_goes_from_the_door_to_closed(open_as, county, people, javascript) -> None:
    clerk = open_as(people["clerk"], "/cases/new/", javascript=javascript)
    number = register(clerk, county)

    triage = open_as(people["triage"], f"/cases/{number}/dispatch/", javascript=javascript)
    triage.get_by_label("主办单位").select_option("RS")
    press(triage, "派出")
    expect(triage.get_by_text("待签收").first).to_be_visible()

    handler = open_as(people["handler"], f"/cases/{number}/", javascript=javascript)
    press(handler, "签收")
    expect(handler.get_by_text("办理中").first).to_be_visible()
    handler.goto(f"/cases/{number}/note/")
    handler.get_by_label("进展").fill("已经电话联系双方，约好明天上午谈")
    press(handler, "记下")
    expect(handler.get_by_text("进展已记下").first).to_be_visible()
    handler.goto(f"/cases/{number}/report/")
    choose(handler, "结果", "解决了")
    handler.get_by_label("怎么解决的").fill("约谈劳务公司负责人，当场付清三个月工资")
    handler.get_by_label("涉及金额").fill("38600")
    handler.get_by_label("对方电话").fill("0990-2120000")
    press(handler, "反馈结果")
    expect(handler.get_by_text("待审核").first).to_be_visible()

    triage.goto(f"/cases/{number}/")
    press(triage, "审核通过")
    expect(triage.get_by_text("待回访").first).to_be_visible()

    clerk.goto(f"/cases/{number}/follow-up/")
    choose(clerk, "方式", "电话")
    choose(clerk, "满意度", "满意")
    clerk.get_by_label("原话").fill("钱拿到了")
    press(clerk, "保存")
    expect(clerk.get_by_text("已办结").first).to_be_visible()

    clerk.goto(f"/cases/{number}/?tab=history")
    for step in ("登记", "派出", "签收", "记进展", "反馈结果", "审核通过", "回访"):
        expect(clerk.get_by_text(step).first).to_be_visible()


def test_the_citizen_sees_the_way_and_rates_in_three_taps(open_as, lives: Lives) -> None:
    case = lives.approved()
    page = open_as(None, f"/q/{case.token}/", size=(360, 640))
    expect(page.get_by_role("heading", name="已有结果")).to_be_visible()
    assert "鑫源" not in page.content()
    page.goto(f"/q/{case.token}/rate/")
    page.get_by_label("解决了", exact=True).check()
    page.get_by_label("满意", exact=True).check()
    press(page, "提交")
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.satisfaction) == ("closed", "satisfied")


def test_pressing_submit_again_and_again_registers_once(open_as, county, people) -> None:
    page = open_as(people["clerk"], "/cases/new/")
    submission = page.locator("#id_submission_id").input_value()
    fill_in(page, county)
    for key in ("F9", "F9", "F9", "Control+Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name=re.compile("已登记"))).to_be_visible()
    page.goto("/cases/new/")  # the same form, sent once more from another tab
    fill_in(page, county)
    page.get_by_role("radio", name="另一件事").check()  # it has been noticed by now
    page.locator("#id_submission_id").evaluate("(field, id) => field.value = id", submission)
    press(page, "提交")
    expect(page.get_by_text(re.compile("没有重复登记")).first).to_be_visible()
    assert Case.objects.count() == 1


def test_registering_fits_one_screen_without_scrolling(open_as, county, people) -> None:
    page = open_as(people["clerk"], "/cases/new/", size=(1366, 607))
    heights = page.evaluate("[document.documentElement.scrollHeight, window.innerHeight]")
    assert heights[0] <= heights[1]


@pytest.mark.parametrize("size", [(1366, 657), (1920, 940), (360, 640)])
@pytest.mark.parametrize("who", ["clerk", "triage", "handler", "leader"])
def test_no_page_scrolls_sideways(open_as, lives: Lives, people, who, size) -> None:
    case = lives.claimed()
    page = open_as(people[who], "/", size=size)
    paths = ["/", "/cases/", f"/cases/{case.number}/", "/notices/"]
    paths += {"triage": ["/dispatch/", "/supervision/", "/board/"], "leader": ["/board/"]}.get(
        who, []
    )
    for path in paths:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], f"{path} is {width} wide"
