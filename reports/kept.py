"""What was kept reads as it did then: its numbers, the rows behind them, what a correction says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.urls import reverse

from orgs.models import Center
from reports.indicators.counting import Scope, Span
from reports.indicators.dictionary import SETS
from reports.indicators.ledger_sets import LEDGER_SETS
from reports.indicators.links import Asked
from reports.models import BriefRows, Sheet, SheetRows
from reports.tables import Kept, Thawed, cell_key
from zongzhi.lib.errors import NotFound

KeptModel = TypeVar("KeptModel", SheetRows, BriefRows)


@dataclass(frozen=True)
class KeptAsked(Asked):
    """The list behind a kept number: the very rows, whatever became of them since."""

    ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, behind: Mapping[str, Any], key: str, span: Span, center: Center) -> KeptAsked:
        kept = behind.get(key)
        rows = kept and (SETS.get(kept["set"]) or LEDGER_SETS.get(kept["set"]))
        if not rows or kept is None:
            raise NotFound("没有这张清单")
        words = [center.name, "当时算进来的，后来的变化不影响这里的件数"]
        return cls(rows, span, Scope(center), {}, words, tuple(kept["ids"]))

    @property
    def found(self) -> Any:
        manager = self.rows.model().model._default_manager
        return manager.filter(pk__in=self.ids)


def rows_of(kept: Any, cell: str) -> Kept:
    """What was kept behind one number, and nothing else of its sheet or brief.

    `kept`: the `kept_rows` of the sheet or the brief.
    """
    row = kept.filter(cell=cell).first()
    if row is None:
        return {}
    ids = list(row.ids)
    if row.parts:
        for part in kept.filter(cell__in=row.parts).values_list("ids", flat=True):
            ids += part
    return {cell: {"set": row.counted, "ids": ids}}


def kept_rows(model: type[KeptModel], behind: Kept, **of: Any) -> list[KeptModel]:
    """Unsaved rows of a sheet or a brief, from what is to be kept."""
    return [
        model(**of, cell=cell, counted=said["set"], ids=said["ids"], parts=said.get("parts", []))
        for cell, said in behind.items()
    ]


def thawed(sheet: Sheet) -> Thawed:
    """Its table, each number leading to its kept list."""
    address = reverse("reports:sheet_list", args=[sheet.pk])
    keys = (
        cell_key(line["key"], key)
        for line in sheet.table["lines"]
        for key, cell in line["cells"].items()
        if "number" in cell or cell.get("list")
    )
    return Thawed(sheet.table, {key: f"{address}?{urlencode({'cell': key})}" for key in keys})


@dataclass(frozen=True)
class Change:
    """What a correction changes: which line and column, from what, to what."""

    line: str
    column: str
    before: str
    after: str


NOT_THERE = "（没有）"


def changes_of(sheet: Sheet) -> list[Change]:
    """What a correction says otherwise than the edition it corrects; nothing for any other."""
    if sheet.corrects is None:
        return []
    before, after = (_cells(one.table) for one in (sheet.corrects, sheet))
    return [
        Change(*names, before.get(names, NOT_THERE), after.get(names, NOT_THERE))
        for names in {**before, **after}
        if before.get(names) != after.get(names)
    ]


def _cells(table: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """By the names of line and column; the lines of a ledger are named by their cases."""
    return {
        (_name(line), column["label"]): line["cells"][column["key"]]["text"]
        for line in table["lines"]
        for column in table["columns"]
    }


def _name(line: Mapping[str, Any]) -> str:
    if line.get("ref") or line["label"].isdigit():
        return str(line["key"])
    return f"{line['group']} {line['label']}".strip()
