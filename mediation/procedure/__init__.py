"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from dataclasses import replace

from mediation.procedure import (
    agreements,
    choosing,
    dossiers,
    proceedings,
    referrals,
    sessions,
)

TAB = "mediation"  # of the case page: beside the case they would be too many
ROOMS = {
    "proceeding": (*proceedings.ACTS, *choosing.ACTS),
    "sessions": sessions.ACTS,
    "agreements": (*agreements.ACTS, *referrals.ACTS),
    "dossier": dossiers.ACTS,
}
ACTS = tuple(replace(act, tab=TAB) for acts in ROOMS.values() for act in acts)
LOADS = (proceedings.load_mediations, referrals.load_referrals)
