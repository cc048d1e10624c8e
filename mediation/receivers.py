"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.vocabulary import Stage
from mediation.proceedings import AT_WORK, forget, open_mediation
from mediation.services.sessions import drop_sessions


def call_off_what_is_over(*, change: Change, before: Stage, **_: Any) -> None:
    """What was arranged for a mediation that has ended is not held."""
    case = change.case
    if case.mediated_at is None:
        return
    forget(case)
    if case.stage not in AT_WORK or open_mediation(case) is None:
        drop_sessions(change, "调解已经结束")
