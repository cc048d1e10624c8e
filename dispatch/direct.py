"""直派: a window sends a case to the unit without the triage desk, where a rule allows it.

Only the unit the winning rule names, resident and on duty now, and nothing about the case that
somebody should look at first. A clerk has no right to dispatch: what they get is the leave to
send exactly this case by exactly this rule, for as long as the service that has looked takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from cases import policies
from cases.models import Case
from cases.vocabulary import Special, Stage
from dispatch.duty import duty_of
from dispatch.models import Residency
from dispatch.routing import Rule
from orgs.models import Center, Department, User
from orgs.permissions import Permission
from zongzhi.lib.errors import NotAllowed

HARMLESS = frozenset({Special.NONE.value, Special.GROUP.value})


@dataclass(frozen=True)
class Leave:
    """One person may send one case by one rule."""

    case_id: int
    user_id: int
    rule: Rule


_leave: ContextVar[Leave | None] = ContextVar("leave_to_send_directly", default=None)


@contextmanager
def leave_to_send(case: Case, by: User, rule: Rule) -> Iterator[None]:
    """Inside the block this person may dispatch this case as the rule says, and not otherwise."""
    token = _leave.set(Leave(case.pk, by.pk, rule))
    try:
        yield
    finally:
        _leave.reset(token)


def sent_directly(user: User, case: Case) -> Rule | None:
    """The rule by which this person is just sending the case; None when a triage officer is."""
    leave = _leave.get()
    if leave is None or (leave.case_id, leave.user_id) != (case.pk, user.pk):
        return None
    return leave.rule


def may_dispatch(user: User, case: Case) -> bool:
    """分流员; the window that has just taken the case in, by the leave of one rule."""
    if policies.can_triage(user, case):
        return True
    window = case.registered_by_id == user.pk and policies.can_register(user, case)
    return window and sent_directly(user, case) is not None


def may_recall(user: User, case: Case) -> bool:
    """分流员 what they sent, or what nobody has sent; a window what it sent directly."""
    lead = case.lead
    if lead is None:
        return policies.can_triage(user, case)
    mine = lead.dispatched_by_id == user.pk
    return mine and (policies.can_triage(user, case) or policies.can_register(user, case))


def refuse_beyond_leave(
    user: User, case: Case, lead: Department, assisting: Collection[Department]
) -> None:
    """Raise NotAllowed where somebody without the right to dispatch does more than the rule."""
    if policies.can_triage(user, case):
        return
    rule = sent_directly(user, case)
    if rule is None or rule.lead.code != lead.code or assisting:
        raise NotAllowed("直派只能派给规则写的那个单位，别的交分流台")


def why_not_direct(
    rule: Rule | None,
    unit: Department | None,
    special: Iterable[str],
    center: Center,
    at: datetime,
) -> str:
    """Why a matter of which this rule speaks goes to the desk first; "" when it need not."""
    if rule is None or not rule.direct:
        return "规则没写可直派"
    if unit is None or unit.code != rule.lead.code:
        return "去向不是规则写的单位"
    if not HARMLESS.issuperset(special):
        return "有特别情况"
    if rule.assisting:
        return "涉及几个单位"
    return _why_not_there(unit, center, at)


def _why_not_there(unit: Department, center: Center, at: datetime) -> str:
    duty = duty_of(unit, center, at)
    if duty is None or duty.kind != Residency.Kind.RESIDENT.label:
        return f"{unit.name}不是常驻单位"
    return "" if duty.present else f"{unit.name}{duty.absence}"


def is_at_the_window(case: Case, by: User) -> bool:
    """Taken in whole by this window and not yet sent."""
    whole = case.stage == Stage.TRIAGE and case.registered_by_id == by.pk
    return whole and by.can_at(Permission.REGISTER, case.center_id)
