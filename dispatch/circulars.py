"""What a circular says of each unit: the facts of one month's end, from what was written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from cases.models import Assignment
from dispatch.models import Circular, Mark, Supervision, Talk
from orgs.models import Center, Department
from zongzhi.lib import clock


@dataclass
class Facts:
    """One unit's row: the cases behind each number, and how many talks were held."""

    unit: Department
    overdue: list[int] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)
    red: list[int] = field(default_factory=list)
    talks: int = 0


def month_before(day: date) -> date:
    """The first day of the month before that of the day."""
    return date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)


def _bounds(month: date) -> tuple[datetime, datetime]:
    after = date(month.year + (month.month == 12), month.month % 12 + 1, 1)
    return (
        datetime.combine(month, time(), clock.SHANGHAI),
        datetime.combine(after, time(), clock.SHANGHAI),
    )


def facts_of(center: Center, month: date) -> list[Facts]:
    """The units a circular of this centre would name for that month, by code."""
    return facts_by_center(month, center).get(center.pk, [])


def facts_by_center(month: date, center: Center | None = None) -> dict[int, list[Facts]]:
    """The same for every centre, for the price of one. Units with nothing to be named for are not
    there."""
    start, end = _bounds(month)
    found: dict[tuple[int, int], Facts] = {}
    units: dict[int, Department] = {}
    counted: tuple[tuple[str, QuerySet[Assignment] | QuerySet[Mark] | QuerySet[Supervision]], ...]
    counted = (
        ("overdue", _overdue_at(end)),
        ("unanswered", _unanswered_at(end)),
        ("red", _red_in(start, end)),
    )
    wanted: list[tuple[str, int, int, int]] = []
    for name, rows in counted:
        here = rows.filter(case__center=center) if center else rows
        triples = here.order_by("case").values_list("case__center", "unit", "case").distinct()
        wanted += [(name, *triple) for triple in triples]
    talks = Talk.objects.filter(held_at__gte=start, held_at__lt=end)
    talks = talks.filter(center=center) if center else talks
    wanted += [("talks", *row) for row in talks.values_list("center", "unit", "pk")]
    units = Department.objects.in_bulk({unit for _, _, unit, _ in wanted})
    for name, at, unit, pk in wanted:
        facts = found.setdefault((at, unit), Facts(units[unit]))
        if name == "talks":
            facts.talks += 1
        else:
            getattr(facts, name).append(pk)
    by_center: dict[int, list[Facts]] = {}
    for (at, _), facts in sorted(found.items(), key=lambda item: item[1].unit.code):
        by_center.setdefault(at, []).append(facts)
    return by_center


def _not_yet(column: str, moment: datetime) -> Q:
    return Q(**{column: None}) | Q(**{f"{column}__gte": moment})


def _overdue_at(end: datetime) -> QuerySet[Assignment]:
    """Lead parts whose clock had run out then; the centre's own delay is nobody else's."""
    at_work = _not_yet("ended_at", end) & _not_yet("reported_at", end) & _not_yet("paused_at", end)
    unclaimed = Q(claim_due_at__lt=end) & _not_yet("claimed_at", end)
    with_the_desk = Q(returned_at__lt=end) & _not_yet("case__ruled_at", end)
    return Assignment.objects.filter(
        at_work,
        unclaimed | Q(handling_due_at__lt=end),
        role=Assignment.Role.LEAD,
        dispatched_at__lt=end,
    ).exclude(with_the_desk)


def _unanswered_at(end: datetime) -> QuerySet[Supervision]:
    open_then = _not_yet("answered_at", end) & _not_yet("closed_at", end)
    return Supervision.objects.filter(open_then, answer_due_at__lt=end)


def _red_in(start: datetime, end: datetime) -> QuerySet[Mark]:
    return Mark.objects.filter(color=Mark.Color.RED, at__gte=start, at__lt=end, revoked_at=None)


def rows_of(circular: Circular) -> list[Facts]:
    """What it says: as frozen when issued, else as things stand now."""
    if circular.issued_at is None:
        return facts_of(circular.center, circular.month)
    return [
        Facts(row.unit, row.overdue, row.unanswered, row.red, row.talks)
        for row in circular.rows.select_related("unit")
    ]


def case_ids(facts: Iterable[Facts]) -> set[int]:
    return {pk for row in facts for pk in (*row.overdue, *row.unanswered, *row.red)}
