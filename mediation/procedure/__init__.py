"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from dataclasses import replace

from cases.acts import Act, Concerns
from cases.models import Case
from mediation.procedure import (
    agreements,
    choosing,
    dossiers,
    proceedings,
    referrals,
    sessions,
)


def _was_mediated(case: Case) -> bool:
    return case.mediated_at is not None


def _has_periods(case: Case) -> bool:
    return case.statutory_since is not None


def _concerns(act: Act) -> Concerns:
    return _has_periods if act in referrals.ACTS else _was_mediated


TAB = "mediation"  # of the case page: beside the case they would be too many
ROOMS = {
    "proceeding": (*proceedings.ACTS, *choosing.ACTS),
    "sessions": sessions.ACTS,
    "agreements": (*agreements.ACTS, *referrals.ACTS),
    "dossier": dossiers.ACTS,
}
_FIRST = ("start-mediation", "receive-referral")  # may be done to a case like any other
ACTS = tuple(
    replace(act, tab=TAB, concerns=None if act.verb in _FIRST else _concerns(act))
    for acts in ROOMS.values()
    for act in acts
)
LOADS = (proceedings.load_mediations, referrals.load_referrals)
