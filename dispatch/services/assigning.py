"""派出, 撤回派出, 退回, 裁定, 改派: which unit it is that must answer."""

from __future__ import annotations

from collections.abc import Sequence

from cases.door import Change, changing
from cases.models import Assignment, Case
from cases.services.course import said, tell_unit
from cases.thresholds import Threshold
from cases.vocabulary import Clock, Complexity, Risk
from dispatch.complained import is_complained_of
from dispatch.direct import refuse_beyond_leave
from dispatch.models import Request, Return, Supervision
from dispatch.rulebook import units_complained_of
from dispatch.services.contacting import tell_contacts
from dispatch.services.convening import settle_joint
from dispatch.services.hits import remember_rule
from dispatch.services.supervising import close_supervision
from orgs.models import Department, User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import Invalid, WrongState


def dispatch_case(
    *,
    case_id: int,
    by: User,
    lead: Department,
    complexity: Complexity,
    risk: Risk,
    assisting: Sequence[Department] = (),
    note: str = "",
) -> Case:
    """派出: hand the case to the department that will answer for it. Both clocks start now.

    Which rule spoke for which unit, and whether it was followed, is kept with it. Raises Invalid
    when a unit is itself the party complained of, or assists itself.
    """
    with changing(case_id, "dispatch", by=by) as change:
        case = change.case
        refuse_beyond_leave(by, case, lead, assisting)
        case.complexity, case.risk = complexity, risk
        if case.is_joint:
            settle_joint(case)  # what is arranged is still to be held
        case.stay_in_triage()
        assign(change, lead, assisting)
        change.data.update(complexity=complexity, risk=risk)
        remember_rule(change, lead)
        change.text, change.unit, change.public = note, lead, True
    return change.case


def assign(change: Change, lead: Department, assisting: Sequence[Department] = ()) -> None:
    """Give the case to a lead and its helpers, with their own clocks from now."""
    case = change.case
    units = [lead, *assisting]
    _refuse_impossible(case, lead, assisting)
    claim = change.clocks.due(Clock.CLAIM, change.now)
    rule = change.clocks.due(
        Clock.HANDLING, change.now, complexity=case.complexity, type_id=case.type_id
    )
    Assignment.objects.bulk_create(
        [
            Assignment(
                case=case,
                case_registered_at=case.registered_at,
                round=case.round,
                unit=unit,
                role=Assignment.Role.LEAD if unit == lead else Assignment.Role.ASSISTING,
                complexity=case.complexity,
                dispatched_at=change.now,
                dispatched_by=change.by,
                claim_due_at=claim.at,
                claim_near_at=claim.near,
                clock_from=change.now,
                clock_days=rule.days,
                clock_unit=rule.unit,
                handling_due_at=rule.at,
                handling_near_at=rule.near,
            )
            for unit in units
        ]
    )
    change.load_assignments()
    case.dispatched_at, case.claimed_at = change.now, None
    case.promised_at = case.promised_at or rule.at
    change.data |= {"lead": lead.pk, "assisting": [unit.pk for unit in assisting]}
    for unit in units:
        part = "主办" if unit == lead else "协办"
        tell_unit(unit, case, f"{case.short_number} 待签收（{part}），{said(claim.at)}前签收")
    tell_contacts(case, units, change.now)


def _refuse_impossible(case: Case, lead: Department, assisting: Sequence[Department]) -> None:
    units = [lead, *assisting]
    if len({unit.pk for unit in units}) != len(units):
        raise Invalid(errors={"assisting": ["主办单位不用再选作协办"]})
    complained_of = units_complained_of(case)
    for unit in units:
        if is_complained_of(unit.name, complained_of):
            field = "lead" if unit == lead else "assisting"
            raise Invalid(errors={field: [f"{unit.name}是被反映的单位，不能由它办"]})


def recall_dispatch(*, case_id: int, by: User) -> Case:
    """撤回派出: within the minutes of the rule, while nobody has claimed it."""
    with changing(case_id, "recall", by=by) as change:
        case, lead = change.case, change.lead
        case.stay_in_triage()
        if case.promised_at == lead.handling_due_at:
            case.promised_at = None
        case.dispatched_at = None
        close_supervision(change, Supervision.Ending.REASSIGNED)
        for unit in change.end_assignments(Assignment.Ending.RECALLED):
            tell_unit(unit, case, f"{case.short_number} 已撤回，不用签收")
    return change.case


def _not_oneself(lead: Assignment, suggested: Department | None) -> None:
    """Raise Invalid where a unit names itself as the one that should have the case instead."""
    if suggested is not None and suggested.pk == lead.unit_id:
        raise Invalid(errors={"suggested": ["“应由谁办”不能还是本单位"]})


