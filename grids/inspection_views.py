"""排查: reported by one's own centre; from above, who has reported and who has not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from grids import inspection_periods as periods
from grids.inspection_facts import Asked, facts
from grids.models import InspectionReport
from grids.services import inspections
from grids.services.inspections import Said, visible_reports
from orgs.gates import centers_of, needs
from orgs.models import Center, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound, WrongState
from zongzhi.lib.http import StaffRequest

READERS = (Permission.VIEW_CENTER, Permission.TRIAGE)
_MOST = 9999
_NO_START = "没带上是哪一期的，核对上面写的日期再报"
_YEAR = timedelta(days=366)
SAID = ("found", "settled", "passed_up", "text", "measures")


class ReportForm(forms.Form):
    found = forms.IntegerField(label="排查出（件）", min_value=0, max_value=_MOST)
    settled = forms.IntegerField(label="当场化解（件）", min_value=0, max_value=_MOST)
    passed_up = forms.IntegerField(label="报上级（件）", min_value=0, max_value=_MOST)
    text = forms.CharField(
        label="情况", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    measures = forms.CharField(
        label="措施", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def said(self) -> Said:
        return Said(**{name: self.cleaned_data[name] for name in SAID})


class NewReportForm(ReportForm):
    """The first report of a period says which: a page may lie open past midnight."""

    start = forms.DateField(
        widget=forms.HiddenInput,
        error_messages={"required": _NO_START, "invalid": _NO_START},
    )

    def __init__(self, data: Any = None, *, asked: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.asked = asked

    def clean_start(self) -> date:
        if self.cleaned_data["start"] != self.asked:
            raise forms.ValidationError(_NO_START)
        return self.asked


def _own(user: User) -> list[Center]:
    """The centres this person reports for."""
    posts = user.posts_giving(Permission.TRIAGE)
    return list(
        {p.center_id: p.center for p in posts if p.center.level in periods.KIND_OF}.values()
    )


@needs(*READERS)
@require_GET
def inspections_page(request: StaffRequest) -> HttpResponse:
    """What one's own centre has said lately; of the centres below, who has and who has not."""
    own = _own(request.user)
    kinds = _kinds_below(request.user)
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else (kinds[0] if kinds else "")
    today = clock.today()
    start = _start(kind, request.GET.get("start", ""), today) if kind else today
    context: dict[str, Any] = {
        "own": [(center, _lately(center, today)) for center in own],
        "kinds": [InspectionReport.Kind(one) for one in kinds],
        "kind": kind,
        "starts": [(d, periods.words(kind, d)) for d in periods.open_periods(kind, today)]
        if kind
        else [],
        "start": start,
    }
    if kind:
        context |= _below(request.user, kind, start)
    return render(request, "grids/inspections/list.html", context)


def _kinds_below(user: User) -> list[str]:
    """What is reported to this person's centres: by a level below theirs."""
    order = list(periods.KIND_OF)  # lowest first
    posts = user.posts_giving(Permission.VIEW_CENTER)
    levels = [Level(post.center.level) for post in posts]
    below = {one for level in levels for one in order[: _height(level)]}
    return [periods.KIND_OF[level] for level in reversed(order) if level in below]


def _height(level: Level) -> int:
    return [Level.VILLAGE, Level.TOWN, Level.COUNTY, Level.CITY].index(level)


def _start(kind: str, text: str, today: date) -> date:
    offered = {one.isoformat(): one for one in periods.open_periods(kind, today)}
    return offered.get(text, periods.start_of(kind, today))


def _lately(center: Center, today: date) -> list[dict[str, Any]]:
    """The open periods of a centre, each with the word that counts, or nothing yet."""
    kind = periods.KIND_OF[Level(center.level)]
    starts = periods.open_periods(kind, today)
    rows = InspectionReport.objects.filter(
        kind=kind, center=center, period_start__in=starts, corrected_by=None
    )
    said = {row.period_start: row for row in rows.select_related("by")}
    return [
        {"start": one, "words": periods.words(kind, one), "report": said.get(one)} for one in starts
    ]


