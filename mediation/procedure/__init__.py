"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from mediation.procedure import agreements, referrals

ACTS = (
    *agreements.ACTS,
    *referrals.ACTS,
)
LOADS = (
    agreements.load_settlements,
    referrals.load_referrals,
)
