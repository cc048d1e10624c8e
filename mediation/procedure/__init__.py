"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from mediation.procedure import (
    agreements,
    choosing,
    dossiers,
    proceedings,
    referrals,
    sessions,
)

ACTS = (
    *proceedings.ACTS,
    *choosing.ACTS,
    *sessions.ACTS,
    *agreements.ACTS,
    *referrals.ACTS,
    *dossiers.ACTS,
)
LOADS = (
    proceedings.load_mediations,
    sessions.load_meetings,
    agreements.load_settlements,
    referrals.load_referrals,
    dossiers.load_dossiers,
)
