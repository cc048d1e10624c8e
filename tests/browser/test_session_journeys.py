"""Journey 12, its sessions: a room clash in words, another time, a party that does not come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from mediation.models import Mediator, Session
from orgs.models import User
from tests import meetings
from tests.browser.test_journeys import press
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.meetings import arrange, over
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def zhao(county: County) -> Mediator:
    clock.freeze(DISPATCHED)
    return meetings.mediator(county.county, user=meetings.account(county.county))


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_room_clash_another_time_and_a_party_that_does_not_come(
    open_as,
    shot,
    lives: Lives,
    county: County,
    zhao: Mediator,
    handler: User,
    javascript: bool,
) -> None:
    other, case = lives.claimed(), lives.claimed(parties=meetings.strangers())
    ma = meetings.mediator(county.county, "马建国", title="老支书")
    meetings.start(other, ma)
    meetings.start(case, zhao)
    arrange(other, ma, handler)

    # The room is taken: by what, until when, and when all are free instead; one press takes it.
    page = open_as(handler, f"/cases/{case.number}/schedule-session/", javascript=javascript)
    page.get_by_label("开始").fill("2025-04-08T10:00")
    page.get_by_label("多长").select_option("90")
    press(page, "安排调解")
    words = f"2号调解室 09:00–10:30 已有 {other.short_number}。最近空档：10:30、14:00"
    expect(page.get_by_text(words).first).to_be_visible()
    shot(page, "clash")
    page.get_by_role("button", name="10:30", exact=True).click()
    expect(page.get_by_text("调解已安排").first).to_be_visible()
    session = Session.objects.get(mediation__case=case)
    assert f"{clock.local(session.starts_at):%H:%M}" == "10:30"

    # Both parties' slips.
    page.goto(session.get_absolute_url())
    page.get_by_role("link", name="调解通知书").click()
    expect(page.get_by_text("调解通知书", exact=False).nth(1)).to_be_visible()
    assert page.locator("article").count() == 2
    shot(page, "slips")

    # Another time: the people stay asked.
    page.goto(session.get_absolute_url())
    page.get_by_role("link", name="改期").click()
    page.get_by_label("为什么改期").fill("对方那天要上班")
    page.get_by_label("开始").fill("2025-04-09T14:00")
    press(page, "改期")
    expect(page.get_by_text("改到").first).to_be_visible()
    moved = Session.objects.planned().get(mediation__case=case)

    # One party does not come: it is written down, and the mediation goes on.
    before = fresh(case).label
    over(moved)
    page.goto(moved.get_absolute_url())
    page.get_by_role("link", name="记调解").click()
    page.get_by_label("来访人 钱多多").first.check()
    page.get_by_label("一方没来").check()
    page.get_by_role("textbox", name="经过").fill("对方没有来，电话没人接")
    shot(page, "record")
    press(page, "记下这次调解")
    expect(page.get_by_text("结果：一方没来")).to_be_visible()
    assert fresh(case).label == before
    expect(page.get_by_role("link", name="安排下一次")).to_be_visible()


def test_the_timetable_is_walked_by_arrows_and_opened_by_enter(
    open_as, shot, lives: Lives, county: County, zhao: Mediator, handler: User
) -> None:
    case = lives.claimed()
    meetings.start(case, zhao)
    meetings.room(county.county)
    meetings.room(county.county, "3号调解室")
    page = open_as(handler, f"/mediation/?day=2025-04-08&case={case.number}")
    first = page.get_by_role("link", name="09:00 2号调解室有空")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name="09:00 3号调解室有空")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="09:15 3号调解室有空")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("开始")).to_have_value("2025-04-08T09:15")
    expect(page.get_by_label("房间")).to_have_value("3号调解室")
    shot(page, "form")


@pytest.mark.parametrize("size", [(1366, 657), (1920, 940), (360, 640)])
def test_no_page_of_sessions_is_wider_than_the_screen(
    open_as, shot, lives: Lives, county: County, zhao: Mediator, handler: User, size
) -> None:
    case = lives.claimed()
    meetings.start(case, zhao)
    session = arrange(case, zhao, handler)
    page = open_as(handler, "/mediation/?day=2025-04-08", size=size)
    for path in (
        "/mediation/?day=2025-04-08",
        "/mediation/?day=2025-04-08&view=week",
        "/mediation/mine/",
        session.get_absolute_url(),
        f"/cases/{case.number}/schedule-session/",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
    shot(page, f"{size[0]}")
