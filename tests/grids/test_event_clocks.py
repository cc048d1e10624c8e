"""The clocks of an event: near and overdue told once, each late step counted once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from grids import event_sweep
from grids.event_sweep import sweep
from grids.models import EventReminder, GridEvent
from grids.services import events as services
from orgs.models import Notice
from tests.concurrency import at_once, hold
from tests.county import build_county
from tests.grids.conftest import MONDAY
from tests.grids.field import Field, build_field
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid


def test_a_report_of_monday_nine_is_to_be_verified_by_three(field: Field, monday: datetime) -> None:
    event = field.at("reported")
    assert event.due_at == monday.replace(hour=15)
    assert event.near_at == monday.replace(hour=11, minute=0)


def test_what_must_be_dealt_with_at_once_is_verified_within_an_hour(
    field: Field, monday: datetime
) -> None:
    event = field.report(is_urgent=True)
    assert event.due_at == monday + timedelta(hours=1)


def test_a_question_to_the_reporter_does_not_stop_the_clock(field: Field, monday: datetime) -> None:
    event = field.at("reported")
    due = event.due_at
    with clock.at(monday + timedelta(hours=1)):
        asked = services.ask_event(event_id=event.pk, by=field.town, text="在哪一根电杆")
    assert asked.due_at == due


def test_near_and_overdue_are_told_once_each_however_often_it_is_swept(
    field: Field, monday: datetime
) -> None:
    event = field.at("reported")
    Notice.objects.all().delete()
    for moment in (monday.replace(hour=11, minute=30), monday.replace(hour=16)):
        with clock.at(moment):
            sweep(moment)
            sweep(moment)
    assert EventReminder.objects.filter(event=event).count() == 2
    told = Notice.objects.filter(user=field.town).values_list("text", flat=True)
    assert sorted(told) == sorted(
        [f"网格事件 {event.short_number} 核实快到期", f"网格事件 {event.short_number} 核实已超期"]
    )
    event.refresh_from_db()
    assert event.overdue_steps == 1


def test_a_late_step_counts_once_whether_the_sweep_or_the_act_saw_it_first(
    field: Field, monday: datetime
) -> None:
    seen, unseen = field.at("reported"), field.at("reported")
    late = monday + timedelta(days=1)
    with clock.at(late):
        field.verify(unseen, then="later")
        sweep(late)
        field.verify(seen, then="later")
    for event in (seen, unseen):
        event.refresh_from_db()
        assert event.overdue_steps == 1


def test_one_sweep_tells_all_however_many_and_one_that_fails_stops_nobody(
    field: Field, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [field.at("reported") for _ in range(5)]
    monkeypatch.setattr(event_sweep, "CHUNK", 2)
    tell = event_sweep._tell

    def fails_once(pk: int, kind: EventReminder.Kind, now: datetime) -> bool:
        if pk == events[1].pk:
            raise RuntimeError("this one cannot be told")
        return tell(pk, kind, now)

    late = monday + timedelta(days=1)
    with clock.at(late):
        monkeypatch.setattr(event_sweep, "_tell", fails_once)
        assert sweep(late) == 4
        monkeypatch.setattr(event_sweep, "_tell", tell)
        assert sweep(late) == 1
        assert sweep(late) == 0


def test_to_handle_it_takes_three_working_days_of_the_centre_and_is_amber_with_one_left(
    field: Field, monday: datetime
) -> None:
    event = field.at("with_unit")
    assert event.due_at == monday.replace(day=16, hour=17, minute=30)
    assert event.near_at == monday.replace(day=15, hour=0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_verify_at_once_one_does_it_and_the_other_reads_who(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from grids import door  # noqa: PLC0415
    from tests.county import ensure_reference  # noqa: PLC0415

    ensure_reference()
    field = build_field(build_county())
    event = field.at("reported")
    hold(monkeypatch, door, "_pass_through")
    results = at_once(
        lambda: field.verify(event, then="later"),
        lambda: field.verify(event, then="later", by=field.second),
    )
    assert results == ["AlreadyDone", "ok"]
    assert GridEvent.objects.get(pk=event.pk).lines.filter(verb="verify").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once() -> None:
    from tests.county import ensure_reference  # noqa: PLC0415

    ensure_reference()
    with clock.at(MONDAY):
        field = build_field(build_county())
        event = field.at("reported")
    late = MONDAY + timedelta(days=1)
    at_once(lambda: sweep(late), times=2)
    assert EventReminder.objects.filter(event=event, kind="overdue").count() == 1
    assert GridEvent.objects.get(pk=event.pk).overdue_steps == 1


def test_three_events_cannot_be_left_to_each_other(field: Field, monday: datetime) -> None:
    one, two, three = (field.at("reported") for _ in range(3))
    field.verify(one, truth="duplicate", duplicate_of=two)
    field.verify(two, truth="duplicate", duplicate_of=three)
    with pytest.raises(Invalid, match="自己"):
        field.verify(three, truth="duplicate", duplicate_of=GridEvent.objects.get(pk=one.pk))
    three.refresh_from_db()
    assert three.is_open


@pytest.mark.django_db(transaction=True)
def test_two_that_name_each_other_at_once_are_not_both_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from grids import door  # noqa: PLC0415
    from tests.county import ensure_reference  # noqa: PLC0415

    ensure_reference()
    field = build_field(build_county())
    one, two = field.at("reported"), field.at("reported")
    hold(monkeypatch, door, "_pass_through")
    at_once(
        lambda: field.verify(one, truth="duplicate", duplicate_of=two),
        lambda: field.verify(two, truth="duplicate", duplicate_of=one, by=field.second),
    )
    assert GridEvent.objects.open().filter(pk__in=[one.pk, two.pk]).exists()
