"""提级 and 下派: the case moves to the centre one level up or down, with its number."""

from __future__ import annotations

from cases.door import Change, changing
from cases.levels import standing_of
from cases.models import Assignment, Case, CaseCenter
from cases.services.course import tell_unit
from dispatch.models import Request, Supervision
from dispatch.services.assigning import settle_requests
from dispatch.services.convening import leave_sessions, settle_joint
from dispatch.services.supervising import close_supervision
from dispatch.services.whistling import call_off_whistles
from orgs.models import Center, Department, User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import Invalid, WrongState


def request_escalation(*, case_id: int, by: User, text: str, tried: str = "") -> Case:
    """提级: what this level has tried, and what the one above is asked to do.

    When the attempts or days of this level are used up the case moves at once; before that it
    moves when the centre above agrees.
    """
    with changing(case_id, "escalate", by=by) as change:
        case = change.case
        standing = standing_of(case, change.clocks, change.now)
        at_once = standing.is_used_up and not standing.is_last
        request = Request.objects.create(
            case=case,
            assignment=case.lead,
            kind=Request.Kind.ESCALATION,
            round=case.round,
            text=text,
            tried=tried or standing.told,
            at=change.now,
            by=by,
            granted=at_once,
            decided_at=change.now if at_once else None,
            decision_text=standing.advice if at_once else "",
        )
        change.text, change.data = text, {"request": request.pk}
        if at_once:
            change.data["because"] = standing.advice
            move_up(change)
        else:
            notify(
                Holders(Permission.TRIAGE, center=case.center.parent),
                text=f"{case.short_number} {case.center.name}申请提级，待批",
                url=case.get_absolute_url(),
            )
    return change.case


def move_up(change: Change) -> None:
    """The case is the upper centre's own now, to be dispatched anew."""
    upper = change.case.center.parent
    if upper is None:
        raise WrongState("上面没有中心可以提级")
    _move(change, upper)


def push_down(*, case_id: int, by: User, center: Department, text: str) -> Case:
    """下派: to a centre one level down, once a round; `center` is that centre as a unit."""
    with changing(case_id, "push-down", by=by) as change:
        case = change.case
        lower = center.runs
        if lower is None or lower.parent_id != case.center_id:
            raise Invalid(errors={"center": [f"{center.name}不是{case.center.name}的下一级中心"]})
        change.text = text
        _move(change, lower)
    return change.case


def _move(change: Change, to: Center) -> None:
    case, former = change.case, change.case.center
    case.back_to_triage()
    for unit in change.end_assignments(Assignment.Ending.MOVED):
        tell_unit(unit, case, f"{case.short_number} 已移到{to.name}，不用再办")
    close_supervision(change, Supervision.Ending.MOVED)
    settle_requests(change, *Request.Kind, granted=False)
    call_off_whistles(change)
    leave_sessions(change, f"{case.short_number} 已移到{to.name}")
    CaseCenter.objects.update_or_create(center=former, case=case, defaults={"until": change.now})
    case.center = to
    case.label_since = change.now  # a clock of its own for the centre it comes to
    settle_joint(case)
    case.dispatched_at = case.claimed_at = None
    case.unit = case.suggested_unit = None
    change.data |= {"from": former.pk, "to": to.pk}
    change.public = True
    notify(
        Holders(Permission.TRIAGE, center=to),
        text=f"{case.short_number} 由{former.name}转来，待分流",
        url=case.get_absolute_url(),
    )
