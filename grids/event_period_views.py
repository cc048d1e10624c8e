"""网格事件期限: how long each step may take, and a new length from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from grids.models import EventPeriod
from grids.services.periods import DAYS, HOURS, add_period
from grids.vocabulary import Category, StepClock
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.period_lines import PeriodLine, PeriodTable


class PeriodForm(forms.Form):
    """The step, for which events, how long, from when on."""

    step = forms.ChoiceField(label="环节", choices=StepClock.choices)
    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "不分"), *Category.choices]
    )
    is_urgent = forms.BooleanField(label="只管要马上处理的", required=False)
    number = forms.IntegerField(
        label="多长",
        min_value=1,
        max_value=90,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        error_messages={
            "required": "还没填“多长”",
            "invalid": "“多长”要是整数",
            "min_value": "“多长”最少是 1",
            "max_value": "“多长”最多是 90",
        },
    )
    unit = forms.ChoiceField(label="单位", choices=[(DAYS, "工作日"), (HOURS, "工作小时")])
    effective_from = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没填“从哪天起”", "invalid": "日期写成 2026-11-30 这样"},
    )


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def periods(request: StaffRequest) -> HttpResponse:
    """The lengths by step, and a new one."""
    form = PeriodForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            add_period(by=request.user, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            named: dict[str, list[str]] = getattr(error, "errors", {})
            for name, found in named.items():
                form.add_error(name, found)
            if not named:
                form.add_error(None, error.message)
        else:
            messages.success(request, "期限已加，从那天起开始的环节按它算；已经在走的不变")
            return redirect("grids:event_periods")
    steps = list(StepClock.values)
    rows = sorted(EventPeriod.objects.all(), key=lambda row: _place(steps, row))
    lines = [_line(row) for row in rows]
    table = PeriodTable("环节", ["急不急", "类别"], lines, clock.today())
    context = {"table": table, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "grids/events/periods.html", context, status=status)


def _line(row: EventPeriod) -> PeriodLine:
    urgent = "要马上处理的" if row.is_urgent else "一般的"
    length = f"{row.days} 个工作日" if row.days else f"{row.hours} 个工作小时"
    narrowed = [urgent, row.get_category_display()]
    return PeriodLine(row.get_step_display(), narrowed, length, row.effective_from)


def _place(steps: list[str], row: EventPeriod) -> tuple[Any, ...]:
    return (steps.index(row.step), row.is_urgent, row.category, row.effective_from)
