"""The sets that are counted. A set that is part of another says so by `within`.

Names are read on pages: they say in full what is counted and what is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases.models import Assignment, Case, CaseCenter, FollowUp, Visit
from cases.querysets import was_open
from cases.vocabulary import DISSATISFIED, FINISHED, Closure
from dispatch.models import Mark, Request, Return, Supervision
from mediation.handed_over import FROM_COURT
from mediation.models import Agreement, AgreementTerm, Confirmation, Mediation, Referral
from orgs.models.places import Level
from reports.indicators.counting import Rows, Span

Where = Callable[[Span], Q]


def _within(whole: Rows, key: str, name: str, where: Where, **changed: Any) -> Rows:
    """Those of a set for which something more is true: never a row that the whole has not."""
    return replace(
        whole,
        key=key,
        name=name,
        where=lambda span: whole.where(span) & where(span),
        part_of=whole.said if name.startswith("其中") else "",
        **changed,
    )


# --- what arrives ---------------------------------------------------------------------------------


def _cases() -> QuerySet[Any]:
    return Case.objects.all()


def _visits() -> QuerySet[Any]:
    return Visit.objects.all()


def _escalated(span: Span) -> Q:
    granted = Request.objects.filter(
        case=OuterRef("pk"),
        kind=Request.Kind.ESCALATION,
        granted=True,
        decided_at__lte=span.as_of,
    )
    return Q(Exists(granted))


REGISTERED = Rows(
    "registered",
    "本期登记的事项",
    _cases,
    "registered_at",
    facts=(("来源", "source"), ("状态", "label")),
)
ESCALATED = _within(
    REGISTERED, "escalated", "其中提级到上一级中心的（后来又下派的也算）", _escalated
)
VISITS = Rows(
    "visits",
    "本期为事项来访的次数，再次来访也算（咨询另算）",
    _visits,
    "at",
    case="case",
    unit="case__unit",
    facts=(("登记", "case__registered_at"), ("人数", "visitors")),
)
VISITORS = _within(
    VISITS,
    "visitors",
    "本期为事项来访的各批次到场人数相加（咨询另算）",
    lambda span: Q(),
    total="visitors",
    total_in="人次",
)
REVISITS = _within(
    VISITS,
    "revisits",
    "其中为已经登记的事项再次来访的",
    lambda span: Q(at__gt=F("case__registered_at")),
)

# --- what units do --------------------------------------------------------------------------------


def _parts() -> QuerySet[Any]:
    return Assignment.objects.filter(role=Assignment.Role.LEAD)


def _recalled(span: Span) -> Q:
    return Q(ending=Assignment.Ending.RECALLED, ended_at__lte=span.as_of)


def _claim_due(span: Span) -> Q:
    over = Q(claimed_at=None, ended_at__isnull=False, ended_at__lt=F("claim_due_at"))
    return ~_recalled(span) & ~over


def _waits_for_ruling() -> Q:
    """Returned, and nobody has ruled yet; what was upheld is the unit's as before."""
    return Q(returned_at__isnull=False, case__ruled_at=None, ended_at=None)


def _handling_due(span: Span) -> Q:
    over = Q(ended_at__isnull=False, ended_at__lt=F("handling_due_at"))
    over &= ~Q(ending=Assignment.Ending.APPROVED)
    elsewhere = Q(ending__in=(Assignment.Ending.RULED, Assignment.Ending.RECALLED))
    return ~over & ~elsewhere & Q(paused_at=None) & ~_waits_for_ruling()


