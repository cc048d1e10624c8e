"""指标词典: what is measured, out of what, as of when, how it is rounded, and where that is from.

Shares are kept as two numbers and rounded only to be shown: half up, to one decimal of a percent.
Where the whole is smaller than `SMALL`, no percentage is shown (`ux.md` §2.13).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.indicators import apart, sets
from reports.indicators.counting import Dimension, Rows

SMALL = 10
AT_THE_END = "统计期最后一刻；还没到的，到打开的时刻"
AT_CLOSING = f"{AT_THE_END}。后来重新办理的，原来那次结案不再算"
AT_RATING = f"{AT_CLOSING}；结案以后评的，随到随算"
NOW_ONLY = "打开的时刻。延期、暂停、退回补正会改期限，过去的时刻复原不了，所以只数现在"
AT_THE_LIMIT = (
    f"{AT_THE_END}；按期限到的那天算进哪一期，不按办结的那天，难办的拖着不办也算在分母里；"
    "延期、暂停、退回补办会改期限，以打开时的期限为准"
)
AT_ENTRY = f"{AT_THE_END}；收案数随录随算"
STEPS_NOW = f"{AT_THE_END}；环节超没超时限以打开时记下的为准"
OWN_NOW = f"{STEPS_NOW}，谁在处置也是"


@dataclass(frozen=True)
class Indicator:
    """A number, or a share of one set in another that holds it."""

    key: str
    name: str
    top: Rows
    out_of: Rows | None = None
    group: str = "办理"
    as_of: str = AT_THE_END
    source: str = ""
    better: int = 1  # 1: more is better, -1: less is better, 0: neither
    instead: Rows | None = None  # what is said while there is no whole
    lacking: str = ""  # and why there is none

    @property
    def rounding(self) -> str:
        return "百分数保留一位小数，四舍五入；分母不到 10 不算" if self.out_of else "整数，不取舍"

    @property
    def definition(self) -> str:
        """In words, for whoever asks how it is counted."""
        said = f"{self.top.name}；分母：{self.out_of.said}" if self.out_of else self.top.said
        return f"{self.name}：{said}；时点：{self.as_of}；{self.rounding}"

    @property
    def better_said(self) -> str:
        return {1: "多的好", -1: "少的好", 0: "不分好坏"}[self.better]

    @property
    def sets(self) -> tuple[Rows, ...]:
        return (self.top,) if self.out_of is None else (self.top, self.out_of)

    @property
    def every_set(self) -> tuple[Rows, ...]:
        return self.sets if self.instead is None else (*self.sets, self.instead)

    def has(self, dimension: Dimension) -> bool:
        """Whether a table by this dimension says anything of it."""
        return all(rows.column(dimension) for rows in self.sets)


@dataclass(frozen=True)
class Value:
    """What an indicator comes to; `whole` is None for a plain number."""

    indicator: Indicator
    part: int
    whole: int | None = None
    instead: int | None = None  # the plain number beside a share that has no whole

    @property
    def share(self) -> Fraction | None:
        """Exactly; nothing where there is nothing to be a share of."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> str:
        """「92.3%」; nothing while the whole is too small to say so."""
        return percent(self.part, self.whole or 0)

    @property
    def shown(self) -> str:
        """「92.3%（12/13）」, 「3/4」 of few, 「83」 of a plain number, 「–」 of nothing."""
        if self.whole is None:
            return f"{self.part:,}"
        if not self.whole and self.instead is not None:
            return f"–（{self.instead} 件，{self.indicator.lacking}）"
        if not self.whole:
            return "–"
        counts = f"{self.part}/{self.whole}"
        return f"{self.percent}（{counts}）" if self.percent else counts


def percent(part: int, whole: int) -> str:
    """The one way to say a share: 「92.3%」; nothing where the whole is too small to say so."""
    return percent_of(Fraction(part, whole)) if whole >= SMALL else ""


def percent_of(share: Fraction) -> str:
    """To one decimal, half up: 17.6/18.2 is 96.7 %, whatever others print."""
    tenths = (share * 2000 + 1) // 2
    return f"{tenths // 10}.{tenths % 10}%"


def value_of(indicator: Indicator, numbers: dict[str, int] | None) -> Value:
    """From what `counted` found for one group."""
    found = numbers or {}
    whole = None if indicator.out_of is None else found.get(indicator.out_of.key, 0)
    instead = found.get(indicator.instead.key, 0) if indicator.instead else None
    return Value(indicator, found.get(indicator.top.key, 0), whole, instead)


