"""延期, 暂停计时: asked for by the unit, decided by somebody else. 恢复 when the time has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from cases.clocks import handling_clock, local_day
from cases.door import Change, changing, changing_by_system
from cases.models import Case
from cases.services.course import said, tell_unit
from cases.thresholds import Threshold
from dispatch.models import Request
from dispatch.services.moving import move_up
from orgs.models import User
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def request_extension(*, case_id: int, by: User, days: int, text: str) -> Case:
    """申请延期: once, before the handling clock has run out, not while under 督办."""
    with changing(case_id, "extend", by=by) as change:
        lead = change.lead
        _ask(change, Request.Kind.EXTENSION, text, by=by, days=days)
        heads = User.objects.holding(Permission.HEAD, department=lead.unit).exclude(pk=by.pk)
        _tell(change, heads, f"{change.case.short_number} 申请延期 {days} 个工作日，待批")
    return change.case


def request_pause(*, case_id: int, by: User, until: date, text: str) -> Case:
    """申请暂停计时: until a day not further away than the rule allows."""
    with changing(case_id, "pause", by=by) as change:
        today = local_day(change.now)
        most = change.clocks.threshold(Threshold.PAUSE_DAYS, change.now)
        if not today < until <= today + timedelta(days=most):
            raise Invalid(errors={"until": [f"暂停到哪一天：要晚于今天，最长 {most} 天"]})
        _ask(change, Request.Kind.PAUSE, text, by=by, until=until)
        triage = User.objects.holding(Permission.TRIAGE, center=change.case.center)
        _tell(change, triage, f"{change.case.short_number} 申请暂停计时，待批")
    return change.case


def _ask(
    change: Change,
    kind: Request.Kind,
    text: str,
    *,
    by: User,
    days: int | None = None,
    until: date | None = None,
) -> Request:
    case, lead = change.case, change.lead
    request = Request.objects.create(
        case=case,
        assignment=lead,
        kind=kind,
        round=case.round,
        text=text,
        days=days,
        until=until,
        at=change.now,
        by=by,
    )
    change.unit, change.text = lead.unit, text
    change.data = {"request": request.pk, "days": days, "until": until and until.isoformat()}
    return request


def _tell(change: Change, people: Iterable[User], text: str) -> None:
    notify(people, text=text, url=change.case.get_absolute_url())


def decide_request(
    *, case_id: int, by: User, request: int, grant: bool, text: str = "", days: int | None = None
) -> Case:
    """批准 or 不批准: an extension by the head of the unit, a pause or an escalation by 分流员.

    Nobody decides what they asked for. A refusal changes nothing. Raises NotFound for a request
    of another case, AlreadyDone for one decided before.
    """
    with changing(case_id, "decide", by=by) as change:
        asked = change.case.requests.select_related("assignment__unit").filter(pk=request).first()
        if asked is None:
            raise NotFound("没有这个申请")
        if asked.decided_at is not None:
            raise AlreadyDone(f"{said(asked.decided_at)} 已经批过了")
        _refuse_decider(asked, by)
        kind = Request.Kind(asked.kind)
        if kind == Request.Kind.REASSIGNMENT and grant:
            raise Invalid("同意改派要定由谁办，点“改派”")
        change.text, change.public = text, False
        change.data = {"request": asked.pk, "kind": kind, "granted": grant}
        asked.granted, asked.decision_text = grant, text
        asked.decided_at, asked.decided_by = change.now, by
        asked.granted_days = (days or asked.days) if grant else None
        asked.save()
        if grant:
            _GRANT[kind](change, asked)
        verdict = "同意" if grant else "不同意"
        _tell(change, [asked.by], f"{change.case.short_number} {kind.label}：{verdict}")
    return change.case


def may_decide(asked: Request, by: User) -> bool:
    """Whose decision it is, and never one's own."""
    if asked.by_id == by.pk:
        return False
    case = asked.case
    match asked.kind:
        case Request.Kind.EXTENSION:
            unit = asked.assignment.unit_id if asked.assignment else None
            by_head = by.can_for(Permission.HEAD, [unit])
            return by_head or by.can_at(Permission.DECIDE, case.center_id)
        case Request.Kind.ESCALATION:
            return by.can_at(Permission.TRIAGE, case.center.parent_id)
        case _:
            return by.can_at(Permission.TRIAGE, case.center_id)


def _refuse_decider(asked: Request, by: User) -> None:
    if not may_decide(asked, by):
        kind = Request.Kind(asked.kind).label
        raise NotAllowed(f"这个{kind}申请不由这个账号批，自己的申请也不能自己批")


def _grant_extension(change: Change, asked: Request) -> None:
    lead = change.lead
    lead.extended_days += asked.granted_days or 0
    handling_clock(change.clocks, lead)
    lead.save()
    change.unit = lead.unit
    change.public = True


def _grant_pause(change: Change, asked: Request) -> None:
    lead = change.lead
    lead.paused_at, lead.paused_until = change.now, asked.until
    lead.save(update_fields=["paused_at", "paused_until"])
    change.unit = lead.unit


def _grant_escalation(change: Change, asked: Request) -> None:
    move_up(change)


_GRANT = {
    Request.Kind.EXTENSION: _grant_extension,
    Request.Kind.PAUSE: _grant_pause,
    Request.Kind.ESCALATION: _grant_escalation,
}


def resume_case(*, case_id: int, by: User) -> Case:
    """恢复计时: the due time moves by the working days the clock stood still."""
    with changing(case_id, "resume", by=by) as change:
        _resume(change)
    return change.case


def resume_when_due(*, case_id: int) -> bool:
    """The sweep's way to resume a pause whose day has come. True if this call did it."""
    with changing_by_system(case_id, "resume", still=_pause_is_over) as change:
        if change is not None:
            _resume(change)
    return change is not None


def _pause_is_over(change: Change) -> bool:
    lead = change.case.lead
    return bool(lead and lead.paused_until and lead.paused_until <= local_day(change.now))


def _resume(change: Change) -> None:
    lead = change.lead
    if lead.paused_at is None:
        raise WrongState(f"{change.case.short_number} 没有暂停计时")
    stood = change.clocks.calendar.workdays_between(
        local_day(lead.paused_at), local_day(change.now)
    )
    lead.paused_days += stood
    lead.paused_at = lead.paused_until = None
    handling_clock(change.clocks, lead)
    lead.save()
    change.unit, change.data = lead.unit, {"days": stood}
    tell_unit(lead.unit, change.case, f"{change.case.short_number} 已恢复计时")
