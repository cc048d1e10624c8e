"""月度通报 and 季度排名 as they leave the system: on paper, as Word, as Excel; slips and papers."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from cases.wording import word_file
from orgs.gates import needs
from orgs.models import AccessLog
from orgs.services import log_access
from reports import bulletin_papers
from reports.bulletin_pages import slips_for, table_of
from reports.bulletin_views import WHO, found_for
from reports.models import Bonus, Bulletin
from reports.services import drafting
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.stored import path_to

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@needs(*WHO)
@require_GET
def bonus_file(request: StaffRequest, pk: int, bonus_id: int) -> HttpResponseBase:
    """The paper behind a bonus, for everybody who reads the bulletin; saved, never opened."""
    one = get_object_or_404(Bonus.objects.filter(bulletin=found_for(request, pk)), pk=bonus_id)
    try:
        file = path_to(one.stored_as).open("rb") if one.stored_as else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise NotFound("没有这份材料")
    return _file(file, one.file_name, "application/octet-stream")


@needs(*WHO)
@require_GET
def print_bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    """As an official document, with what this reader may read."""
    found = found_for(request, pk)
    _log(request, AccessLog.Action.PRINT, found)
    table = table_of(request.user, found)
    paper = bulletin_papers.compose(found, table)
    context = {
        "title": found.get_period_display(),
        "paper": paper,
        "back": drafting.url_of(found),
        "back_label": "回到通报",
        "foot": f"打印：{request.user.name} {dates.moment(clock.now())}　{found.number}".strip(),
        "annex": bulletin_papers.annex_of(found, table),
    }
    return render(request, "reports/bulletin_paper.html", context)


@needs(*WHO)
@require_GET
def print_correction(request: StaffRequest, pk: int, slip_id: int) -> HttpResponse:
    """One 更正单 as an official document, for those who read the row it is about."""
    found = found_for(request, pk)
    slip = get_object_or_404(slips_for(request.user, found), pk=slip_id)
    _log(request, AccessLog.Action.PRINT, found)
    context = {
        "title": "更正单",
        "paper": bulletin_papers.slip_paper(found, slip),
        "back": drafting.url_of(found),
        "back_label": "回到通报",
        "foot": f"打印：{request.user.name} {dates.moment(clock.now())}",
    }
    return render(request, "dispatch/paper.html", context)


@needs(*WHO)
@require_GET
def word(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same as a Word file."""
    found = found_for(request, pk)
    _log(request, AccessLog.Action.EXPORT, found)
    table = table_of(request.user, found)
    paper = bulletin_papers.compose(found, table)
    annex = bulletin_papers.annex_of(found, table)
    response = HttpResponse(word_file(paper, foot=_mark(request), annex=annex), content_type=WORD)
    name = f"{found.title}.docx"
    response.headers["Content-Disposition"] = _attachment(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@needs(*WHO)
@require_GET
def excel(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The table as an Excel file."""
    found = found_for(request, pk)
    _log(request, AccessLog.Action.EXPORT, found)
    file = bulletin_papers.workbook(found, table_of(request.user, found), _mark(request))
    return _file(file, f"{found.title}.xlsx", SHEET)


def _mark(request: StaffRequest) -> str:
    now = clock.now()
    return f"{request.user.name} {dates.document(now)} {now:%H:%M} 导出　只限工作使用，不得外传"


def _log(request: StaffRequest, action: AccessLog.Action, found: Bulletin) -> None:
    log_access(
        action,
        user=request.user,
        address=client_address(request),
        subject=found.title,
        data={"bulletin": found.pk},
    )


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _file(file: Any, name: str, media_type: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
