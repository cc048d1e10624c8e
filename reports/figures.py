"""Every figure of the board, defined once: its name, what it counts, out of what, as of when.

A figure is a condition in SQL, so that a board is a few counting queries, and a set of filters
of the case list, so that its link shows exactly the rows it counts. A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from enum import Enum

from django.db.models import Count, Q

from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.vocabulary import DISSATISFIED, FINISHED, RatedBy, Risk, Stage
from orgs.models import User
from reports.counting import Params, list_url
from zongzhi.lib import clock

SMALL = 10  # below that a percentage says nothing: only the two numbers are shown


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


class Base(Enum):
    """The rows a figure is counted among; each has an index, and one query counts them all."""

    OPEN = "open"
    REGISTERED = "registered_at"
    APPROVED = "approved_at"
    CLOSED = "closed_at"

    def rows(self, cases: CaseQuerySet, at: AsOf) -> CaseQuerySet:
        """Open cases, or those with that moment this month."""
        if self is Base.OPEN:
            return cases.open()
        return cases.filter(**{f"{self.value}__gte": at.month})


@dataclass(frozen=True)
class Figure:
    """One figure. `counts` is its condition, `asks` the filters of the list behind it."""

    key: str
    name: str
    numerator: str
    base: Base
    counts: Callable[[AsOf], Q]
    asks: Callable[[AsOf], Params]
    denominator: str = ""
    rule: str = "看板打开的时刻"

    @property
    def definition(self) -> str:
        """In words, for whoever asks how it is counted."""
        out_of = f"；分母：{self.denominator}" if self.denominator else ""
        return f"{self.name}：{self.numerator}{out_of}；数据时点：{self.rule}"

    def url(self, at: AsOf) -> str:
        return list_url({**self.asks(at), "as_of": at.moment.isoformat()})


EVERYTHING = ~Q(pk__in=[])


def _month(at: AsOf) -> str:
    return at.month.date().isoformat()


REGISTERED_TODAY = Figure(
    "registered_today",
    "新登记 今天",
    "今天登记的事项",
    Base.REGISTERED,
    lambda at: Q(registered_at__gte=at.today),
    lambda at: {"registered_after": at.today.date().isoformat()},
)
REGISTERED_MONTH = Figure(
    "registered_month",
    "本月登记",
    "本月 1 日起登记的事项（件）",
    Base.REGISTERED,
    lambda at: EVERYTHING,
    lambda at: {"registered_after": _month(at)},
)
IN_HAND = Figure(
    "in_hand",
    "在办",
    "没有结案的事项",
    Base.OPEN,
    lambda at: EVERYTHING,
    lambda at: {"open": "1"},
)
OVERDUE = Figure(
    "overdue",
    "超期",
    "没有结案、现在该办的一步已经过了时限的事项",
    Base.OPEN,
    lambda at: Q(due_at__lt=at.moment),
    lambda at: {"overdue": "1"},
)
NEAR = Figure(
    "near",
    "临期",
    "没有结案、灯已变黄还没过时限的事项",
    Base.OPEN,
    lambda at: Q(near_at__lte=at.moment, due_at__gte=at.moment),
    lambda at: {"near": "1"},
)
HIGH_RISK = Figure(
    "high_risk",
    "高风险",
    "没有结案、风险定为高的事项",
    Base.OPEN,
    lambda at: Q(risk=Risk.HIGH),
    lambda at: {"open": "1", "risk": Risk.HIGH.value},
)
UNHAPPY = Figure(
    "unhappy",
    "不满意待整改",
    "没有结案、来访人评了不满意或正在重新办理的事项",
    Base.OPEN,
    lambda at: Q(complained_at__isnull=False) | Q(round__gt=1),
    lambda at: {"unhappy": "1"},
)
APPROVED_MONTH = Figure(
    "approved_month",
    "本月办结",
    "本月审核通过的事项",
    Base.APPROVED,
    lambda at: EVERYTHING,
    lambda at: {"approved_after": _month(at)},
)
FINISHED_MONTH = Figure(
    "finished_month",
    "本月结案",
    "本月结案、有办理结果的事项（撤回、不予受理、并案、移送不算）",
    Base.CLOSED,
    lambda at: Q(closure__in=FINISHED),
    lambda at: {"closed_after": _month(at), "closure": "finished"},
)
RATED_MONTH = Figure(
    "rated_month",
    "本月评过",
    "本月结案、有办理结果、来访人评过的事项（没评的不算）",
    Base.CLOSED,
    lambda at: Q(closure__in=FINISHED) & ~Q(satisfaction=""),
    lambda at: {"closed_after": _month(at), "closure": "finished", "satisfaction": "rated"},
)
CONTENT_MONTH = Figure(
    "content_month",
    "本月满意",
    "其中评了非常满意、满意或基本满意的事项",
    Base.CLOSED,
    lambda at: Q(closure__in=FINISHED) & ~Q(satisfaction__in=("", *DISSATISFIED)),
    lambda at: {"closed_after": _month(at), "closure": "finished", "satisfaction": "content"},
    denominator="本月评过的事项；少于 10 件不算百分比",
)


def _rated_by(way: RatedBy) -> Figure:
    return Figure(
        f"rated_by_{way.value}",
        way.label,
        f"本月评过的事项里，{_WAYS[way]}",
        Base.CLOSED,
        lambda at: Q(closure__in=FINISHED, rated_by=way) & ~Q(satisfaction=""),
        lambda at: {**RATED_MONTH.asks(at), "rated_by": way.value},
        denominator="本月评过的事项",
    )


_WAYS = {
    RatedBy.SCAN: "来访人自己扫码评的",
    RatedBy.TABLET: "在窗口登录着的平板或电脑上评的",
    RatedBy.STAFF: "工作人员回访（电话、短信、上门）后记下的",
}
RATED_BY = tuple(_rated_by(way) for way in RatedBy)


def _at_stage(stage: Stage) -> Figure:
    return Figure(
        f"stage_{stage.value}",
        stage.label,
        f"没有结案、现在在“{stage.label}”这一步的事项",
        Base.OPEN,
        lambda at: Q(stage=stage),
        lambda at: {"stage": stage.value},
    )


BY_STAGE = tuple(_at_stage(stage) for stage in Stage if stage is not Stage.CLOSED)

FIGURES = (
    REGISTERED_TODAY,
    REGISTERED_MONTH,
    IN_HAND,
    OVERDUE,
    NEAR,
    HIGH_RISK,
    UNHAPPY,
    APPROVED_MONTH,
    FINISHED_MONTH,
    RATED_MONTH,
    CONTENT_MONTH,
    *RATED_BY,
)


@dataclass(frozen=True)
class Counted:
    """A figure with its number and the address of its rows."""

    figure: Figure
    number: int
    url: str


def count(user: User, figures: Iterable[Figure], at: AsOf) -> dict[str, Counted]:
    """The figures as this person sees them: one query for each base among them."""
    chosen = list(figures)
    cases = Case.objects.visible_to(user)
    numbers: dict[str, int] = {}
    for base in {figure.base: None for figure in chosen}:
        asked = {
            figure.key: Count("pk", filter=figure.counts(at))
            for figure in chosen
            if figure.base is base
        }
        numbers |= base.rows(cases, at).aggregate(**asked)
    return {f.key: Counted(f, numbers[f.key], f.url(at)) for f in chosen}


def percent(part: int, whole: int) -> str:
    """「92%」, rounded half up; nothing where the whole is too small to say so."""
    return f"{(200 * part + whole) // (2 * whole)}%" if whole >= SMALL else ""
