"""Who may mediate a case they can see."""

from __future__ import annotations

from cases.models import Case
from cases.policies import can_reveal, can_triage, takes_part
from orgs.models import User
from orgs.permissions import Permission


def mediates(user: User, case: Case) -> bool:
    """Staff of a unit that takes part, the triage desk, or whoever was let in to mediate."""
    if takes_part(user, case) or can_triage(user, case):
        return True
    if case.mediated_at is None or not user.can(Permission.MEDIATE):
        return False
    return case.admissions.filter(user=user, until=None).exists()


def writes_whole_names(user: User, case: Case) -> bool:
    """Papers with whole numbers: for whoever mediates and may look behind masks."""
    return mediates(user, case) and can_reveal(user, case)


def checks_dossiers(user: User, case: Case) -> bool:
    """Whoever looks after mediation in the centre in charge: 卷宗检查, 以案定补."""
    return user.can_at(Permission.MEDIATION, case.center_id)
