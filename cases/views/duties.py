"""强制报告: somebody says that an authority has been told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases.duty_form import SettleForm
from cases.models import CompulsoryReport
from cases.searching import find_case
from cases.services.duties import settle_report
from cases.views.detail import render_case
from cases.vocabulary import Authority
from zongzhi.lib.http import StaffRequest


@login_required
@require_POST
def settle(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """已报告, or 不用报告 with the reason; back to the case."""
    case = find_case(request.user, number)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return render_case(request, case, "overview", status=422, form=form, settling=pk)
    report = settle_report(report_id=pk, by=request.user, **form.arguments())
    label = Authority(report.authority).label
    told = report.outcome == CompulsoryReport.Outcome.REPORTED
    said = f"已记下向{label}报告" if told else f"已记下不用向{label}报告"
    messages.success(request, f"{case.short_number} {said}。")
    return redirect(case)
