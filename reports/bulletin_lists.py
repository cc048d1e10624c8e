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

from orgs.models import Department
from reports.bulletins import AnyRow, span_of
from reports.indicators.counting import Rows, Scope, Span
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


def tallied(keys: Iterable[str], scope: Scope, span: Span, only: Sequence[int]) -> Tallies:
    """The rows behind every number of these units: lines by their indicators, and the marks.

    One statement for each line, however many units there are; what other units did is not read.
    """
    found: Tallies = {}
    for key in keys:
        one = BY_KEY[key]
        if one.out_of is not None:
            _tally_line(key, one.top, one.out_of, scope, span, only, found)
    for key, rows in MARKS.items():
        for unit, ids in _grouped(rows, scope, span, only).annotate(ids=ArrayAgg("pk")):
            found.setdefault(unit, {})[key] = Tally(key, ids)
    return found


def _tally_line(
    key: str,
    top: Rows,
    out_of: Rows,
    scope: Scope,
    span: Span,
    only: Sequence[int],
    found: Tallies,
) -> None:
    part = ArrayAgg("pk", filter=top.where(span))
    lines = _grouped(out_of, scope, span, only).annotate(ids=ArrayAgg("pk"), inside=part)
    for unit, ids, inside in lines:
        mine = found.setdefault(unit, {})
        mine[whole_of(key)] = Tally(out_of.key, ids)
        mine[part_of(key)] = Tally(top.key, inside or [])


def _grouped(rows: Rows, scope: Scope, span: Span, only: Sequence[int]) -> Any:
    found = rows.rows(scope, span).order_by().filter(**{f"{rows.unit}__in": list(only)})
    return found.annotate(group=F(rows.unit)).values_list("group")


def lists_of(unit: Department, tallies: dict[str, Tally]) -> list[CountedList]:
    """As they are kept; of which bulletin is not known yet."""
    return [
        CountedList(unit=unit, cell=cell, rows=tally.rows, ids=tally.ids)
        for cell, tally in tallies.items()
    ]


def list_url(bulletin: Bulletin, code: str, cell: str) -> str:
    address = reverse("reports:bulletin_list", args=[bulletin.pk])
    return f"{address}?{urlencode({'unit': code, 'cell': cell})}"


def kept_cells(bulletin: Bulletin, rows: Iterable[AnyRow]) -> set[tuple[int, str]]:
    """Which numbers of these rows have a list: (unit, number)."""
    units = [row.unit_id for row in rows]
    known = bulletin.lists.filter(unit__in=units, rows__in=SETS)
    return set(known.values_list("unit", "cell"))


def asked_of(bulletin: Bulletin, row: AnyRow, cell: str) -> KeptAsked:
    """The list behind a number of a row."""
    known = [of(key) for key in row.numbers for of in (part_of, whole_of)]
    lists = bulletin.lists.filter(unit=row.unit_id, cell=cell)
    one = lists.first() if cell in (*known, *MARKS) else None
    if one is None:
        raise NotFound("没有这张清单")
    behind = {cell: {"set": one.rows, "ids": one.ids}}
    asked = KeptAsked.of(behind, cell, span_of(bulletin), bulletin.center)
    return replace(asked, words=[bulletin.said_by, row.unit_name, *asked.words[1:]])
