"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from mediation.procedure import sessions

ACTS = (*sessions.ACTS,)
LOADS = (sessions.load_meetings,)
