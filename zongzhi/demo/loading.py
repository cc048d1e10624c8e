"""Builds the demo county and lives a year in it, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from cases.models import DisputeType
from cases.reference import (
    ensure_clock_rules,
    ensure_thresholds,
    ensure_types,
    ensure_upper_platform,
)
from dispatch.services import asking, clues, convening, learning, sweeping, whistling
from orgs.calendars import calendar_of
from orgs.models import Notice
from orgs.reference import ensure_calendar, ensure_roles
from zongzhi.demo import county
from zongzhi.demo.hours import Hours
from zongzhi.demo.lives import Walker, World, walk
from zongzhi.demo.places import build_places
from zongzhi.demo.rosters import build_rosters
from zongzhi.demo.today import scenes
from zongzhi.demo.together import found_group
from zongzhi.demo.year import YEAR, consultations, ordinary_lives
from zongzhi.lib import clock

CASES = 360  # more would keep whoever types `make run` waiting for over 45 seconds
UNREAD_FOR = timedelta(days=2)


@transaction.atomic
def load(*, cases: int = CASES) -> World:
    """Fill an empty database. `cases` is about how many there will be."""
    now = clock.now()
    ensure_reference(now)
    places = build_places(since=(now - 2 * YEAR).date(), at=now)
    calendar = calendar_of(places.centers[county.COUNTY])
    types = {row.code: row for row in DisputeType.objects.all()}
    world = World(places, Hours(calendar, now), types)
    found_group(world)
    walk(walkers(world, cases), until=now)
    with clock.at(now):
        build_rosters(places, now)
        sweep()
        for center_id in learning.centers_that_learn():
            learning.learn(center_id=center_id)
    Notice.objects.filter(created_at__lt=now - UNREAD_FOR).update(read_at=now - UNREAD_FOR)
    return world


def ensure_reference(now: datetime) -> None:
    """What `manage.py setup` has done already, unless somebody loads by hand."""
    ensure_roles()
    ensure_calendar(range(now.year - 2, now.year + 3))
    ensure_types()
    ensure_clock_rules()
    ensure_thresholds()
    ensure_upper_platform()


def walkers(world: World, cases: int) -> Iterator[Walker]:
    wanted = list(scenes(world))
    others = max(0, cases - len(wanted))
    lives = [*wanted, *ordinary_lives(world, others, first_serial=len(wanted) + 1)]
    yield Sweep(world.hours, min(life.next_moment or world.hours.now for life in lives))
    yield from lives
    yield from consultations(world, max(40, cases // 4))


@dataclass
class Sweep:
    """The sweep of the clocks, on every working morning just after opening."""

    hours: Hours
    last: datetime

    @property
    def next_moment(self) -> datetime | None:
        day = self.hours.calendar.workday_after(self.last.date(), 1)
        return self.hours.calendar.opens(day) + timedelta(minutes=5)

    def act(self) -> None:
        self.last = clock.now()
        sweep()


def sweep() -> None:
    """What the beat does every ten minutes, except that here a failure is one."""
    now = clock.now()
    for case_id in sweeping.pauses_that_are_over(now=now):
        asking.resume_when_due(case_id=case_id)
    for case_id in sweeping.cases_on_the_ladder(now=now):
        sweeping.climb(case_id=case_id)
    for sheet_id in sweeping.unanswered_supervisions(now=now):
        sweeping.propose_talk(supervision_id=sheet_id)
    for whistle_id in whistling.whistles_unanswered(now=now):
        whistling.raise_whistle(whistle_id=whistle_id)
    for task_id in convening.tasks_near(now=now):
        convening.remind_of_task(task_id=task_id)
    for task_id in convening.tasks_overdue(now=now):
        convening.raise_task(task_id=task_id)
    for target_id in clues.clues_unsigned(now=now):
        clues.raise_clue(target_id=target_id)
