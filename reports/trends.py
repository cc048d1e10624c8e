"""The board beyond today: compared with before, along a year, by type, place, source and step.

All of it is counted among what the reader sees, a few minutes ago; every number leads to its list
as of that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orgs.models import User
from reports.charts import Lines, lines_of
from reports.figures import Counted
from reports.indicators.counting import ALL, Dimension, Numbers, Rows, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, Value, value_of
from reports.indicators.links import behind_url
from reports.indicators.measured import names_of
from reports.indicators.series import (
    Series,
    Step,
    months_back,
    point_span,
    same_day,
    series,
)
from reports.indicators.sets import CLOSED, CONTENT, IN_HAND, RATED, REGISTERED
from reports.indicators.standing import APPROVED
from reports.remembered import Remembered

MONTHS = 12
SHOWN = 8
DAYS = 30
CONTENT_RATE = BY_KEY["content_rate"]


@dataclass(frozen=True)
class Cell:
    """A number of some span and its list; a share has two of each."""

    value: Value
    url: str
    out_of_url: str = ""


@dataclass(frozen=True)
class Against:
    """A number beside the same of the last period and of a year ago."""

    name: str
    what: str  # which moment or span, in words
    now: Cell
    before: Cell
    year_ago: Cell

    @property
    def than_before(self) -> str:
        return change(self.now.value, self.before.value)

    @property
    def than_year_ago(self) -> str:
        return change(self.now.value, self.year_ago.value)


def change(now: Value, then: Value) -> str:
    """「↑2」, 「↓3」, 「持平」; of shares only where both may be shown as a percentage."""
    if now.whole is None or then.whole is None:
        difference = now.part - then.part
        return f"{'↑' if difference > 0 else '↓'}{abs(difference):,}" if difference else "持平"
    if not (now.percent and then.percent) or now.share is None or then.share is None:
        return ""
    points = round((now.share - then.share) * 1000)
    said = f"{abs(points) // 10}.{abs(points) % 10} 个百分点"
    return f"{'↑' if points > 0 else '↓'}{said}" if points else "持平"


@dataclass(frozen=True)
class Bar:
    name: str
    number: int
    url: str


@dataclass(frozen=True)
class Bars:
    """A table with a bar in each row."""

    title: str
    said: str
    rows: tuple[Bar, ...]
    rest: int = 0  # how many rows more there are

    @property
    def most(self) -> int:
        return max((row.number for row in self.rows), default=0) or 1


@dataclass(frozen=True)
class Month:
    name: str
    registered: Bar
    closed: Bar


@dataclass(frozen=True)
class Trends:
    """Everything of the board that may be a few minutes old."""

    at: datetime
    against: tuple[Against, ...]
    chart: Lines
    months: tuple[Month, ...]
    bars: tuple[Bars, ...]


Named = dict[Any, tuple[str, str]]  # code and name of each group


@dataclass(frozen=True)
class _Numbers:
    """What was counted, and what the groups are called; links are made anew for every page."""

    spans: dict[str, dict[str, int]]
    months: Series
    groups: dict[Dimension, Numbers]
    names: dict[Dimension, Named]


def trends_of(counted_last: Remembered, stages: Iterable[Counted]) -> Trends:
    """What lies behind today, as it was counted last; the steps it is at now come with the rest."""
    moment, numbers = counted_last
    spans = spans_at(moment)
    months = _months(numbers.months, spans["year"])
    return Trends(
        at=moment,
        against=tuple(_against(numbers.spans, spans)),
        chart=_chart(months),
        months=months,
        bars=(*_bars(numbers, spans["days"]), _stages(stages)),
    )


def spans_at(now: datetime) -> dict[str, Span]:
    """This period and the ones it is compared with, each up to the same time of day."""
    today = now.date()
    month = today.replace(day=1)
    past = {
        "yesterday": today - timedelta(days=1),
        "day_year": same_day(today, months_back(month, MONTHS)),
        "month_before": same_day(today, months_back(month, 1)),
        "month_year": same_day(today, months_back(month, MONTHS)),
    }
    spans = {
        "today": Span.of_days(today, today, now),
        "month": Span.of_days(month, today, now),
        "year": Span.of_days(months_back(month, MONTHS - 1), today, now),
        "days": Span.of_days(today - timedelta(days=DAYS - 1), today, now),
    }
    for name, day in past.items():
        first = day.replace(day=1) if name.startswith("month") else day
        spans[name] = Span.of_days(first, day, datetime.combine(day, now.timetz()))
    return spans


def count(user: User, now: datetime) -> _Numbers:
    """All of it that depends on what this person sees."""
    spans, scope = spans_at(now), Scope(user)
    monthly = (REGISTERED, APPROVED, CLOSED, RATED, CONTENT, IN_HAND)
    wanted: dict[str, Sequence[Rows]] = {
        "today": (REGISTERED,),
        "yesterday": (REGISTERED,),
        "day_year": (REGISTERED,),
        "month": monthly,
        "month_before": monthly,
        "month_year": monthly,
    }
    by = (Dimension.TYPE, Dimension.TOWN, Dimension.CENTER, Dimension.SOURCE)
    groups = {one: counted([REGISTERED], scope, spans["days"], one) for one in by}
    return _Numbers(
        {name: counted(sets, scope, spans[name])[ALL] for name, sets in wanted.items()},
        series((REGISTERED, CLOSED), scope, spans["year"], Step.MONTH),
        groups,
        {one: names_of(one, found) for one, found in groups.items()},
    )


def _against(found: dict[str, dict[str, int]], spans: dict[str, Span]) -> list[Against]:
    lines = [("今天登记", "到现在；昨天、去年今天到同一时刻", "registered", "today")]
    lines += [
        (name, words, key, "month")
        for name, words, key in (
            ("本月登记", "1 日起；上月、去年同月到同一天", "registered"),
            ("本月办结", "审核通过的", "approved"),
            ("本月结案", "有办理结果的", "closed"),
            ("在办", "现在；上月、去年今天没有结案的", "in_hand"),
            ("本月满意率", "评过的里面", "content_rate"),
        )
    ]
    before = {"today": ("yesterday", "day_year"), "month": ("month_before", "month_year")}
    rows = []
    for name, words, key, period in lines:
        cells = [_cell(key, found[one], spans[one]) for one in (period, *before[period])]
        rows.append(Against(name, words, *cells))
    return rows


_PLAIN = {rows.key: rows for rows in (REGISTERED, APPROVED, CLOSED, IN_HAND)}


def _cell(key: str, found: dict[str, int], span: Span) -> Cell:
    if key in _PLAIN:
        rows = _PLAIN[key]
        value = Value(BY_KEY["registered"], found.get(rows.key, 0))
        return Cell(value, behind_url(rows, span))
    links = [behind_url(rows, span) for rows in CONTENT_RATE.sets]
    return Cell(value_of(CONTENT_RATE, found), *links)


def _months(found: Series, year: Span) -> tuple[Month, ...]:
    rows = []
    for first, numbers in found.items():
        span = point_span(first, Step.MONTH, year)
        name = f"{first.year}年{first.month}月"
        bars = [
            Bar(name, numbers[rows.key], behind_url(rows, span)) for rows in (REGISTERED, CLOSED)
        ]
        rows.append(Month(name, *bars))
    return tuple(rows)


def _chart(months: Sequence[Month]) -> Lines:
    came = [month.registered.number for month in months]
    went = [month.closed.number for month in months]
    said = (
        f"{months[0].name}到{months[-1].name}每月登记和结案的件数："
        f"登记最多 {max(came)} 件、最少 {min(came)} 件，"
        f"结案最多 {max(went)} 件、最少 {min(went)} 件"
    )
    names = [month.name.partition("年")[2] for month in months]
    return lines_of(said, names, (("登记", came), ("结案", went)), width=720, height=220)


def _bars(numbers: _Numbers, span: Span) -> list[Bars]:
    """By type, by place and by source; of one town only, its centres instead."""
    groups, names = numbers.groups, numbers.names
    towns = {key for key, found in groups[Dimension.TOWN].items() if found[REGISTERED.key]}
    place = Dimension.TOWN if len(towns) > 1 else Dimension.CENTER
    titles = {
        Dimension.TYPE: f"类型前 {SHOWN}（近 {DAYS} 天登记）",
        place: f"{'镇街' if place is Dimension.TOWN else '中心'}分布（近 {DAYS} 天登记）",
        Dimension.SOURCE: f"从哪里来（近 {DAYS} 天登记）",
    }
    return [_group(title, by, groups[by], names[by], span) for by, title in titles.items()]


def _group(title: str, by: Dimension, found: Numbers, named: Named, span: Span) -> Bars:
    order = sorted(found, key=lambda key: (-found[key][REGISTERED.key], named[key]))
    most = SHOWN if by is Dimension.TYPE else len(order)
    rows = [_bar(by, named[key], found[key], span) for key in order if found[key][REGISTERED.key]]
    return _said(title, rows[:most], rest=len(rows[most:]))


def _bar(by: Dimension, named: tuple[str, str], numbers: dict[str, int], span: Span) -> Bar:
    code, name = named
    group: dict[str, Any] = {by.value: code}
    return Bar(name, numbers[REGISTERED.key], behind_url(REGISTERED, span, **group))


def _said(title: str, rows: Sequence[Bar], rest: int = 0) -> Bars:
    said = "，".join(f"{row.name} {row.number} 件" for row in rows) or "没有"
    return Bars(title, f"{title}：{said}", tuple(rows), rest)


def _stages(found: Iterable[Counted]) -> Bars:
    """在办 by the step it is at, as it stood when the board was counted: lists of cases."""
    rows = [Bar(one.figure.name, one.number, one.url) for one in found]
    return _said("在办的到了哪一步", rows)
