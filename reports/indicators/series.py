"""The same sets along time: how many rows fall on each day or in each month of a span."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum

from django.db.models import Count
from django.db.models.functions import TruncDate, TruncMonth

from reports.indicators.counting import Rows, Scope, Span
from zongzhi.lib import clock

Series = dict[date, dict[str, int]]


class Step(Enum):
    """What one point of a line stands for."""

    DAY = "day"
    MONTH = "month"


def series(sets: Iterable[Rows], scope: Scope, span: Span, step: Step) -> Series:
    """One query for each set, however long the span. Points without a row say 0."""
    found: Series = {day: {} for day in firsts(span, step)}
    for rows in sets:
        cut = TruncDate if step is Step.DAY else TruncMonth
        point = cut(rows.at) if rows.is_date else cut(rows.at, tzinfo=clock.SHANGHAI)
        lines = rows.rows(scope, span).order_by().annotate(point=point).values("point")
        counted = {_day(line["point"]): line["n"] for line in lines.annotate(n=Count("pk"))}
        for day, numbers in found.items():
            numbers[rows.key] = counted.get(day, 0)
    return found


def point_span(first: date, step: Step, as_of: Span) -> Span:
    """The span of one point: what its list is asked for with."""
    last = first if step is Step.DAY else first.replace(day=days_in(first))
    return Span.of_days(first, last, as_of.as_of)


def firsts(span: Span, step: Step) -> Iterator[date]:
    """The first day of every point of a span."""
    day = span.first_day if step is Step.DAY else span.first_day.replace(day=1)
    while day <= span.last_day:
        yield day
        day += timedelta(days=1 if step is Step.DAY else days_in(day))


def days_in(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def months_back(month: date, number: int) -> date:
    """The first day of the month so many months before."""
    index = month.year * 12 + month.month - 1 - number
    return date(index // 12, index % 12 + 1, 1)


def same_day(day: date, month: date) -> date:
    """That day of another month; its last where it has no such day."""
    return month.replace(day=min(day.day, days_in(month)))


def _day(point: date) -> date:
    return point.date() if hasattr(point, "date") else point
