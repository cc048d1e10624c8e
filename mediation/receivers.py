"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.models import Case
from cases.vocabulary import Stage
from mediation.models import Mediation
from mediation.proceedings import AT_WORK, forget, last_mediation, open_mediation
from mediation.services.proceedings import (
    end_mediation,
    let_in_whoever_mediates,
    tell_who_mediates,
)
from mediation.services.sessions import drop_sessions

_OVER = (Stage.FOLLOW_UP, Stage.CLOSED)


def follow_the_case(*, change: Change, before: Stage, **_: Any) -> None:
    """A proceeding ends with its case, and with the unit or centre that conducts it.

    What was arranged for one that is over is called off; who sees the case follows the rows.
    """
    case = change.case
    if case.mediated_at is None:
        return
    forget(case)
    _end_with_the_case(change, before)
    _end_with_the_unit(change)
    _call_off_what_is_over(change)
    let_in_whoever_mediates(case, change.now)
    forget(case)


def _end_with_the_case(change: Change, before: Stage) -> None:
    """A case whose work is over leaves no proceeding open."""
    case = change.case
    mediation = open_mediation(case)
    if case.stage in _OVER and before not in _OVER and mediation is not None:
        _end(change, mediation, Mediation.Ending.CASE_ENDED, "")


def _end_with_the_unit(change: Change) -> None:
    """改派, 提级, 下派: the former unit's proceeding ends, the new one may start its own.

    One with an agreement has ended already: only who looks after it follows the case. Given back
    and dispatched to the same unit again, it goes on.
    """
    case = change.case
    mediation, lead = last_mediation(case), case.lead
    if mediation is None or (mediation.ended_on is not None and not _is_agreed(case, mediation)):
        return
    moved = case.center_id != mediation.center_id
    handed = lead is not None and mediation.unit_id not in (None, lead.unit_id)
    if mediation.ended_on is not None:
        if handed and lead is not None and not moved:
            mediation.unit = lead.unit
            mediation.save(update_fields=["unit"])
    elif moved or handed:
        why = _whither(case, mediation) if moved or lead is None else f"事项改派给{lead.unit.name}"
        _end(change, mediation, Mediation.Ending.MOVED, why)
        drop_sessions(change, why)
        tell_who_mediates(mediation, f"{case.short_number} 的调解结束了：{why}")


def _is_agreed(case: Case, mediation: Mediation) -> bool:
    return mediation.round == case.round and mediation.ending == Mediation.Ending.AGREED


def _whither(case: Case, mediation: Mediation) -> str:
    up = case.center_id == mediation.center.parent_id
    return f"转到{'上级' if up else '下级'}中心：{case.center.name}"


def _end(change: Change, mediation: Mediation, ending: Mediation.Ending, why: str) -> None:
    end_mediation(change, mediation, ending, why)
    # The door has saved the case before it told us; this column is not in its history.
    Case.objects.filter(pk=change.case.pk).update(is_mediating=False)


def _call_off_what_is_over(change: Change) -> None:
    """What was arranged for a mediation that has ended, or rests, is not held."""
    case = change.case
    if open_mediation(case) is None:
        drop_sessions(change, "调解已经结束")
    elif case.stage not in AT_WORK:
        drop_sessions(change, "事项退回分流")
