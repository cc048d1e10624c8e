"""Indicators with their numbers and the lists behind them, for a page or a program."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cases.models import DisputeType
from cases.vocabulary import Source
from grids.models import Grid
from orgs.models import Center, Department, Region, User
from orgs.models.places import Level
from reports.indicators.counting import ALL, Dimension, Numbers, Scope, Span, counted
from reports.indicators.dictionary import INDICATORS, SETS, Indicator, Value, value_of
from reports.indicators.links import NONE, behind_url
from zongzhi.lib import clock


@dataclass(frozen=True)
class Measured:
    """An indicator, what it comes to, and where its rows are."""

    value: Value
    top_url: str
    out_of_url: str = ""
    instead_url: str = ""

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator


def measured(
    indicator: Indicator,
    numbers: dict[str, int] | None,
    span: Span,
    *,
    scope: Center | None = None,
    **group: str | int | None,
) -> Measured:
    """What `counted` has found for a group, with its links; an empty group says 0 of 0."""
    links = [behind_url(rows, span, scope=scope, **group) for rows in indicator.every_set]
    return Measured(value_of(indicator, numbers), *links)


def groups_of(user: User) -> list[tuple[str, list[Measured]]]:
    """The dictionary by its groups, each with what it comes to this month for this person."""
    today = clock.today()
    span = Span.of_days(today.replace(day=1), today)
    numbers = counted(SETS.values(), Scope(user), span)[ALL]
    by_group = sorted(INDICATORS, key=_place)
    return [
        (name, [measured(one, numbers, span) for one in ones])
        for name, ones in groupby(by_group, key=lambda one: one.group)
    ]


def _place(indicator: Indicator) -> int:
    """Groups in the order in which they first appear."""
    return [one.group for one in INDICATORS].index(indicator.group)


@dataclass(frozen=True)
class Group:
    """A row of a table: its code as addresses write it, its name, its numbers."""

    code: str
    name: str
    found: list[Measured]


def table_of(user: User, span: Span, by: Dimension) -> list[Group]:
    """Every indicator of which the dimension says anything, of what this person sees."""
    numbers = counted(SETS.values(), Scope(user), span, by)
    named = names_of(by, numbers)
    return [
        Group(*named[key], _row(numbers[key], span, by, named[key][0]))
        for key in sorted(numbers, key=lambda key: named[key])
    ]


def _row(found: dict[str, int], span: Span, by: Dimension, code: str) -> list[Measured]:
    group: dict[str, Any] = {by.value: code}
    return [measured(one, found, span, **group) for one in INDICATORS if one.has(by)]


def names_of(by: Dimension, numbers: Numbers) -> dict[Any, tuple[str, str]]:
    """Code and name of each group that `counted` has found."""
    keys = [key for key in numbers if key is not None]
    known: dict[Any, tuple[str, str]] = {None: (NONE, "没有派出的")}
    match by:
        case Dimension.UNIT:
            units = Department.objects.in_bulk(keys)
            known |= {key: (unit.code, unit.name) for key, unit in units.items()}
        case Dimension.TYPE:
            types = DisputeType.objects.in_bulk(keys)
            known |= {key: (one.code, one.name) for key, one in types.items()}
        case Dimension.CENTER:
            centers = Center.objects.in_bulk(keys)
            known |= {key: (str(key), center.name) for key, center in centers.items()}
        case Dimension.LEVEL:
            known |= {key: (key, str(Level(key).label)) for key in keys}
        case Dimension.SOURCE:
            known |= {key: (key, str(Source(key).label)) for key in keys}
        case Dimension.GRID:
            grids = Grid.objects.in_bulk(keys)
            known |= {key: (grid.code, grid.name) for key, grid in grids.items()}
        case Dimension.TOWN:
            regions = Region.objects.filter(code__in=[key.ljust(12, "0") for key in keys])
            names = {region.code: region.name for region in regions}
            known |= {key: (key, names[key.ljust(12, "0")]) for key in keys}
    return known
