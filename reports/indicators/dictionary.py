"""指标词典: what is measured, out of what, as of when, how it is rounded, and where that is from.

Shares are kept as two numbers and rounded only to be shown: half up, to one decimal of a percent.
Where the whole is smaller than `SMALL`, no percentage is shown (`ux.md` §2.13).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, QuerySet

from cases.models import Assignment, Case, Visit
from cases.vocabulary import DISSATISFIED, FINISHED, Closure
from dispatch.models import Mark, Return
from mediation.models import Mediation
from reports.indicators.counting import Rows

SMALL = 10


@dataclass(frozen=True)
class Indicator:
    """A number, or a share of one set in another that holds it."""

    key: str
    name: str
    top: Rows
    out_of: Rows | None = None
    group: str = "办理"
    as_of: str = "统计期最后一刻；还没到的，到打开的时刻"
    source: str = ""
    better: int = 1  # 1: more is better, -1: less is better, 0: neither

    @property
    def rounding(self) -> str:
        return "百分数保留一位小数，四舍五入；分母不到 10 不算" if self.out_of else "整数，不取舍"

    @property
    def definition(self) -> str:
        """In words, for whoever asks how it is counted."""
        out_of = f"；分母：{self.out_of.name}" if self.out_of else ""
        return f"{self.name}：{self.top.name}{out_of}；时点：{self.as_of}；{self.rounding}"

    @property
    def sets(self) -> tuple[Rows, ...]:
        return (self.top,) if self.out_of is None else (self.top, self.out_of)


@dataclass(frozen=True)
class Value:
    """What an indicator comes to; `whole` is None for a plain number."""

    indicator: Indicator
    part: int
    whole: int | None = None

    @property
    def share(self) -> Fraction | None:
        """Exactly; nothing where there is nothing to be a share of."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> str:
        """「92.3%」; nothing while the whole is too small to say so."""
        if self.share is None or (self.whole or 0) < SMALL:
            return ""
        return percent_of(self.share)

    @property
    def shown(self) -> str:
        """「92.3%（12/13）」, 「3/4」 of few, 「83」 of a plain number, 「–」 of nothing."""
        if self.whole is None:
            return f"{self.part:,}"
        if not self.whole:
            return "–"
        counts = f"{self.part}/{self.whole}"
        return f"{self.percent}（{counts}）" if self.percent else counts


def percent_of(share: Fraction) -> str:
    """To one decimal, half up: 17.6/18.2 is 96.7 %, whatever others print."""
    tenths = (share * 2000 + 1) // 2
    return f"{tenths // 10}.{tenths % 10}%"


def value_of(indicator: Indicator, numbers: dict[str, int] | None) -> Value:
    """From what `counted` found for one group."""
    found = numbers or {}
    whole = None if indicator.out_of is None else found.get(indicator.out_of.key, 0)
    return Value(indicator, found.get(indicator.top.key, 0), whole)


# --- sets -----------------------------------------------------------------------------------------


def _cases() -> QuerySet[Any]:
    return Case.objects.all()


def _parts() -> QuerySet[Any]:
    return Assignment.objects.filter(role=Assignment.Role.LEAD)


def _visits() -> QuerySet[Any]:
    return Visit.objects.all()


_FINISHED = Q(closure__in=FINISHED)

