"""法院收案数: entered month by month, with the rate each month then has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orgs.gates import needs
from orgs.models import Center
from orgs.permissions import Permission
from reports.indicators.counting import ALL, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY
from reports.indicators.measured import Measured, measured
from reports.indicators.series import days_in, months_back
from reports.models import CourtIntake
from reports.services.entered import MOST, enter_court_intake, enters_for
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed
from zongzhi.lib.http import StaffRequest

MONTHS = 12
RATE = BY_KEY["court_rate"]


class CourtIntakeForm(forms.Form):
    """A month's number, and who said so."""

    month = forms.DateField(
        label="月份",
        input_formats=["%Y-%m", "%Y年%m月"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"required": "还没选“月份”", "invalid": "月份写成 2026-05 这样"},
    )
    number = forms.IntegerField(
        label="法院收案数",
        min_value=0,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        help_text="当月收到的民商事案件，诉前委派出来的也算",
        error_messages={
            "required": "还没填“法院收案数”",
            "invalid": "件数要是整数",
            "min_value": "件数不能是负数",
            "max_value": f"件数最多 {MOST}",
        },
    )
    source = forms.CharField(
        label="来源",
        max_length=100,
        help_text="谁说的、哪份材料，如“法院立案庭 5 月统计表”",
        error_messages={"required": "还没写“来源”", "max_length": "“来源”最多 100 个字"},
    )


@dataclass(frozen=True)
class Month:
    """A month with its rate, what holds, and what was said before."""

    first: date
    rate: Measured
    now: CourtIntake | None
    before: list[CourtIntake]


@never_cache
@needs(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def court_intake(request: StaffRequest) -> HttpResponse:
    """The last twelve months, and one to be entered."""
    center = enters_for(request.user)
    if center is None:
        raise NotAllowed("法院收案数由县级中心录，一个县一家基层法院")
    form = CourtIntakeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            said = enter_court_intake(by=request.user, **form.cleaned_data)
            messages.success(request, f"{said.month:%Y年%m月}录为 {said.number} 件")
            return redirect("reports:court_intake")
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    context = {"center": center, "months": months_of(center), "form": form}
    return render(
        request, "reports/court_intake.html", context, status=422 if form.is_bound else 200
    )


def months_of(center: Center) -> list[Month]:
    """Those that are over, the latest first."""
    last = months_back(clock.today().replace(day=1), 1)
    firsts = [months_back(last, n) for n in range(MONTHS)]
    said: dict[date, list[CourtIntake]] = {}
    rows = CourtIntake.objects.filter(center=center, month__gte=firsts[-1])
    for one in rows.order_by("-pk").select_related("entered_by"):
        said.setdefault(one.month, []).append(one)
    return [_month(center, first, said.get(first, [])) for first in firsts]


def _month(center: Center, first: date, said: list[CourtIntake]) -> Month:
    span = Span.of_days(first, first.replace(day=days_in(first)))
    numbers: dict[str, Any] = counted(RATE.every_set, Scope(center), span)[ALL]
    now = said[0] if said else None
    return Month(first, measured(RATE, numbers, span, scope=center), now, said[1:])
