"""回访, 评价, 重新办理: the citizen's word at the end, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from cases.clocks import local_day
from cases.door import Change, changing, changing_by_system
from cases.models import Assignment, Case, FollowUp, Rating
from cases.services.course import close, restart, tell_unit
from cases.vocabulary import (
    CLOSURE_OF_RESULT,
    DISSATISFIED,
    FINISHED,
    Channel,
    Clock,
    Closure,
    Grievance,
    RatedBy,
    Result,
    Satisfaction,
    Settled,
    Stage,
)
from orgs.models import User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import AlreadyDone, Invalid, NotFound, WrongState

CALLS_BEFORE_GIVING_UP = 3
ONE_REDO = 2  # round 2 is the redo; a third round needs 重新办理 by a leader


def follow_up_case(
    *,
    case_id: int,
    by: User,
    channel: Channel,
    satisfaction: Satisfaction | None,
    closure: Closure | None = None,
    redo: bool = False,
    text: str = "",
) -> Case:
    """回访: ask the citizen. `satisfaction=None` means nobody answered.

    Satisfied closes. Not satisfied closes too unless the citizen wants it done again, once.
    Unreached on three different days closes as 未评. Raises Invalid when the closure says more
    than the accepted result does.
    """
    with changing(case_id, "follow-up", by=by) as change:
        case = change.case
        attempt = FollowUp(
            case=case,
            round=case.round,
            at=change.now,
            by=by,
            channel=channel,
            reached=satisfaction is not None,
            satisfaction=satisfaction or "",
            redo=redo,
            text=text,
        )
        change.text = text
        change.data = {"channel": channel, "satisfaction": satisfaction or "unreached"}
        if satisfaction is None:
            _unreached(change, attempt)
        elif satisfaction in DISSATISFIED and redo:
            _redo(change)
        else:
            _close_asked(change, attempt, satisfaction, closure)
        attempt.save()
    return change.case


def _unreached(change: Change, attempt: FollowUp) -> None:
    case = change.case
    earlier = case.follow_ups.filter(round=case.round, reached=False).values_list("at", flat=True)
    days = {local_day(at) for at in earlier}
    today = local_day(change.now)
    if today not in days and len(days) + 1 >= CALLS_BEFORE_GIVING_UP:
        closure = highest_closure(case, Satisfaction.BASICALLY)
        case.close()
        close(change, closure, change.text or "三次不同日没有打通，记“未评”")
        attempt.closure = closure
    else:
        case.stay_in_follow_up()
        change.data["attempt"] = len(days | {today})


def _close_asked(
    change: Change, attempt: FollowUp, satisfaction: Satisfaction, closure: Closure | None
) -> None:
    case = change.case
    highest = highest_closure(case, satisfaction)
    chosen = closure or highest
    if FINISHED.index(chosen) < FINISHED.index(highest):
        words = f"采纳的结果不是“解决了”或来访人不认可，不能按{chosen.label}"
        raise Invalid(errors={"closure": [words]})
    case.close()
    close(change, chosen, change.text)
    case.satisfaction, case.rated_by = satisfaction, RatedBy.STAFF
    attempt.closure = chosen
    change.public = True


def highest_closure(case: Case, satisfaction: Satisfaction) -> Closure:
    """The best a case may count as: 实质性 only if 解决 was accepted and nobody denies it."""
    accepted = (
        case.assignments.filter(round=case.round, role="lead", ending=Assignment.Ending.APPROVED)
        .order_by("-pk")
        .first()
    )
    closure = CLOSURE_OF_RESULT[Result(accepted.result)] if accepted else Closure.PROCEDURAL
    denied = case.ratings.filter(round=case.round).exclude(settled=Settled.RESOLVED).exists()
    if closure == Closure.SUBSTANTIVE and (satisfaction in DISSATISFIED or denied):
        return Closure.STAGED
    return closure


def _redo(change: Change) -> None:
    """第 2 次办理: a new round with the same unit, already claimed, with its own clock."""
    case = change.case
    if case.round >= ONE_REDO:
        raise WrongState("已经重新办理过一次。要再办由中心领导“重新办理”")
    former = case.assignments.filter(round=case.round, role="lead").order_by("-pk").first()
    if former is None:
        raise WrongState(f"{case.short_number} 没有办理单位，不能重新办理")
    case.round += 1
    case.redo()
    due = change.clocks.due(Clock.REDO, change.now)
    Assignment.objects.create(
        case=case,
        case_registered_at=case.registered_at,
        round=case.round,
        unit=former.unit,
        role=Assignment.Role.LEAD,
        complexity=former.complexity,
        dispatched_at=change.now,
        dispatched_by=change.by,
        claim_due_at=due.at,
        claim_near_at=due.near,
        claimed_at=change.now,
        claimed_by=former.claimed_by,
        handler=former.handler,
        clock_from=change.now,
        clock_days=due.days,
        clock_unit=due.unit,
        handling_due_at=due.at,
        handling_near_at=due.near,
    )
    change.load_assignments()
    case.dispatched_at = case.claimed_at = change.now
    case.approved_at = case.ruled_at = case.complained_at = None
    case.is_joint = False
    change.data["redo"] = True
    change.unit = former.unit
    change.public = True
    tell_unit(former.unit, case, f"{case.short_number} 来访人不满意，第 {case.round} 次办理")


def rate_case(
    *,
    token: str,
    settled: Settled,
    satisfaction: Satisfaction,
    reasons: Iterable[Grievance] = (),
    text: str = "",
    wants_redo: bool = False,
    rated_by: RatedBy = RatedBy.SCAN,
    front_id: UUID | None = None,
) -> Rating:
    """评价: the citizen's own word, by the token on the slip.

    One per round, and one 追评 once it has been put right. A satisfied one closes the case; a
    dissatisfied one makes a call-back due within one working day. Raises NotFound for a token
    nobody has, WrongState before there is a result, AlreadyDone for a second rating.
    """
    case_id = Case.objects.filter(token=token).values_list("pk", flat=True).first()
    if case_id is None:
        raise NotFound("没找到这件事。核对回执上的二维码，或打电话问")
    with changing_by_system(case_id, "rate", still=lambda change: True) as change:
        assert change is not None
        case = change.case
        rating = Rating(
            case=case,
            round=case.round,
            is_addition=_next_rating_is_addition(case),
            settled=settled,
            satisfaction=satisfaction,
            reasons=list(reasons),
            text=text,
            wants_redo=wants_redo,
            rated_by=rated_by,
            at=change.now,
            front_id=front_id,
        )
        rating.save()
        change.text = text
        change.data = {
            "settled": settled,
            "satisfaction": satisfaction,
            "reasons": rating.reasons,
            "rated_by": rated_by,
        }
        if case.stage == Stage.FOLLOW_UP:
            _after_rating(change, rating)
    return rating


def _next_rating_is_addition(case: Case) -> bool:
    if case.stage != Stage.FOLLOW_UP and not case.is_finished:
        raise WrongState("现在还没有结果，有结果以后再来评价")
    given = list(case.ratings.filter(round=case.round).order_by("pk"))
    if not given:
        return False
    put_right = case.stage == Stage.CLOSED and _is_complaint(given[0])
    if len(given) > 1 or not put_right:
        at = local_day(given[-1].at)
        raise AlreadyDone(f"您已经在 {at.month} 月 {at.day} 日评过了，谢谢")
    return True


def _is_complaint(rating: Rating) -> bool:
    dissatisfied = rating.satisfaction in DISSATISFIED or rating.settled == Settled.UNRESOLVED
    return dissatisfied or rating.wants_redo


def _after_rating(change: Change, rating: Rating) -> None:
    case = change.case
    if _is_complaint(rating):
        case.stay_in_follow_up()
        case.complained_at = change.now
        notify(
            Holders(Permission.FOLLOW_UP, center=case.center),
            text=f"{case.short_number} 来访人评了不满意，1 个工作日内回访",
            url=case.get_absolute_url(),
        )
        return
    closure = highest_closure(case, Satisfaction(rating.satisfaction))
    case.close()
    close(change, closure, rating.text)
    case.satisfaction, case.rated_by = rating.satisfaction, rating.rated_by
    FollowUp.objects.create(
        case=case,
        round=case.round,
        at=change.now,
        by=None,
        channel=Channel.ONLINE,
        reached=True,
        satisfaction=rating.satisfaction,
        closure=closure,
        text=rating.text,
    )


def reopen_case(*, case_id: int, by: User, text: str) -> Case:
    """重新办理: a closed case starts a new round within 180 days, under the same number."""
    with changing(case_id, "reopen", by=by) as change:
        case = change.case
        case.suggested_unit = case.unit
        restart(change)
        case.round += 1
        change.text, change.public = text, True
    return change.case
