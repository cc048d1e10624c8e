"""Whistles, tasks of sessions and receipts of clues survive: twice, at once, killed, without Redis.

Each step is a conditional update of its own row with its notices in the same transaction: what was
half done was not done, and the next sweep does it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from dispatch.models import ClueTarget, JointTask, Whistle
from dispatch.services import clues, convening, whistling
from dispatch.services.clues import refer_clue
from dispatch.services.convening import Given, convene, minute
from dispatch.services.whistling import whistle_for
from dispatch.tasks import sweep_clocks
from orgs.models import Notice, Room, User
from orgs.permissions import RoleCode
from tests.concurrency import at_once, hold
from tests.county import County, person
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives
from zongzhi.lib import clock

LATE = moment(5, 6, 9, 0)


class Killed(BaseException):
    """What `kill` is to a worker: nothing catches it."""


@dataclass(frozen=True)
class Kind:
    """One of the three, three rows late of each."""

    name: str
    rows: Callable[[], list[Any]]
    room: Any  # the module whose telling is held or broken
    tells: str


KINDS = (
    Kind("whistle", lambda: list(Whistle.objects.order_by("pk")), whistling, "tell_heads"),
    Kind("task", lambda: list(JointTask.objects.order_by("pk")), convening, "tell_leaders"),
    Kind("receipt", lambda: list(ClueTarget.objects.order_by("pk")), clues, "tell_heads"),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture(params=BY_NAME)
def kind(request: pytest.FixtureRequest) -> Kind:
    return BY_NAME[request.param]


@pytest.fixture
def late(kind: Kind, lives: Lives, county: County, triage: User, leader: User) -> Kind:
    """Three rows of that kind, a month late, and nobody told."""
    clock.freeze(DISPATCHED)
    person("gongan_head", "严正", county.county, RoleCode.HEAD, department=county.police)
    for n in range(3):
        pk = lives.registered().pk
        if kind.name == "whistle":
            where = {"place": "3号窗口", "text": "来看伤情"}
            whistle_for(case_id=pk, by=triage, unit=county.police, when="now", **where)
        elif kind.name == "task":
            _meet(pk, n, county, triage, leader)
        else:
            text = "同一工地还有十几人被欠薪"
            refer_clue(case_id=pk, by=triage, kind="offence", units=[county.police], text=text)
    Notice.objects.all().delete()
    clock.freeze(LATE)
    return kind


def _meet(pk: int, n: int, county: County, triage: User, leader: User) -> None:
    room, _ = Room.objects.get_or_create(center=county.county, name="调解室")
    starts = moment(4, 8, 9, 0) + timedelta(days=n)
    when = {"starts_at": starts, "ends_at": starts + timedelta(hours=1), "agenda": "怎么查"}
    who = {"kind": "leaders", "chair": leader, "room": room, "units": [county.police]}
    convene(case_id=pk, by=triage, **who, **when)
    tasks = [Given(county.police, "查清去向")]
    minute(case_id=pk, by=triage, came=[], text="公安局先查", tasks=tasks)


def raised(kind: Kind) -> list[bool]:
    return [row.raised_at is not None for row in kind.rows()]


def said() -> int:
    """Notices that are not about the deadlines of the cases themselves."""
    return Notice.objects.exclude(url__startswith="/cases/").count()


def test_a_second_sweep_says_nothing_more(late: Kind) -> None:
    sweep_clocks()
    assert raised(late) == [True] * 3
    before = said()
    sweep_clocks()
    assert said() == before > 0


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_say_it_once(late: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(monkeypatch, late.room, late.tells)
    assert at_once(sweep_clocks, times=2) == ["ok", "ok"]
    at_once_said = said()
    Notice.objects.all().delete()
    for row in late.rows():
        type(row).objects.filter(pk=row.pk).update(raised_at=None)
    sweep_clocks()
    assert said() == at_once_said


def break_on(patch: pytest.MonkeyPatch, kind: Kind, nth: int, error: BaseException) -> None:
    """Let the nth telling fail after it has written its notices."""
    real, calls = getattr(kind.room, kind.tells), iter(range(1, 100))

    def fail(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        if next(calls) == nth:
            raise error

    patch.setattr(kind.room, kind.tells, fail)


def test_killed_half_way_nothing_is_half_done_and_the_next_completes_it(
    late: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        break_on(patch, late, 2, Killed())
        with pytest.raises(Killed):
            sweep_clocks()
    assert raised(late) == [True, False, False]
    one = said()
    sweep_clocks()
    assert raised(late) == [True] * 3
    assert said() == 3 * one


def test_a_row_that_fails_does_not_stop_the_rest(
    late: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_on(monkeypatch, late, 2, RuntimeError("disk"))
    sweep_clocks()
    assert raised(late) == [True, False, True]
    assert [record.row for record in caplog.records] == [late.rows()[1].pk]


def test_without_redis_everybody_is_told(late: Kind, settings: Any) -> None:
    """Telling is a row: nothing of it waits for the broker."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    sweep_clocks()
    assert raised(late) == [True] * 3
    assert said() > 0