def return_case(
    *, case_id: int, by: User, reason: str, basis: str, suggested: Department | None = None
) -> Case:
    """退回: once a round, with whose it is and why. The clocks keep running meanwhile."""
    with changing(case_id, "return", by=by) as change:
        case, lead = change.case, change.lead
        _not_oneself(lead, suggested)
        days = change.clocks.threshold(Threshold.RETURN_DAYS, lead.dispatched_at)
        last = change.clocks.after(lead.dispatched_at, days).at
        if change.now > last:
            raise WrongState(
                f"退回要在收到后 {days} 个工作日内，{said(last)}已过。有新情况点“申请改派”"
            )
        lead.returned_at = change.now
        lead.save(update_fields=["returned_at"])
        Return.objects.create(
            case=case,
            assignment=lead,
            reason=reason,
            suggested=suggested,
            basis=basis,
            at=change.now,
            by=by,
        )
        case.stay_in_triage()
        change.unit, change.text = lead.unit, basis
        change.data = {"reason": reason, "suggested": suggested.pk if suggested else None}
        notify(
            Holders(Permission.TRIAGE, center=case.center),
            text=f"{case.short_number} 被{lead.unit.name}退回，待裁定",
            url=case.get_absolute_url(),
        )
    return change.case


def rule_on_return(
    *,
    case_id: int,
    by: User,
    ruling: str,
    text: str,
    lead: Department | None = None,
    assisting: Sequence[Department] = (),
) -> Case:
    """裁定: 维持, 改派 or 会商; final for this round.

    会商 names the lead and the units that sit together. Raises Invalid without a unit to go to.
    """
    with changing(case_id, "rule", by=by) as change:
        case, former = change.case, change.lead
        returned = former.return_row
        returned.ruling, returned.ruling_text = ruling, text
        returned.ruled_at, returned.ruled_by = change.now, by
        returned.save()
        case.ruled_at = change.now
        case.stay_in_triage()
        change.text, change.data = text, {"ruling": ruling}
        if ruling == Return.Ruling.UPHOLD:
            change.unit = former.unit
            tell_unit(former.unit, case, f"{case.short_number} 裁定维持，由{former.unit.name}办")
        else:
            _hand_on(change, former, lead, assisting, joint=ruling == Return.Ruling.JOINT)
    return change.case


def _hand_on(
    change: Change,
    former: Assignment,
    lead: Department | None,
    assisting: Sequence[Department],
    *,
    joint: bool,
) -> None:
    if lead is None:
        raise Invalid(errors={"lead": ["还没选由谁主办"]})
    if joint and not assisting:
        raise Invalid(errors={"assisting": ["会商至少要有一个参加的单位"]})
    if not joint and lead == former.unit:
        raise Invalid(errors={"lead": [f"还是{lead.name}的话，选“维持原派”"]})
    if change.case.is_joint:
        settle_joint(change.case)
    change.case.is_joint = joint or change.case.is_joint
    change.end_assignments(Assignment.Ending.RULED)
    close_supervision(change, Supervision.Ending.REASSIGNED)
    assign(change, lead, assisting)
    change.unit = lead
    tell_unit(former.unit, change.case, f"{change.case.short_number} 已裁定由{lead.name}办")


def request_reassignment(
    *, case_id: int, by: User, text: str, suggested: Department | None = None
) -> Case:
    """申请改派: the lead asks; the triage officer reassigns or does not."""
    with changing(case_id, "request-reassign", by=by) as change:
        case, lead = change.case, change.lead
        _not_oneself(lead, suggested)
        Request.objects.create(
            case=case,
            assignment=lead,
            kind=Request.Kind.REASSIGNMENT,
            round=case.round,
            text=text,
            suggested=suggested,
            at=change.now,
            by=by,
        )
        change.unit, change.text = lead.unit, text
        change.data = {"suggested": suggested.pk if suggested else None}
        notify(
            Holders(Permission.TRIAGE, center=case.center),
            text=f"{case.short_number} {lead.unit.name}申请改派",
            url=case.get_absolute_url(),
        )
    return change.case


def reassign_case(*, case_id: int, by: User, lead: Department, text: str) -> Case:
    """改派: another unit takes it, to be claimed anew with clocks of its own.

    In 督办 the case stays there, and the former unit's 督办单 is closed with that reason.
    """
    with changing(case_id, "reassign", by=by) as change:
        case, former = change.case, change.lead
        if former.unit == lead:
            raise Invalid(errors={"lead": [f"现在就是{lead.name}主办"]})
        case.back_to_triage()
        if case.is_joint:
            settle_joint(case)
        change.data = {"from": former.unit_id}
        change.end_assignments(Assignment.Ending.REASSIGNED)
        close_supervision(change, Supervision.Ending.REASSIGNED)
        settle_requests(change, Request.Kind.REASSIGNMENT, granted=True)
        settle_requests(change, Request.Kind.EXTENSION, Request.Kind.PAUSE, granted=False)
        assign(change, lead)
        change.text, change.unit, change.public = text, lead, True
        tell_unit(former.unit, case, f"{case.short_number} 已改派{lead.name}，不用再办")
    return change.case


def settle_requests(change: Change, *kinds: Request.Kind, granted: bool) -> None:
    """Pending requests that the act itself has answered."""
    change.case.requests.filter(kind__in=kinds, decided_at=None).update(
        granted=granted, decided_at=change.now, decided_by=change.by, decision_text=change.text
    )
