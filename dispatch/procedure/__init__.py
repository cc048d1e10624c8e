"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from dispatch.procedure import clues, course, levels, sessions, supervision, whistles

ACTS = (
    *course.ACTS,
    *supervision.ACTS,
    *whistles.ACTS,
    *sessions.ACTS,
    *levels.ACTS,
    *clues.ACTS,
)
LOADS = (
    course.load_papers,
    supervision.load_what_waits,
    whistles.load_whistles,
    sessions.load_sessions,
)
