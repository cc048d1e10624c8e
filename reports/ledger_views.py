"""台账和报表: the official tables of a centre, kept editions of them, their lists and files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediation.periods import Period, period_of
from orgs.gates import needs
from orgs.models import AccessLog, Center
from orgs.permissions import Permission
from orgs.services import log_access
from reports.indicators.behind import behind
from reports.indicators.counting import Span
from reports.indicators.ledger_sets import RULES_IN_WORDS
from reports.kept import KeptAsked, changes_of, thawed
from reports.ledger_forms import ChooseForm, CorrectForm, EntryForm, SheetForm, chosen
from reports.ledger_sheets import excel_of
from reports.ledgers import table_of
from reports.models import Ledger, LedgerEntry, Sheet
from reports.services import ledgers as services
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest, client_address

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOW = {
    Sheet.Kind.PERIOD: "登记算排查，结案有结果算调处，都看日期在不在本期；没结案的转入下期。"
    "上期转入＋排查数＝应调处数＝调处数＋其他终止＋转入下期。调处率＝调处数÷应调处数，"
    "成功率＝成功数÷调处数；分母是 0 写“–”，不到 10 不算百分数。"
    "年度累计从 1 月 1 日算到本期最后一天，年初没结案的算上期转入。",
    Sheet.Kind.HANDLING: "按主办单位算，撤回的派出不算；超期看最后一次反馈有没有超过办理期限。"
    "在办的是统计期末还在单位手里的。按设立先后排，不排名次。",
    Sheet.Kind.SALIENT: f"列入的：{RULES_IN_WORDS[Ledger.SALIENT]}；"
    "督办的人可以写明理由列入或移出。"
    "销号跟着事项走：结案就销号，重新办理又回到台账。",
    Sheet.Kind.MAJOR: f"列入的：{RULES_IN_WORDS[Ledger.MAJOR]}；督办的人可以写明理由列入或移出。",
}


def _asked(request: StaffRequest) -> tuple[ChooseForm, str, Center, Period]:
    form = ChooseForm(request.GET, user=request.user)
    kind, center, period = chosen(form, request.user)
    if center is None:
        raise NotFound("没有这个中心的台账")
    return form, kind, Center.objects.select_related("region").get(pk=center.pk), period


def _query(kind: str, center: Center, period: Period) -> str:
    return urlencode({"kind": kind, "period": period.code, "center": center.pk})


@never_cache
@needs(Permission.BOARD)
@require_GET
def ledgers(request: StaffRequest) -> HttpResponse:
    """One table as things stand, and the editions of it that were kept."""
    return _page(request, EntryForm())


def _page(request: StaffRequest, entry: EntryForm, status: int = 200) -> HttpResponse:
    form, kind, center, period = _asked(request)
    ledger = Ledger(kind) if kind in Ledger.values else None
    entries = LedgerEntry.objects.filter(
        ledger=kind, case__center__region__code__startswith=center.region.stem
    ).select_related("case", "by")
    context = {
        "form": form,
        "center": center,
        "period": period,
        "title": services.title_of(kind, center, period),
        "table": table_of(kind, center, period),
        "how": HOW[Sheet.Kind(kind)],
        "query": _query(kind, center, period),
        "kept": Sheet.objects.visible_to(request.user)
        .of(center, kind, period.code)
        .select_related("made_by")
        .defer("table", "behind"),
        "may_keep": services.may_keep(request.user, center),
        "entry": entry,
        "ledger": ledger,
        "entries": entries.order_by("-pk")[:20] if ledger else [],
    }
    return render(request, "reports/ledgers.html", context, status=status)


@never_cache
@needs(Permission.SUPERVISE, Permission.DECIDE)
@require_POST
def mark(request: StaffRequest) -> HttpResponse:
    """列入 or 移出, with a reason."""
    _, kind, center, period = _asked(request)
    if kind not in Ledger.values:
        raise NotFound("这张表不列事项")
    form = EntryForm(request.POST)
    if form.is_valid():
        try:
            services.mark_entry(
                ledger=Ledger(kind), center=center, by=request.user, **form.cleaned_data
            )
        except Invalid as error:
            for name, sentences in error.errors.items():
                form.add_error(name, sentences[0])
        else:
            messages.success(request, "已记下，台账跟着变了")
            return redirect(f"{reverse('reports:ledgers')}?{_query(kind, center, period)}")
    return _page(request, form, status=422)


@never_cache
@needs(Permission.BOARD)
@require_http_methods(["GET", "POST"])
def edit_sheet(request: StaffRequest) -> HttpResponse:
    """Adjust the words, then keep an edition to print, or seal it."""
    _, kind, center, period = _asked(request)
    table = table_of(kind, center, period)
    form = SheetForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        center=center,
        period=period,
        table=table,
    )
    if form.is_valid():
        seal = request.POST.get("do") == "seal"
        try:
            sheet = services.keep_sheet(
                kind=kind,
                center=center,
                period=period,
                by=request.user,
                words=form.words,
                seal=seal,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "已封存，以后不再变" if seal else "已存一版，可以打印")
            return redirect("reports:sheet", sheet.pk)
    context = {
        "form": form,
        "center": center,
        "period": period,
        "table": table,
        "title": services.title_of(kind, center, period),
        "back": f"{reverse('reports:ledgers')}?{_query(kind, center, period)}",
        "may_keep": services.may_keep(request.user, center),
    }
    return render(request, "reports/sheet_edit.html", context, status=422 if form.is_bound else 200)


@never_cache
@needs(Permission.BOARD)
@require_GET
def excel(request: StaffRequest) -> HttpResponseBase:
    """The table as it stands, with formulas; logged."""
    _, kind, center, period = _asked(request)
    title = services.title_of(kind, center, period)
    table = table_of(kind, center, period)
    words = {"title": title, "reporter": center.name, "note": HOW[Sheet.Kind(kind)]}
    return _file(request, excel_of(table, words, _mark(request)), title, len(table.lines))


@never_cache
@needs(Permission.BOARD)
@require_GET
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    return _sheet(request, pk, CorrectForm())


def _sheet(request: StaffRequest, pk: int, form: CorrectForm, status: int = 200) -> HttpResponse:
    """A kept edition, to print; a correction with what it changes."""
    found = _found(request, pk)
    period = period_of(found.period)
    later = Sheet.objects.visible_to(request.user).filter(corrects=found).first()
    context = {
        "sheet": found,
        "period": period,
        "table": thawed(found).table,
        "changes": changes_of(found),
        "later": later,
        "back": f"{reverse('reports:ledgers')}?{_query(found.kind, found.center, period)}",
        "form": form,
        "may_correct": found.is_sealed
        and later is None
        and services.may_keep(request.user, found.center),
        "printed": f"打印：{_mark(request)}",
    }
    return render(request, "reports/sheet.html", context, status=status)


def _found(request: StaffRequest, pk: int) -> Sheet:
    rows = Sheet.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("center__region", "made_by", "corrects"), pk=pk)


@needs(Permission.BOARD)
@require_POST
def correct_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """更正单."""
    _found(request, pk)
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return _sheet(request, pk, form, status=422)
    made = services.correct_sheet(sheet_id=pk, by=request.user, **form.cleaned_data)
    messages.success(request, "更正单已写好，封存的那一版没有变")
    return redirect("reports:sheet", made.pk)


@never_cache
@needs(Permission.BOARD)
@require_GET
def sheet_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows that a number of a kept edition counted then."""
    found = _found(request, pk)
    period = period_of(found.period)
    span = Span.of_days(period.since, period.until, found.as_of)
    asked = KeptAsked.of(found.behind, request.GET.get("cell", ""), span, found.center)
    context = {
        "behind": behind(asked, request.GET, request.user),
        "asked": asked,
        "may_read": False,
    }
    return render(request, "reports/behind.html", context)


@never_cache
@needs(Permission.BOARD)
@require_GET
def sheet_excel(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    words = {"title": found.title, "reporter": found.reporter, "note": found.note}
    table = thawed(found).table
    return _file(request, excel_of(table, words, _mark(request)), found.title, len(table.lines))


def _mark(request: StaffRequest) -> str:
    return f"{request.user.name} {clock.now():%Y-%m-%d %H:%M}"


def _file(request: StaffRequest, file: Any, title: str, rows: int) -> FileResponse:
    log_access(
        AccessLog.Action.EXPORT,
        user=request.user,
        address=client_address(request),
        subject=title[:100],
        data={"rows": rows},
    )
    response = FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
