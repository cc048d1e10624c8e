"""直派: what the window has just registered goes straight to the unit a rule names."""

from __future__ import annotations

from cases.models import Case
from cases.vocabulary import Complexity, Risk
from dispatch.direct import is_at_the_window, leave_to_send, why_not_direct
from dispatch.rulebook import verdict_of
from dispatch.services.assigning import dispatch_case
from orgs.models import Department, User
from zongzhi.lib import clock
from zongzhi.lib.errors import WrongState


def send_directly(*, case: Case, code: str, by: User) -> Case:
    """Dispatch a case by the rule of that number, in the transaction that registers it.

    Raises WrongState, with what is in the way, when the rule does not win, does not allow it, or
    its unit is not there now: the case then waits for the triage desk.
    """
    rule = verdict_of(case, by.reference_revision).winner
    if not is_at_the_window(case, by) or rule is None or rule.code != code:
        raise WrongState("没有直派：规则和登记的内容对不上，已交分流台")
    unit = Department.objects.filter(pk=rule.lead_id).first()
    chosen = unit if unit is not None and case.suggested_unit_id == unit.pk else None
    reason = why_not_direct(rule, chosen, case.special, case.center, clock.now())
    if reason or chosen is None:
        raise WrongState(f"没有直派：{reason}，已交分流台")
    with leave_to_send(case, by, rule):
        return dispatch_case(
            case_id=case.pk,
            by=by,
            lead=chosen,
            complexity=Complexity(rule.complexity or Complexity.ORDINARY),
            risk=Risk(rule.risk or Risk.LOW),
        )
