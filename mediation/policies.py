"""Who may do what in a mediation of a case they can see."""

from __future__ import annotations

from cases import policies
from cases.models import Case
from orgs.models import User
from orgs.permissions import Permission


def mediates(user: User, case: Case) -> bool:
    """Staff of the units that have the case, the desk of its centre, or whoever was let into it."""
    return (
        policies.takes_part(user, case)
        or policies.can_triage(user, case)
        or (
            case.mediated_at is not None
            and user.can(Permission.MEDIATE)
            and case.admissions.filter(user=user, until=None).exists()
        )
    )
