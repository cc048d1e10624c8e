"""工作日历 and 办理期限: what decides when things are due. The rest is in `orgs.views.settings`."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import recalculation
from cases.clocks import clocks_of
from cases.models import ClockRule
from cases.settings_forms import DayForm, RuleForm, TryForm
from cases.vocabulary import Clock
from orgs.calendars import calendar_of
from orgs.gates import needs
from orgs.models import CalendarDay, Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.period_lines import PeriodLine, PeriodTable
from zongzhi.lib.worktime import Calendar

YEARS = range(2020, 2100)


@dataclass(frozen=True)
class Day:
    """A cell of the year grid; None beside it fills the week."""

    number: int
    day: date
    kind: str
    name: str
    today: bool


@dataclass(frozen=True)
class Month:
    name: str
    weeks: list[list[Day | None]]


def _center(user: User) -> Center:
    return user.posts_giving(Permission.SETTINGS)[0].center


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def calendar(request: StaffRequest) -> HttpResponse:
    """工作日历: a year at a glance, and the days on which this centre differs."""
    center, year = _center(request.user), _year(request.GET.get("year", ""))
    form = DayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            days = recalculation.set_day(
                center=center,
                by=request.user,
                address=client_address(request),
                **form.arguments(),
            )
            _say_moved(request, f"{days} 天已改")
            first = form.cleaned_data["first"]
            return redirect(f"{reverse('settings:calendar')}?year={first.year}")
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    days_here = calendar_of(center)
    national = CalendarDay.objects.filter(center=None, day__year=year)
    own = list(CalendarDay.objects.filter(center=center, day__year=year))
    differing = {row.day for row in own}
    context = {
        "center": center,
        "year": year,
        "months": [_month(days_here, differing, year, number) for number in range(1, 13)],
        "own": own,
        "confirmed": year in days_here.years,
        "has_days": national.exists(),
        "next_missing": _next_missing(days_here),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "settings/calendar.html", context, status=status)


def _year(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) == 4 else 0
    return number if number in YEARS else clock.today().year


def _next_missing(days: Calendar) -> int | None:
    """Next year, from November on, while nobody has checked it against the notice."""
    today = clock.today()
    coming = today.year + 1
    return coming if today.month >= 11 and coming not in days.years else None


def _month(days: Calendar, own: set[date], year: int, number: int) -> Month:
    today = clock.today()

    def cell(day: date) -> Day | None:
        if day.month != number:
            return None
        named = days.days.get(day)
        kind = "work" if days.is_workday(day) else "off"
        if named:
            kind = ("extra" if named[0] else "holiday") + (" own" if day in own else "")
        return Day(day.day, day, kind, named[1] if named else "", day == today)

    weeks = months.Calendar().monthdatescalendar(year, number)
    return Month(f"{number}月", [[cell(day) for day in week] for week in weeks])


def _say_moved(request: StaffRequest, done: str) -> None:
    """Let the change reach the open cases, and say how many it moved."""
    moved = recalculation.catch_up_at_once()
    if moved is None:
        what = "在办事项多，10 分钟内重算完，结果看日志"
    else:
        what = f"{moved} 件在办事项的到期时间跟着变了" if moved else "没有在办事项受影响"
    messages.success(request, f"{done}，{what}")


@needs(Permission.SETTINGS)
@require_POST
def remove_day(request: StaffRequest, pk: int) -> HttpResponse:
    mine = CalendarDay.objects.select_related("center")
    day = get_object_or_404(mine, pk=pk, center=_center(request.user))
    year = day.day.year
    recalculation.unset_day(day=day, by=request.user, address=client_address(request))
    _say_moved(request, "本地例外已删")
    return redirect(f"{reverse('settings:calendar')}?year={year}")


@needs(Permission.SETTINGS)
@require_POST
def confirm_year(request: StaffRequest) -> HttpResponse:
    year = _year(request.POST.get("year", ""))
    try:
        recalculation.confirm_year(year=year, by=request.user, address=client_address(request))
        _say_moved(request, f"{year} 年已核对")
    except Invalid as error:
        messages.error(request, error.message)
    return redirect(f"{reverse('settings:calendar')}?year={year}")


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def clocks(request: StaffRequest) -> HttpResponse:
    """办理期限: the rules by clock, and a new one from a day on."""
    form = RuleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            recalculation.add_rule(
                by=request.user, address=client_address(request), **form.arguments()
            )
            messages.success(request, "规则已加，到那天起的新事项按它算；已经在走的不变")
            return redirect("settings:clocks")
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    return _clocks(request, form, TryForm(), status=422 if form.is_bound else 200)


@needs(Permission.SETTINGS)
@require_GET
def try_clock(request: StaffRequest) -> HttpResponse:
    """试算: when something sent at a moment would be due, and which days do not count."""
    form = TryForm(request.GET)
    found = ""
    if form.is_valid():
        here = clocks_of(_center(request.user))
        data = form.cleaned_data
        start = clock.local(data["start"])
        due = here.due(
            Clock.HANDLING,
            start,
            complexity=data["complexity"],
            type_id=data["type"].pk if data["type"] else None,
        )
        explained = here.calendar.explain(start, due.at).sentence()
        found = f"{dates.moment(due.at, start.date())} 到期（{explained}）"
    status = 200 if form.is_valid() else 422
    return _clocks(request, RuleForm(), form, tried=found, status=status)


def _line(rule: ClockRule) -> PeriodLine:
    length = f"{rule.days} 个{rule.get_unit_display()}" if rule.days else "当天"
    by_type = rule.type.name if rule.type else ""
    narrowed = [rule.get_complexity_display(), rule.get_level_display(), by_type]
    return PeriodLine(rule.get_clock_display(), narrowed, length, rule.effective_from)


def _clocks(
    request: StaffRequest, form: RuleForm, trying: TryForm, *, tried: str = "", status: int = 200
) -> HttpResponse:
    rules = ClockRule.objects.select_related("type").order_by(
        "clock", "complexity", "level", "type__code", "effective_from"
    )
    order = list(Clock.values)
    trying.fields["start"].initial = clock.now()
    context = {
        "table": PeriodTable(
            "时限",
            ["复杂程度", "层级", "类型"],
            [_line(rule) for rule in sorted(rules, key=lambda rule: order.index(rule.clock))],
            clock.today(),
        ),
        "form": form,
        "trying": trying,
        "tried": tried,
    }
    return render(request, "settings/clocks.html", context, status=status)