# --- what they are said to be by, where it is not this house's own ---------------------------

HOUSE = "本系统的口径"
LAW_PETITION = (
    "国信发〔2022〕11 号《信访事项办理群众满意度评价工作办法（试行）》：参评率和满意率分开算"
)
LAW_MEDIATION = "《人民调解法》第三十一条：督促履行"
LAW_CONFIRMATION = "《人民调解法》第三十三条；《民事诉讼法》第二百零五条、第二百零六条"
COURT = (
    f"{HOUSE}：诉前委派 ÷ 法院收案数。秦安县公布过诉前分流率 39.5%，没有公布怎么算；"
    "各地法院有按立案数算的，和这里不能比"
)
COUNTING = "件、批次、人次是三个数：批次是来访登记次数，人次是各批次到场人数之和，件是事项"
HOTLINE = "12345 考核的通行口径（榆林：及时接收率、回退率、重办率、按时办结率）"
PETITIONS = "信访业务考核的通行口径（达川区细则）"
TOWNS = "镇村化解占比，东至县公布的口径"
CARDS = "综治信息系统的通行口径；牌记在单位名下；扣不扣分、扣几分，看评分方案"

HANDLED = (
    "酒泉公布办结率 98.6%，没有公布怎么算；本系统按派出算：派出的里面，到统计期末审核通过了多少"
)
GRIDS = f"{HOUSE}：按镇街、网格看，不按人"
OF_GRIDS = (
    f"{GRIDS}。只看办得怎么样，不看报了多少（国办函〔2026〕12 号）；当场办了的不算，报得多不加分"
)