DISPATCHED = Rows(
    "dispatched",
    "本期派给单位主办的（撤回的不算）",
    _parts,
    "dispatched_at",
    lambda span: ~_recalled(span),
    case="case",
    facts=(("签收", "claimed_at"), ("办理到期", "handling_due_at")),
)
DISPATCHED_AND_DONE = _within(
    DISPATCHED,
    "dispatched_and_done",
    "其中到统计期末已经审核通过的（办结）",
    lambda span: Q(
        ending=Assignment.Ending.APPROVED, ended_at__lt=span.until, ended_at__lte=span.as_of
    ),
    facts=(("办理到期", "handling_due_at"), ("审核通过", "ended_at")),
)
CLAIM_DUE = Rows(
    "claim_due",
    "本期到了签收期限的主办派出（撤回的、没到期限就已结束的不算）",
    _parts,
    "claim_due_at",
    _claim_due,
    case="case",
    facts=(("派出", "dispatched_at"), ("签收", "claimed_at")),
)
CLAIMED_IN_TIME = _within(
    CLAIM_DUE,
    "claimed_in_time",
    "其中在期限前签收的",
    lambda span: Q(claimed_at__lte=F("claim_due_at")),
)
HANDLING_DUE = Rows(
    "handling_due",
    "本期到了办理期限的主办派出（撤回派出、裁定改派的，没到期限就改派、提级下派或终止的，"
    "正在暂停计时的，退回了还没裁定的不算；到期没办的算在内）",
    _parts,
    "handling_due_at",
    _handling_due,
    case="case",
    facts=(("派出", "dispatched_at"), ("反馈", "reported_at"), ("审核通过", "ended_at")),
)
REPORTED_IN_TIME = _within(
    HANDLING_DUE,
    "reported_in_time",
    "其中最后一次反馈没有超过办理期限的（在等中心审核的也算，退回补办的不算）",
    lambda span: Q(reported_at__lte=F("handling_due_at")),
)
ACCEPTED = Rows(
    "accepted",
    "本期审核通过的主办（办结）",
    _parts,
    "ended_at",
    lambda span: Q(ending=Assignment.Ending.APPROVED),
    case="case",
    facts=(("办理到期", "handling_due_at"), ("反馈", "reported_at")),
)
ACCEPTED_IN_TIME = _within(
    ACCEPTED,
    "accepted_in_time",
    "其中最后一次反馈没有超过办理期限的",
    lambda span: Q(reported_at__lte=F("handling_due_at")),
)
ACCEPTED_LATE = _within(
    ACCEPTED,
    "accepted_late",
    "本期审核通过的主办里，最后一次反馈超过了办理期限的",
    lambda span: Q(reported_at__gt=F("handling_due_at")),
)
OVERDUE_NOW = Rows(
    "overdue_now",
    "现在还在主办单位手里、过了办理期限的（已反馈、退回了还没裁定、暂停计时的不算）",
    _parts,
    "",
    lambda span: (
        Q(
            dispatched_at__lte=span.as_of,
            ended_at=None,
            reported_at=None,
            paused_at=None,
            handling_due_at__lt=span.as_of,
        )
        & ~_waits_for_ruling()
    ),
    case="case",
    facts=(("派出", "dispatched_at"), ("办理到期", "handling_due_at")),
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
    facts=(("退回", "at"), ("裁定", "ruling")),
)
UPHELD = _within(RULED, "upheld", "其中维持原派的", lambda span: Q(ruling=Return.Ruling.UPHOLD))


def _sheets() -> QuerySet[Any]:
    return Supervision.objects.all()


SUPERVISED = Rows(
    "supervised",
    "本期发出的督办单",
    _sheets,
    "opened_at",
    case="case",
    facts=(("答复期限", "answer_due_at"), ("答复", "answered_at")),
)


def _marks() -> QuerySet[Any]:
    return Mark.objects.filter(revoked_at=None)


def _marks_of(color: Mark.Color) -> Rows:
    return Rows(
        color.value,
        f"本期记的{color.label}（取消的不算）",
        _marks,
        "at",
        lambda span: Q(color=color),
        case="case",
        facts=(("超过的时限", "due_at"), ("牌色", "color")),
    )


YELLOW, RED = _marks_of(Mark.Color.YELLOW), _marks_of(Mark.Color.RED)

# --- what becomes of it ---------------------------------------------------------------------------

IN_HAND = Rows(
    "in_hand",
    "统计期末没有结案的事项",
    _cases,
    "",
    lambda span: (
        Q(registered_at__lt=span.until, registered_at__lte=span.as_of)
        & (was_open(span.as_of) | Q(closed_at__gte=span.until))
    ),
    facts=(("登记", "registered_at"), ("结案", "closed_at")),
)
CLOSED = Rows(
    "closed",
    "本期结案、有办理结果的事项（撤回、不予受理、并案、移送不算）",
    _cases,
    "closed_at",
    lambda span: Q(closure__in=FINISHED),
    facts=(("结案方式", "closure"), ("第几次办理", "round")),
)
SUBSTANTIVE = _within(
    CLOSED,
    "substantive",
    "本期结案的事项里，结案方式是实质性办结的",
    lambda span: Q(closure=Closure.SUBSTANTIVE),
)
AT_ONCE = _within(
    SUBSTANTIVE,
    "at_once",
    "本期结案的事项里，实质性办结、只办了一次、没有再次来访的",
    lambda span: Q(round=1, visits_count=1),
    facts=(("第几次办理", "round"), ("批次", "visits_count")),
)
REDONE = _within(CLOSED, "redone", "其中办了第二次以上的", lambda span: Q(round__gt=1))


def _never_above(span: Span) -> Q:
    above = CaseCenter.objects.filter(
        case=OuterRef("pk"), center__level__in=(Level.CITY, Level.COUNTY)
    )
    return ~Q(Exists(above))


