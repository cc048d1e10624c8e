"""The working calendar of a centre, ready for arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import F, Func, JSONField

from orgs.models import CalendarDay, Center, Revision
from zongzhi.lib.worktime import Calendar

SUBJECT = "calendar"
ALL_REVISIONS = "(SELECT coalesce(jsonb_object_agg(subject, number), '{}') FROM orgs_revision)"


def revisions() -> dict[str, int]:
    """How often each table has changed, by subject. One small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, number FROM orgs_revision")
        return dict(cursor.fetchall())


class Revisions(Func):
    """What `revisions()` says, beside the columns of another query."""

    template = ALL_REVISIONS
    output_field = JSONField()


def revise(subject: str) -> None:
    """Say that the table has changed, in the transaction that changes it."""
    if not Revision.objects.filter(subject=subject).update(number=F("number") + 1):
        Revision.objects.get_or_create(subject=subject)


@dataclass
class _Copy:
    """This process's copy of the calendar rows, good as long as the revision stands."""

    revision: int = -1
    national: dict[date, tuple[bool, str]] = field(default_factory=dict)
    local: dict[int, dict[date, tuple[bool, str]]] = field(default_factory=dict)
    years: frozenset[int] = frozenset()


_copy = _Copy()


def calendar_of(center: Center, *, now: dict[str, int] | None = None) -> Calendar:
    """The centre's calendar: national days, its own exceptions over them, its own hours.

    `now` is what `revisions()` has just said, when the caller has asked already.
    """
    return calendars_of([center], now=now)[center.pk]


def calendars_of(
    centers: Iterable[Center], *, now: dict[str, int] | None = None
) -> dict[int, Calendar]:
    """The calendars of several centres by id, for the price of one."""
    days = _current((revisions() if now is None else now).get(SUBJECT, 0))
    return {
        center.pk: Calendar(
            days={**days.national, **days.local.get(center.pk, {})},
            years=days.years,
            hours=center.hours,
        )
        for center in centers
    }


def _current(number: int) -> _Copy:
    global _copy
    if _copy.revision != number or number == 0:
        fresh = _Copy(revision=number)
        for row in CalendarDay.objects.all():
            kind = (row.is_workday, row.name)
            if row.center_id is None:
                fresh.national[row.day] = kind
            else:
                fresh.local.setdefault(row.center_id, {})[row.day] = kind
        fresh.years = frozenset(
            CalendarDay.objects.filter(center=None, confirmed=True)
            .values_list("day__year", flat=True)
            .distinct()
        )
        _copy = fresh
    return _copy
