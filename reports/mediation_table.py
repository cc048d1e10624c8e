"""人民调解统计 of a centre: by level like the other tables, to be kept and corrected like them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from mediation import statistics
from mediation.models import AgreementTerm
from orgs.models import Center
from reports.indicators.counting import ALL, Dimension, Numbers, Scope, Span, counted
from reports.indicators.mediation_sets import AGREED, DONE, MEDIATION_SETS, key
from reports.levels import SUM, YEAR, columns_of, levels_of, year_of
from reports.tables import Cell, Counts, Line, Table, cell_key


def mediation_table(center: Center, span: Span) -> Table:
    """A line for each official column, in its order; 各类别 adds up to 调解总数."""
    found = {
        **_by_level(center, span),
        YEAR: counted(MEDIATION_SETS.values(), Scope(center), year_of(span)).get(ALL, {}),
    }
    of_types = _types(center, span)
    money = _money(center, span)
    levels = [level.value for level in levels_of(center)]

    def cell(figure: statistics.Figure, column: str) -> Cell:
        within = "" if column in (SUM, YEAR) else column
        asked = year_of(span) if column == YEAR else span
        kind = figure.code.removeprefix("type-") if figure.group == statistics.TYPE else ""
        rows = DONE if kind else MEDIATION_SETS[key(figure.code)]
        what = Counts(rows, asked, level=within, type=kind)
        if figure.code == "amount":
            text = statistics.Value(figure, money.get(column, Decimal(0))).shown
            return Cell(text, counts=what, url=what.url(center))
        n = of_types[column].get(kind, 0) if kind else found[column].get(rows.key, 0)
        parts = tuple(cell_key(figure.code, level) for level in levels)
        adds = parts if column == SUM else ()
        return Cell(f"{n:,}", n, what, url=what.url(center), parts=adds)

    columns = columns_of(center)
    lines = [
        Line(
            figure.code,
            f"{figure.label}（{figure.unit}）",
            {column.key: cell(figure, column.key) for column in columns},
            group=figure.group,
        )
        for figure in statistics.figures()
    ]
    return Table(columns, lines)


def _by_level(center: Center, span: Span) -> Numbers:
    found = counted(MEDIATION_SETS.values(), Scope(center), span, Dimension.LEVEL)
    sums = {
        name: sum(numbers.get(name, 0) for numbers in found.values()) for name in MEDIATION_SETS
    }
    return {level.value: found.get(level.value, {}) for level in levels_of(center)} | {SUM: sums}


def _types(center: Center, span: Span) -> dict[str, dict[str, int]]:
    """By column and code of the type; one query for the span and one for the year."""
    made: dict[str, dict[str, int]] = {c.key: {} for c in columns_of(center)}
    for within, year in ((span, False), (year_of(span), True)):
        rows = DONE.rows(Scope(center), within)
        for level, code in rows.values_list("case__center__level", "case__type__code"):
            for column in (YEAR,) if year else (level, SUM):
                made[column][code] = made[column].get(code, 0) + 1
    return made


def _money(center: Center, span: Span) -> dict[str, Decimal]:
    """协议涉及金额, by column."""
    made: dict[str, Decimal] = {}
    for within, year in ((span, False), (year_of(span), True)):
        agreed = AGREED.rows(Scope(center), within)
        terms = AgreementTerm.objects.filter(agreement__in=agreed.values("pk")).order_by()
        by_level = terms.values_list("agreement__mediation__case__center__level")
        for level, amount in by_level.annotate(n=Sum("amount")):
            for column in (YEAR,) if year else (level, SUM):
                made[column] = made.get(column, Decimal(0)) + (amount or 0)
    return made
