"""Journey 18, the whistle: nobody answers for 30 minutes, it turns ▲ and names the next contact."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dispatch.models import Whistle
from dispatch.tasks import sweep_clocks
from orgs.models import User, Window
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def police_head(county: County) -> User:
    return person("gongan_head", "严正", county.county, RoleCode.HEAD, department=county.police)


def blow(page: Page, county: County) -> None:
    """From the desk: two clicks lead to the form with the telephone in it."""
    page.get_by_role("link", name="吹哨：现在来人").click()
    unit = page.get_by_label("叫哪个单位")
    assert "0990-" in unit.locator("option[value=GA]").inner_text()
    unit.select_option(value="GA")
    page.get_by_label("来做什么").fill("双方在窗口争执，请来稳住")
    page.get_by_role("button", name="吹哨").click()
    expect(page.get_by_text("哨已吹，等单位应")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_whistle_nobody_answers_turns_amber_and_names_the_head(
    open_as,
    shot,
    lives: Lives,
    county: County,
    triage: User,
    outsider: User,
    police_head: User,
    javascript: bool,
) -> None:
    Window.objects.create(center=county.county, number=3)
    lives.registered()
    desk = open_as(triage, "/dispatch/?tab=to_dispatch", javascript=javascript)
    blow(desk, county)
    desk.goto("/dispatch/whistles/")
    expect(desk.get_by_text("前应", exact=False).first).to_be_visible()
    assert desk.get_by_text("没人应").count() == 0

    clock.freeze(clock.now() + timedelta(minutes=31))
    sweep_clocks()
    desk.reload()
    expect(desk.get_by_text("没人应").first).to_be_visible()
    expect(desk.get_by_text("打负责人电话：严正 0990-2120002")).to_be_visible()
    shot(desk, "unanswered")
    desk.goto("/")
    expect(desk.get_by_role("link", name="吹哨未应 1").first).to_be_visible()


def test_the_unit_answers_with_one_press_and_is_rated(
    open_as, shot, lives: Lives, county: County, triage: User, outsider: User
) -> None:
    Window.objects.create(center=county.county, number=3)
    case = lives.registered()
    desk = open_as(triage, "/dispatch/?tab=to_dispatch")
    blow(desk, county)
    unit = open_as(outsider, "/", size=(360, 640))
    banner = unit.get_by_role("alert").filter(has_text=f"{case.short_number} 请马上来 3号窗口")
    expect(banner).to_be_visible()
    shot(unit, "banner")
    banner.get_by_role("button", name="马上到").click()
    expect(unit.get_by_text("已应：马上到")).to_be_visible()
    assert case.narrative not in unit.content()

    row = Whistle.objects.get()
    desk.goto(row.get_absolute_url())
    desk.get_by_role("button", name="记到场").click()
    desk.get_by_role("link", name="评哨…").click()
    desk.get_by_label("快", exact=True).check()
    desk.get_by_label("好", exact=True).check()
    desk.get_by_role("button", name="评哨").click()
    expect(desk.get_by_text("响应快，办理好")).to_be_visible()
