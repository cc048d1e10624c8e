"""Rosters for tests: a week in November 2026 that begins on Monday the 23rd."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from dispatch.models import Half, Residency, Shift
from dispatch.scheduling import Row
from dispatch.services.rostering import HALVES, Standing, set_shifts
from orgs.models import Center, Department, User, Window
from zongzhi.lib import clock

MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
AM, PM = (Half.MORNING.value,), (Half.AFTERNOON.value,)
WHOLE = HALVES


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.SHANGHAI)


def sunday_before() -> datetime:
    """When rosters are made in these tests: everything of the week is still ahead."""
    return moment(MONDAY - timedelta(days=1), 10)


def seat(unit: Department, center: Center, kind: str = "rotating", **fields: Any) -> Residency:
    return Residency.objects.create(department=unit, center=center, kind=kind, **fields)


def window(center: Center, number: int = 5) -> Window:
    return Window.objects.get_or_create(center=center, number=number)[0]


def row(unit: Department) -> Row:
    return Row(unit.center, department=unit)


def put(
    unit: Department,
    person: User,
    day: date,
    halves: tuple[str, ...] = WHOLE,
    *,
    by: User,
    at: Window | None = None,
) -> list[Shift]:
    standing = Standing(person=person, window=at)
    return set_shifts(row=row(unit), day=day, halves=halves, standing=standing, by=by)
