"""Journey 12, the choice: the parties pick on the turned screen, the other side objects once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from orgs.models import User
from tests.county import County
from tests.lives import Lives
from tests.mediation.people import mediator_of, started

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pick(page: Page, number: str, name: str) -> None:
    page.goto(f"/mediation/cases/{number}/choose/")
    page.get_by_role("radio", name="来访人").check()
    page.get_by_role("radio", name="同意", exact=True).check()
    page.get_by_role("button", name=f"选{name}").click()
    expect(page.get_by_role("heading", name=f"选好了：{name}")).to_be_visible()
    page.get_by_role("link", name="工作人员返回").click()


def object_to(page: Page, number: str, side: str) -> None:
    page.goto(f"/cases/{number}/object-mediator/")
    page.get_by_role("radio", name=side).check()
    page.get_by_role("button", name="换一位").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_the_parties_choose_and_the_second_objection_of_a_side_is_refused(
    open_as, lives: Lives, county: County, handler: User, javascript: bool
) -> None:
    mediator_of(county, "赵英")
    mediator_of(county, "马建国", gender="m")
    mediator_of(county, "石守正", gender="m")
    case = started(lives.claimed(), handler)
    page = open_as(handler, f"/cases/{case.number}/?tab=mediation", javascript=javascript)
    page.get_by_role("link", name="给当事人看：选调解员").click()
    assert case.short_number not in page.locator("body").inner_text()
    pick(page, case.number, "赵英")

    object_to(page, case.number, "对方 鑫源劳务公司")
    expect(page.get_by_text("要换一位已记下")).to_be_visible()
    page.goto(f"/mediation/cases/{case.number}/choose/")
    expect(page.get_by_role("button", name="选赵英")).to_have_count(0)

    pick(page, case.number, "马建国")
    object_to(page, case.number, "对方 鑫源劳务公司")
    expect(page.get_by_text("每一方只能换一次").first).to_be_visible()
    assert case.mediations.get().host.name == "马建国"


def test_the_screen_for_the_parties_fits_a_small_tablet(
    open_as, lives: Lives, county: County, handler: User
) -> None:
    mediator_of(county, "赵英", title="退休法官，从事民事审判二十余年")
    case = started(lives.claimed(), handler)
    page = open_as(handler, f"/mediation/cases/{case.number}/choose/")
    page.set_viewport_size({"width": 360, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    button = page.get_by_role("button", name="选赵英").bounding_box()
    assert button is not None
    assert button["height"] >= 48