REGISTERED = Rows("registered", "本期登记的事项", _cases, "registered_at")
VISITS = Rows("visits", "本期来访（含再次来访）", _visits, "at", case="case", unit="case__unit")
VISITORS = Rows(
    "visitors",
    "本期来访的人数相加",
    _visits,
    "at",
    case="case",
    unit="case__unit",
    total="visitors",
)
REVISITS = Rows(
    "revisits",
    "其中为已登记的事项再次来访的",
    _visits,
    "at",
    lambda span: Q(at__gt=F("case__registered_at")),
    case="case",
    unit="case__unit",
)
CLAIM_DUE = Rows(
    "claim_due",
    "本期到了签收期限的主办派出（撤回的不算）",
    _parts,
    "claim_due_at",
    lambda span: ~Q(ending=Assignment.Ending.RECALLED),
    case="case",
)
CLAIMED_IN_TIME = Rows(
    "claimed_in_time",
    "其中在期限前签收的",
    _parts,
    "claim_due_at",
    lambda span: ~Q(ending=Assignment.Ending.RECALLED) & Q(claimed_at__lte=F("claim_due_at")),
    case="case",
)
ACCEPTED = Rows(
    "accepted",
    "本期审核通过的主办",
    _parts,
    "ended_at",
    lambda span: Q(ending=Assignment.Ending.APPROVED),
    case="case",
    facts=(("办理期限", "handling_due_at"), ("反馈", "reported_at")),
)
ACCEPTED_IN_TIME = Rows(
    "accepted_in_time",
    "其中最后一次反馈没有超过办理期限的",
    _parts,
    "ended_at",
    lambda span: Q(ending=Assignment.Ending.APPROVED) & Q(reported_at__lte=F("handling_due_at")),
    case="case",
    facts=(("办理期限", "handling_due_at"), ("反馈", "reported_at")),
)
CLOSED = Rows(
    "closed",
    "本期结案、有办理结果的事项（撤回、不予受理、并案、移送不算）",
    _cases,
    "closed_at",
    lambda span: _FINISHED,
)
SUBSTANTIVE = Rows(
    "substantive",
    "其中结案方式是实质性的",
    _cases,
    "closed_at",
    lambda span: Q(closure=Closure.SUBSTANTIVE),
)
RATED = Rows(
    "rated", "其中来访人评过的", _cases, "closed_at", lambda span: _FINISHED & ~Q(satisfaction="")
)
CONTENT = Rows(
    "content",
    "其中评了非常满意、满意或基本满意的",
    _cases,
    "closed_at",
    lambda span: _FINISHED & ~Q(satisfaction__in=("", *DISSATISFIED)),
)
REDONE = Rows(
    "redone", "其中办了第二次以上的", _cases, "closed_at", lambda span: _FINISHED & Q(round__gt=1)
)
IN_HAND = Rows(
    "in_hand",
    "统计期末没有结案的事项",
    _cases,
    "",
    lambda span: (
        Q(registered_at__lt=span.until, registered_at__lte=span.as_of)
        & (Q(closed_at=None) | Q(closed_at__gte=span.until) | Q(closed_at__gt=span.as_of))
    ),
)


def _rulings() -> QuerySet[Any]:
    return Return.objects.exclude(ruling="")


RULED = Rows(
    "ruled",
    "本期裁定的退回",
    _rulings,
    "ruled_at",
    case="case",
    unit="assignment__unit",
)
UPHELD = Rows(
    "upheld",
    "其中维持原派的",
    _rulings,
    "ruled_at",
    lambda span: Q(ruling=Return.Ruling.UPHOLD),
    case="case",
    unit="assignment__unit",
)


def _marks() -> QuerySet[Any]:
    return Mark.objects.filter(revoked_at=None)


YELLOW = Rows(
    "yellow",
    "本期记的黄牌（取消的不算）",
    _marks,
    "at",
    lambda span: Q(color=Mark.Color.YELLOW),
    case="case",
)
RED = Rows(
    "red",
    "本期记的红牌（取消的不算）",
    _marks,
    "at",
    lambda span: Q(color=Mark.Color.RED),
    case="case",
)


def _mediations() -> QuerySet[Any]:
    return Mediation.objects.all()


MEDIATED = Rows("mediated", "本期结束的调解", _mediations, "ended_on", case="case", is_date=True)
AGREED = Rows(
    "agreed",
    "其中达成协议的",
    _mediations,
    "ended_on",
    lambda span: Q(ending=Mediation.Ending.AGREED),
    case="case",
    is_date=True,
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator("registered", "登记（件）", REGISTERED, group="来源", better=0),
    Indicator("visits", "批次", VISITS, group="来源", better=0, source="domain §1.7"),
    Indicator("visitors", "人次", VISITORS, group="来源", better=0, source="domain §1.7"),
    Indicator("claim_rate", "及时签收率", CLAIMED_IN_TIME, CLAIM_DUE),
    Indicator("on_time_rate", "按期办结率", ACCEPTED_IN_TIME, ACCEPTED),
    Indicator("substantive_rate", "实质化解率", SUBSTANTIVE, CLOSED),
    Indicator("mediation_rate", "调解成功率", AGREED, MEDIATED, group="调解"),
    Indicator("rated_rate", "参评率", RATED, CLOSED, group="评价", source="国信发〔2022〕11 号"),
    Indicator("content_rate", "满意率", CONTENT, RATED, group="评价", source="国信发〔2022〕11 号"),
    Indicator("upheld_rate", "退回被驳回率", UPHELD, RULED, better=-1),
    Indicator("redone_rate", "重办率", REDONE, CLOSED, better=-1),
    Indicator("revisit_rate", "重复来访率", REVISITS, VISITS, group="来源", better=-1),
    Indicator("yellow", "黄牌", YELLOW, better=-1),
    Indicator("red", "红牌", RED, better=-1),
    Indicator("in_hand", "在办", IN_HAND, better=0),
)
BY_KEY = {one.key: one for one in INDICATORS}
SETS = {rows.key: rows for one in INDICATORS for rows in one.sets}
