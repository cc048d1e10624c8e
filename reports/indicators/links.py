"""Where the list behind a number is, and what such an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime

from cases.models import DisputeType
from cases.vocabulary import Source
from grids.models import Grid
from orgs.gates import centers_of
from orgs.models import Center, Department, Region, User
from orgs.models.places import STEM_LENGTHS, Level
from orgs.permissions import Permission
from reports.indicators.counting import Dimension, Rows, Scope, Span
from reports.indicators.dictionary import SETS
from reports.indicators.ledger_sets import LEDGER_SETS
from reports.indicators.standing import STANDING
from reports.models.bulletins import own_units
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound

NONE = "-"  # the rows that have no unit, type or centre
OFFICIAL = "scope"


def behind_url(
    rows: Rows, span: Span, *, scope: Center | None = None, **group: str | int | None
) -> str:
    """The list of exactly the rows that `counted` counts for a group.

    `scope`: of a centre's official table; without it, of what the reader sees. `group` names one
    of each: `unit`, `town`, `type`, `source`, `level`, `grid` by code (or `NONE`),
    `center` by id; None asks nothing.
    """
    address = _address(rows.key, span, scope.pk if scope else None)
    named = [(name, value) for name, value in group.items() if value not in (None, "")]
    return f"{address}&{urlencode(named)}" if named else address


@lru_cache(1024)
def _address(key: str, span: Span, center_id: int | None) -> str:
    """What the links of a table have in common: it has thousands of them."""
    asked = {
        "since": span.first_day.isoformat(),
        "until": span.last_day.isoformat(),
        "as_of": clock.local(span.as_of).isoformat(),
    }
    official = {} if center_id is None else {OFFICIAL: center_id}
    return f"{reverse('reports:behind', args=[key])}?{urlencode(asked | official)}"


@dataclass(frozen=True)
class Asked:
    """What the address of a list asks for, understood."""

    rows: Rows
    span: Span
    scope: Scope
    groups: dict[Dimension, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def found(self) -> Any:
        """The rows, of the groups that were named."""
        named = Q()
        for dimension, value in self.groups.items():
            named &= _is(self.rows, dimension, value)
        return self.rows.rows(self.scope, self.span).filter(named)


def _is(rows: Rows, dimension: Dimension, value: Any) -> Q:
    """Of a group, as `Rows.by` makes them; a town is a range of an index, not a cut string."""
    column = rows.column(dimension)
    return Q(**{f"{column}__startswith" if dimension is Dimension.TOWN else column: value})


def asked_for(key: str, params: Mapping[str, str], user: User) -> Asked:
    """Read an address; one that names nothing, or nothing of this person's, is not there."""
    rows = SETS.get(key) or STANDING.get(key) or LEDGER_SETS.get(key)
    span = _span(params)
    if rows is None or span is None:
        raise NotFound("没有这张清单")
    asked = Asked(rows, span, Scope(user))
    for name, read in _READ.items():
        if text := params.get(name, ""):
            value, word = read(text)
            if not rows.column(Dimension(name)):
                raise NotFound("没有这张清单")
            asked.groups[Dimension(name)] = value
            asked.words.append(word)
    if text := params.get(OFFICIAL, ""):
        center = _official(text, user, asked.groups.get(Dimension.UNIT))
        asked.words.insert(0, center.name)
        return Asked(rows, span, Scope(center), asked.groups, asked.words)
    return asked


def _official(text: str, user: User, unit: int | None) -> Center:
    """A centre within reach; or any, for the rows of a unit that are its own people's to read."""
    centers = centers_of(user, Permission.VIEW_CENTER) | centers_of(user, Permission.BOARD)
    if unit is not None and Department.objects.filter(own_units(user), pk=unit).exists():
        centers = Center.objects.all()
    found = centers.filter(pk=_number(text)).select_related("region").first()
    if found is None:
        raise NotFound("没有这张清单")
    return found


def _span(params: Mapping[str, str]) -> Span | None:
    """This month until now where nothing is said; None for what is no span."""
    if not params.get("since") and not params.get("until"):
        return Span.of_days(clock.today().replace(day=1), clock.today())
    since, until = (_day(params.get(name, "")) for name in ("since", "until"))
    if since is None or until is None or since > until:
        return None
    return Span.of_days(since, until, moment_of(params.get("as_of", "")))


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2100 else None


def moment_of(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        return None
    return clock.local(moment)


def _number(text: str) -> int:
    """0, which nothing is, for what is no number an id could be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _unit(text: str) -> tuple[int | None, str]:
    if text == NONE:
        return None, "没有派出的"
    unit = Department.objects.filter(code=text).first()
    if unit is None:
        raise NotFound("没有这张清单")
    return unit.pk, unit.name


def _town(text: str) -> tuple[str, str]:
    region = Region.objects.filter(code=text.ljust(12, "0")).first()
    if region is None or len(text) != STEM_LENGTHS[Level.TOWN]:
        raise NotFound("没有这张清单")
    return text, region.name


def _center(text: str) -> tuple[int, str]:
    center = Center.objects.filter(pk=_number(text)).first()
    if center is None:
        raise NotFound("没有这张清单")
    return center.pk, center.name


def _type(text: str) -> tuple[int, str]:
    found = DisputeType.objects.filter(code=text).first()
    if found is None:
        raise NotFound("没有这张清单")
    return found.pk, found.name


def _source(text: str) -> tuple[str, str]:
    if text not in Source.values:
        raise NotFound("没有这张清单")
    return text, str(Source(text).label)


def _level(text: str) -> tuple[str, str]:
    if text not in Level.values:
        raise NotFound("没有这张清单")
    return text, f"{Level(text).label}级"


def _grid(text: str) -> tuple[int, str]:
    found = Grid.objects.filter(code=text).first()
    if found is None:
        raise NotFound("没有这张清单")
    return found.pk, found.name


_READ = {
    Dimension.UNIT.value: _unit,
    Dimension.TOWN.value: _town,
    Dimension.CENTER.value: _center,
    Dimension.LEVEL.value: _level,
    Dimension.TYPE.value: _type,
    Dimension.SOURCE.value: _source,
    Dimension.GRID.value: _grid,
}
