"""卷宗: what is in it, what is missing, the whole of it as one file; 记调查."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.acts import allowed
from cases.loading import load_assignments
from cases.models import Case
from mediation import dossier_zip
from mediation.dossier import dossier_of
from mediation.dossier_forms import InquiryForm, PlaceForm
from mediation.dossier_loading import proceeding
from mediation.models import DossierFile, Mediation, Subsidy
from mediation.policies import checks_dossiers, mediates, writes_whole_names
from mediation.services import dossiers
from mediation.session_pages import may_read_record
from mediation.subsidies import grades_on, why_no_subsidy
from orgs.models import AccessLog
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import NotAllowed, NotFound
from zongzhi.lib.http import StaffRequest, client_address


def _found(request: StaffRequest, pk: int) -> Mediation:
    """The proceeding, loaded with its case; NotFound for one that is not there or not seen."""
    row = Mediation.objects.visible_to(request.user).filter(pk=pk).values("case").first()
    case = row and Case.objects.visible_to(request.user).for_detail().get(pk=row["case"])
    found = proceeding(case, pk) if case else None
    if found is None:
        raise NotFound("没有这次调解")
    return found


@login_required
@require_GET
def dossier(request: StaffRequest, pk: int) -> HttpResponse:
    """The thirteen parts, what is there and what is missing."""
    found = _found(request, pk)
    case, user = found.case, request.user
    load_assignments([case], None)
    mine = mediates(user, case)
    context = {
        "case": case,
        "mediation": found,
        "dossier": dossier_of(case, found),
        "acts": [a for a in allowed(user, case) if a.verb in ("file-dossier", "check-dossier")],
        "may_make": mine,
        "may_place": mine and found.checked_on is None,
        "may_download": writes_whole_names(user, case) or checks_dossiers(user, case),
        "places": DossierFile.Part.choices,
        "subsidy": Subsidy.objects.filter(mediation=found).select_related("grade").first(),
        "against": why_no_subsidy(found),
        "grades": grades_on(found.center, found.ended_on or clock.today()),
    }
    return render(request, "mediation/dossier.html", context)


@login_required
@require_POST
def place(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a file into another part."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        _found(request, pk)
        messages.warning(request, "没有这一部分，从下拉里选")
        return redirect("mediation:dossier", pk)
    dossiers.place_file(mediation_id=pk, by=request.user, **form.cleaned_data)
    messages.success(request, "已放到选的那一部分")
    return redirect("mediation:dossier", pk)


@login_required
@require_http_methods(["GET", "POST"])
def inquire(request: StaffRequest, pk: int) -> HttpResponse:
    """记调查."""
    found = _found(request, pk)
    if not mediates(request.user, found.case):
        raise NotAllowed(f"{found.case.short_number} 的调查由调解员记，这个账号不能记")
    form = InquiryForm(
        request.POST if request.method == "POST" else None,
        initial={"subject": found.case.title, "asked_by": request.user.name},
    )
    if form.is_valid():
        dossiers.record_inquiry(mediation_id=pk, by=request.user, **form.cleaned_data)
        messages.success(request, "调查已记下，生成调查记录后打印签名")
        return redirect("mediation:dossier", pk)
    context = {"case": found.case, "mediation": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "mediation/inquiry.html", context, status=status)


@login_required
@require_POST
def download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The whole dossier as one zip, sent while it is written; who took it is logged first."""
    found = _found(request, pk)
    case, user = found.case, request.user
    if not (writes_whole_names(user, case) or checks_dossiers(user, case)):
        raise NotAllowed(f"{case.short_number} 的卷宗由调解员和管调解的人下载，这个账号不能下载")
    meetings = found.sessions.select_related("host").prefetch_related("helpers")
    if not all(may_read_record(user, session, case) for session in meetings):
        raise NotAllowed("卷里有不公开的调解记录，由主持的调解员或分流员下载")
    foot = f"下载：{user.name} {dates.moment(clock.now())}　编号 {case.number}"
    entries = dossier_zip.entries_of(case, found, foot)
    log_access(
        AccessLog.Action.EXPORT,
        user=user,
        address=client_address(request),
        subject=f"case {case.number}",
        purpose=f"下载整卷，{len(entries)} 份",
        data={"case": case.pk, "mediation": found.pk, "files": len(entries)},
    )
    name = f"卷宗 {case.short_number}"
    response = StreamingHttpResponse(
        dossier_zip.stream(entries, name), content_type="application/zip"
    )
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.zip")
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
