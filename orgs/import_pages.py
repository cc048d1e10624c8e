"""The pages of an import, the same for every kind (ux.md §2.16): a Wizard says which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_GET, require_POST

from orgs import imports
from orgs.import_ways import BOTH, Steps, Way
from orgs.importing import BadSheetError, Column, Row, Sheet, Table
from orgs.imports import Checked, Cover, Importer
from orgs.models import AccessLog, Import
from orgs.services import log_access
from orgs.sheets import read_sheet, write_bad_rows, write_template
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.handing_out import sheet
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Page, numbered

ON_A_PAGE = 50
_HINT = "xlsx 表格，最多 5 MB，只读第一张表。上传后先核对，不会马上导入"
_RECENT = 10
_TYPED = re.compile(r"r(\d{1,7})-(\w{1,30})", re.ASCII)
_LINE = re.compile(r"\d{1,7}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Wizard(Way):
    """A file of so many rows that a person looks through them."""

    importer: type[Importer]
    bulk: str = ""  # where files with more rows go

    def urls(self, address: str) -> list[URLPattern]:
        """Its pages, below an address."""
        return self.pages(address, _STEPS)


@dataclass(frozen=True)
class Cell:
    """A cell that is wrong, to be typed anew."""

    column: Column
    name: str
    value: str
    wrong: str


@dataclass(frozen=True)
class BadRow:
    row: Row
    about: str
    cells: list[Cell]


def _one(request: StaffRequest, wizard: Wizard, pk: int) -> tuple[Import, Importer]:
    centers = wizard.centers(request.user)
    rows = Import.objects.filter(kind=wizard.importer.kind, center__in=centers)
    one = rows.select_related("center__region", "by").filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这次导入。没导入的文件只留 24 小时，重新上传")
    return one, wizard.importer(one.center)


def send(request: StaffRequest, wizard: Wizard) -> HttpResponse:
    """① the template, ② the file; and what was imported lately."""
    center, wrong = wizard.home(request.user), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        importer = wizard.importer(center)
        try:
            if file is None:
                raise BadSheetError("还没选文件")
            one = imports.begin(importer, _read(importer, file), request.user)
            return redirect(f"{wizard.address}_check", one.pk)
        except BadSheetError as error:
            wrong = str(error)
    recent = Import.objects.filter(kind=wizard.importer.kind, center=center).select_related("by")
    context = {
        "way": wizard,
        "verb": "导入",
        "wrong": wrong,
        "hint": _HINT,
        "accept": ".xlsx",
        "register_url": reverse(wizard.register),
        "template_url": wizard.url("template"),
        "most": wizard.importer.most_rows,
        "bulk_url": reverse(wizard.bulk) if wizard.bulk else "",
        "recent": [(one, wizard.url("check", one.pk)) for one in recent[:_RECENT]],
    }
    return render(request, "imports/send.html", context, status=422 if wrong else 200)


def _read(importer: Importer, file: UploadedFile[bytes]) -> Sheet:
    return read_sheet(_whole(file), importer.table, importer.most_rows)


def _whole(file: UploadedFile[bytes]) -> Any:
    """The file, unless it was too long to be kept at all."""
    kept: Any = file.file
    if not file.size:
        raise BadSheetError("文件是空的，重新选一份")
    if kept.seek(0, 2) < file.size:
        raise BadSheetError("文件超过 5 MB，分成几份再传")
    return kept


def template(request: StaffRequest, wizard: Wizard) -> HttpResponseBase:
    importer = wizard.importer(wizard.home(request.user))
    file = write_template(importer.table, wizard.name, importer.most_rows)
    return sheet(file, f"{wizard.name}导入模板.xlsx")


def check(request: StaffRequest, wizard: Wizard, pk: int) -> HttpResponse:
    """③ three heaps; what is wrong is typed anew here. Afterwards: what came of it."""
    one, importer = _one(request, wizard, pk)
    if request.method == "POST":
        return _mend(request, wizard, one, importer)
    if one.state != Import.State.CHECKING:
        return _result(request, wizard, one)
    return _heaps(request, wizard, one, importer)


def _mend(request: StaffRequest, wizard: Wizard, one: Import, importer: Importer) -> HttpResponse:
    typed: dict[int, dict[str, str]] = defaultdict(dict)
    keys = {column.key for column in importer.table.columns}
    for name, value in request.POST.items():
        if (match := _TYPED.fullmatch(name)) and match[2] in keys:
            typed[int(match[1])][match[2]] = str(value).replace("\0", "").strip()[:500]
    dropped = {int(at) for at in request.POST.getlist("drop") if _LINE.fullmatch(at)}
    imports.mend(one.pk, typed, dropped)
    one.refresh_from_db()
    found = imports.check(importer, one)
    if still := [row for row in found.bad if row.at in typed]:
        words = f"还有 {len(still)} 行没改对"
        return _heaps(request, wizard, one, importer, found=found, wrong=words, status=422)
    messages.success(request, "改好了。")
    return redirect(f"{wizard.address}_check", one.pk)


def _heaps(
    request: StaffRequest,
    wizard: Wizard,
    one: Import,
    importer: Importer,
    *,
    found: Checked | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    found = found or imports.check(importer, one)
    heaps: dict[str, tuple[str, Sequence[Any]]] = {
        "fresh": ("可以导入", found.fresh),
        "bad": ("有问题", found.bad),
        "cover": ("会覆盖", found.covers),
    }
    tab = _tab(request.GET.get("tab", ""), found) if not wrong or not found.bad else "bad"
    here = wizard.url("check", one.pk)
    page: Page[Any] = numbered(
        heaps[tab][1],
        request.GET.get("page"),
        lambda number: f"{here}?tab={tab}&page={number}",
        size=ON_A_PAGE,
    )
    context = {
        "way": wizard,
        "one": one,
        "tab": tab,
        "tabs": [(key, label, len(rows)) for key, (label, rows) in heaps.items()],
        "page": page,
        "columns": importer.table.columns,
        "rows": _lines(tab, importer.table, page.rows),
        "found": found,
        "changing": sum(bool(each.differences) for each in found.covers),
        "unread": imports.contents(one).get("unread", []),
        "wrong": wrong,
        "here": here,
        "send_url": wizard.url(),
        **{f"{step}_url": wizard.url(step, one.pk) for step in ("bad_rows", "carry_out")},
    }
    return render(request, "imports/check.html", context, status=status)


def _tab(asked: str, found: Checked) -> str:
    if asked in ("fresh", "bad", "cover"):
        return asked
    return "bad" if found.bad else "fresh" if found.fresh else "cover"


def _lines(tab: str, table: Table, rows: Iterable[Any]) -> list[Any]:
    if tab == "cover":
        return [_line(table, each) for each in rows]
    if tab == "bad":
        return [BadRow(row, _about(table, row), _cells(table, row)) for row in rows]
    return [
        (row, [column.shown(row.cells[column.key]) for column in table.columns]) for row in rows
    ]


def _line(table: Table, cover: Cover) -> dict[str, Any]:
    cells = [(one.title, one.old, one.new) for one in cover.differences]
    return {"line": cover.row.at, "about": _about(table, cover.row), "cells": cells}


def _about(table: Table, row: Row) -> str:
    """By what somebody knows the row again: its first cell."""
    return row.cells[table.columns[0].key]


def _cells(table: Table, row: Row) -> list[Cell]:
    return [
        Cell(table[key], f"r{row.at}-{key}", row.cells[key], wrong)
        for key, wrong in row.errors.items()
    ]


def _result(request: StaffRequest, wizard: Wizard, one: Import) -> HttpResponse:
    kept: Mapping[str, Any] = imports.contents(one)
    context = {
        "way": wizard,
        "one": one,
        "left": kept.get("left", []),
        "left_out": kept.get("left_out", 0),
        "not_covered": kept.get("not_covered", 0),
        **_rest(wizard, one, kept.get("rest")),
        "may_undo": imports.may_undo(one),
        "until": one.done_at and one.done_at + imports.UNDO_WITHIN,
        "undo_url": wizard.url("undo", one.pk),
        "send_url": wizard.url(),
        "register_url": reverse(wizard.register),
    }
    return render(request, "imports/result.html", context)


def _rest(wizard: Wizard, one: Import, pk: int | None) -> dict[str, str]:
    """Where the rows that were not imported wait, until they are imported or forgotten."""
    waiting = Import.objects.filter(
        kind=one.kind, center=one.center_id, state=Import.State.CHECKING
    )
    if pk is None or not waiting.filter(pk=pk).exists():
        return {}
    return {"rest_url": wizard.url("check", pk), "rest_bad_url": wizard.url("bad_rows", pk)}


def bad_rows(request: StaffRequest, wizard: Wizard, pk: int) -> HttpResponseBase:
    """Only the rows that are wrong, with what is; logged, for they carry whole numbers."""
    one, importer = _one(request, wizard, pk)
    rows = imports.check(importer, one).bad
    log_access(
        AccessLog.Action.EXPORT,
        user=request.user,
        address=client_address(request),
        subject=f"导入{wizard.name}有问题的行（第 {one.pk} 次）",
        data={"rows": len(rows)},
    )
    file = write_bad_rows(importer.table, wizard.name, rows)
    return sheet(file, f"{wizard.name}导入有问题的 {len(rows)} 行.xlsx")


def carry_out(request: StaffRequest, wizard: Wizard, pk: int) -> HttpResponse:
    """④ all that can be imported, in one go; sent twice, done once."""
    one, importer = _one(request, wizard, pk)
    try:
        done = imports.carry_out(
            importer,
            one.pk,
            by=request.user,
            address=client_address(request),
            cover=request.POST.get("cover") == "1",
        )
    except DomainError as error:
        return _heaps(request, wizard, one, importer, wrong=error.message, status=error.status)
    if done.state == Import.State.DONE:
        messages.success(request, wizard.done(done))
    return redirect(f"{wizard.address}_check", pk)


def undo(request: StaffRequest, wizard: Wizard, pk: int) -> HttpResponse:
    """⑤ 撤销本次导入."""
    one, importer = _one(request, wizard, pk)
    imports.undo(importer, one.pk, by=request.user, address=client_address(request))
    messages.success(request, "本次导入已撤销。")
    return redirect(f"{wizard.address}_check", pk)


_STEPS: Steps = (
    ("", "", send, BOTH),
    ("template/", "_template", template, require_GET),
    ("<int:pk>/", "_check", check, BOTH),
    ("<int:pk>/bad/", "_bad_rows", bad_rows, require_GET),
    ("<int:pk>/carry-out/", "_carry_out", carry_out, require_POST),
    ("<int:pk>/undo/", "_undo", undo, require_POST),
)
