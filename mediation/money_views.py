"""以案定补 and 人民调解统计: pages, lists, Excel, print."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediation import money_sheets, statistics
from mediation.models import Mediation, Subsidy, SubsidyGrade, SubsidyStep
from mediation.money_forms import GradeForm, ProposeForm, ScopeForm, StepForm
from mediation.periods import month_of, period_of, recent_months
from mediation.services import subsidies as services
from mediation.statistics import Scope
from mediation.subsidies import body_name, listed, may_decide, pays_full_time, subsidies_of
from orgs.gates import needs
from orgs.models import AccessLog, Center, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotFound
from zongzhi.lib.handing_out import sheet
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.identity import mask_name
from zongzhi.lib.paging import Order, paginate

_MONEY = (Permission.MEDIATION, Permission.DECIDE, Permission.MEDIATE)
_FIGURES = (Permission.VIEW_CENTER, Permission.MEDIATION, Permission.MEDIATE)


# --- 以案定补 -------------------------------------------------------------------------------------


def _month(request: StaffRequest) -> Any:
    return month_of(request.GET.get("month", ""))


def _rows(request: StaffRequest) -> list[Subsidy]:
    month = _month(request)
    rows = subsidies_of(request.user).filter(month=month.since)
    steps = Prefetch("steps", queryset=SubsidyStep.objects.select_related("by"))
    return list(listed(rows).prefetch_related(steps))


def _groups(rows: Iterable[Subsidy]) -> list[dict[str, Any]]:
    """By body and by mediator, with what each comes to; refused ones are worth nothing."""
    found = []
    for body, inside in groupby(rows, key=lambda row: row.mediation.body):
        mine = list(inside)
        people = [
            {"mediator": mediator, "total": _total(theirs), "count": _count(theirs)}
            for mediator, theirs in (
                (m, list(t)) for m, t in groupby(mine, key=lambda row: row.mediator)
            )
        ]
        found.append(
            {
                "name": body_name(body),
                "rows": mine,
                "people": people,
                "total": _total(mine),
                "count": _count(mine),
            }
        )
    return found


def _total(rows: Iterable[Subsidy]) -> Decimal:
    counted = (row.amount for row in rows if row.state != Subsidy.State.REFUSED)
    return sum(counted, Decimal(0))


def _count(rows: Iterable[Subsidy]) -> int:
    return sum(row.state != Subsidy.State.REFUSED for row in rows)


@needs(*_MONEY)
@require_GET
def subsidies(request: StaffRequest) -> HttpResponse:
    """The month's list for payment, by body and mediator."""
    rows = _rows(request)
    context = {
        "month": _month(request),
        "months": recent_months(),
        "groups": _groups(rows),
        "total": _total(rows),
        "count": _count(rows),
        "waiting": {row.pk for row in rows if may_decide(request.user, row)},
        "may_set": request.user.can(Permission.MEDIATION),
    }
    return render(request, "mediation/subsidies.html", context)


@needs(*_MONEY)
@require_GET
def export_subsidies(request: StaffRequest) -> HttpResponseBase:
    """The same as an Excel file whose totals are formulas; logged."""
    rows, month = _rows(request), _month(request)
    mark = f"{request.user.name} {clock.now():%Y-%m-%d %H:%M} 导出　只限工作使用，不得外传"
    file = money_sheets.subsidies(rows, month.words, mark)
    _log(request, f"以案定补发放表 {month.words}", len(rows))
    return sheet(file, f"以案定补发放表 {month.words}.xlsx")


def _one(request: StaffRequest, pk: int) -> Subsidy:
    row = listed(subsidies_of(request.user)).filter(pk=pk).first()
    if row is None:
        raise NotFound("没有这笔补贴")
    return row


@needs(*_MONEY)
@require_http_methods(["GET", "POST"])
def subsidy(request: StaffRequest, pk: int) -> HttpResponse:
    """One case: how far it has come, and the next step for whoever may take it."""
    row, status = _one(request, pk), 200
    form = StepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif form.is_valid():
        try:
            done = services.decide_subsidy(subsidy_id=pk, by=request.user, **form.cleaned_data)
            messages.success(request, f"{done.get_state_display()}，已记下")
            return redirect("mediation:subsidy", pk)
        except Invalid as error:
            _tell(form, error)
            status = error.status
    open_steps = may_decide(request.user, row)
    context = {
        "row": row,
        "steps": row.steps.select_related("by"),
        "body": body_name(row.mediation.body),
        "form": form,
        "open_steps": [(state, _BUTTONS[state]) for state in open_steps],
    }
    return render(request, "mediation/subsidy.html", context, status=status)


_BUTTONS = {
    Subsidy.State.CHECKED.value: "初审通过",
    Subsidy.State.APPROVED.value: "批准",
    Subsidy.State.REFUSED.value: "不通过",
    Subsidy.State.PAID.value: "记为已发放",
}


def _tell(form: Any, error: Invalid) -> None:
    for field, sentences in error.errors.items():
        form.add_error(field, sentences)


