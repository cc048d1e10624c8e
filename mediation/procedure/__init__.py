"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from mediation.procedure import choosing, proceedings, sessions

ACTS = (
    *proceedings.ACTS,
    *choosing.ACTS,
    *sessions.ACTS,
)
LOADS = (proceedings.load_mediations, sessions.load_meetings)
