"""The figures of the board: sets of the dictionary, each over a span of its own.

Nothing is counted here: a figure names a set, its span and, where there is one, the filters of the
case list that show exactly the rows of the set. A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import Enum

from cases.vocabulary import RatedBy, Risk, Stage
from orgs.models import User
from reports.counting import Params, list_url
from reports.indicators import apart, sets, standing
from reports.indicators.counting import ALL, Rows, Scope, Span, counted
from reports.indicators.links import behind_url
from zongzhi.lib import clock


@dataclass(frozen=True)
class AsOf:
    """The moment a board was counted, and the day and the month it lies in."""

    moment: datetime

    @property
    def today(self) -> datetime:
        return datetime.combine(self.moment.date(), time(), clock.SHANGHAI)

    @property
    def month(self) -> datetime:
        return self.today.replace(day=1)


class Over(Enum):
    """Over which days a figure is counted."""

    NOW = "现在"
    TODAY = "今天"
    MONTH = "本月 1 日起"

    def span(self, at: AsOf) -> Span:
        first = at.month if self is Over.MONTH else at.today
        return Span.of_days(first.date(), at.today.date(), at.moment)


@dataclass(frozen=True)
class Figure:
    """One figure: what it is called, the set it counts, over which days.

    `asks` are the filters of the list of cases behind it; without them it is the set's own list.
    """

    key: str
    name: str
    rows: Rows
    over: Over
    asks: Callable[[AsOf], Params] | None = None

    @property
    def definition(self) -> str:
        """In words, for whoever asks how it is counted."""
        over = self.over.value
        return f"{self.name}：{self.rows.said}；统计期：{over}；数据时点：看板上“数据到”的时刻"

    def span(self, at: AsOf) -> Span:
        return self.over.span(at)

    def params(self, at: AsOf) -> Params | None:
        """The filters of its list of cases, as of its moment."""
        return {**self.asks(at), "as_of": at.moment.isoformat()} if self.asks else None

    def url(self, at: AsOf) -> str:
        params = self.params(at)
        return list_url(params) if params else behind_url(self.rows, self.span(at))


def _month(at: AsOf) -> str:
    return at.month.date().isoformat()


REGISTERED_TODAY = Figure(
    "registered_today",
    "新登记 今天",
    sets.REGISTERED,
    Over.TODAY,
    lambda at: {"registered_after": at.today.date().isoformat()},
)
REGISTERED_MONTH = Figure(
    "registered_month",
    "本月登记",
    sets.REGISTERED,
    Over.MONTH,
    lambda at: {"registered_after": _month(at)},
)
IN_HAND = Figure("in_hand", "在办", sets.IN_HAND, Over.NOW, lambda at: {"open": "1"})
LATE = Figure("overdue", "超期", standing.LATE, Over.NOW, lambda at: {"overdue": "1"})
NEAR = Figure("near", "临期", standing.NEAR, Over.NOW, lambda at: {"near": "1"})
HIGH_RISK = Figure(
    "high_risk",
    "高风险",
    standing.HIGH_RISK,
    Over.NOW,
    lambda at: {"open": "1", "risk": Risk.HIGH.value},
)
TO_MEND = Figure("unhappy", "不满意待整改", standing.TO_MEND, Over.NOW, lambda at: {"unhappy": "1"})
APPROVED_MONTH = Figure(
    "approved_month",
    "本月办结",
    standing.APPROVED,
    Over.MONTH,
    lambda at: {"approved_after": _month(at)},
)
FINISHED_MONTH = Figure(
    "finished_month",
    "本月结案",
    sets.CLOSED,
    Over.MONTH,
    lambda at: {"closed_after": _month(at), "closure": "finished"},
)
RATED_MONTH = Figure(
    "rated_month",
    "本月评过",
    sets.RATED,
    Over.MONTH,
    lambda at: {"closed_after": _month(at), "closure": "finished", "satisfaction": "rated"},
)
CONTENT_MONTH = Figure(
    "content_month",
    "本月满意",
    sets.CONTENT,
    Over.MONTH,
    lambda at: {"closed_after": _month(at), "closure": "finished", "satisfaction": "content"},
)


def _rated_by(way: RatedBy) -> Figure:
    return Figure(
        f"rated_by_{way.value}",
        way.label,
        standing.RATED_BY[way],
        Over.MONTH,
        lambda at: {
            "closed_after": _month(at),
            "closure": "finished",
            "satisfaction": "rated",
            "rated_by": way.value,
        },
    )


RATED_BY = tuple(_rated_by(way) for way in RatedBy)


def _at_stage(stage: Stage) -> Figure:
    return Figure(
        f"stage_{stage.value}",
        stage.label,
        standing.AT_STAGE[stage],
        Over.NOW,
        lambda at: {"stage": stage.value},
    )


BY_STAGE = tuple(_at_stage(stage) for stage in standing.AT_STAGE)

VISITS = Figure("visits", "来访（批次）", sets.VISITS, Over.MONTH)
VISITORS = Figure("visitors", "来访（人次）", sets.VISITORS, Over.MONTH)
CONSULTATIONS = Figure("consultations", "咨询（次）", apart.CONSULTATIONS, Over.MONTH)
CONSULTED = Figure("consulted", "咨询（人次）", apart.CONSULTED, Over.MONTH)
COMING = (VISITS, VISITORS, CONSULTATIONS, CONSULTED)  # their rows are no cases

OF_CASES = (
    REGISTERED_TODAY,
    REGISTERED_MONTH,
    IN_HAND,
    LATE,
    NEAR,
    HIGH_RISK,
    TO_MEND,
    APPROVED_MONTH,
    FINISHED_MONTH,
    RATED_MONTH,
    CONTENT_MONTH,
    *RATED_BY,
)
FIGURES = (*OF_CASES, *COMING)
ON_BOARD = (*FIGURES, *BY_STAGE)


@dataclass(frozen=True)
class Counted:
    """A figure with its number and the address of its rows."""

    figure: Figure
    number: int
    url: str


def numbers_of(user: User, figures: Iterable[Figure], at: AsOf) -> dict[str, int]:
    """By their keys, as this person sees them: one query for each kind of row and span."""
    chosen = list(figures)
    numbers = {
        over: counted([one.rows for one in chosen if one.over is over], Scope(user), over.span(at))
        for over in {one.over: None for one in chosen}
    }
    return {one.key: numbers[one.over][ALL][one.rows.key] for one in chosen}


def with_lists(
    figures: Iterable[Figure], numbers: Mapping[str, int], at: AsOf
) -> dict[str, Counted]:
    """What was counted at that moment, with the lists behind it."""
    return {one.key: Counted(one, numbers[one.key], one.url(at)) for one in figures}
