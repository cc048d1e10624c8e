"""督办和层级规则: every figure with its value and since when, a new one from a day on, 试算."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.clocks import Clocks, clocks_of
from cases.ladder import ladder_of
from cases.models import ThresholdRule
from cases.services.ladders import adopt_ladder
from cases.services.thresholds import set_threshold
from cases.settings_forms import LadderForm, ThresholdForm, TryLadderForm
from cases.thresholds import STANDARDS, Standard
from orgs.gates import needs
from orgs.models import Center, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest, client_address

FROM_THE_START = date(2020, 1, 1)  # the day of the rules an installation starts with


@dataclass(frozen=True)
class Figure:
    """A value of one threshold, for one level or for all."""

    level: str
    value: int
    since: date | None
    coming: bool


@dataclass(frozen=True)
class Line:
    """A threshold with what holds now and what comes."""

    standard: Standard
    figures: list[Figure]


def _center(user: User) -> Center:
    return user.posts_giving(Permission.SETTINGS)[0].center


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def thresholds(request: StaffRequest) -> HttpResponse:
    """督办和层级规则."""
    form = ThresholdForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_threshold(by=request.user, address=client_address(request), **form.arguments())
            messages.success(request, "规则已加，只管从那天起新开始的，已经在走的不变")
            return redirect("settings:thresholds")
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    return _page(request, form, TryLadderForm(), status=422 if form.is_bound else 200)


@needs(Permission.SETTINGS)
@require_POST
def adopt(request: StaffRequest) -> HttpResponse:
    """预设: how often each level may try, all levels at once, from a day on."""
    form = LadderForm(request.POST, auto_id="ladder_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            adopt_ladder(by=request.user, address=client_address(request), **data)
            said = f"{data['effective_from']:%Y-%m-%d} 起用“{data['name']}”，已经在走的不变"
            messages.success(request, said)
            return redirect("settings:thresholds")
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    return _page(request, ThresholdForm(), TryLadderForm(), adopting=form, status=422)


@needs(Permission.SETTINGS)
@require_GET
def try_ladder(request: StaffRequest) -> HttpResponse:
    """试算: when the light of a clock turns, and when each step of the ladder would be taken."""
    form = TryLadderForm(request.GET)
    tried: list[tuple[str, str]] = []
    if form.is_valid():
        data = form.cleaned_data
        here = clocks_of(_center(request.user))
        tried = _steps(here, clock.local(data["start"]), data["days"], data["unit"])
    status = 200 if form.is_valid() else 422
    return _page(request, ThresholdForm(), form, tried=tried, status=status)


def _steps(here: Clocks, start: datetime, days: int, unit: str) -> list[tuple[str, str]]:
    due = here.after(start, days, unit)
    ladder = ladder_of(here, start, due.at, days)
    day = start.date()
    explained = here.calendar.explain(start, due.at).sentence()
    return [
        ("▲ 临期提醒", dates.moment(ladder.near, day)),
        ("■ 到期：发督办单，记黄牌", f"{dates.moment(ladder.due, day)}（{explained}）"),
        ("督办单最晚答复", dates.moment(ladder.answer_due, day)),
        ("一直没办、没答复：记红牌", dates.moment(ladder.red, day)),
        ("一直没答复：建议约谈", dates.moment(ladder.talk, day)),
    ]


def _page(
    request: StaffRequest,
    form: ThresholdForm,
    trying: TryLadderForm,
    *,
    adopting: LadderForm | None = None,
    tried: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    trying.fields["start"].initial = clock.now()
    context = {
        "lines": _lines(),
        "form": form,
        "adopting": adopting or LadderForm(auto_id="ladder_%s"),
        "trying": trying,
        "tried": tried,
    }
    return render(request, "settings/thresholds.html", context, status=status)


def _lines() -> list[Line]:
    rules: dict[str, list[ThresholdRule]] = {}
    for rule in ThresholdRule.objects.order_by("effective_from", "pk"):
        rules.setdefault(rule.name, []).append(rule)
    return [
        Line(standard, _figures(rules.get(name.value, []))) for name, standard in STANDARDS.items()
    ]


def _figures(rules: list[ThresholdRule]) -> list[Figure]:
    """By level, the one for all levels first: what holds today, then what comes."""
    today, figures = clock.today(), []
    for level in ("", *Level.values):
        mine = [rule for rule in rules if rule.level == level]
        now = [rule for rule in mine if rule.effective_from <= today][-1:]
        coming = [rule for rule in mine if rule.effective_from > today]
        label = Level(level).label if level else ""
        figures += [
            Figure(
                level=label,
                value=rule.value,
                since=None if rule.effective_from == FROM_THE_START else rule.effective_from,
                coming=rule in coming,
            )
            for rule in (*now, *coming)
        ]
    return figures
