"""The rows behind the numbers of a bulletin: counted with them, kept with them.

A number is the length of its list because it is made from it. Part and whole of a line come from
one statement: nothing can happen between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F
from django.urls import reverse

from reports.bulletins import AnyRow, span_of
from reports.compared import Compared
from reports.indicators.counting import Dimension, Rows, Scope, Span
from reports.indicators.dictionary import BY_KEY, SETS
from reports.indicators.sets import RED, YELLOW
from reports.kept import KeptAsked
from reports.models import Bulletin, CountedList
from zongzhi.lib.errors import NotFound

MARKS = {rows.key: rows for rows in (YELLOW, RED)}


def part_of(key: str) -> str:
    return f"{key}.part"


def whole_of(key: str) -> str:
    return f"{key}.whole"


@dataclass(frozen=True)
class Tally:
    """One number of one unit: the set it counts, and which rows."""

    rows: str
    ids: Sequence[int]


Tallies = dict[int, dict[str, Tally]]  # by unit, by number


@dataclass(frozen=True)
class Tallying:
    """Whose numbers are counted: the units or grids with these ids, over a span."""

    scope: Scope
    span: Span
    by: Dimension
    only: Sequence[int]

    def grouped(self, rows: Rows) -> Any:
        """Their rows of a set, one group each."""
        column = rows.column(self.by)
        found = rows.rows(self.scope, self.span).order_by()
        found = found.filter(**{f"{column}__in": list(self.only)})
        return found.annotate(group=F(column)).values_list("group")


def tallied(keys: Iterable[str], counting: Tallying) -> Tallies:
    """The rows behind every number of these units: lines by their indicators, and the marks.

    One statement for each line, however many units there are; what other units did is not read.
    Grids bear no marks.
    """
    found: Tallies = {}
    for key in keys:
        one = BY_KEY[key]
        if one.out_of is not None:
            _tally_line(key, one.top, one.out_of, counting, found)
    for key, rows in MARKS.items():
        if rows.column(counting.by):
            for unit, ids in counting.grouped(rows).annotate(ids=ArrayAgg("pk")):
                found.setdefault(unit, {})[key] = Tally(key, ids)
    return found


def _tally_line(key: str, top: Rows, out_of: Rows, counting: Tallying, found: Tallies) -> None:
    part = ArrayAgg("pk", filter=top.where(counting.span))
    for unit, ids, inside in counting.grouped(out_of).annotate(ids=ArrayAgg("pk"), inside=part):
        mine = found.setdefault(unit, {})
        mine[whole_of(key)] = Tally(out_of.key, ids)
        mine[part_of(key)] = Tally(top.key, inside or [])


def lists_of(one: Compared, tallies: dict[str, Tally]) -> list[CountedList]:
    """As they are kept; of which bulletin is not known yet."""
    return [
        CountedList(**one.of, cell=cell, rows=tally.rows, ids=tally.ids)
        for cell, tally in tallies.items()
    ]


def list_url(bulletin: Bulletin, code: str, cell: str) -> str:
    address = reverse("reports:bulletin_list", args=[bulletin.pk])
    return f"{address}?{urlencode({'unit': code, 'cell': cell})}"


def kept_cells(bulletin: Bulletin, rows: Iterable[AnyRow]) -> set[tuple[int, str]]:
    """Which numbers of these rows have a list: (`compared_id`, number)."""
    shown = {row.compared_id for row in rows}
    known = bulletin.lists.filter(unit__in={row.unit_id for row in rows}, rows__in=SETS)
    cells = known.values_list("unit", "grid", "cell")
    lists = {(unit if grid is None else grid, cell) for unit, grid, cell in cells}
    return {(one, cell) for one, cell in lists if one in shown}


def asked_of(bulletin: Bulletin, row: AnyRow, cell: str) -> KeptAsked:
    """The list behind a number of a row."""
    known = [of(key) for key in row.numbers for of in (part_of, whole_of)]
    lists = bulletin.lists.filter(unit=row.unit_id, grid=row.grid_id, cell=cell)
    one = lists.first() if cell in (*known, *MARKS) else None
    if one is None:
        raise NotFound("没有这张清单")
    behind = {cell: {"set": one.rows, "ids": one.ids}}
    asked = KeptAsked.of(behind, cell, span_of(bulletin), bulletin.center)
    return replace(asked, words=[bulletin.said_by, row.unit_name, *asked.words[1:]])
