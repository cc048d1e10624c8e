"""The roster over the API: read, never written."""

from __future__ import annotations

import pytest

from orgs.models import User
from tests.api.conftest import Speaks
from tests.county import County
from tests.rosters import AM, MONDAY, THURSDAY, moment, put, seat, sunday_before, window
from zongzhi.lib import clock


@pytest.fixture(autouse=True)
def _roster(county: County, handler: User, triage: User) -> None:
    clock.freeze(sunday_before())
    seat(county.human_resources, county.county, contact_name="孙立", contact_phone="15400000009")
    put(county.human_resources, handler, MONDAY, by=triage, at=window(county.county))
    put(county.human_resources, handler, THURSDAY, AM, by=triage)
    clock.freeze(moment(MONDAY, 10))


def test_shifts_are_listed_by_day_and_department(speaks: Speaks, clerk: User) -> None:
    rows = speaks(clerk).get("shifts/?from=2026-11-23&to=2026-11-26&department=RS").json()
    assert [(row["day"], row["half"]) for row in rows["results"]] == [
        ("2026-11-23", "am"),
        ("2026-11-23", "pm"),
        ("2026-11-26", "am"),
    ]
    assert rows["results"][0] == {
        "center": "990101000000",
        "day": "2026-11-23",
        "half": "am",
        "department": "RS",
        "duty": "",
        "person": "李强",
        "window": 5,
        "room": None,
        "state": "planned",
    }
    assert speaks(clerk).get("shifts/?department=ZJ").json()["results"] == []


@pytest.mark.parametrize(
    "asked", ["from=gestern", "from=2026-02-30", "from=2026-11-23&to=2026-11-01", "to=2099-01-01"]
)
def test_days_that_cannot_be_are_refused(speaks: Speaks, clerk: User, asked: str) -> None:
    assert speaks(clerk).get(f"shifts/?{asked}").status_code == 400


def test_another_towns_roster_is_not_listed(speaks: Speaks, town_officer: User) -> None:
    assert speaks(town_officer).get("shifts/").json()["results"] == []


def test_a_residency_says_who_is_there_now_and_staff_read_the_telephone(
    speaks: Speaks, clerk: User, channel: User
) -> None:
    [seen] = speaks(clerk).get("residencies/").json()["results"]
    assert (seen["contact"], seen["phone"]) == ("孙立", "15400000009")
    assert seen["on_duty"]["sentence"] == "轮驻，今天在岗 李强，5号窗口"
    clock.freeze(moment(MONDAY, 18))
    [hidden] = speaks(channel).get("residencies/").json()["results"]
    assert hidden["phone"] == ""
    assert "15400000009" not in str(hidden)
    assert hidden["on_duty"]["next"] == "周四上午"
