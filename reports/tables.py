"""An official table as data: what it says, what each number counts, and both as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orgs.models import Center
from reports.indicators.counting import Rows, Scope, Span
from reports.indicators.links import behind_url
from zongzhi.lib.errors import WrongState

Kept = dict[str, dict[str, Any]]  # by the key of a number: its set and the ids of its rows


@dataclass(frozen=True)
class Counts:
    """What a number counts: rows of a set in a span, of the groups that are named."""

    rows: Rows
    span: Span
    level: str = ""
    unit: str = ""  # by code

    def url(self, center: Center) -> str:
        return behind_url(
            self.rows, self.span, scope=center, level=self.level or None, unit=self.unit or None
        )


@dataclass(frozen=True)
class Cell:
    """A number with what it counts, a share of two numbers of its column, or words."""

    text: str
    number: int | None = None
    counts: Counts | None = None
    share: tuple[str, str] | None = None  # the lines of its part and its whole
    url: str = ""


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

    Raises WrongState when a number and its rows differ: somebody has just changed a case.
    """
    behind: Kept = {}
    seen: dict[tuple[str, Span], list[tuple[int, str, str]]] = {}
    lines = []
    for line in table.lines:
        cells: dict[str, Any] = {}
        for column in table.columns:
            cell, key = line.cells[column.key], cell_key(line.key, column.key)
            text = texts.get(key, cell.text) if column.free else cell.text
            cells[column.key] = _packed(cell, text)
            if cell.counts is not None:
                ids = _ids(cell.counts, center, seen)
                if len(ids) != cell.number:
                    raise WrongState("刚才有事项在变，数字和清单对不上，再点一次")
                behind[key] = {"set": cell.counts.rows.key, "ids": ids}
        lines.append(
            {
                "key": line.key,
                "label": line.label,
                "group": line.group,
                "total": line.is_total,
                "cells": cells,
            }
        )
    columns = [
        {"key": c.key, "label": c.label, "free": c.free, "number": c.is_number}
        for c in table.columns
    ]
    return {"columns": columns, "lines": lines, "corner": table.corner}, behind


def _packed(cell: Cell, text: str) -> dict[str, Any]:
    said: dict[str, Any] = {"text": text}
    if cell.number is not None:
        said["number"] = cell.number
    if cell.share is not None:
        said["share"] = list(cell.share)
    return said


def _ids(
    counts: Counts, center: Center, seen: dict[tuple[str, Span], list[tuple[int, str, str]]]
) -> list[int]:
    """One query for all the groups of a set and span."""
    of = counts.rows.key, counts.span
    if of not in seen:
        rows = counts.rows.rows(Scope(center), counts.span).order_by("pk")
        paths = ("pk", f"{counts.rows.path}center__level", f"{counts.rows.unit}__code")
        seen[of] = list(rows.values_list(*paths))
    return [
        pk
        for pk, level, unit in seen[of]
        if counts.level in ("", level) and counts.unit in ("", unit)
    ]


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
            yield Line(
                line["key"], line["label"], cells, group=line["group"], is_total=line["total"]
            )
