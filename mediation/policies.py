"""Who may mediate a case they can see, and who keeps the mediators and bodies."""

from __future__ import annotations

from cases import policies
from cases.models import Case
from mediation.models import Mediator
from mediation.proceedings import last_mediation
from orgs.models import User
from orgs.permissions import Permission


def mediates(user: User, case: Case) -> bool:
    """Staff of a unit that takes part, 分流员 of the centre, whoever is let in to mediate.

    Those stay until the dossier is filed: agreement, performance and papers are theirs too.
    """
    if policies.takes_part(user, case) or policies.can_triage(user, case):
        return True
    mediation = last_mediation(case)
    return mediation is not None and user.pk in mediation.admitted


def manages(user: User, center_id: int) -> bool:
    """管调解组织、调解员: at that centre."""
    return user.can_at(Permission.MEDIATION, center_id)


def is_own(user: User, mediator: Mediator) -> bool:
    return mediator.user_id == user.pk


def writes_whole_names(user: User, case: Case) -> bool:
    """Papers with whole numbers: for whoever mediates and may look behind masks."""
    return mediates(user, case) and policies.can_reveal(user, case)


def checks_dossiers(user: User, case: Case) -> bool:
    """Whoever looks after mediation in the centre in charge: 卷宗检查, 以案定补."""
    return manages(user, case.center_id)
