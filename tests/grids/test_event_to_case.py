"""转为事项: a grid event becomes a case, and what becomes of the case becomes of the event."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from cases.models import Case, DisputeType
from cases.services.course import accept_case, decline_case
from cases.services.registration import PartyInput, Registration, register_case
from cases.vocabulary import PartyRole, Source, Special, Willing
from grids.models import GridEvent
from tests.grids.field import Field
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def _registration(field: Field, event: GridEvent) -> Registration:
    return Registration(
        source=Source.GRID,
        narrative="两家为屋后排水沟争了半年，要求镇里出面调解",
        type=DisputeType.objects.get(code="02"),
        occurred_region=field.county.village.region,
        parties=[PartyInput(PartyRole.APPLICANT, "龙素英")],
        special=[Special.NONE],
        willing_to_mediate=Willing.YES,
        grid=field.grid,
        grid_event=event.number,
        submission_id=uuid.uuid4(),
    )


def _raised(field: Field) -> tuple[GridEvent, Case]:
    event = field.at("verified")
    case, _ = register_case(_registration(field, event), by=field.town)
    return GridEvent.objects.get(pk=event.pk), case


def test_a_raised_event_waits_for_its_case_and_has_no_clock(field: Field, monday: object) -> None:
    event, case = _raised(field)
    assert (event.stage, event.actor, event.case_number) == ("handling", "case", case.number)
    assert (event.step, event.due_at) == ("", None)
    assert case.grid == field.grid


def test_an_event_is_raised_once_and_the_second_case_is_not_registered(
    field: Field, monday: object
) -> None:
    event, _ = _raised(field)
    before = Case.objects.count()
    with pytest.raises(AlreadyDone, match="吴桂英"):
        register_case(_registration(field, event), by=field.second)
    assert Case.objects.count() == before


def test_only_the_centre_where_it_is_raises_it(field: Field, monday: object) -> None:
    event = field.at("verified")
    before = Case.objects.count()
    with pytest.raises(NotAllowed):
        register_case(_registration(field, event), by=field.above)
    with pytest.raises((NotAllowed, NotFound)):
        register_case(_registration(field, event), by=field.handler)
    assert Case.objects.count() == before


def test_a_declined_case_gives_the_event_back_to_the_centre_with_the_reason(
    field: Field, monday: object
) -> None:
    event, case = _raised(field)
    decline_case(
        case_id=case.pk, by=field.town, reason="court", route="litigation", text="法院已经受理"
    )
    event.refresh_from_db()
    assert (event.stage, event.actor, event.step) == ("handling", "center", "handle")
    last = event.lines.last()
    assert last is not None
    assert last.verb == "case-ended"
    assert "法院已经受理" in last.text


def test_another_act_of_the_case_leaves_the_event_alone(field: Field, monday: object) -> None:
    event, case = _raised(field)
    version = event.version
    accept_case(case_id=case.pk, by=field.town)
    event.refresh_from_db()
    assert event.version == version


@pytest.mark.parametrize("closure", ["substantive", "staged", "procedural"])
def test_a_case_closed_with_a_result_is_checked_by_the_grid_and_a_reopened_one_reopens(
    field: Field, monday: object, closure: str, monkeypatch: Any
) -> None:
    from cases.door import changing  # noqa: PLC0415
    from cases.services.closing import reopen_case  # noqa: PLC0415
    from cases.services.course import close  # noqa: PLC0415
    from cases.vocabulary import Closure  # noqa: PLC0415

    event, case = _raised(field)
    with changing(case.pk, "decline", by=field.town) as change:
        change.case.decline()
        close(change, Closure(closure), "谈成了")
    event.refresh_from_db()
    assert (event.stage, event.actor, event.step) == ("checking", "worker", "check")
    assert "谈成了" not in event.result
    reopen_case(case_id=case.pk, by=field.town, text="又堵上了，来访人要求再办")
    event.refresh_from_db()
    assert (event.stage, event.actor, event.case_number) == ("handling", "case", case.number)
