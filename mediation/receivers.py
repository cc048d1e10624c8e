"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.models import Case
from cases.vocabulary import Stage
from mediation.models import Mediation
from mediation.proceedings import AT_WORK, forget, open_mediation
from mediation.services.proceedings import end_mediation, let_out
from mediation.services.sessions import drop_sessions

_OVER = (Stage.FOLLOW_UP, Stage.CLOSED)


def end_with_the_case(*, change: Change, before: Stage, **_: Any) -> None:
    """A case whose work is over leaves no proceeding open and nobody let in."""
    case = change.case
    if case.stage not in _OVER or before in _OVER:
        return
    mediation = open_mediation(case)
    if mediation is None:
        return
    end_mediation(change, mediation, Mediation.Ending.CASE_ENDED, "")
    let_out(change)
    # The door has saved the case before it told us; this column is not in its history.
    Case.objects.filter(pk=case.pk).update(is_mediating=False)


def call_off_what_is_over(*, change: Change, before: Stage, **_: Any) -> None:
    """What was arranged for a mediation that has ended is not held."""
    case = change.case
    if case.mediated_at is None:
        return
    forget(case)
    if case.stage not in AT_WORK or open_mediation(case) is None:
        drop_sessions(change, "调解已经结束")
