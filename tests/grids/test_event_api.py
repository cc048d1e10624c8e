"""Grid events by API: once however often sent, the same acts as on the page, hidden ones 404."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from grids.models import GridEvent, GridRole
from orgs.models import User
from orgs.permissions import RoleCode
from tests.api.conftest import Api
from tests.county import LONG_AGO, person
from tests.grids.field import SAID, Field
from zongzhi.lib import clock

MOST = 8


def body(field: Field, **changed: Any) -> dict[str, Any]:
    given = {
        "client_id": str(uuid.uuid4()),
        "grid": field.grid.code,
        "category": "facility",
        "text": SAID,
    }
    return given | changed


def case_body(field: Field, **changed: Any) -> dict[str, Any]:
    given = {
        "narrative": "两家为屋后排水沟争了半年，要求镇里出面调解",
        "type": "02",
        "occurred_region": field.county.village.region.code,
        "parties": [{"role": "applicant", "name": "龙素英"}],
        "special": ["none"],
        "willing_to_mediate": "yes",
    }
    return given | changed


@pytest.fixture
def api(field: Field) -> Any:
    from orgs.tokens import issue_token  # noqa: PLC0415

    return lambda user: Api(user, issue_token(user=user, address=None))


def test_a_report_sent_three_times_is_one_event(field: Field, api: Any) -> None:
    sent = body(field)
    answers = [api(field.worker).post("grid-events/", sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert GridEvent.objects.count() == 1


def test_somebody_elses_client_id_gives_nothing_away(field: Field, api: Any) -> None:
    sent = body(field)
    api(field.worker).post("grid-events/", sent)
    other = person("grid2", "罗明", field.county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(grid=field.grid, user=other, kind="part_time", since=LONG_AGO)
    answer = api(other).post("grid-events/", sent)
    assert answer.status_code == 404
    assert SAID not in answer.content.decode()


def test_who_does_not_work_in_a_grid_does_not_report(field: Field, api: Any) -> None:
    assert api(field.town).post("grid-events/", body(field)).status_code == 403


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"category": "weather"}, "category"),
        ({"text": ""}, "text"),
        ({"grid": "990101100201999"}, "grid"),
        ({"client_id": "3"}, "client_id"),
        ({"longitude": 200}, "longitude"),
    ],
)
def test_each_wrong_field_of_a_report_is_named(
    field: Field, api: Any, changed: dict[str, Any], named: str
) -> None:
    answer = api(field.worker).post("grid-events/", body(field, **changed))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [named]


def test_what_may_be_done_is_listed_and_can_be_done(field: Field, api: Any) -> None:
    event, town = field.at("reported"), api(field.town)
    listed = town.get(f"grid-events/{event.number}/").json()["allowed_acts"]
    assert listed == ["verify", "ask", "pass-down", "note"] or listed == ["verify", "ask", "note"]
    given = {"truth": "true", "valid": True, "then": "unit", "unit": "QSZ-CJ"}
    answer = town.post(f"grid-events/{event.number}/verify/", given)
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.json()["stage"], answer.json()["unit"]) == ("handling", "QSZ-CJ")
    done = api(field.handler).post(
        f"grid-events/{event.short_number}/feedback/", {"text": "换了灯泡，已经亮了"}
    )
    assert (done.status_code, done.json()["stage"]) == (200, "feedback")


def test_an_act_twice_is_409_and_with_its_key_the_first_answer(field: Field, api: Any) -> None:
    event, town = field.at("reported"), api(field.town)
    given = {"truth": "true", "valid": True, "then": "center"}
    url = f"grid-events/{event.number}/verify/"
    first = town.post(url, given, key="k1")
    assert town.post(url, given, key="k1").json() == first.json()
    again = town.post(url, given)
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    assert event.lines.filter(verb="verify").count() == 1


def test_a_wrong_body_is_400_and_does_nothing(field: Field, api: Any) -> None:
    event = field.at("reported")
    answer = api(field.town).post(f"grid-events/{event.number}/verify/", {"truth": "perhaps"})
    assert answer.status_code == 400
    assert event.lines.count() == 1


def test_every_listed_act_has_an_address(field: Field, api: Any) -> None:
    town = api(field.town)
    for point in ("reported", "verified", "with_unit", "with_center", "fed_back", "checking"):
        listed = town.get(f"grid-events/{field.at(point).number}/").json()["allowed_acts"]
        for verb in listed:
            answer = town.post(f"grid-events/{field.at(point).number}/{verb}/", {})
            assert answer.status_code in (200, 400), (point, verb, answer.content.decode())


def test_an_event_is_raised_with_the_body_of_a_case(field: Field, api: Any) -> None:
    event = field.at("verified")
    answer = api(field.town).post(f"grid-events/{event.number}/raise/", case_body(field))
    assert answer.status_code == 201, answer.content.decode()
    event.refresh_from_db()
    case = Case.objects.get(number=answer.json()["number"])
    assert (event.actor, event.case_number) == ("case", case.number)
    assert (case.source, case.grid) == ("grid", field.grid)


def test_a_second_raise_registers_no_second_case(field: Field, api: Any) -> None:
    event, url = field.at("verified"), "grid-events/{}/raise/"
    api(field.town).post(url.format(event.number), case_body(field))
    answer = api(field.second).post(url.format(event.number), case_body(field))
    assert answer.status_code == 409
    assert Case.objects.count() == 1


def test_an_event_raised_for_a_case_already_known_is_a_visit_more(field: Field, api: Any) -> None:
    town = api(field.town)
    first, second = field.at("verified"), field.at("verified")
    case = town.post(f"grid-events/{first.number}/raise/", case_body(field)).json()["number"]
    answer = town.post(f"grid-events/{second.number}/raise/", case_body(field, same_as=case))
    assert answer.status_code == 201, answer.content.decode()
    second.refresh_from_db()
    assert (second.case_number, Case.objects.count()) == (case, 1)


def test_only_the_centre_raises_and_a_stranger_finds_nothing(
    field: Field, api: Any, outsider: User
) -> None:
    event = field.at("verified")
    url = f"grid-events/{event.number}/raise/"
    assert api(field.above).post(url, case_body(field)).status_code == 403
    assert api(field.worker).post(url, case_body(field)).status_code == 403
    assert api(outsider).post(url, case_body(field)).status_code == 404
    assert not Case.objects.exists()


def test_another_units_person_finds_neither_event_nor_row(field: Field, api: Any) -> None:
    event = field.at("with_unit")
    stranger = person(
        "zj", "何伟", field.county.county, RoleCode.HANDLER, department=field.county.housing
    )
    speaks = api(stranger)
    assert speaks.get(f"grid-events/{event.number}/").status_code == 404
    assert speaks.get("grid-events/").json()["results"] == []
    answer = speaks.post(f"grid-events/{event.number}/feedback/", {"text": "办好了办好了"})
    assert answer.status_code == 404


def test_the_list_is_narrowed_by_what_the_page_is_narrowed_by(field: Field, api: Any) -> None:
    field.at("reported")
    given = field.at("with_unit")
    found = api(field.town).get("grid-events/", view="handling").json()["results"]
    assert [row["number"] for row in found] == [given.number]
    assert api(field.town).get("grid-events/", view="nonsense").status_code == 400


def test_a_longer_list_costs_no_more(field: Field, api: Any) -> None:
    town = api(field.town)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert town.get("grid-events/").status_code == 200
        return [query["sql"] for query in captured]

    with clock.at(clock.now()):
        field.at("with_unit")
        town.get("grid-events/")
        few = queries()
        assert len(few) <= MOST, "\n".join(few)
        for point in ("reported", "checking", "with_worker"):
            field.at(point)
        assert len(queries()) == len(few)
