from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.api.serializers import CaseSerializer, RegisteredSerializer
from cases.models import Assignment, Case
from cases.vocabulary import Special
from dispatch.services.asking import request_extension, request_pause
from orgs.permissions import RoleCode
from tests.api.conftest import Api, wages
from tests.county import County, person
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib import clock

KEYS = [
    "number",
    "short_number",
    "stage",
    "label",
    "label_code",
    "light",
    "type",
    "narrative",
    "source",
    "occurred_region",
    "parties",
    "lead",
    "assisting",
    "complexity",
    "risk",
    "round",
    "visits",
    "registered_at",
    "dispatched_at",
    "claim_due_at",
    "handling_due_at",
    "closed_at",
    "closure",
    "allowed_acts",
    "query_url",
    "version",
]


def test_a_case_reads_as_it_is_described(lives: Lives, speaks, clerk) -> None:
    window = speaks(clerk)
    registered = window.post("cases/", wages(lives.county)).json()
    read = window.get(f"cases/{registered['number']}/").json()
    assert list(read) == KEYS == list(CaseSerializer().fields)
    assert set(registered) == set(RegisteredSerializer().fields)
    assert window.get("cases/").json()["results"] == [read]
    assert window.get(f"cases/{read['short_number']}/").json() == read


def test_numbers_stay_behind_the_mask(lives: Lives, speaks, clerk, handler) -> None:
    case = lives.claimed()
    for api in (speaks(clerk), speaks(handler)):
        for response in (api.get(f"cases/{case}/"), api.get("cases/")):
            said = response.content.decode()
            assert PHONE not in said
            assert ID_NUMBER not in said
    applicant = api.get(f"cases/{case}/").json()["parties"][0]
    assert applicant["name"] == "张三丰"
    assert (applicant["phone"], applicant["id_number"]) == ("199****5621", "110105********002X")


def test_a_childs_name_is_masked(lives: Lives, speaks, clerk) -> None:
    case = lives.registered(special=[Special.MINOR])
    assert speaks(clerk).get(f"cases/{case}/").json()["parties"][0]["name"] == "张某"


def test_the_query_address_is_for_the_window_alone(
    lives: Lives, speaks, clerk, handler, leader
) -> None:
    case = lives.claimed()
    url = speaks(clerk).get(f"cases/{case}/").json()["query_url"]
    assert url == f"http://testserver/q/{case.token}/"
    for other in (handler, leader):
        read = speaks(other).get(f"cases/{case}/")
        assert read.json()["query_url"] is None
        assert case.token not in read.content.decode()


def test_the_window_of_another_centre_gets_no_query_address(lives: Lives, speaks) -> None:
    case = lives.registered()
    city = person("city", "陈红", lives.county.city, RoleCode.CLERK)
    assert speaks(city).get(f"cases/{case}/").json()["query_url"] is None


@pytest.mark.parametrize("special", [Special.VIOLENCE, Special.MINOR])
def test_a_silent_case_has_no_query_address(lives: Lives, speaks, clerk, special) -> None:
    case = lives.registered(special=[special])
    assert speaks(clerk).get(f"cases/{case}/").json()["query_url"] is None


def test_the_helpers_are_named(lives: Lives, speaks, triage) -> None:
    case = lives.dispatched(assisting=(lives.county.housing, lives.county.police))
    read = speaks(triage).get(f"cases/{case}/").json()
    assert (read["lead"], read["assisting"]) == ("RS", ["ZJ", "GA"])


def test_allowed_acts_are_what_the_door_lets_through(lives: Lives, speaks, triage, handler) -> None:
    case = lives.claimed()
    assert "report" in speaks(handler).get(f"cases/{case}/").json()["allowed_acts"]
    assert "report" not in speaks(triage).get(f"cases/{case}/").json()["allowed_acts"]


def listed(api: Api, **params: object) -> list[str]:
    return [row["number"] for row in api.get("cases/", **params).json()["results"]]


