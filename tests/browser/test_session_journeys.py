"""Journey 6 of the design: the session ends in the middle of a form, and nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from cases.models import Case
from orgs.models import User
from orgs.permissions import RoleCode
from tests.browser.test_journeys import fill_in, press
from tests.county import PASSWORD, County, person
from tests.lives import Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "已经电话联系双方，约好明天上午谈"


@pytest.fixture
def clerk(county: County) -> User:
    return person("clerk", "王芳", county.county, RoleCode.CLERK, password=PASSWORD)


@pytest.fixture
def handler(county: County) -> User:
    unit = county.human_resources
    return person(
        "renshe", "李强", county.county, RoleCode.HANDLER, department=unit, password=PASSWORD
    )


def expire() -> None:
    """Half an hour passes on the server."""
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")


def panel(page: Page):
    return page.get_by_role("dialog", name="离开太久，为安全已退出")


def go_on(page: Page, password: str = PASSWORD) -> None:
    panel(page).get_by_label("密码").fill(password)
    panel(page).get_by_role("button", name="继续").click()


def test_a_registration_survives_the_end_of_the_session(open_as, shot, county, clerk) -> None:
    page = open_as(clerk, "/cases/new/")
    fill_in(page, county)
    expire()
    press(page, "提交")
    expect(panel(page)).to_be_visible()
    expect(panel(page).get_by_label("密码")).to_be_focused()
    shot(page, "relogin")
    assert page.get_by_label("事情和要求").input_value().startswith("在和谐家园")
    go_on(page)
    expect(page.get_by_role("heading", name=re.compile("已登记"))).to_be_visible()
    case = Case.objects.get()
    assert (case.registered_by, "三个月工资没给" in case.narrative) == (clerk, True)


def test_another_persons_password_does_not_take_over(open_as, county, clerk, handler) -> None:
    handler.set_password("Other@1949x")
    handler.save()
    page = open_as(clerk, "/cases/new/")
    fill_in(page, county)
    expire()
    press(page, "提交")
    go_on(page, "Other@1949x")
    expect(panel(page).get_by_text("账号或密码不对，还能试 4 次")).to_be_visible()
    assert not Case.objects.exists()
    assert page.get_by_label("事情和要求").input_value().startswith("在和谐家园")


def test_the_draft_of_one_is_not_sent_by_another_signed_in_beside(
    open_as, county, clerk, handler
) -> None:
    page = open_as(clerk, "/cases/new/")
    fill_in(page, county)
    beside = page.context.new_page()
    beside.goto("/")
    beside.get_by_text("王芳", exact=False).first.click()
    beside.get_by_role("button", name="退出").click()
    beside.get_by_label("账号").fill("renshe")
    beside.get_by_label("密码").fill(PASSWORD)
    beside.get_by_role("button", name="登录").click()
    expect(beside.get_by_text("李强").first).to_be_visible()
    page.keyboard.press("F9")
    expect(panel(page)).to_be_visible()
    assert not Case.objects.exists()
    go_on(page)
    expect(page.get_by_role("heading", name=re.compile("已登记"))).to_be_visible()
    assert Case.objects.get().registered_by == clerk


def test_a_button_in_a_list_goes_on_by_itself_after_the_password(
    open_as, lives: Lives, handler
) -> None:
    case = lives.dispatched()
    page = open_as(handler, "/cases/?view=todo")
    expire()
    page.get_by_role("button", name="签收").click()
    expect(panel(page)).to_be_visible()
    assert "login" not in page.locator(".case-table").inner_html()
    go_on(page)
    expect(page.locator("main").get_by_text(re.compile("已签收"))).to_be_visible()
    assert Case.objects.get(pk=case.pk).label == "handling"


def test_without_script_the_text_waits_behind_the_password(open_as, shot, lives, handler) -> None:
    case = lives.claimed()
    page = open_as(None, "/login/", javascript=False)
    page.get_by_label("账号").fill("renshe")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(reverse("cases:act", args=[case.number, "note"]))
    page.get_by_label("进展").fill(TEXT)
    expire()
    press(page, "记下")
    page.get_by_label("账号").fill("renshe")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="写的内容都在，还没有提交")).to_be_visible()
    shot(page, "kept")
    page.get_by_role("button", name="继续提交").click()
    expect(page.get_by_text(TEXT)).to_be_visible()


def test_five_minutes_before_the_end_it_asks(open_as, shot, lives: Lives, handler) -> None:
    case = lives.claimed()
    page = open_as(handler, "about:blank")
    page.clock.install()
    page.goto(case.get_absolute_url())
    page.clock.fast_forward("20:00")
    expect(page.locator("#expiring")).to_be_hidden()
    for row in Session.objects.all():
        data = row.get_decoded()
        data["seen"] -= 25 * 60
        row.session_data = Session.objects.encode(data)
        row.expire_date -= timedelta(minutes=25)
        row.save()
    page.clock.fast_forward("05:00")
    expect(page.get_by_role("heading", name="还有 5 分钟自动退出")).to_be_visible()
    shot(page, "expiring")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="继续用").click()
    expect(page.locator("#expiring")).to_be_hidden()
    data = Session.objects.latest("expire_date").get_decoded()
    page.clock.fast_forward("05:00")
    expect(page.locator("#expiring")).to_be_hidden()
    assert data["seen"] > 0


def test_a_slow_and_a_broken_answer_leave_the_form_as_it_is(open_as, lives, handler) -> None:
    case = lives.claimed()
    page = open_as(handler, reverse("cases:act", args=[case.number, "note"]))
    page.get_by_label("进展").fill(TEXT)
    page.route("**/session/", lambda route: route.abort())
    press(page, "记下")
    expect(page.get_by_text("连不上中心服务器")).to_be_visible()
    expect(page.get_by_label("进展")).to_have_value(TEXT)
    page.unroute("**/session/")
    press(page, "记下")
    expect(page.get_by_text(TEXT)).to_be_visible()


def test_an_error_of_ours_says_its_number_and_leaves_the_page(open_as, lives, handler) -> None:
    lives.dispatched()
    page = open_as(handler, "/cases/?view=todo")
    answer = {"status": 500, "headers": {"X-Error-Code": "E-7F3A"}, "body": "boom"}
    page.route("**/claim/", lambda route: route.fulfill(**answer))
    page.get_by_role("button", name="签收", exact=True).click()
    expect(
        page.get_by_text(re.compile("没有办成，内容都还在。.*告诉他编号 E-7F3A"))
    ).to_be_visible()
    assert "boom" not in page.content()
    page.unroute("**/claim/")
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.locator("main").get_by_text(re.compile("已签收"))).to_be_visible()


def test_a_slow_answer_is_spoken_of_and_the_form_stays(open_as, lives, handler) -> None:
    case = lives.claimed()
    page = open_as(handler, reverse("cases:act", args=[case.number, "note"]))
    page.get_by_label("进展").fill(TEXT)

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/session/", hold)
    press(page, "记下")
    expect(page.get_by_text("网络慢，正在继续，不用再点；写的内容都在。")).to_be_visible()
    expect(page.get_by_label("进展")).to_have_value(TEXT)
    held[0].continue_()
    expect(page.get_by_text(TEXT)).to_be_visible()


def test_a_page_that_cannot_reach_the_centre_asks_less_and_less(open_as, lives, handler) -> None:
    asked: list[str] = []
    page = open_as(handler, "about:blank")
    page.clock.install()
    page.goto("/cases/")

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/counts/", refuse)
    for _ in range(12):
        page.clock.run_for(60_000)
        page.wait_for_timeout(100)
    assert 3 <= len(asked) <= 6  # after 1, 2, 4, 5, 5 minutes instead of twelve times
