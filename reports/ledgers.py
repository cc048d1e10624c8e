"""The official tables (domain.md §1.7), each built from sets of the dictionary: no own counting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from cases.models import Assignment, Case
from cases.vocabulary import Closure, Result
from mediation.periods import Period
from orgs.models import Center, Department
from reports.indicators import ledger_sets as sets
from reports.indicators.counting import ALL, Dimension, Numbers, Rows, Scope, Span, counted
from reports.indicators.dictionary import Indicator, value_of
from reports.indicators.sets import ACCEPTED, ACCEPTED_IN_TIME, ACCEPTED_LATE, DISPATCHED
from reports.levels import SUM, YEAR, levels_of, year_of
from reports.levels import columns_of as columns_by_level
from reports.mediation_table import mediation_table
from reports.models import Ledger, LineEdit, Sheet
from reports.tables import Cell, Column, Counts, Line, Table, cell_key
from zongzhi.lib import clock, dates
from zongzhi.lib.paging import Order, Page, paginate

TOTAL = "total"
EVER = date(2000, 1, 1)


def span_of(period: Period) -> Span:
    return Span.of_days(period.since, period.until)


def is_running(span: Span) -> bool:
    """Whether its last moment has yet to come."""
    return span.until > clock.now()


def table_of(kind: str, center: Center, period: Period) -> Table:
    """The table as things stand now."""
    span = span_of(period)
    makers: dict[str, Callable[[Center, Span], Table]] = {
        Sheet.Kind.PERIOD: period_table,
        Sheet.Kind.HANDLING: lambda center, span: handling_table(center, span, period),
        Sheet.Kind.MEDIATION: mediation_table,
    }
    if kind in Ledger.values:
        ledger = Ledger(kind)
        return ledger_table(ledger, center, period, list(cases_on(ledger, center, period)))
    return makers[kind](center, span)


# --- 矛盾纠纷排查情况 -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    key: str
    label: str
    rows: Rows


OVERALL = "总况"
_BEFORE = (
    _Row("carried_in", "上期转入", sets.CARRIED_IN),
    _Row("taken_up_again", "重新办理转入", sets.TAKEN_UP_AGAIN),
    _Row("found", "排查数", sets.FOUND),
    _Row("due", "应调处数", sets.DUE),
    _Row("settled", "调处数", sets.SETTLED),
)
_SUCCEEDED = _Row("succeeded", "成功数", sets.SUCCEEDED)
_AFTER = (
    _Row("ended", "其他终止", sets.ENDED),
    _Row("carried_on", "转入下期", sets.CARRIED_ON),
    _Row("people", "涉及人数", sets.PEOPLE),
)
SETTLED_RATE = Indicator("ledger_settled_rate", "调处率", sets.SETTLED, sets.DUE)
SUCCESS_RATE = Indicator("ledger_success_rate", "成功率", sets.SUCCEEDED, sets.SETTLED)
_COUNTED = (*_BEFORE, _SUCCEEDED, *_AFTER)
_EVERY_SET = (*(row.rows for row in _COUNTED), *sets.FOUND_BY, *sets.SETTLED_BY)


def period_table(center: Center, span: Span) -> Table:
    """总况 and 19 types by level, their sum and the year to date."""
    scope, year = Scope(center), year_of(span)
    by_level = counted(_EVERY_SET, scope, span, Dimension.LEVEL)
    of_year = counted(_EVERY_SET, scope, year)[ALL]
    levels = levels_of(center)
    columns = columns_by_level(center)
    sums = {
        rows.key: sum(numbers.get(rows.key, 0) for numbers in by_level.values())
        for rows in _EVERY_SET
    }
    numbers: dict[str, dict[str, int]] = {
        **{level.value: by_level.get(level.value, {}) for level in levels},
        SUM: sums,
        YEAR: of_year,
    }

    def counting(row: _Row, group: str = OVERALL) -> Line:
        cells = {}
        for column in columns:
            n = numbers[column.key].get(row.rows.key, 0)
            within = "" if column.key in (SUM, YEAR) else column.key
            what = Counts(row.rows, year if column.key == YEAR else span, level=within)
            parts = tuple(cell_key(row.key, level.value) for level in levels)
            adds = parts if column.key == SUM else ()
            cells[column.key] = Cell(f"{n:,}", n, what, url=what.url(center), parts=adds)
        return Line(row.key, row.label, cells, group=group)

    def share(indicator: Indicator, part: str, whole: str) -> Line:
        cells = {
            key: Cell(value_of(indicator, found).shown, share=(part, whole))
            for key, found in numbers.items()
        }
        return Line(indicator.key, indicator.name, cells, group=OVERALL)

    lines = [
        *(counting(row) for row in _BEFORE),
        share(SETTLED_RATE, "settled", "due"),
        counting(_SUCCEEDED),
        share(SUCCESS_RATE, "succeeded", "settled"),
        *(counting(row) for row in _AFTER),
    ]
    for n, name in enumerate(sets.CATEGORIES, start=1):
        found, settled = sets.FOUND_BY[n - 1], sets.SETTLED_BY[n - 1]
        lines.append(counting(_Row(f"found_{n:02d}", "排查数", found), name))
        lines.append(counting(_Row(f"settled_{n:02d}", "调处数", settled), name))
    return Table(columns, lines)


# --- 办件统计 -------------------------------------------------------------------------------------


def handling_table(center: Center, span: Span, period: Period) -> Table:
    """What each unit was given, has in hand and has finished: compared by unit, never by person.

    Which of the work in hand was late at a past moment nobody can tell any more (`sets._late`).
    """
    year, ever = year_of(span), Span.of_days(EVER, span.last_day, span.as_of)
    this = _this(period)
    asked: tuple[tuple[str, str, Rows, Span], ...] = (
        ("new", f"{this}新增", DISPATCHED, span),
        ("new_year", "本年新增", DISPATCHED, year),
        ("new_ever", "累计新增", DISPATCHED, ever),
        ("in_hand", "期末在办", sets.WITH_THE_UNIT, span),
        ("at_work", f"{this}正常在办", sets.AT_WORK, span),
        ("late", f"{this}超期在办（含以前）", sets.AT_WORK_LATE, span),
        ("done", f"{this}正常办结", ACCEPTED_IN_TIME, span),
        ("done_late", f"{this}超期办结", ACCEPTED_LATE, span),
        ("done_year", "本年办结", ACCEPTED, year),
        ("done_ever", "累计办结", ACCEPTED, ever),
    )
    unknown = () if is_running(span) else ("at_work", "late")
    found: dict[Span, Numbers] = {}
    for _, _, _, within in asked:
        if within not in found:
            rows = [one for key, _, one, its in asked if its == within and key not in unknown]
            found[within] = counted(rows, Scope(center), within, Dimension.UNIT)
    units = Department.objects.in_bulk({pk for numbers in found.values() for pk in numbers})
    columns = [Column(key, label, is_number=True) for key, label, _, _ in asked]

    def line(pk: int | None, key: str, label: str, code: str = "") -> Line:
        cells = {}
        for column, _, rows, within in asked:
            if column in unknown:
                cells[column] = Cell("–")
                continue
            numbers = found[within]
            groups = list(numbers.values()) if pk is None else [numbers.get(pk, {})]
            n = sum(group.get(rows.key, 0) for group in groups)
            what = Counts(rows, within, unit=code)
            parts = tuple(cell_key(one.key, column) for one in lines) if pk is None else ()
            cells[column] = Cell(f"{n:,}", n, what, url=what.url(center), parts=parts)
        return Line(key, label, cells, is_total=pk is None)

    lines: list[Line] = []
    for unit in sorted(units.values(), key=lambda unit: unit.pk):
        one = line(unit.pk, f"unit-{unit.code}", unit.name, unit.code)
        if any(cell.number for cell in one.cells.values()):
            lines.append(one)
    return Table(columns, [*lines, line(None, TOTAL, "合计")], corner="单位")


def _this(period: Period) -> str:
    """本月, 本季, 本半年, 本年度, as the period is."""
    if "Q" in period.code:
        return "本季"
    if "H" in period.code:
        return "本半年"
    return "本月" if "-" in period.code else "本年度"


# --- 台账 -----------------------------------------------------------------------------------------

SILENT = "（按规定不写情况）"
NOT_OFF = "未销号"


_COLUMNS = {
    Ledger.SALIENT: [
        Column("unit", "单位"),
        Column("brief", "矛盾纠纷简要情况", free=True),
        Column("duty", "责任单位/责任人", free=True),
        Column("due", "化解时限"),
        Column("state", "化解情况", free=True),
        Column("urged", "交办督办情况", free=True),
        Column("off", "销号情况"),
    ],
    Ledger.MAJOR: [
        Column("time", "时间"),
        Column("place", "地点（单位）"),
        Column("leader", "责任领导", free=True),
        Column("duty", "责任单位"),
        Column("brief", "矛盾纠纷简况及原因", free=True),
        Column("state", "调处情况", free=True),
    ],
}


def columns_of(ledger: Ledger) -> list[Column]:
    return _COLUMNS[ledger]


def cases_on(ledger: Ledger, center: Center, period: Period) -> QuerySet[Case]:
    """The cases of a ledger, in the order of their numbers, with all that a line says of them."""
    rows: QuerySet[Case] = sets.ON_LEDGER[ledger].rows(Scope(center), span_of(period))
    leads = Assignment.objects.filter(role=Assignment.Role.LEAD).select_related("unit", "handler")
    return (
        rows.select_related("center", "unit", "type", "occurred_region")
        .annotate(times_supervised=Count("supervisions"))
        .prefetch_related(
            Prefetch("assignments", queryset=leads.order_by("pk"), to_attr="leads"),
            "former_endings",
        )
        .order_by("registered_at", "pk")
    )


def ledger_table(
    ledger: Ledger, center: Center, period: Period, cases: Sequence[Case], first: int = 1
) -> Table:
    """A line for each of these cases, numbered from `first`, with what somebody wrote instead."""
    span, columns = span_of(period), columns_of(ledger)
    said = {Ledger.SALIENT: _salient, Ledger.MAJOR: _major}[ledger]
    written = edits_of(ledger, center, period, cases)
    lines = [
        Line(
            case.number,
            str(n),
            {
                column.key: _worded(column, text, written.get(case.pk))
                for column, text in zip(columns, said(case, span), strict=True)
            },
            url=case.get_absolute_url(),
            ref=case.short_number,
        )
        for n, case in enumerate(cases, start=first)
    ]
    return Table(columns, lines, corner="序号")


def ledger_page(
    ledger: Ledger, center: Center, period: Period, params: Mapping[str, Any]
) -> tuple[Table, Page[Case]]:
    """One screen of a ledger; its numbers go on from the screens before it."""
    cases = cases_on(ledger, center, period)
    bare = sets.ON_LEDGER[ledger].rows(Scope(center), span_of(period))
    page = paginate(cases, Order("registered_at"), params, total=bare.count())
    first = 1
    if page.rows:
        top = page.rows[0]
        before = Q(registered_at__lt=top.registered_at)
        before |= Q(registered_at=top.registered_at, pk__lt=top.pk)
        first += bare.filter(before).count()
    return ledger_table(ledger, center, period, page.rows, first), page


def edits_of(
    ledger: Ledger, center: Center, period: Period, cases: Sequence[Case]
) -> dict[int, LineEdit]:
    """The latest words of people on these lines, by case."""
    rows = LineEdit.objects.filter(center=center, ledger=ledger, period=period.code, case__in=cases)
    return {row.case_id: row for row in rows.order_by("case", "-pk").distinct("case")}


def _worded(column: Column, text: str, edit: LineEdit | None) -> Cell:
    """Words as somebody has written them, beside what the case says; else what the case says."""
    if column.free and edit is not None and column.key in edit.cells:
        return Cell(edit.cells[column.key], computed=text)
    return Cell(text)


def _salient(case: Case, span: Span) -> list[str]:
    """突出矛盾纠纷台账: eight columns with the number, the last of which follows the case."""
    known = [case.center.name, brief_of(case), _duty(case), _due(case)]
    return [*known, _state(case), _urged(case), _off(case, span)]


def _major(case: Case, span: Span) -> list[str]:
    """重大矛盾纠纷排查调处情况. Who leads is written in before it is printed."""
    where = [dates.document(case.registered_at), _place(case), "", _unit(case)]
    return [*where, brief_of(case), f"{_state(case)}；{_off(case, span)}"]


def brief_of(case: Case) -> str:
    """The masked name of the case and its place; of a silent one that it exists and no more."""
    return SILENT if case.is_silent else f"{case.title}（{case.occurred_region.name}）"


def _place(case: Case) -> str:
    return SILENT if case.is_silent else f"{case.occurred_region.name}（{case.center.name}）"


def _lead(case: Case) -> Assignment | None:
    leads: list[Assignment] = vars(case)["leads"]
    return leads[-1] if leads else None


def _unit(case: Case) -> str:
    return case.unit.name if case.unit else "没有派出"


def _duty(case: Case) -> str:
    lead = _lead(case)
    handler = f"/{lead.handler.name}" if lead and lead.handler else ""
    return f"{_unit(case)}{handler}"


def _due(case: Case) -> str:
    lead = _lead(case)
    return dates.document(lead.handling_due_at) if lead else "没有派出"


def _state(case: Case) -> str:
    lead = _lead(case)
    said = f"（{Result(lead.result).label}）" if lead and lead.result else ""
    return f"{case.staff_label}{said}"


def _urged(case: Case) -> str:
    lead, times = _lead(case), vars(case)["times_supervised"]
    handed = f"{dates.document(lead.dispatched_at)}交办" if lead else "没有交办"
    return f"{handed}；督办 {times} 次" if times else handed


def _off(case: Case, span: Span) -> str:
    """销号 follows the case: struck off when it is closed, back on when it is reopened."""
    end = sets.end_of(span)
    endings = [(case.closed_at, case.closure)] if case.closed_at else []
    endings += [
        (one.closed_at, one.closure) for one in case.former_endings.all() if one.reopened_at >= end
    ]
    for closed, closure in endings:
        if closed < end:
            return f"{dates.document(clock.local(closed))}销号（{Closure(closure).label}）"
    return NOT_OFF