@login_required
@require_POST
def propose(request: StaffRequest, pk: int) -> HttpResponse:
    """申报, from the page of the dossier."""
    if not Mediation.objects.visible_to(request.user).filter(pk=pk).exists():
        raise NotFound("没有这次调解")
    form = ProposeForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "还没选“档次”")
        return redirect("mediation:dossier", pk)
    try:
        row = services.propose_subsidy(mediation_id=pk, by=request.user, **form.cleaned_data)
    except Invalid as error:
        messages.warning(request, error.message)
        return redirect("mediation:dossier", pk)
    messages.success(request, f"已申报 {row.amount} 元，等初审")
    return redirect("mediation:dossier", pk)


def _own_center(user: User) -> Center:
    return user.posts_giving(Permission.MEDIATION)[0].center


@needs(Permission.MEDIATION)
@require_http_methods(["GET", "POST"])
def grades(request: StaffRequest) -> HttpResponse:
    """Grades and amounts by the day they begin, and who is not paid."""
    center, user = _own_center(request.user), request.user
    adds = request.method == "POST" and "pays_full_time" not in request.POST
    form = GradeForm(request.POST if adds else None)
    if request.method == "POST" and not adds:
        pays = request.POST["pays_full_time"] == "yes"
        services.set_rule(
            center=center, by=user, address=client_address(request), pays_full_time=pays
        )
        messages.success(request, "已保存，以后申报的按它算")
        return redirect("mediation:grades")
    if form.is_valid():
        try:
            services.add_grade(
                center=center, by=user, address=client_address(request), **form.cleaned_data
            )
            messages.success(request, "已加，到那天起结束的调解按它算；以前的不变")
            return redirect("mediation:grades")
        except Invalid as error:
            _tell(form, error)
    context = {
        "center": center,
        "grades": SubsidyGrade.objects.filter(center=center),
        "today": clock.today(),
        "pays_full_time": pays_full_time(center),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "mediation/grades.html", context, status=status)


# --- 统计 -----------------------------------------------------------------------------------------


def _scope(request: StaffRequest) -> tuple[ScopeForm, Scope]:
    form = ScopeForm(request.GET, user=request.user)
    form.is_valid()
    said = form.cleaned_data
    period = period_of(said.get("period") or "")
    form.initial = {"period": period.code}
    return form, Scope(request.user, period, said.get("center"), said.get("body"))


def _params(scope: Scope) -> dict[str, str]:
    given = {"period": scope.period.code}
    if scope.center is not None:
        given["center"] = str(scope.center.pk)
    if scope.body is not None:
        given["body"] = str(scope.body.pk)
    return given


@needs(*_FIGURES)
@require_GET
def figures(request: StaffRequest) -> HttpResponse:
    """The official columns of a month, a quarter or a year; every number leads to its list."""
    form, scope = _scope(request)
    values = statistics.values_of(scope)
    context = {
        "form": form,
        "scope": scope,
        "query": urlencode(_params(scope)),
        "groups": [(name, list(rows)) for name, rows in groupby(values, lambda v: v.figure.group)],
        "bodies": statistics.by_body(scope),
        "printed": f"{request.user.name} {clock.now():%Y-%m-%d %H:%M}",
    }
    return render(request, "mediation/statistics.html", context)


@needs(*_FIGURES)
@require_GET
def figure(request: StaffRequest) -> HttpResponse:
    """The list behind a number: as long as the number says, or adding up to it."""
    _, scope = _scope(request)
    known = statistics.figure_of(request.GET.get("figure", ""))
    if known is None:
        raise NotFound("没有这一项统计")
    code = known.code.removesuffix("-people")
    if known.of == statistics.PARTIES:
        rows: Any = statistics.parties_of(scope).select_related("case")
    elif known.of == statistics.AGREEMENTS:
        rows = statistics.agreements_of(code, scope).select_related("mediation__case")
        rows = rows.select_related("mediation__case", "mediation__body__department")
    else:
        rows = statistics.mediations_of(code, scope)
        rows = rows.select_related("case__type", "body__department")
    page = paginate(rows, Order(), request.GET)
    if known.of == statistics.PARTIES:
        for party in page.rows:
            party.shown = mask_name(party.name, organisation=party.is_organization)
    value = next(v.value for v in statistics.values_of(scope) if v.figure.code == known.code)
    context = {
        "figure": known,
        "of": known.of,
        "scope": scope,
        "page": page,
        "value": value,
        "query": urlencode(_params(scope)),
        "people": known.code.partition("-people")[0] if known.unit == "人" else "",
    }
    return render(request, "mediation/statistics_list.html", context)


@needs(*_FIGURES)
@require_GET
def export_figures(request: StaffRequest) -> HttpResponseBase:
    """The table as an Excel file, with where each number comes from; logged."""
    _, scope = _scope(request)
    where = scope.body.name if scope.body else scope.center.name if scope.center else ""
    title = f"人民调解统计 {scope.period.words}{' ' if where else ''}{where}"
    mark = f"{request.user.name} {clock.now():%Y-%m-%d %H:%M} 导出"
    values = statistics.values_of(scope)
    file = money_sheets.figures(values, statistics.by_body(scope), title, mark)
    _log(request, title, len(values))
    return sheet(file, f"{title}.xlsx")


def _log(request: StaffRequest, what: str, count: int) -> None:
    log_access(
        AccessLog.Action.EXPORT,
        user=request.user,
        address=client_address(request),
        subject=what[:100],
        data={"rows": count},
    )
