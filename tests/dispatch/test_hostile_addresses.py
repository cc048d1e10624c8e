"""What stands in an address or a form may be nonsense: the answer is a page or a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Attempt
from dispatch.models import Talk
from orgs.models import User
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock

ADDRESSES = [
    "/roster/?week=0001-01-01",
    "/roster/?week=9999-12-31",
    "/roster/?week=9999-12-31&view=month",
    "/roster/print/?week=0001-01-01",
    "/roster/print/?week=9999-12-31",
    "/roster/?unit=%00",
    "/dispatch/?case=%00",
    "/supervision/?unit=%00",
    "/cases/?department=%00",
    "/api/v1/shifts/?department=%00",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nonsense_in_an_address_is_no_error(
    client: Client, lives: Lives, triage: User, address: str
) -> None:
    lives.registered()
    client.force_login(triage)
    assert client.get(address).status_code < 500


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "%00"])
def test_a_day_no_roster_reaches_is_not_there(client: Client, triage: User, day: str) -> None:
    client.force_login(triage)
    assert client.get(f"/roster/{day}/RS/").status_code == 404


@pytest.mark.parametrize("address", ["hits/?rule=%00", "?since=0001-01-01&until=0001-01-02"])
def test_nonsense_about_rules_is_no_error(
    client: Client, county: County, sysadmin: User, address: str
) -> None:
    client.force_login(sysadmin)
    url = f"/settings/routing/{county.county.region.code}/{address}"
    assert client.get(url).status_code < 500


def test_an_attempt_in_the_year_one_is_a_slip(client: Client, lives: Lives, handler: User) -> None:
    case = lives.claimed()
    client.force_login(handler)
    given = {"outcome": "not_yet", "held_at": "0001-01-01T00:00", "text": "双方都来了，没谈成"}
    given["outcome"] = Attempt.Outcome.values[0]
    answer = client.post(f"/cases/{case.number}/attempt/", given)
    assert answer.status_code == 422
    assert "年份要在 2000 到 2099 之间" in answer.content.decode()


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_talk_takes_place_in_these_years(
    client: Client, county: County, triage: User, leader: User, year: str
) -> None:
    talk = Talk.objects.create(
        center=county.county, unit=county.police, reason="两次超期", proposed_at=clock.now()
    )
    client.force_login(leader)
    given = {"meet_at": f"{year}-01-01T00:00", "place": "二楼", "invited": "局长"}
    url = f"/supervision/talks/{talk.pk}/call/"
    assert client.post(url, given).status_code == 422
    given["meet_at"] = f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert client.post(url, given).status_code == 302