def _settled(key: str, name: str, *levels: Level) -> Rows:
    return _within(
        SUBSTANTIVE,
        key,
        name,
        lambda span: Q(center__level__in=levels) & _never_above(span),
        facts=(("结案时所在中心", "center__name"), ("结案方式", "closure")),
    )


SETTLED_BELOW = _settled(
    "settled_below",
    "其中一直在镇街或村社区中心、没有到过县里的",
    Level.TOWN,
    Level.VILLAGE,
)
SETTLED_IN_TOWN = _settled("settled_in_town", "其中在镇街中心结案、没有到过县里的", Level.TOWN)
SETTLED_IN_VILLAGE = _settled(
    "settled_in_village", "其中在村社区中心结案、没有到过县里的", Level.VILLAGE
)


def _reached(span: Span) -> Q:
    asked = FollowUp.objects.filter(
        case=OuterRef("pk"), round=OuterRef("round"), reached=True, at__lte=span.as_of
    )
    return Q(Exists(asked)) | ~Q(satisfaction="")


REACHED = _within(
    CLOSED,
    "reached",
    "其中最后一次办理回访联系上了来访人，或者来访人自己评过的",
    _reached,
    facts=(("满意度", "satisfaction"), ("怎么评的", "rated_by")),
)
RATED = _within(
    CLOSED,
    "rated",
    "本期结案的事项里，来访人评过的（没评的不算）",
    lambda span: ~Q(satisfaction=""),
    facts=(("满意度", "satisfaction"), ("怎么评的", "rated_by")),
)
CONTENT = _within(
    RATED,
    "content",
    "其中评了非常满意、满意或基本满意的",
    lambda span: ~Q(satisfaction__in=DISSATISFIED),
)

# --- how it is settled ----------------------------------------------------------------------------


def _mediations() -> QuerySet[Any]:
    return Mediation.objects.all()


MEDIATED = Rows(
    "mediated",
    "本期结束的调解，不管怎样结束",
    _mediations,
    "ended_on",
    case="case",
    is_date=True,
    facts=(("受理", "started_on"), ("怎么结束的", "ending")),
)
AGREED = _within(
    MEDIATED, "agreed", "其中达成协议的", lambda span: Q(ending=Mediation.Ending.AGREED)
)


def _holds(span: Span, path: str = "") -> Q:
    """In force by then, and not void by then."""
    in_force = Q(**{f"{path}in_force_on__lte": span.as_of_day})
    never = Q(**{f"{path}voided_at": None})
    return in_force & (never | Q(**{f"{path}voided_at__gt": span.as_of}))


def _terms() -> QuerySet[Any]:
    return AgreementTerm.objects.all()


def _agreements() -> QuerySet[Any]:
    return Agreement.objects.all()


TO_PERFORM = Rows(
    "to_perform",
    "本期到了履行期限的协议条款，协议已生效、没有作废（到期当天过完才算到期）",
    _terms,
    "due_on",
    lambda span: Q(due_on__lt=span.as_of_day) & _holds(span, "agreement__"),
    case="agreement__mediation__case",
    unit="agreement__mediation__unit",
    is_date=True,
    facts=(("协议生效", "agreement__in_force_on"), ("履行完", "done_on")),
)
PERFORMED = _within(
    TO_PERFORM,
    "performed",
    "其中已经履行完的，晚了的也算",
    lambda span: Q(done_on__lte=span.as_of_day),
)
IN_FORCE = Rows(
    "in_force",
    "本期生效、没有作废的调解协议",
    _agreements,
    "in_force_on",
    _holds,
    case="mediation__case",
    unit="mediation__unit",
    is_date=True,
    facts=(("形式", "form"), ("司法确认", "confirmation__outcome")),
)
CONFIRMED = _within(
    IN_FORCE,
    "confirmed",
    "其中法院已经裁定有效的",
    lambda span: Q(
        confirmation__outcome=Confirmation.Outcome.CONFIRMED,
        confirmation__decided_on__lte=span.as_of_day,
    ),
)


def _referrals() -> QuerySet[Any]:
    return Referral.objects.all()


FROM_THE_COURT = Rows(
    "from_court",
    "本期签收的法院移交（诉前委派和立案后委托）",
    _referrals,
    "received_on",
    lambda span: Q(kind__in=FROM_COURT),
    case="case",
    unit="case__unit",
    is_date=True,
    facts=(("对接方式", "kind"), ("结果", "outcome")),
)
COMMISSIONED = _within(
    FROM_THE_COURT,
    "commissioned",
    "其中法院诉前委派的",
    lambda span: Q(kind=Referral.Kind.COMMISSIONED),
)
