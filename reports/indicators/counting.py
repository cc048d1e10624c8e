"""What can be counted: a set of rows in time, whose they are, and how they are looked at.

`counted` is the one function behind every page, export, answer and bulletin: whoever wants a
number says which sets, over what span, in which scope, by which dimension. The list behind a
number is `rows`, the same set asked for without counting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Expression, F, Q, QuerySet, Sum
from django.db.models.functions import Left

from cases.querysets import visible_cases
from orgs.models import Center, Department, User
from orgs.models.places import STEM_LENGTHS, Level
from zongzhi.lib import clock

EVERYTHING = ~Q(pk__in=[])


@dataclass(frozen=True)
class Span:
    """From a moment until before another, as of a moment: what came later is not known yet."""

    since: datetime
    until: datetime
    as_of: datetime

    @classmethod
    def of_days(cls, first: date, last: date, as_of: datetime | None = None) -> Span:
        """Whole days in local time, both included; by default as of its end or of now."""
        since, until = _midnight(first), _midnight(last + timedelta(days=1))
        return cls(since, until, as_of or min(until, clock.now()))

    @property
    def first_day(self) -> date:
        return self.since.date()

    @property
    def last_day(self) -> date:
        return (self.until - timedelta(microseconds=1)).date()

    @property
    def as_of_day(self) -> date:
        """The day the moment lies in: at the end of a span, the day after it."""
        return clock.local(self.as_of).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


@dataclass(frozen=True)
class Scope:
    """Among which cases: what a person sees, or all of a centre and those below it.

    Official tables are of a centre, whoever looks; dashboards are of the person.
    """

    of: User | Center

    def q(self, path: str) -> Q:
        """As a condition; `path` leads from a row to its case, with `__` at its end, or is ""."""
        if isinstance(self.of, Center):
            return Q(**{f"{path}center__region__code__startswith": self.of.region.stem})
        return visible_cases(self.of, path)


class Dimension(Enum):
    """By what a table has its rows."""

    UNIT = "unit"  # the unit that is judged: its own path for each set
    TOWN = "town"  # where it happened
    CENTER = "center"  # where the case is
    LEVEL = "level"  # on which of the four levels that centre stands
    TYPE = "type"
    SOURCE = "source"
    GRID = "grid"  # events only


@dataclass(frozen=True)
class Shown:
    """How a row that belongs to no case stands in a list; without an address, its words alone."""

    number: str
    url: str = ""
    title: str = ""
    area: str = ""  # a division code; its town is named


@dataclass(frozen=True)
class Apart:
    """Rows that belong to no case: whose they are, by what they are grouped, how they are shown."""

    reach: Callable[[Scope], Q]
    columns: Mapping[Dimension, str]
    shown: Callable[[Sequence[Any], User], Mapping[int, Shown]]
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A set that is counted: its rows, the moment that puts them into a span, the condition.

    `case` leads from a row to its case (""  when it is one), `unit` to the unit that is judged.
    `at` is "" for what is counted as it stands at the moment of counting. What belongs to no case
    (a consultation, a grid event, a figure somebody entered) says so by `apart`.
    """

    key: str
    name: str  # in words: what is counted
    model: Callable[[], QuerySet[Any]]
    at: str
    where: Callable[[Span], Q] = lambda span: EVERYTHING
    case: str = ""
    unit: str = "unit"
    is_date: bool = False  # `at` is a day, not a moment
    total: str = ""  # add up this column instead of counting rows
    total_in: str = ""  # what it is a number of
    facts: tuple[tuple[str, str], ...] = ()  # what decides: its word, its path on the row
    part_of: str = ""  # what 「其中」 in the name is said of
    apart: Apart | None = None
    what: str = "事项"  # what a row is, over its number in a list

    @property
    def said(self) -> str:
        """The name where it stands alone."""
        return f"{self.part_of}，{self.name}" if self.part_of else self.name

    @property
    def path(self) -> str:
        return f"{self.case}__" if self.case else ""

    def rows(self, scope: Scope, span: Span) -> QuerySet[Any]:
        """The rows themselves: the list behind the number."""
        return self._base(scope, span).filter(self.where(span))

    def _base(self, scope: Scope, span: Span) -> QuerySet[Any]:
        reach = self.apart.reach(scope) if self.apart else scope.q(self.path)
        return self.model().filter(reach).filter(self._within(span))

    def _within(self, span: Span) -> Q:
        if not self.at:
            return EVERYTHING
        if self.is_date:
            last = min(span.last_day, span.as_of_day)
            return Q(**{f"{self.at}__gte": span.first_day, f"{self.at}__lte": last})
        return Q(
            **{f"{self.at}__gte": span.since, f"{self.at}__lt": span.until},
        ) & Q(**{f"{self.at}__lte": span.as_of})

    def _counting(self, span: Span) -> Expression:
        condition = self.where(span)
        return Sum(self.total, filter=condition) if self.total else Count("pk", filter=condition)

    def column(self, dimension: Dimension) -> str:
        """What the rows are told apart by; "" where the dimension says nothing of them."""
        if self.apart:
            return self.apart.columns.get(dimension, "")
        if dimension is Dimension.UNIT:
            return self.unit
        column = _COLUMNS.get(dimension, "")
        return f"{self.path}{column}" if column else ""

    def by(self, dimension: Dimension) -> Any:
        """What the rows are grouped by."""
        column = self.column(dimension)
        return Left(column, TOWN) if dimension is Dimension.TOWN else F(column)

    @property
    def _together(self) -> tuple[Any, ...]:
        """Sets that are alike in this are counted in one query."""
        return self.model, self.at, self.case, self.is_date, self.apart and self.apart.reach


