"""月度通报 and 季度排名 as they leave the system: on paper, as Word, as Excel; slips and papers."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
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
from zongzhi.lib.handing_out import document, saved, sheet
from zongzhi.lib.http import StaffRequest, client_address


@needs(*WHO)
@require_GET
def bonus_file(request: StaffRequest, pk: int, bonus_id: int) -> HttpResponseBase:
    """The paper behind a bonus, for everybody who reads the bulletin; saved, never opened."""
    one = get_object_or_404(Bonus.objects.filter(bulletin=found_for(request, pk)), pk=bonus_id)
    try:
        if one.stored_as:
            return saved(one.stored_as, one.file_name)
    except FileNotFoundError:
        pass
    raise NotFound("没有这份材料")


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
    content = word_file(paper, foot=_mark(request), annex=annex)
    return document(content, f"{found.title}.docx")


@needs(*WHO)
@require_GET
def excel(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The table as an Excel file."""
    found = found_for(request, pk)
    _log(request, AccessLog.Action.EXPORT, found)
    file = bulletin_papers.workbook(found, table_of(request.user, found), _mark(request))
    return sheet(file, f"{found.title}.xlsx")


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
