"""An official table as data: what it says, what each number counts, and both as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Value
from django.urls import reverse

from orgs.models import Center
from reports.indicators.counting import Rows, Scope, Span
from reports.indicators.links import behind_url
from zongzhi.lib.errors import WrongState

Kept = dict[str, dict[str, Any]]  # by the key of a number: its set, the ids of its rows or parts


@dataclass(frozen=True)
class Counts:
    """What a number counts: rows of a set in a span, of the groups that are named."""

    rows: Rows
    span: Span
    level: str = ""
    unit: str = ""  # by code
    type: str = ""  # by code

    def url(self, center: Center) -> str:
        groups = {"level": self.level, "unit": self.unit, "type": self.type}
        return behind_url(self.rows, self.span, scope=center, **groups)


@dataclass(frozen=True)
class Cell:
    """A number with what it counts, a share of two numbers of its column, or words."""

    text: str
    number: int | None = None
    counts: Counts | None = None
    share: tuple[str, str] | None = None  # the lines of its part and its whole
    url: str = ""
    parts: tuple[str, ...] = ()  # the keys of the cells that it adds up
    computed: str | None = None  # what the case says, where somebody has written otherwise


@dataclass(frozen=True)
class Column:
    """`free`: words that may be adjusted before printing."""

    key: str
    label: str
    free: bool = False
    is_number: bool = False


@dataclass(frozen=True)
class Line:
    key: str
    label: str
    cells: dict[str, Cell]
    group: str = ""
    url: str = ""
    is_total: bool = False
    ref: str = ""  # the number of the case it is of


@dataclass(frozen=True)
class Table:
    """Columns and lines; `corner` stands over the labels of the lines."""

    columns: list[Column]
    lines: list[Line]
    corner: str = "项目"

    @property
    def rows(self) -> list[tuple[Line, list[tuple[Column, Cell]]]]:
        """As it is drawn."""
        return [
            (line, [(column, line.cells[column.key]) for column in self.columns])
            for line in self.lines
        ]

    def line(self, key: str) -> Line:
        return next(line for line in self.lines if line.key == key)

    def number(self, line: str, column: str) -> int:
        return self.line(line).cells[column].number or 0


def cell_key(line: str, column: str) -> str:
    return f"{line}.{column}"


def frozen(table: Table, center: Center, texts: Mapping[str, str]) -> tuple[dict[str, Any], Kept]:
    """The table and the rows behind its numbers, to be kept. `texts` replace free words.

    A number that adds up others keeps which ones, not their rows again. Raises WrongState when a
    number and its rows differ: somebody has just changed a case.
    """
    behind: Kept = {}
    seen: _Seen = {}
    lines = []
    for line in table.lines:
        cells: dict[str, Any] = {}
        for column in table.columns:
            cell, key = line.cells[column.key], cell_key(line.key, column.key)
            text = texts.get(key, cell.text) if column.free else cell.text
            cells[column.key] = _packed(cell, text)
            if cell.counts is not None:
                rows = {"set": cell.counts.rows.key}
                if cell.parts and _added(table, cell) == cell.number:
                    behind[key] = {**rows, "ids": [], "parts": list(cell.parts)}
                    continue
                ids, number = _ids(cell.counts, center, seen)
                if cell.number is not None and number != cell.number:
                    raise WrongState("刚才有事项在变，数字和清单对不上，再点一次")
                behind[key] = {**rows, "ids": ids, "parts": []}
        lines.append(
            {
                "key": line.key,
                "label": line.label,
                "group": line.group,
                "total": line.is_total,
                "ref": line.ref,
                "cells": cells,
            }
        )
    columns = [
        {"key": c.key, "label": c.label, "free": c.free, "number": c.is_number}
        for c in table.columns
    ]
    return {"columns": columns, "lines": lines, "corner": table.corner}, behind


def _added(table: Table, cell: Cell) -> int:
    """What the parts of a cell come to."""
    parts = set(cell.parts)
    return sum(
        one.number or 0
        for line in table.lines
        for column, one in line.cells.items()
        if cell_key(line.key, column) in parts
    )


def _packed(cell: Cell, text: str) -> dict[str, Any]:
    said: dict[str, Any] = {"text": text}
    if cell.number is not None:
        said["number"] = cell.number
    if cell.counts is not None:
        said["list"] = True
    if cell.share is not None:
        said["share"] = list(cell.share)
    return said


_Row = tuple[int, str, str, str, int]  # id, level, unit, type, what it adds to the number
_Seen = dict[tuple[str, Span], list[_Row]]


def _ids(counts: Counts, center: Center, seen: _Seen) -> tuple[list[int], int]:
    """The rows of a group and what they come to; one query for all the groups of a set and span."""
    of, path = (counts.rows.key, counts.span), counts.rows.path
    if of not in seen:
        rows = counts.rows.rows(Scope(center), counts.span).order_by("pk")
        paths = ("pk", f"{path}center__level", f"{counts.rows.unit}__code", f"{path}type__code")
        weights = Value(1) if not counts.rows.total else F(counts.rows.total)
        seen[of] = list(rows.values_list(*paths, weights))
    found = [
        (pk, weight)
        for pk, level, unit, kind, weight in seen[of]
        if counts.level in ("", level) and counts.unit in ("", unit) and counts.type in ("", kind)
    ]
    return [pk for pk, _ in found], sum(weight or 0 for _, weight in found)


@dataclass(frozen=True)
class Thawed:
    """A kept table, with the addresses of the lists behind its numbers."""

    said: dict[str, Any]
    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        columns = [
            Column(c["key"], c["label"], free=c["free"], is_number=c["number"])
            for c in self.said["columns"]
        ]
        return Table(columns, list(self._lines()), self.said["corner"])

    def _lines(self) -> Iterable[Line]:
        for line in self.said["lines"]:
            cells = {
                key: Cell(
                    cell["text"],
                    cell.get("number"),
                    share=tuple(cell["share"]) if "share" in cell else None,
                    url=self.urls.get(cell_key(line["key"], key), ""),
                )
                for key, cell in line["cells"].items()
            }
            ref = line.get("ref", "")
            yield Line(
                line["key"],
                line["label"],
                cells,
                group=line["group"],
                url=reverse("cases:detail", args=[line["key"]]) if ref else "",
                is_total=line["total"],
                ref=ref,
            )
