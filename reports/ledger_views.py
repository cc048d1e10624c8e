"""台账和报表: the official tables of a centre, kept editions of them, their lists and files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case
from mediation.periods import Period, period_of
from orgs.gates import needs
from orgs.models import AccessLog, Center
from orgs.permissions import Permission
from orgs.services import log_access
from reports import behind_page
from reports.indicators.counting import Span
from reports.indicators.ledger_sets import RULES_IN_WORDS
from reports.kept import KeptAsked, changes_of, rows_of, thawed
from reports.ledger_forms import (
    ChooseForm,
    CorrectForm,
    EntryForm,
    LineForm,
    SheetForm,
    chosen,
)
from reports.ledger_sheets import excel_of
from reports.ledgers import (
    cases_on,
    edits_of,
    ledger_page,
    ledger_table,
    span_of,
    table_of,
)
from reports.models import Ledger, LedgerEntry, Sheet
from reports.refusals import refused
from reports.services import ledgers as services
from reports.tables import Table
from zongzhi.lib import clock, handing_out
from zongzhi.lib.errors import DomainError, NotFound, WrongState
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Page

HOW = {
    Sheet.Kind.PERIOD: "登记算排查，期末结案有结果算调处，没结案的转入下期，每件只算一次。"
    "上期转入＋重新办理转入＋排查数＝应调处数＝调处数＋其他终止＋转入下期；"
    "本期的转入下期就是下期的上期转入。并案在并的那一期算其他终止，"
    "以前结案、本期又办的算重新办理转入。调处率＝调处数÷应调处数，成功率＝成功数÷调处数；"
    "分母是 0 写“–”，不到 10 不算百分数。"
    "年度累计从 1 月 1 日算到本期最后一天，年初没结案的算上期转入。"
    "提级、下派过的事项算在现在的中心。",
    Sheet.Kind.HANDLING: "按主办单位算，撤回的派出不算；超期看最后一次反馈有没有超过办理期限。"
    "期末在办的是统计期末还在单位手里的，其中正常、超期只数现在："
    "延期、暂停、退回补办会改期限，过去哪天超没超期复原不了，过去的时期写“–”，"
    "要留就在期末当天存一版。按设立先后排，不排名次。",
    Sheet.Kind.SALIENT: f"列入的：{RULES_IN_WORDS[Ledger.SALIENT]}；"
    "督办的人可以写明理由列入或移出。"
    "销号跟着事项走：结案就销号，重新办理又回到台账。",
    Sheet.Kind.MAJOR: f"列入的：{RULES_IN_WORDS[Ledger.MAJOR]}；督办的人可以写明理由列入或移出。",
    Sheet.Kind.MEDIATION: "调解算在它结束的那个时期；以前受理、本期结束的也算本期，"
    "没结束的转入下期。上期转入＋受理数＝调解总数＋转入下期。按事项现在所在的中心分级次，"
    "口径同“人民调解统计”页。",
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
    table, page = _screen(request, kind, center, period)
    context = {
        "form": form,
        "center": center,
        "period": period,
        "title": services.title_of(kind, center, period),
        "table": table,
        "page": page,
        "as_of": span_of(period).as_of,
        "now": clock.now(),
        "how": HOW[Sheet.Kind(kind)],
        "query": _query(kind, center, period),
        "kept": Sheet.objects.visible_to(request.user)
        .of(center, kind, period.code)
        .select_related("made_by")
        .defer("table"),
        "may_keep": services.may_keep(request.user, center),
        "entry": entry,
        "ledger": ledger,
        "entries": entries.order_by("-pk")[:20] if ledger else [],
    }
    return render(request, "reports/ledgers.html", context, status=status)


def _screen(
    request: StaffRequest, kind: str, center: Center, period: Period
) -> tuple[Table, Page[Case] | None]:
    """A ledger a screen at a time; any other table is one screen."""
    if kind in Ledger.values:
        return ledger_page(Ledger(kind), center, period, request.GET)
    return table_of(kind, center, period), None


@never_cache
@needs(Permission.SUPERVISE, Permission.DECIDE)
@require_POST
def mark(request: StaffRequest) -> HttpResponse:
    """列入 or 移出, with a reason."""
    _, kind, center, period = _asked(request)
    if kind not in Ledger.values:
        raise NotFound("这张表不列事项")
    form, status = EntryForm(request.POST), 422
    if form.is_valid():
        try:
            services.mark_entry(
                ledger=Ledger(kind), center=center, by=request.user, **form.cleaned_data
            )
        except DomainError as error:
            status = refused(form, error)
        else:
            messages.success(request, "已记下，台账跟着变了")
            return redirect(f"{reverse('reports:ledgers')}?{_query(kind, center, period)}")
    return _page(request, form, status=status)


@never_cache
@needs(Permission.BOARD)
@require_http_methods(["GET", "POST"])
def edit_sheet(request: StaffRequest) -> HttpResponse:
    """Adjust the words, line by line; then keep an edition to print, or seal it."""
    _, kind, center, period = _asked(request)
    data = request.POST if request.method == "POST" else None
    form, status = SheetForm(data, kind=kind, center=center, period=period), 200
    if data is not None:
        status = 422
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
            status = refused(form, error)
        else:
            messages.success(request, "已封存，以后不再变" if seal else "已存一版，可以打印")
            return redirect("reports:sheet", sheet.pk)
    return _editing(request, form, status=status)


def _editing(
    request: StaffRequest, form: SheetForm, *, bad: LineForm | None = None, status: int = 200
) -> HttpResponse:
    """The page: what stands over the sheet, and a small form for each line of this screen."""
    _, kind, center, period = _asked(request)
    table, page = _screen(request, kind, center, period)
    lines = _line_forms(kind, center, period, table, page) if page else []
    if bad is not None:
        lines = [bad if one.line.key == bad.line.key else one for one in lines]
    context = {
        "form": form,
        "bad": bad,
        "lines": lines,
        "page": page,
        "center": center,
        "period": period,
        "table": table,
        "title": services.title_of(kind, center, period),
        "query": request.GET.urlencode(),
        "back": f"{reverse('reports:ledgers')}?{_query(kind, center, period)}",
        "may_keep": services.may_keep(request.user, center),
    }
    return render(request, "reports/sheet_edit.html", context, status=status)


def _line_forms(
    kind: str, center: Center, period: Period, table: Table, page: Page[Case]
) -> list[LineForm]:
    edits = edits_of(Ledger(kind), center, period, page.rows)
    seen = {case.number: edits[case.pk].pk for case in page.rows if case.pk in edits}
    return [
        LineForm(None, line=line, columns=table.columns, seen=seen.get(line.key, 0))
        for line in table.lines
    ]


@never_cache
@needs(Permission.BOARD)
@require_POST
def edit_line(request: StaffRequest, number: str) -> HttpResponse:
    """The words of one line; under htmx only that line answers."""
    _, kind, center, period = _asked(request)
    if kind not in Ledger.values:
        raise NotFound("这张表没有要改的文字")
    form, status = _line_form(request, number, request.POST), 422
    if form.is_valid():
        try:
            services.save_line(
                ledger=Ledger(kind),
                center=center,
                period=period,
                number=number,
                cells=form.changed,
                restore=form.cleaned_data.get("restore", False),
                seen=form.cleaned_data["seen"],
                by=request.user,
            )
        except DomainError as error:
            status = error.status
            if isinstance(error, WrongState):  # what the other wrote, beside what was typed
                form = _line_form(request, number, request.POST, again=True)
            refused(form, error)
        else:
            return _line_saved(request, number)
    context = {"line": form, "query": request.GET.urlencode(), "may_keep": True}
    if request.htmx:
        return render(request, "reports/_ledger_line.html", context, status=status)
    words = SheetForm(None, kind=kind, center=center, period=period)
    return _editing(request, words, bad=form, status=status)


def _line_saved(request: StaffRequest, number: str) -> HttpResponse:
    asked = request.GET.urlencode()
    if request.htmx:
        form = _line_form(request, number, None)
        context = {"line": form, "query": asked, "may_keep": True, "is_saved": True}
        return render(request, "reports/_ledger_line.html", context)
    messages.success(request, "这一行已保存")
    return redirect(f"{reverse('reports:edit_sheet')}?{asked}#line-{number}")


def _line_form(
    request: StaffRequest, number: str, data: QueryDict | None, *, again: bool = False
) -> LineForm:
    """The form of a line as it stands now. `again`: typed words over what another has written."""
    _, kind, center, period = _asked(request)
    ledger = Ledger(kind)
    case = cases_on(ledger, center, period).filter(number=number).first()
    if case is None:
        raise NotFound("台账上没有这件事项")
    table = ledger_table(ledger, center, period, [case])
    edit = edits_of(ledger, center, period, [case]).get(case.pk)
    form = LineForm(data, line=table.lines[0], columns=table.columns, seen=edit.pk if edit else 0)
    if again and data is not None:
        form.stand_beside_what_is_there(data)
    return form


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
        # A correction that was refused keeps what was typed, also when somebody was faster.
        "may_correct": form.is_bound
        or (found.is_sealed and later is None and services.may_keep(request.user, found.center)),
        "is_ledger": found.kind in Ledger.values,
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
    form, status = CorrectForm(request.POST), 422
    if form.is_valid():
        try:
            made = services.correct_sheet(sheet_id=pk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            status = refused(form, error)
        else:
            messages.success(request, "更正单已写好，封存的那一版没有变")
            return redirect("reports:sheet", made.pk)
    return _sheet(request, pk, form, status=status)


@never_cache
@needs(Permission.BOARD)
@require_http_methods(["GET", "POST"])
def sheet_list(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The rows that a number of a kept edition counted then."""
    rows = Sheet.objects.visible_to(request.user).select_related("center__region").defer("table")
    found = get_object_or_404(rows, pk=pk)
    period = period_of(found.period)
    span = Span.of_days(period.since, period.until, found.as_of)
    cell = request.GET.get("cell", "")
    asked = KeptAsked.of(rows_of(found.kept_rows, cell), cell, span, found.center)
    return behind_page.answer(request, asked, may_read=False)


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
    return handing_out.sheet(file, f"{title}.xlsx")
