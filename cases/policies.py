"""Who may do what to a case they can see. No queries: the posts and assignments are loaded."""

from __future__ import annotations

from cases.models import Case
from cases.vocabulary import FINISHED, Closure
from orgs.models import Department, User
from orgs.permissions import Permission


def can_triage(user: User, case: Case) -> bool:
    """分流员 of the centre in charge."""
    return user.can_at(Permission.TRIAGE, case.center_id)


def can_register(user: User, case: Case) -> bool:
    """A window of the centre in charge, or whoever registered the case."""
    registered = case.registered_by_id == user.pk and user.can(Permission.REGISTER)
    return registered or user.can_at(Permission.REGISTER, case.center_id)


def can_print(user: User, case: Case) -> bool:
    """回执 and 文书: the window that registered it, and the triage desk of the centre."""
    return can_register(user, case) or can_triage(user, case)


def can_print_document(user: User, case: Case, kind: str) -> bool:
    """The 登记表 shows whole numbers: only for who may look behind masks."""
    return can_print(user, case) and (kind != "registration" or can_reveal(user, case))


def can_sign(user: User, unit: Department) -> bool:
    """签收回执: staff of the unit the paper went to; for a centre, its triage desk as well."""
    staff = user.can_for(Permission.HANDLE, [unit.pk])
    return staff or (unit.runs_id is not None and user.can_at(Permission.TRIAGE, unit.runs_id))


def takes_part(user: User, case: Case) -> bool:
    """Staff of a unit with an open part in the case, or of the unit that had it last."""
    units: list[int | None] = [a.unit_id for a in case.open_assignments]
    units = units or [case.unit_id]
    return user.can_for(Permission.HANDLE, units)


def leads(user: User, case: Case) -> bool:
    """Staff of the lead unit."""
    return user.can_for(Permission.HANDLE, [case.lead.unit_id if case.lead else case.unit_id])


def heads(user: User, case: Case) -> bool:
    """The head of a unit that takes part."""
    return user.can_for(Permission.HEAD, [a.unit_id for a in case.open_assignments])


def can_note(user: User, case: Case) -> bool:
    """Whoever works on the case: the unit, the window, the first receiver, the triage desk."""
    return takes_part(user, case) or can_register(user, case) or can_triage(user, case)


def can_follow_up(user: User, case: Case) -> bool:
    """The first receiver, or any 回访员 of the centre."""
    first = case.first_receiver_id == user.pk
    return first or user.can_at(Permission.FOLLOW_UP, case.center_id)


def can_read_ratings(user: User, case: Case) -> bool:
    """Before the 回访: the centre, but not whoever handles the matter that was rated."""
    at_the_centre = user.can(Permission.VIEW_CENTER) and not takes_part(user, case)
    return can_follow_up(user, case) or at_the_centre


def can_supervise(user: User, case: Case) -> bool:
    """督办员 and leaders of the centre in charge."""
    return user.can_at(Permission.SUPERVISE, case.center_id)


def can_reopen(user: User, case: Case) -> bool:
    return user.can_at(Permission.REOPEN, case.center_id)


def can_approve(user: User, case: Case) -> bool:
    """分流员, but not whoever handled it; one level up where the centre has nobody else."""
    lead = case.lead
    if lead is not None and user.pk in (lead.handler_id, lead.reported_by_id):
        return False
    if can_triage(user, case):
        return True
    if not user.can_at(Permission.TRIAGE, case.center.parent_id) or lead is None:
        return False
    others = user.triage_right_below.get(case.center_id, frozenset())
    return not others - {lead.handler_id, lead.reported_by_id}


def can_decide(user: User, case: Case) -> bool:
    """Anybody who decides requests about this case; which ones is the service's to say."""
    return (
        heads(user, case)
        or can_triage(user, case)
        or user.can_at(Permission.DECIDE, case.center_id)
        or user.can_at(Permission.TRIAGE, case.center.parent_id)
    )


def can_reveal(user: User, case: Case) -> bool:
    """Whoever may look behind masks, in a case of their own centre or unit."""
    units: list[int | None] = [a.unit_id for a in case.open_assignments]
    units = units or [case.unit_id]
    at_home = user.can_at(Permission.REVEAL, case.center_id)
    return at_home or user.can_for(Permission.REVEAL, units)


def was_merged(case: Case) -> bool:
    return case.closure == Closure.MERGED


def was_finished(case: Case) -> bool:
    return case.closure in FINISHED


def leads_the_centre(user: User, case: Case) -> bool:
    """A leader of the centre in charge, or of any above it."""
    return any(case.center_id in post.reach for post in user.posts_giving(Permission.DECIDE))
