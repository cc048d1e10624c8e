from __future__ import annotations

from datetime import timedelta

import pytest

from grids.models import GridEvent, GridRole
from grids.services import reporting
from grids.services.reporting import report_event
from grids.vocabulary import EventActor, EventStage, Outcome, StepClock
from orgs.models import Notice, Post
from orgs.permissions import RoleCode
from tests.concurrency import at_once, hold
from tests.county import person
from tests.lib.days import DISPATCHED
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState


def test_a_report_waits_for_the_village_where_somebody_handles_it(
    village_officer, county, reported
) -> None:
    event = reported()
    assert (event.stage, event.actor, event.center) == (
        EventStage.REPORTED,
        EventActor.CENTER,
        county.village,
    )
    assert (event.step, event.area) == (StepClock.VERIFY, "990101100201")
    assert event.due_at is not None
    assert [line.verb for line in event.lines.all()] == ["report"]
    told = Notice.objects.get(user=village_officer)
    assert event.short_number in told.text
    assert event.text not in told.text


def test_a_village_without_anybody_leaves_it_to_the_town(town_officer, county, reported) -> None:
    assert reported().center == county.town


def test_nobody_in_village_and_town_leaves_it_to_the_county(triage, county, reported) -> None:
    assert reported().center == county.county


def test_somebody_who_has_left_handles_nothing(village_officer, county, reported) -> None:
    Post.objects.filter(user=village_officer).update(until=clock.today() - timedelta(days=1))
    assert reported().center == county.county


def test_the_number_says_county_day_and_serial(reported) -> None:
    clock.freeze(DISPATCHED)
    reported()
    event = reported()
    assert (event.number, event.short_number) == ("990101250403G02", "0403-G02")


def test_the_same_report_sent_again_is_the_same_event(worker, report) -> None:
    sent = report()
    first, was_new = report_event(sent, by=worker)
    again, is_new = report_event(sent, by=worker)
    assert (was_new, is_new, again.pk) == (True, False, first.pk)
    assert GridEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_sent_three_times_at_once_is_there_once(worker, report, monkeypatch) -> None:
    sent = report()
    hold(monkeypatch, reporting, "center_for", 3)
    assert at_once(lambda: report_event(sent, by=worker), times=3) == ["ok", "ok", "ok"]
    event = GridEvent.objects.get()
    assert event.short_number.endswith("-G01")
    assert event.lines.count() == 1


def test_the_number_of_somebody_elses_report_is_not_there(worker, county, grid, report) -> None:
    other = person("grid2", "钱二", county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(grid=grid, user=other, kind="full_time", since=clock.today())
    sent = report()
    report_event(sent, by=worker)
    with pytest.raises(NotFound):
        report_event(sent, by=other)


def test_what_was_done_on_the_spot_is_done(triage, reported) -> None:
    event = reported(settled_on_spot=True, text="劝住了两家吵架", is_urgent=True)
    assert (event.stage, event.actor, event.outcome) == (
        EventStage.DONE,
        EventActor.NOBODY,
        Outcome.ON_SPOT,
    )
    assert (event.due_at, event.is_urgent) == (None, False)
    assert not Notice.objects.exists()


def test_a_grid_one_does_not_serve_is_not_there(grid_worker, report) -> None:
    with pytest.raises(NotFound):
        report_event(report(), by=grid_worker)


def test_what_was_seen_while_one_served_still_comes_in(worker, report) -> None:
    today = clock.today()
    GridRole.objects.update(until=today - timedelta(days=2))
    seen = clock.now() - timedelta(days=3)
    assert report_event(report(reported_at=seen), by=worker)[1]
    with pytest.raises(NotFound):
        report_event(report(), by=worker)


def test_who_may_not_report_may_not_report(clerk, report) -> None:
    with pytest.raises(NotAllowed):
        report_event(report(), by=clerk)


def test_a_grid_that_is_closed_takes_no_report(worker, grid, report) -> None:
    grid.is_active = False
    grid.save()
    with pytest.raises(WrongState, match="停用"):
        report_event(report(), by=worker)


def test_the_time_on_the_phone_is_the_time_of_the_report(reported) -> None:
    seen = clock.now() - timedelta(hours=5)
    event = reported(reported_at=seen)
    assert event.reported_at == seen
    assert event.received_at > seen


@pytest.mark.parametrize(
    ("off", "at", "noted"),
    [
        (timedelta(minutes=5), timedelta(0), False),
        (timedelta(hours=5), timedelta(0), True),
        (timedelta(days=-6), timedelta(days=-6), False),
        (timedelta(days=-300), timedelta(days=-7), True),
    ],
)
def test_a_clock_that_cannot_be_right_is_brought_back_and_noted(reported, off, at, noted) -> None:
    clock.freeze(DISPATCHED)
    event = reported(reported_at=DISPATCHED + off)
    assert event.reported_at == DISPATCHED + at
    assert ("phone_said" in event.lines.get().data) is noted


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"text": "  "}, "说一句"),
        ({"text": "长" * 501}, "最多 500 字"),
        ({"place": "长" * 61}, "最多 60 字"),
        ({"category": ""}, "类别"),
        ({"text": "这是机密文件"}, "涉密"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(reported, said, sentence) -> None:
    with pytest.raises(Invalid, match=sentence):
        reported(**said)
    assert not GridEvent.objects.exists()


def test_a_place_is_kept_no_finer_than_ten_metres(reported) -> None:
    event = reported(longitude=103.123456789, latitude=24.987654321)
    assert (event.longitude, event.latitude) == (103.1235, 24.9877)


def test_half_a_place_is_none(reported) -> None:
    event = reported(longitude=103.1)
    assert (event.longitude, event.latitude) == (None, None)


def test_the_village_types_what_stood_on_paper(village_officer, worker, report) -> None:
    event, _ = report_event(report(reported_by=worker), by=village_officer)
    assert (event.reported_by, event.typed_by) == (worker, village_officer)


def test_nobody_types_for_a_grid_elsewhere(worker, county, report) -> None:
    elsewhere = person("city", "陈立", county.city, RoleCode.GRID_WORKER, RoleCode.CLERK)
    Post.objects.filter(user=elsewhere, role__code=RoleCode.CLERK.value).delete()
    with pytest.raises(NotFound):
        report_event(report(reported_by=worker), by=elsewhere)


def test_nobody_types_for_somebody_who_was_not_there(village_officer, clerk, report) -> None:
    with pytest.raises(Invalid, match="那天不在这个网格"):
        report_event(report(reported_by=clerk), by=village_officer)


@pytest.mark.parametrize(("off", "sentence"), [(1, "还没到"), (-40, "31 天以前")])
def test_paper_is_of_the_last_month(village_officer, worker, report, off, sentence) -> None:
    seen = clock.now() + timedelta(days=off)
    with pytest.raises(Invalid, match=sentence):
        report_event(report(reported_by=worker, reported_at=seen), by=village_officer)


def test_a_refused_report_takes_no_number(worker, report, reported) -> None:
    with pytest.raises(Invalid):
        report_event(report(text=""), by=worker)
    assert reported().short_number.endswith("-G01")


@pytest.mark.parametrize("off", [-300, -3, -1])
def test_a_clock_that_is_behind_shuts_no_newcomer_out(grid_worker, grid, report, off) -> None:
    GridRole.objects.create(grid=grid, user=grid_worker, kind="full_time", since=clock.today())
    said = clock.now() + timedelta(days=off)
    assert report_event(report(reported_at=said), by=grid_worker)[1]
