"""签收, 指派, 反馈结果, 退回补办, 审核通过: the unit's work and the centre's look at it."""

from __future__ import annotations

from decimal import Decimal

from cases.door import Change, changing
from cases.models import Assignment, Case, Party
from cases.services.course import said, tell_unit
from cases.vocabulary import PartyRole, Result
from dispatch.facts import missing_facts
from dispatch.models import Request, Supervision
from dispatch.services.assigning import settle_requests
from dispatch.services.supervising import close_supervision
from orgs.models import User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState

SENT_BACK_AT_LEAST = 2  # working days


def claim_case(*, case_id: int, by: User) -> Case:
    """签收: exactly one of many callers wins. An assisting unit takes its part the same way."""
    with changing(case_id, "claim", by=by) as change:
        part = _part(change, by)
        if part.claimed_at is not None:
            who = part.claimed_by.name if part.claimed_by else part.unit.name
            raise AlreadyDone(
                f"{who} {said(part.claimed_at)} 已经签收了 {change.case.short_number}，不用再签"
            )
        part.claimed_at, part.claimed_by, part.handler = change.now, by, by
        change.save(part, "claimed_at", "claimed_by", "handler")
        if part.is_lead:
            change.case.claim()
            change.case.claimed_at = change.now
        change.unit, change.data = part.unit, {"role": part.role}
        change.public = part.is_lead
    return change.case


def undo_claim(*, case_id: int, by: User) -> Case:
    """撤销签收: by the claimer, within the minutes of the rule, nothing done since."""
    with changing(case_id, "undo-claim", by=by) as change:
        case, part = change.case, _part(change, by)
        if part.claimed_at is None:
            raise WrongState(f"{case.short_number} 还没签收，不用撤销")
        last = case.events.order_by("-seq").values_list("verb", "by_id").first()
        if last != ("claim", by.pk):
            raise WrongState("签收以后已经有了进展，不能撤销")
        part.claimed_at = part.claimed_by = part.handler = None
        change.save(part, "claimed_at", "claimed_by", "handler")
        if part.is_lead:
            case.undo_claim()
            case.claimed_at = None
        change.unit = part.unit
    return change.case


def assign_handler(*, case_id: int, by: User, handler: User) -> Case:
    """指派: the head of the unit names who handles it."""
    with changing(case_id, "assign", by=by) as change:
        part = _part(change, by)
        staff = User.objects.holding(Permission.HANDLE, department=part.unit)
        if not staff.filter(pk=handler.pk).exists():
            raise Invalid(errors={"handler": [f"{handler.name}不是{part.unit.name}的工作人员"]})
        change.data = {"from": part.handler_id, "to": handler.pk}
        part.handler = handler
        part.save(update_fields=["handler"])
        change.unit = part.unit
        notify(
            [handler],
            text=f"{change.case.short_number} 指派由你办理",
            url=change.case.get_absolute_url(),
        )
    return change.case


def report_result(
    *,
    case_id: int,
    by: User,
    result: Result,
    how: str,
    amount: Decimal | None = None,
    respondent_phone: str = "",
    not_found: str = "",
) -> Case:
    """反馈结果: the unit's answer. The case moves to 待审核 only with the lead's.

    Every assisting unit must have answered before the lead can. Facts still missing are filled
    in or explained by `not_found`.
    """
    with changing(case_id, "report", by=by) as change:
        case, part = change.case, _part(change, by)
        _refuse_report(case, part)
        part.reported_at, part.reported_by = change.now, by
        part.result, part.how = result, how
        part.save(update_fields=["reported_at", "reported_by", "result", "how"])
        change.unit, change.text = part.unit, how
        change.data = {"role": part.role, "result": result}
        if part.is_lead:
            _fill_facts(case, amount, respondent_phone, not_found)
            change.data["missing"] = missing_facts(case)
            case.stay_in_handling()
            settle_requests(change, Request.Kind.EXTENSION, Request.Kind.PAUSE, granted=False)
            notify(
                Holders(Permission.TRIAGE, center=case.center),
                text=f"{case.short_number} {part.unit.name}已反馈结果，待审核",
                url=case.get_absolute_url(),
            )
        else:
            tell_unit(change.lead.unit, case, f"{case.short_number} {part.unit.name}已反馈协办结果")
    return change.case


def _refuse_report(case: Case, part: Assignment) -> None:
    if part.claimed_at is None:
        raise WrongState("待签收的事项还不能反馈结果，先签收")
    if part.reported_at is not None:
        raise AlreadyDone(f"{part.unit.name} {said(part.reported_at)} 已经反馈过了")
    waiting = [
        a.unit.name for a in case.open_assignments if not a.is_lead and a.reported_at is None
    ]
    if part.is_lead and waiting:
        raise WrongState(f"协办单位{'、'.join(waiting)}还没反馈，等反馈了再报结果")


def _fill_facts(case: Case, amount: Decimal | None, respondent_phone: str, not_found: str) -> None:
    if amount is not None:
        case.amount = amount
    if not_found:
        case.not_found = not_found
    if respondent_phone:
        respondent = case.parties.filter(role=PartyRole.RESPONDENT).first()
        if respondent is None:
            raise Invalid(errors={"respondent_phone": ["还没登记对方，先“补充更正”写上对方"]})
        Party.objects.filter(pk=respondent.pk).update(
            phone=respondent_phone, phone_key=blind_index(respondent_phone, "party.phone")
        )


def send_back(*, case_id: int, by: User, text: str) -> Case:
    """退回补办: the result does not answer what was asked.

    The unit gets the working days it had left when it reported, at least two.
    """
    with changing(case_id, "send-back", by=by) as change:
        case, lead = change.case, change.lead
        calendar = change.clocks.calendar
        reported = lead.reported_at or change.now
        left = calendar.remaining_days(reported, lead.handling_due_at)
        due = change.clocks.after(change.now, max(SENT_BACK_AT_LEAST, left))
        lead.reported_at = lead.reported_by = None
        lead.clock_from, lead.clock_days, lead.clock_unit = change.now, due.days, due.unit
        lead.extended_days = lead.paused_days = 0
        lead.handling_due_at, lead.handling_near_at = due.at, due.near
        lead.save()
        case.stay_in_handling()
        change.unit, change.text = lead.unit, text
        tell_unit(lead.unit, case, f"{case.short_number} 退回补办，{said(due.at)}前再反馈")
    return change.case


def approve_result(*, case_id: int, by: User) -> Case:
    """审核通过: the result answers what was asked; the citizen is asked next."""
    with changing(case_id, "approve", by=by) as change:
        case, lead = change.case, change.lead
        case.approve()
        case.approved_at = change.now
        case.is_joint = False
        change.unit, change.public = lead.unit, True
        change.data = {"result": lead.result}
        change.end_assignments(Assignment.Ending.APPROVED)
        close_supervision(change, Supervision.Ending.APPROVED)
        settle_requests(change, *Request.Kind, granted=False)
        if case.first_receiver is not None:
            notify(
                [case.first_receiver],
                text=f"{case.short_number} 已审核通过，待回访",
                url=case.get_absolute_url(),
            )
    return change.case


def _part(change: Change, by: User) -> Assignment:
    part = change.part_of(by)
    if part is None:
        raise WrongState(f"{change.case.short_number} 不在这个单位手里")
    return part
