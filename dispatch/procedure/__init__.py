"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from dispatch.procedure import course, supervision

ACTS = (*course.ACTS, *supervision.ACTS)
LOADS = (course.load_papers, supervision.load_what_waits)
