"""大批导入: residents and sites by the hundred thousand, checked and imported by a worker."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_GET, require_POST

from grids.bulk_tables import table_of
from grids.models import BulkImport
from grids.services import bulk_uploads
from orgs.import_ways import BOTH, Steps, Way
from orgs.models import AccessLog
from orgs.permissions import Permission
from orgs.services import log_access
from orgs.sheets import write_template
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.handing_out import sheet
from zongzhi.lib.http import StaffRequest, client_address, render_page_or_fragment
from zongzhi.lib.sheets import Column, write_sheet
from zongzhi.lib.uploads import LARGEST, MEGABYTE

State = BulkImport.State
_HINT = (
    f"CSV 或 xlsx，最多 {LARGEST // MEGABYTE} MB，xlsx 只读第一张表。"
    "行多的用 CSV（“CSV UTF-8”）快得多。上传后先核对，不会马上导入"
)
_RECENT = 10
_SHOWN = 100
_LOOK = (Permission.VIEW_CENTER, Permission.GRID_WORK)
_SUSPICIOUS = timedelta(minutes=3)  # the sweep comes every minute


@dataclass(frozen=True, kw_only=True)
class Bulk(Way):
    """A file that a worker looks through, and that cannot be undone."""

    kind: BulkImport.Kind
    why_not_undone: str
    permission: Permission = Permission.GRIDS
    small: str = ""  # where files with few rows go

    def urls(self, address: str) -> list[URLPattern]:
        """Its pages, below an address."""
        return self.pages(address, _STEPS)


RESIDENTS = Bulk(
    kind=BulkImport.Kind.RESIDENTS,
    name="人口",
    unit="人",
    register="grids:residents",
    address="grids:bulk_residents",
    why_not_undone="更新前的姓名和网格不另存一份",
)
SITES = Bulk(
    kind=BulkImport.Kind.SITES,
    name="房屋、单位、场所、设施",
    unit="处",
    register="grids:sites",
    address="grids:bulk_sites",
    why_not_undone="更新前的内容不另存一份",
    small="grids:import_site",
)


@dataclass(frozen=True)
class Standing:
    """Where the work is: what the page may truly say of it."""

    verb: str
    running: bool
    rows: int
    interrupted: bool
    minutes: int
    suspicious: bool

    @property
    def heading(self) -> str:
        if self.running:
            return f"正在{self.verb}"
        return "中断了，排队再来一次" if self.interrupted else "排队中"


def _standing(one: BulkImport) -> Standing:
    waited = clock.now() - one.since
    running = bulk_uploads.is_running(one)
    return Standing(
        verb="导入" if one.state == State.IMPORTING else "核对",
        running=running,
        rows=one.read_rows,
        interrupted=not running and one.attempts > 0,
        minutes=int(waited.total_seconds() // 60),
        suspicious=waited > _SUSPICIOUS and not bulk_uploads.is_anything_running(one),
    )


def _one(request: StaffRequest, way: Bulk, pk: int) -> BulkImport:
    rows = BulkImport.objects.filter(kind=way.kind, center__in=way.centers(request.user))
    one = rows.select_related("center__region", "by").filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这次导入")
    return one


def send(request: StaffRequest, way: Bulk) -> HttpResponse:
    """① the template, ② the file; and what was sent lately."""
    center, wrong = way.home(request.user), ""
    if request.method == "POST":
        try:
            one = bulk_uploads.begin(
                kind=way.kind,
                center=center,
                file=_whole(request.FILES.get("file")),
                by=request.user,
            )
            return redirect(f"{way.address}_check", one.pk)
        except Invalid as error:
            wrong = error.message
    sent = BulkImport.objects.filter(kind=way.kind, center=center)
    recent = sent.select_related("by").defer("told")  # decrypted when read
    context = {
        **_about(request, way),
        "verb": "大批导入" if way.small else "导入",
        "center": center,
        "wrong": wrong,
        "template_url": way.url("template"),
        "small_url": reverse(way.small) if way.small else "",
        "most": bulk_uploads.MOST_ROWS // 10_000,
        "hint": _HINT,
        "accept": ".csv,.xlsx",
        "recent": [(one, way.url("check", one.pk)) for one in recent[:_RECENT]],
    }
    return render(request, "grids/bulk/send.html", context, status=422 if wrong else 200)


def _about(request: StaffRequest, way: Bulk) -> dict[str, Any]:
    looks = any(request.user.can(permission) for permission in _LOOK)
    return {
        "way": way,
        "send_url": way.url(),
        "register_url": reverse(way.register) if looks else "",
    }


def _whole(file: UploadedFile[bytes] | None) -> IO[bytes]:
    """The file, unless it was too long to be kept at all."""
    if file is None:
        raise Invalid("还没选文件")
    kept: Any = file.file
    if kept.seek(0, io.SEEK_END) < (file.size or 0):
        raise Invalid(f"文件超过 {LARGEST // MEGABYTE} MB，分成几份再传")
    found: IO[bytes] = kept
    return found


def template(request: StaffRequest, way: Bulk) -> HttpResponseBase:
    table = table_of(way.kind, way.home(request.user))
    file = write_template(table, way.name, bulk_uploads.MOST_ROWS)
    return sheet(file, f"{way.name}导入模板.xlsx")


def check(request: StaffRequest, way: Bulk, pk: int) -> HttpResponse:
    """③ and ④: how far it is, what was found, what came of it."""
    one = _one(request, way, pk)
    working = one.state in BulkImport.WORKING
    if request.htmx and not working:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"  # what was waited for is there: the whole page anew
        return response
    return _page(request, way, one)


def _page(
    request: StaffRequest, way: Bulk, one: BulkImport, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    standing = _standing(one) if one.state in BulkImport.WORKING else None
    told = bulk_uploads.told(one)
    context = {
        **_about(request, way),
        "one": one,
        "told": told,
        "wrong": wrong,
        "shown": told.faults[:_SHOWN],
        "kept_until": one.since + bulk_uploads.KEPT_FOR,
        "earlier": None if standing else bulk_uploads.earlier(one),
        "standing": standing,
        "here": way.url("check", one.pk),
        **{f"{step}_url": way.url(step, one.pk) for step in ("faults", "carry_out", "drop")},
        "again_url": way.url("again", one.pk),
    }
    response = render_page_or_fragment(
        request, "grids/bulk/one.html", "grids/bulk/_standing.html", context, status=status
    )
    if request.htmx and standing and request.GET.get("was") != standing.heading:
        response["HX-Trigger"] = json.dumps({"announce": {"value": standing.heading}})
    return response


def faults(request: StaffRequest, way: Bulk, pk: int) -> HttpResponseBase:
    """What is wrong, row by row; logged, for a sentence may say what stands in a cell."""
    one = _one(request, way, pk)
    found = bulk_uploads.told(one).faults
    if not found:
        raise NotFound("没有要改的；有问题的清单只留 24 小时")
    log_access(
        AccessLog.Action.EXPORT,
        user=request.user,
        address=client_address(request),
        subject=f"导入{way.name}要改的地方（大批第 {one.pk} 次）",
        data={"rows": len(found)},
    )
    out = io.BytesIO()
    write_sheet(
        out,
        title="要改的地方",
        mark=f"{request.user.name} {clock.now():%Y-%m-%d %H:%M} 下载",
        columns=(Column("行", 8), Column("哪一列", 16), Column("哪里有问题", 70)),
        rows=[(str(fault.line), fault.column, fault.sentence) for fault in found],
    )
    out.seek(0)
    return sheet(out, f"{way.name}要改的 {len(found)} 处.xlsx")


def carry_out(request: StaffRequest, way: Bulk, pk: int) -> HttpResponse:
    one = _one(request, way, pk)
    try:
        done = bulk_uploads.carry_out(pk=one.pk, by=request.user, address=client_address(request))
    except DomainError as error:
        one.refresh_from_db()
        return _page(request, way, one, wrong=error.message, status=error.status)
    if done.state == State.DONE:
        messages.success(request, way.done(done))
    return redirect(f"{way.address}_check", pk)


def drop(request: StaffRequest, way: Bulk, pk: int) -> HttpResponse:
    one = bulk_uploads.drop(pk=_one(request, way, pk).pk)
    if one.state == State.DROPPED:
        messages.success(request, "放弃了，文件已删，一行也没有导入。")
    return redirect(f"{way.address}_check", pk)


def again(request: StaffRequest, way: Bulk, pk: int) -> HttpResponse:
    bulk_uploads.again(pk=_one(request, way, pk).pk)
    return redirect(f"{way.address}_check", pk)


_STEPS: Steps = (
    ("", "", send, BOTH),
    ("template/", "_template", template, require_GET),
    ("<int:pk>/", "_check", check, require_GET),
    ("<int:pk>/faults/", "_faults", faults, require_GET),
    ("<int:pk>/carry-out/", "_carry_out", carry_out, require_POST),
    ("<int:pk>/drop/", "_drop", drop, require_POST),
    ("<int:pk>/again/", "_again", again, require_POST),
)
