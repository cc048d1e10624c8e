"""The sets that official tables and 研判 count (domain.md §1.7), beside those of the indicators.

What a table says of a period is decided by how things stood at its beginning and its end: a
dispute is 排查 where it is registered, 调处 where it stands closed with a result at the end, and
carried over while it is open. So, whatever the period,
上期转入＋重新办理转入＋排查数＝调处数＋其他终止＋转入下期, each dispute once; and 转入下期 of one
period is 上期转入 of the next, whenever the two are counted: 并案 is an ending on its day
(其他终止), a case that is taken up again comes back on its day (重新办理转入).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from cases.clocks import thresholds_on
from cases.models import Assignment, Case, Document, Party
from cases.thresholds import Threshold
from cases.vocabulary import DISSATISFIED, FINISHED, Closure, PartyRole, Risk, Special
from reports.indicators.counting import Rows, Span
from reports.indicators.mediation_sets import MEDIATION_SETS
from reports.indicators.sets import RATED
from reports.models import FormerEnding, Ledger, LedgerEntry
from reports.opponents import complained_of, crowds

# 综治"矛盾纠纷排查调处"月报 (domain.md §3.3); what our types are in it stands on `DisputeType`.
OTHER = "其他"
CATEGORIES = (
    "民族宗教",
    "军转干部、复员退伍军人安置",
    "征地拆迁安置",
    "建筑工程质量、物业管理等",
    "土地矿产山林水利界线权属",
    "经济活动",
    "劳资",
    "企业改制",
    "环境污染、生态破坏",
    "司法活动",
    "行政执法活动",
    "大中专院校、中小学校",
    "海事渔事",
    "干部作风等",
    "村（社区）务管理",
    "农村土地承包、集体“三资”及农民负担等",
    "婚姻家庭邻里等各类民间",
    "医患",
    OTHER,
)

Where = Callable[[Span], Q]


def _disputes() -> QuerySet[Any]:
    return Case.objects.exclude(closure=Closure.MERGED)


def end_of(span: Span) -> datetime:
    """Just after the last moment that is known."""
    return min(span.until, span.as_of + timedelta(microseconds=1))


def _open_at(moment: datetime) -> Q:
    """Registered before it and not closed just then, whatever became of it since."""
    closed = FormerEnding.objects.filter(closed_at__lt=moment, reopened_at__gte=moment)
    return (
        Q(registered_at__lt=moment)
        & (Q(closed_at=None) | Q(closed_at__gte=moment))
        & ~Q(pk__in=closed.values("case"))
    )


def _open_at_the_beginning(span: Span) -> Q:
    return _open_at(min(span.since, end_of(span)))


def _ended(span: Span, how: Q) -> Q:
    """Ended in the span, in a way, and not taken up again before its end."""
    end = end_of(span)
    then = Q(closed_at__gte=span.since, closed_at__lt=end) & how
    former = FormerEnding.objects.filter(then, reopened_at__gte=end)
    return then | Q(pk__in=former.values("case"))


def _taken_up_again(span: Span) -> Q:
    """Closed when the span began, and reopened in it."""
    again = FormerEnding.objects.filter(
        closed_at__lt=span.since, reopened_at__gte=span.since, reopened_at__lt=end_of(span)
    )
    return Q(pk__in=again.values("case"))


_DATES = (("登记", "registered_at"), ("结案", "closed_at"))

FOUND = Rows(
    "ledger_found",
    "本期登记的矛盾纠纷（排查数；后来并案的也算，在并案那一期算其他终止）",
    lambda: Case.objects.all(),
    "registered_at",
    facts=(("类型", "type__name"), ("状态", "label")),
)
SETTLED = Rows(
    "ledger_settled",
    "本期结案、有办理结果的矛盾纠纷，不管什么时候登记；本期里又重新办理的不算，"
    "以后才重新办理的照算（调处数）",
    FOUND.model,
    "",
    lambda span: _ended(span, Q(closure__in=FINISHED)),
    facts=(("类型", "type__name"), *_DATES, ("结案方式", "closure")),
)
SUCCEEDED = replace(
    SETTLED,
    key="ledger_succeeded",
    name="其中结案方式是实质性办结的（成功数）",
    part_of=SETTLED.name,
    where=lambda span: _ended(span, Q(closure=Closure.SUBSTANTIVE)),
)
ENDED = replace(
    SETTLED,
    key="ledger_ended",
    name="本期结案、没有办理结果的：撤回、不予受理、移送、并案（其他终止）",
    where=lambda span: _ended(span, ~Q(closure__in=FINISHED)),
)
CARRIED_IN = Rows(
    "ledger_carried_in",
    "本期以前登记、到本期开始还没结案的（上期转入）",
    FOUND.model,
    "",
    _open_at_the_beginning,
    facts=_DATES,
)
TAKEN_UP_AGAIN = replace(
    CARRIED_IN,
    key="ledger_taken_up_again",
    name="本期以前结了案、本期重新办理或撤销并案的（重新办理转入）",
    where=_taken_up_again,
)
CARRIED_ON = replace(
    CARRIED_IN,
    key="ledger_carried_on",
    name="到本期最后一天还没结案的（转入下期）",
    where=lambda span: _open_at(end_of(span)),
)
DUE = replace(
    CARRIED_IN,
    key="ledger_due",
    name="上期转入的、重新办理转入的和本期登记的（应调处数）",
    where=lambda span: (
        _open_at_the_beginning(span)
        | _taken_up_again(span)
        | Q(registered_at__gte=span.since, registered_at__lt=end_of(span))
    ),
)


def _parties() -> QuerySet[Any]:
    return Party.objects.exclude(role=PartyRole.AGENT)


PEOPLE = Rows(
    "ledger_people",
    "本期登记的矛盾纠纷的来访人、代表和对方，同一事项里每人算一次，代理人不算（涉及人数）",
    _parties,
    "case__registered_at",
    case="case",
    unit="case__unit",
    facts=(("身份", "role"),),
)


def _of_category(rows: Rows, number: int) -> Rows:
    """Those of one of the 19; what is mapped to none of the others is 其他."""
    name = CATEGORIES[number - 1]
    of = Q(type__monthly_category=name)
    if name == OTHER:
        of = ~Q(type__monthly_category__in=CATEGORIES[:-1])
    return replace(
        rows,
        key=f"{rows.key}_{number:02d}",
        name=f"其中{name}的",
        part_of=rows.name,
        where=lambda span: rows.where(span) & of,
    )


FOUND_BY = tuple(_of_category(FOUND, n) for n in range(1, len(CATEGORIES) + 1))
SETTLED_BY = tuple(_of_category(SETTLED, n) for n in range(1, len(CATEGORIES) + 1))

# --- 办件统计 -------------------------------------------------------------------------------------


def _parts() -> QuerySet[Any]:
    return Assignment.objects.filter(role=Assignment.Role.LEAD)


def _with_the_unit(span: Span) -> Q:
    return Q(dispatched_at__lt=span.until, dispatched_at__lte=span.as_of) & ~_by_then(
        "ended_at", span
    )


def _by_then(moment: str, span: Span) -> Q:
    return Q(
        **{f"{moment}__isnull": False, f"{moment}__lt": span.until, f"{moment}__lte": span.as_of}
    )


def _ours(span: Span) -> Q:
    """The unit is not the one that must act: it has reported, pauses, or waits for a ruling."""
    ruled = _by_then("case__ruled_at", span)
    return (
        _by_then("reported_at", span)
        | Q(paused_at__isnull=False)
        | (_by_then("returned_at", span) & ~ruled)
    )


def _over(span: Span) -> Q:
    """By the term as it is now: extensions and pauses move it, and no past moment can be had
    again. So it is asked of the present only."""
    return Q(handling_due_at__lt=min(span.until, span.as_of))


WITH_THE_UNIT = Rows(
    "ledger_with_the_unit",
    "统计期末还在主办单位的，不管什么时候派出（期末在办）",
    _parts,
    "",
    _with_the_unit,
    case="case",
    facts=(("派出", "dispatched_at"), ("办理到期", "handling_due_at"), ("反馈", "reported_at")),
)
AT_WORK = replace(
    WITH_THE_UNIT,
    key="ledger_at_work",
    name="还在主办单位、没有超过办理期限的"
    "（已反馈等审核的、退回等裁定的、暂停计时的算在内；期限按打开时的）",
    where=lambda span: _with_the_unit(span) & (~_over(span) | _ours(span)),
)
AT_WORK_LATE = replace(
    WITH_THE_UNIT,
    key="ledger_at_work_late",
    name="还在主办单位、超过了办理期限还没反馈的，以前派出的也算"
    "（已反馈等审核的、退回等裁定的、暂停计时的不算；期限按打开时的）",
    where=lambda span: _with_the_unit(span) & _over(span) & ~_ours(span),
)

# --- 台账 -----------------------------------------------------------------------------------------

GROUP_OR_THREAT = Q(special__overlap=[Special.GROUP.value, Special.THREAT.value])
RULES = {
    Ledger.SALIENT: Q(risk=Risk.HIGH) | GROUP_OR_THREAT,
    Ledger.MAJOR: Q(risk=Risk.HIGH) & GROUP_OR_THREAT,
}
RULES_IN_WORDS = {
    Ledger.SALIENT: "风险高的，或者特别情况里有“5人以上”“扬言过激”的",
    Ledger.MAJOR: "风险高、并且特别情况里有“5人以上”或“扬言过激”的",
}


def chosen(ledger: Ledger, span: Span) -> Q:
    """By the rule, unless somebody has said otherwise by then; the latest word holds."""
    said = LedgerEntry.objects.filter(ledger=ledger, at__lte=span.as_of)
    latest = said.order_by("case", "-pk").distinct("case").values("pk")
    put_on, taken_off = (
        LedgerEntry.objects.filter(pk__in=latest, is_on=is_on).values("case")
        for is_on in (True, False)
    )
    return (RULES[ledger] & ~Q(pk__in=taken_off)) | Q(pk__in=put_on)


def _on_ledger(ledger: Ledger) -> Rows:
    return replace(
        DUE,
        key=f"ledger_{ledger.value}",
        name=f"{ledger.label}：{RULES_IN_WORDS[ledger]}，人工列入、移出的按人工；"
        "本期以前结案的不算",
        where=lambda span: DUE.where(span) & chosen(ledger, span),
        facts=(("风险", "risk"), *_DATES),
    )


ON_LEDGER = {ledger: _on_ledger(ledger) for ledger in Ledger}

# --- 研判 -----------------------------------------------------------------------------------------


def _crowded(span: Span) -> Q:
    """Cases against a party of whom that many different people have complained in that time."""
    limit = thresholds_on(span.last_day)
    since = span.until - timedelta(days=limit(Threshold.SIGN_DAYS))
    against = complained_of(since, span.until).filter(case__registered_at__lte=span.as_of)
    named = crowds(against, limit(Threshold.SIGN_PERSONS)).values("who")
    return Q(pk__in=against.filter(who__in=named).values("case"))


GROUP_SIGNS = Rows(
    "ledger_group_signs",
    "同一对方被几个以上不同的来访人反映的事项（看几天、几个人起，见“督办和层级规则”里的苗头；"
    "单位看名称，个人看证件号，没有证件号看电话；人数不限本中心，并案的不算）",
    _disputes,
    "",
    _crowded,
    facts=(("类型", "type__name"), ("登记", "registered_at")),
)
UNHAPPY = replace(
    RATED,
    key="ledger_unhappy",
    name="本期结案的事项里，来访人评了不满意或非常不满意的",
    where=lambda span: RATED.where(span) & Q(satisfaction__in=DISSATISFIED),
)


def _warnings() -> QuerySet[Any]:
    return Document.objects.filter(kind=Document.Kind.WARNING)


WARNINGS = Rows(
    "ledger_warnings",
    "本期发出的预警函，重做的每一版都算",
    _warnings,
    "made_at",
    case="case",
    unit="case__unit",
    facts=(("文号", "number"), ("第几版", "version")),
)

LEDGER_SETS = {
    rows.key: rows
    for rows in (
        FOUND,
        SETTLED,
        SUCCEEDED,
        ENDED,
        CARRIED_IN,
        TAKEN_UP_AGAIN,
        CARRIED_ON,
        DUE,
        PEOPLE,
        *FOUND_BY,
        *SETTLED_BY,
        WITH_THE_UNIT,
        AT_WORK,
        AT_WORK_LATE,
        *ON_LEDGER.values(),
        GROUP_SIGNS,
        UNHAPPY,
        WARNINGS,
    )
} | MEDIATION_SETS
