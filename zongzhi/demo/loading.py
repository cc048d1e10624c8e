"""Builds the demo county and lives a year in it, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from cases.models import DisputeType
from cases.reference import (
    ensure_clock_rules,
    ensure_thresholds,
    ensure_types,
    ensure_upper_platform,
)
from dispatch.services import learning
from dispatch.sweep import STEPS
from grids.reference import ensure_event_periods
from mediation.sweep import STEPS as OF_MEDIATIONS
from orgs.calendars import calendar_of
from orgs.models import Notice
from orgs.reference import ensure_calendar, ensure_roles
from zongzhi.demo import (
    agreements,
    county,
    report_bulletins,
    report_court,
    report_ledgers,
    supervision,
)
from zongzhi.demo.grid_base import build_base
from zongzhi.demo.grid_events import build_grid_events
from zongzhi.demo.grid_phone import build_patrols
from zongzhi.demo.grid_register import build_register
from zongzhi.demo.hours import Hours
from zongzhi.demo.lives import Walker, World, walk
from zongzhi.demo.mediating import build_grades
from zongzhi.demo.mediation_people import build_mediators
from zongzhi.demo.places import build_places
from zongzhi.demo.rosters import build_rosters
from zongzhi.demo.today import scenes
from zongzhi.demo.together import found_group
from zongzhi.demo.year import YEAR, consultations, ordinary_lives
from zongzhi.lib import clock

CASES = 360  # more would keep whoever types `make run` waiting for over 45 seconds
# What these look for is lived only by the scenes (`today.together`), never by the ordinary cases.
OF_THE_SCENES = {
    "raise a whistle",
    "remind of a task",
    "raise a task",
    "raise a clue",
    "expire a swap",
}
SCENES_LAST = 40  # working days before the desk day; the longest scene begins on day 31
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
    build_mediators(places, now.date())
    build_grades(places.centers[county.COUNTY])
    build_register(places, now.date())
    look_at_the_tables()
    walk(walkers(world, cases), until=now)
    with clock.at(now):
        build_rosters(places, now)
        build_patrols(now)
        sweep()
        for center_id in learning.centers_that_learn():
            learning.learn(center_id=center_id)
        supervision.today(world)
        agreements.hand_over(world)
        build_grid_events(world)
        build_base(world)
        report_ledgers.build(world)
        report_court.build(world)
    look_at_the_tables()
    report_bulletins.months(world)
    Notice.objects.filter(created_at__lt=now - UNREAD_FOR).update(read_at=now - UNREAD_FOR)
    return world


def look_at_the_tables() -> None:
    """ANALYZE: nobody else sees these rows before the end, and a database that takes a full table
    for an empty one is slow at everything, on the first pages too."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def ensure_reference(now: datetime) -> None:
    """What `manage.py setup` has done already, unless somebody loads by hand."""
    ensure_roles()
    ensure_calendar(range(now.year - 2, now.year + 3))
    ensure_types()
    ensure_clock_rules()
    ensure_thresholds()
    ensure_upper_platform()
    ensure_event_periods()


def walkers(world: World, cases: int) -> Iterator[Walker]:
    wanted = list(scenes(world))
    others = max(0, cases - len(wanted))
    lives = [*wanted, *ordinary_lives(world, others, first_serial=len(wanted) + 1)]
    yield Sweep(world, min(life.next_moment or world.hours.now for life in lives))
    yield from lives
    yield from consultations(world, max(40, cases // 4))


@dataclass
class Sweep:
    """The sweep of the clocks, on every working morning just after opening."""

    world: World
    last: datetime
    looked_in: int = 0  # the month

    @property
    def next_moment(self) -> datetime | None:
        calendar = self.world.hours.calendar
        day = calendar.workday_after(self.last.date(), 1)
        return calendar.opens(day) + timedelta(minutes=5)

    def act(self) -> None:
        self.last = clock.now()
        is_new_month = self.last.month != self.looked_in
        if is_new_month:
            self.looked_in = self.last.month
            look_at_the_tables()
        hours = self.world.hours
        sweep(lately=self.last.date() >= hours.workday_before(SCENES_LAST))
        supervision.morning(self.world, drafts=is_new_month)


def sweep(*, lately: bool = True) -> None:
    """What the beat does every ten minutes, except that here a failure is one."""
    now = clock.now()
    for step in (*STEPS, *OF_MEDIATIONS):
        if step.name in OF_THE_SCENES and not lately:
            continue
        for pk in step.find(now):
            step.take(pk)
