"""The list behind a number: which rows it counts, and what decided that they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.db.models.constants import LOOKUP_SEP

from cases.models import Case
from orgs.models import Department, Region, User
from reports.indicators.counting import TOWN, Apart, Dimension, Rows
from reports.indicators.dictionary import INDICATORS, Indicator
from reports.indicators.links import Asked
from zongzhi.lib import clock
from zongzhi.lib.paging import Order, Page, paginate


@dataclass(frozen=True)
class Line:
    """One row. Without an address where the reader sees the number and no more."""

    number: str
    url: str
    title: str
    unit: str
    town: str
    at: str
    facts: tuple[str, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """Under `headings_of`."""
        return (self.at, *self.facts) if self.at else self.facts


@dataclass(frozen=True)
class Behind:
    """A screen of the list: `number` is what the table said, `page` how many rows that is."""

    asked: Asked
    number: int
    page: Page[Any]
    lines: list[Line]
    moment: str  # the heading of `Line.at`; empty where the set has no moment
    headings: tuple[str, ...]
    used_in: list[Indicator]


def behind(asked: Asked, params: Mapping[str, Any], user: User) -> Behind:
    """The screen of the list that an address asks for; as many queries however many rows."""
    rows, found = asked.rows, asked.found
    count = found.order_by().count()
    number = count if not rows.total else found.aggregate(n=Sum(rows.total))["n"] or 0
    page = paginate(_with_case(found, rows), _order(rows), params, total=count)
    return Behind(
        asked=asked,
        number=number,
        page=page,
        lines=_lines(rows, page.rows, user),
        moment=_moment(rows),
        headings=tuple(word for word, _ in rows.facts),
        used_in=[one for one in INDICATORS if rows.key in {of.key for of in one.every_set}],
    )


def lines_of(asked: Asked, user: User, *, most: int) -> list[Line]:
    """All of it, in the order of the screens."""
    rows, order = asked.rows, _order(asked.rows)
    by = [f"-{order.field}", "-pk"] if order.field else ["-pk"]
    return _lines(rows, list(_with_case(asked.found, rows).order_by(*by)[:most]), user)


def headings_of(rows: Rows) -> list[str]:
    """What stands over `Line.said`."""
    moment = _moment(rows)
    return [*([moment] if moment else []), *(word for word, _ in rows.facts)]


def _order(rows: Rows) -> Order:
    return Order("" if rows.is_date or LOOKUP_SEP in rows.at else rows.at, descending=True)


def _moment(rows: Rows) -> str:
    return _word(rows.model().model, rows.at) if rows.at else ""


def _with_case(found: Any, rows: Rows) -> Any:
    if rows.apart:
        return found.select_related(*rows.apart.related)
    return found.select_related(f"{rows.path}occurred_region")


def _lines(rows: Rows, loaded: Sequence[Any], user: User) -> list[Line]:
    if rows.apart:
        return _lines_apart(rows, rows.apart, loaded, user)
    cases = [_at(one, rows.case) for one in loaded]
    visible = set(
        Case.objects.visible_to(user)
        .filter(pk__in=[case.pk for case in cases])
        .values_list("pk", flat=True)
    )
    units = _units(rows, loaded)
    towns = _towns([case.occurred_region.code for case in cases])
    return [
        Line(
            number=case.short_number,
            url=case.get_absolute_url() if case.pk in visible else "",
            title=case.title if case.pk in visible else "",
            unit=units.get(one.pk, ""),
            town=towns.get(case.occurred_region.code[:TOWN], ""),
            at=_said(one, rows.at) if rows.at else "",
            facts=tuple(_said(one, path) for _, path in rows.facts),
        )
        for one, case in zip(loaded, cases, strict=True)
    ]


def _lines_apart(rows: Rows, apart: Apart, loaded: Sequence[Any], user: User) -> list[Line]:
    """Of rows that belong to no case: each set says itself how they are shown."""
    shown = apart.shown(loaded, user)
    units = _units(rows, loaded) if rows.column(Dimension.UNIT) else {}
    towns = _towns([one.area for one in shown.values() if one.area])
    return [
        Line(
            number=shown[one.pk].number,
            url=shown[one.pk].url,
            title=shown[one.pk].title,
            unit=units.get(one.pk, ""),
            town=towns.get(shown[one.pk].area[:TOWN], ""),
            at=_said(one, rows.at) if rows.at else "",
            facts=tuple(_said(one, path) for _, path in rows.facts),
        )
        for one in loaded
    ]


def _units(rows: Rows, loaded: Sequence[Any]) -> dict[int, str]:
    """The unit that is judged, by row."""
    keys = [one.pk for one in loaded]
    pairs = dict(rows.model().order_by().filter(pk__in=keys).values_list("pk", rows.unit))
    names = Department.objects.in_bulk([pk for pk in pairs.values() if pk])
    return {pk: names[unit].name for pk, unit in pairs.items() if unit}


def _towns(places: Sequence[str]) -> dict[str, str]:
    """The names of towns by their nine digits; of a place above them, its own."""
    codes = {code[:TOWN].ljust(12, "0") for code in places}
    regions = Region.objects.filter(code__in=codes)
    return {region.code[:TOWN]: region.name for region in regions}


def _at(one: Any, path: str) -> Any:
    """What a path of names leads to; None where it breaks off."""
    for name in path.split(LOOKUP_SEP) if path else []:
        one = getattr(one, name, None)
    return one


def _said(one: Any, path: str) -> str:
    """A moment, a day, a choice or a number as people write it."""
    *way, name = path.split(LOOKUP_SEP)
    holder = _at(one, LOOKUP_SEP.join(way))
    shown = getattr(holder, f"get_{name}_display", None)
    value = shown() if shown else getattr(holder, name, None)
    match value:
        case None | "":
            return "–"
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{clock.local(value):%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
    return str(value)


def _word(model: Any, path: str) -> str:
    """What a field is called, where a path leads."""
    *way, name = path.split(LOOKUP_SEP)
    for step in way:
        model = model._meta.get_field(step).related_model
    return str(model._meta.get_field(name).verbose_name)