def _below(user: User, kind: str, start: date) -> dict[str, Any]:
    """Names of centres in the order of their codes, never of numbers."""
    level = periods.LEVEL_OF[InspectionReport.Kind(kind)]
    centers = centers_of(user, Permission.VIEW_CENTER).filter(level=level)
    rows = visible_reports(user).filter(kind=kind, period_start=start, corrected_by=None)
    said = {row.center_id: row for row in rows}
    listed = list(centers.order_by("region__code"))
    return {
        "reported": [said[one.pk] for one in listed if one.pk in said],
        "silent": [one for one in listed if one.pk not in said],
    }


def _asked_center(user: User, text: str) -> Center:
    own = _own(user)
    found = next((one for one in own if str(one.pk) == text), own[0] if own and not text else None)
    if found is None:
        raise NotFound("没有这个要报排查的中心")
    return found


@needs(Permission.TRIAGE)
@require_http_methods(["GET", "POST"])
def inspection_new(request: StaffRequest) -> HttpResponse:
    """The form, begun with what the system knows; or one tap when it knows of nothing."""
    center = _asked_center(request.user, request.GET.get("center", ""))
    kind = periods.KIND_OF[Level(center.level)]
    start = _asked_start(kind, request)
    known = facts(Asked(request.user, center.region, start, periods.last_of(kind, start)))
    counted = {
        "found": sum(one.count for one in known if not one.settled),
        "settled": sum(one.count for one in known if one.settled),
        "passed_up": 0,
    }
    zero = request.POST.get("zero") == "1"
    data: Mapping[str, Any] | None = request.POST if request.method == "POST" else None
    if zero:
        data = _zero(request, kind)
    form = NewReportForm(data, asked=start, initial=counted)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            inspections.report_inspection(
                center=center, start=start, said=form.said, by=request.user
            )
            messages.success(request, f"{periods.words(kind, start)}的{kind.label}报好了。")
            return redirect("grids:inspections")
        except DomainError as error:
            status = error.status
            _tell(form, error)
    context = {
        "center": center,
        "kind": kind,
        "words": periods.words(kind, start),
        "start": start,
        "facts": known,
        "nothing": not any(one.count for one in known),
        "zero_label": inspections.ZERO[kind],
        "form": form,
    }
    return render(request, "grids/inspections/form.html", context, status=status)


def _asked_start(kind: InspectionReport.Kind, request: StaffRequest) -> date:
    """The period the form was opened for, closed or not; this one for who names none."""
    text = request.POST.get("start", "") or request.GET.get("start", "")
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    start = periods.start_of(kind, day if abs(day - today) < _YEAR else today)
    if request.method == "GET" and start not in periods.open_periods(kind, today):
        raise WrongState(f"{periods.words(kind, start)}的{kind.label}现在不能报")
    return start


def _zero(request: StaffRequest, kind: InspectionReport.Kind) -> dict[str, Any]:
    """零报告: the form as it is filled in by one tap."""
    said = {"found": 0, "settled": 0, "passed_up": 0, "text": f"{inspections.ZERO[kind]}。"}
    return {**said, "start": request.POST.get("start", "")}


def _tell(form: ReportForm, error: DomainError) -> None:
    if not isinstance(error, Invalid) or not error.errors:
        form.add_error(None, error.message)
        return
    for name, found in error.errors.items():
        form.add_error(name, found)


def _one(user: User, pk: int) -> InspectionReport:
    one = visible_reports(user).select_related("corrects", "center__region").filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这一份排查")
    return one


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def inspection(request: StaffRequest, pk: int) -> HttpResponse:
    """One report, what it corrects, and the form to correct it."""
    one = _one(request.user, pk)
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(one, name) for name in SAID},
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            fresh = inspections.correct_inspection(pk=pk, said=form.said, by=request.user)
            messages.success(request, "更正好了，先前的一份还在。")
            return redirect("grids:inspection", fresh.pk)
        except DomainError as error:
            status = error.status
            _tell(form, error)
    newer = InspectionReport.objects.filter(corrects=one).first()
    own = any(center.pk == one.center_id for center in _own(request.user))
    context = {
        "one": one,
        "words": periods.words(one.kind, one.period_start),
        "newer": newer,
        "form": form if form.is_bound or (own and newer is None) else None,
    }
    return render(request, "grids/inspections/report.html", context, status=status)


@needs(*READERS)
@require_GET
def inspection_print(request: StaffRequest, pk: int) -> HttpResponse:
    one = _one(request.user, pk)
    context = {"one": one, "words": periods.words(one.kind, one.period_start), "now": clock.now()}
    return render(request, "grids/inspections/print.html", context)