ARRIVING, DOING, MEDIATING, RATING = "来源", "办理", "调解", "评价"
IN_GRIDS = "网格事件"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "registered", "登记（件）", sets.REGISTERED, group=ARRIVING, better=0, source=COUNTING
    ),
    Indicator("visits", "来访（批次）", sets.VISITS, group=ARRIVING, better=0, source=COUNTING),
    Indicator("visitors", "来访（人次）", sets.VISITORS, group=ARRIVING, better=0, source=COUNTING),
    Indicator(
        "revisit_rate",
        "重复来访率",
        sets.REVISITS,
        sets.VISITS,
        group=ARRIVING,
        better=-1,
        source=f"{PETITIONS}；同一事项再次来访",
    ),
    Indicator(
        "escalation_rate", "提级率", sets.ESCALATED, sets.REGISTERED, better=-1, source=HOUSE
    ),
    Indicator("dispatched", "接件", sets.DISPATCHED, better=0, source=HOUSE),
    Indicator("claim_rate", "及时签收率", sets.CLAIMED_IN_TIME, sets.CLAIM_DUE, source=HOTLINE),
    Indicator("accepted", "办结（件）", sets.ACCEPTED, better=0, source=HOUSE),
    Indicator(
        "done_rate",
        "办结率",
        sets.DISPATCHED_AND_DONE,
        sets.DISPATCHED,
        source=HANDLED,
    ),
    Indicator(
        "on_time_rate",
        "按期办结率",
        sets.REPORTED_IN_TIME,
        sets.HANDLING_DUE,
        as_of=AT_THE_LIMIT,
        source=f"{HOTLINE}；办理到反馈为止，中心审核用的时间不算单位的",
    ),
    Indicator("on_time_done", "按期办结（件）", sets.ACCEPTED_IN_TIME, source=HOUSE),
    Indicator("overdue_done", "超期办结", sets.ACCEPTED_LATE, better=-1, source=HOUSE),
    Indicator("in_hand", "在办", sets.IN_HAND, better=0, source=HOUSE),
    Indicator(
        "overdue_in_hand", "超期在办", sets.OVERDUE_NOW, better=-1, as_of=NOW_ONLY, source=HOUSE
    ),
    Indicator("closed", "结案（件）", sets.CLOSED, as_of=AT_CLOSING, better=0, source=HOUSE),
    Indicator(
        "substantive_rate",
        "实质化解率",
        sets.SUBSTANTIVE,
        sets.CLOSED,
        as_of=AT_CLOSING,
        source=f"{HOUSE}：单位反馈解决了、来访人没有否认才算",
    ),
    Indicator(
        "at_once_rate", "一次性化解率", sets.AT_ONCE, sets.CLOSED, as_of=AT_CLOSING, source=HOUSE
    ),
    Indicator(
        "local_share",
        "镇村化解占比",
        sets.SETTLED_BELOW,
        sets.SUBSTANTIVE,
        as_of=AT_CLOSING,
        better=0,
        source=TOWNS,
    ),
    Indicator(
        "town_share",
        "镇级化解占比",
        sets.SETTLED_IN_TOWN,
        sets.SUBSTANTIVE,
        as_of=AT_CLOSING,
        better=0,
        source=TOWNS,
    ),
    Indicator(
        "village_share",
        "村级化解占比",
        sets.SETTLED_IN_VILLAGE,
        sets.SUBSTANTIVE,
        as_of=AT_CLOSING,
        better=0,
        source=TOWNS,
    ),
    Indicator("upheld_rate", "退回被驳回率", sets.UPHELD, sets.RULED, better=-1, source=HOTLINE),
    Indicator(
        "redone_rate",
        "重办率",
        sets.REDONE,
        sets.CLOSED,
        as_of=AT_CLOSING,
        better=-1,
        source=HOTLINE,
    ),
    Indicator("supervised", "督办", sets.SUPERVISED, better=-1, source=HOUSE),
    Indicator("yellow", "黄牌", sets.YELLOW, better=-1, source=CARDS),
    Indicator("red", "红牌", sets.RED, better=-1, source=CARDS),
    Indicator(
        "mediation_rate",
        "调解成功率",
        sets.AGREED,
        sets.MEDIATED,
        group=MEDIATING,
        source="人民调解统计报表：调解总数、调解成功数",
    ),
    Indicator(
        "performance_rate",
        "履行率",
        sets.PERFORMED,
        sets.TO_PERFORM,
        group=MEDIATING,
        source=LAW_MEDIATION,
    ),
    Indicator(
        "confirmation_rate",
        "司法确认率",
        sets.CONFIRMED,
        sets.IN_FORCE,
        group=MEDIATING,
        better=0,
        source=LAW_CONFIRMATION,
    ),
    Indicator(
        "court_handed",
        "法院移交（件）",
        sets.FROM_THE_COURT,
        group=MEDIATING,
        better=0,
        source=HOUSE,
    ),
    Indicator(
        "commissioned",
        "诉前委派（件）",
        sets.COMMISSIONED,
        group=MEDIATING,
        better=0,
        source="特邀调解规定（2016）：立案前委派调解",
    ),
    Indicator(
        "court_rate",
        "诉前分流率",
        apart.COMMISSIONED_OF_KNOWN,
        apart.COURT_RECEIVED,
        group=MEDIATING,
        better=0,
        as_of=AT_ENTRY,
        source=COURT,
        instead=sets.COMMISSIONED,
        lacking="没有录入法院收案数",
    ),
    Indicator(
        "follow_up_rate",
        "回访率",
        sets.REACHED,
        sets.CLOSED,
        group=RATING,
        as_of=AT_RATING,
        source=HOUSE,
    ),
    Indicator(
        "rated_rate",
        "参评率",
        sets.RATED,
        sets.CLOSED,
        group=RATING,
        as_of=AT_RATING,
        source=LAW_PETITION,
    ),
    Indicator(
        "content_rate",
        "满意率",
        sets.CONTENT,
        sets.RATED,
        group=RATING,
        as_of=AT_RATING,
        source=LAW_PETITION,
    ),
    # Nobody is scored by these: who reports more would have more of them (国办函〔2026〕12 号).
    Indicator("events", "网格事件（件）", apart.EVENTS, group=IN_GRIDS, better=0, source=GRIDS),
    Indicator(
        "events_done_rate",
        "网格事件办结率",
        apart.EVENTS_DONE,
        apart.EVENTS,
        group=IN_GRIDS,
        better=0,
        source=GRIDS,
    ),
    Indicator(
        "events_on_time_rate",
        "网格事件按时办结率",
        apart.EVENTS_IN_TIME,
        apart.EVENTS_JUDGED,
        group=IN_GRIDS,
        better=0,
        as_of=STEPS_NOW,
        source=GRIDS,
    ),
    Indicator(
        "own_on_time_rate",
        "网格处置按时率",
        apart.OWN_IN_TIME,
        apart.OWN_JUDGED,
        group=IN_GRIDS,
        as_of=OWN_NOW,
        source=OF_GRIDS,
    ),
    Indicator(
        "own_at_once_rate",
        "网格处置一次办好率",
        apart.OWN_AT_ONCE,
        apart.OWN_DONE,
        group=IN_GRIDS,
        as_of=OWN_NOW,
        source=OF_GRIDS,
    ),
)
BY_KEY = {one.key: one for one in INDICATORS}
SETS = {rows.key: rows for one in INDICATORS for rows in one.every_set}