TOWN = STEM_LENGTHS[Level.TOWN]
_COLUMNS = {
    Dimension.TOWN: "occurred_region__code",
    Dimension.CENTER: "center",
    Dimension.LEVEL: "center__level",
    Dimension.TYPE: "type",
    Dimension.SOURCE: "source",
}

ALL: Any = None  # the one group of what is not grouped
Numbers = dict[Any, dict[str, int]]


def counted(
    sets: Iterable[Rows],
    scope: Scope,
    span: Span,
    by: Dimension | None = None,
    only: Sequence[int] | None = None,
) -> Numbers:
    """How many rows each set has, by group; one query for sets of the same rows and moment.

    Groups are ids (units, centres, types), town codes or words; `ALL` when there is no dimension.
    `only`: of these units. A group that has no rows at all is missing, and so is a set of which
    the dimension says nothing.
    """
    groups: dict[tuple[Any, ...], list[Rows]] = {}
    for one in {one.key: one for one in sets}.values():
        if by is not None and not one.column(by):
            continue
        unit = one.unit if by is Dimension.UNIT or only is not None else ""
        groups.setdefault((*one._together, unit), []).append(one)
    found: Numbers = {}
    for alike in groups.values():
        _count(alike, scope, span, by, only, found)
    return found


def _count(
    alike: list[Rows],
    scope: Scope,
    span: Span,
    by: Dimension | None,
    only: Sequence[int] | None,
    found: Numbers,
) -> None:
    first = alike[0]
    rows = first._base(scope, span).order_by()
    if not first.at:  # no moment narrows them down: their conditions may have an index
        rows = rows.filter(reduce(or_, (one.where(span) for one in alike)))
    if only is not None:
        rows = rows.filter(**{f"{first.unit}__in": list(only)})
    asked = {f"n_{n}": one._counting(span) for n, one in enumerate(alike)}
    if by is None:
        lines = [{**rows.aggregate(**asked), "group": ALL}]
    else:
        lines = list(rows.annotate(group=first.by(by)).values("group").annotate(**asked))
    for line in lines:
        numbers = found.setdefault(line["group"], {})
        for n, one in enumerate(alike):
            numbers[one.key] = int(line[f"n_{n}"] or 0)


def units_of(numbers: Numbers) -> dict[int, Department]:
    """The units that groups by unit are named by."""
    return Department.objects.in_bulk([pk for pk in numbers if pk is not None])