def test_filters(lives: Lives, speaks, triage) -> None:
    waiting, claimed, watched = lives.registered(), lives.claimed(), lives.supervised()
    desk = speaks(triage)
    assert listed(desk) == [watched.number, claimed.number, waiting.number]
    assert listed(desk, label="待分流") == listed(desk, label="to_dispatch") == [waiting.number]
    assert listed(desk, label="督办中") == listed(desk, stage="supervision") == [watched.number]
    assert listed(desk, label="办理中") == [watched.number, claimed.number]
    assert listed(desk, department="RS") == [watched.number, claimed.number]
    assert listed(desk, q=waiting.short_number) == [waiting.number]
    assert len(listed(desk, type="10")) == 3
    assert listed(desk, type="01") == listed(desk, label="没有的") == []
    assert len(listed(desk, region="990101000000")) == len(listed(desk, region="990101")) == 3
    assert listed(desk, region="990101200000") == []
    today = f"{clock.today():%Y-%m-%d}"
    assert len(listed(desk, registered_after=today, registered_before=today)) == 3
    assert listed(desk, registered_after="2099-01-01") == []
    assert listed(desk, overdue="true") == []


def test_lights_and_overdue(lives: Lives, speaks, triage) -> None:
    case = lives.registered()
    desk = speaks(triage)
    assert desk.get(f"cases/{case}/").json()["light"] == "green"
    Case.objects.update(near_at=clock.now())
    assert desk.get(f"cases/{case}/").json()["light"] == "amber"
    Case.objects.update(due_at=clock.now())
    assert desk.get(f"cases/{case}/").json()["light"] == "red"
    assert listed(desk, overdue="true") == [case.number]
    assert listed(desk, overdue="false") == []


def test_pages_by_cursor(lives: Lives, speaks, triage) -> None:
    numbers = [lives.registered().number for _ in range(27)][::-1]
    client = speaks(triage)._client
    first = client.get("/api/v1/cases/").json()
    assert [row["number"] for row in first["results"]] == numbers[:25]
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert [row["number"] for row in second["results"]] == numbers[25:]
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_a_unit_pages_by_cursor_through_what_is_registered_at_one_moment(
    lives: Lives, speaks, handler
) -> None:
    numbers = [lives.dispatched().number for _ in range(27)][::-1]
    at = clock.now()
    Case.objects.update(registered_at=at)
    Assignment.objects.update(case_registered_at=at)
    client = speaks(handler)._client
    first = client.get("/api/v1/cases/").json()
    second = client.get(first["next"]).json()
    found = [row["number"] for row in (*first["results"], *second["results"])]
    assert found == numbers


def queries(api: Api) -> int:
    with CaptureQueriesContext(connection) as captured:
        api.get("cases/")
    return len(captured)


def test_more_cases_cost_no_more_queries(lives: Lives, speaks, triage, handler) -> None:
    city = person("city", "陈红", lives.county.city, RoleCode.TRIAGE, RoleCode.CLERK)
    for api in (speaks(triage), speaks(handler), speaks(city)):
        lives.dispatched(assisting=(lives.county.housing,))
        lives.reported()
        lives.closed()
        queries(api)  # the posts and places that a process keeps
        few = queries(api)
        for _ in range(3):
            lives.dispatched(assisting=(lives.county.housing,))
            lives.reported()
            lives.claimed()
        # token, cases, open assignments, parties, requests, 督办单, who triages below
        assert queries(api) == few <= 7


def test_more_requests_cost_no_more_queries(
    lives: Lives, speaks, triage, handler, head, leader
) -> None:
    """Whose they are to decide is asked of the cases that are there."""
    until = clock.today() + timedelta(days=20)

    def ask() -> None:
        request_extension(case_id=lives.claimed().pk, by=handler, days=3, text="对方外出")
        request_pause(case_id=lives.claimed().pk, by=handler, until=until, text="等司法鉴定")

    for api in (speaks(triage), speaks(head), speaks(leader)):
        ask()
        queries(api)
        few = queries(api)
        ask()
        ask()
        assert queries(api) == few


def test_reference_lists(county: County, speaks, clerk) -> None:
    rows = speaks(clerk).get("departments/").json()["results"]
    assert {"RS", "ZJ", "GA"} <= {row["code"] for row in rows}
    assert rows[0]["center"] == "990101000000"
    assert speaks(clerk).get("residencies/").json()["results"] == []
