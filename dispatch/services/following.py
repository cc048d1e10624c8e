"""What else follows a corrected calendar: until when a 督办单 or a 批示 must be answered."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from cases.door import Change, changing_by_system
from cases.models import Case
from cases.recalculation import VERB, Moved
from dispatch.models import Instruction, Supervision
from zongzhi.lib import clock

logger = logging.getLogger(__name__)
Waiting = Supervision | Instruction


def recalculate_answers() -> list[Moved]:
    """Work out again when what is still unanswered must be answered; which cases moved.

    One small transaction for each case, recorded in its history; safe to run again.
    """
    sheets = Supervision.objects.filter(
        closed_at=None, answered_at=None, answer_days__isnull=False
    ).values_list("case", flat=True)
    instructions = Instruction.objects.filter(noted_at=None, answered_at=None)
    cases = dict.fromkeys(chain(sheets, instructions.values_list("case", flat=True)))
    moved = []
    for case_id in sorted(cases):
        try:
            found = _recalculate(case_id)
        except Exception:
            logger.exception("recalculation failed", extra={"case": case_id})
        else:
            moved += [found] if found else []
    return moved


def _recalculate(case_id: int) -> Moved | None:
    with changing_by_system(case_id, VERB, still=lambda c: any(_moving(c))) as change:
        if change is None:
            return None
        first: tuple[datetime, datetime] | None = None
        for waiting, due_at in _moving(change):
            first = first or (waiting.answer_due_at, due_at)
            waiting.answer_due_at = due_at
            waiting.save(update_fields=["answer_due_at"])
        before, after = first or (change.now, change.now)
        change.data = {"answer": True, "from": _iso(before), "to": _iso(after)}
    return Moved(change.case.number, before, after)


def _moving(change: Change) -> Iterator[tuple[Waiting, datetime]]:
    """What would have to be answered at another moment now."""
    unanswered: list[Waiting] = [*_sheets(change.case), *_instructions(change.case)]
    for waiting in unanswered:
        begun = waiting.opened_at if isinstance(waiting, Supervision) else waiting.at
        due_at = change.clocks.after(begun, waiting.answer_days or 0).at
        if due_at != waiting.answer_due_at:
            yield waiting, due_at


def _sheets(case: Case) -> list[Supervision]:
    open_ones = case.supervisions.filter(closed_at=None, answered_at=None)
    return list(open_ones.filter(answer_days__isnull=False))


def _instructions(case: Case) -> list[Instruction]:
    return list(case.instructions.filter(noted_at=None, answered_at=None))


def _iso(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="minutes")
