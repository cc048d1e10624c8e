"""The acts of this floor: who may do them, when, from where to where. A room each."""

from __future__ import annotations

from mediation.procedure import dossiers

ACTS = (*dossiers.ACTS,)
LOADS = (dossiers.load_dossiers,)
