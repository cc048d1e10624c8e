"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from dispatch.procedure import clues, course, levels, sessions, whistles

ACTS = (*course.ACTS, *whistles.ACTS, *sessions.ACTS, *levels.ACTS, *clues.ACTS)
LOADS = (course.load_papers, whistles.load_whistles, sessions.load_sessions)
