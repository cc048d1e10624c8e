"""Writing down that a level has tried to settle a matter."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from cases.door import Change, changing
from cases.levels import WORDS
from cases.models import Attempt, Case
from orgs.models import User
from orgs.models.places import Level
from zongzhi.lib.errors import Invalid


def add_attempt(
    *, case_id: int, by: User, outcome: str, text: str, held_at: datetime | None = None
) -> Case:
    """记一次劝调、联调、终调: by the lead unit or the centre's 分流员."""
    with changing(case_id, "attempt", by=by) as change:
        change.on_behalf_of(by)
        record_attempt(change, by=by, outcome=outcome, text=text, held_at=held_at)
    return change.case


def record_attempt(
    change: Change, *, by: User, outcome: str, text: str, held_at: datetime | None = None
) -> Attempt:
    """Number the attempt and write it, inside any act that holds the case.

    Raises Invalid when it is said to have taken place later than now.
    """
    case = change.case
    at = held_at or change.now
    if at > change.now:
        raise Invalid(errors={"held_at": ["谈的时间不能晚于现在"]})
    level = Level(case.center.level)
    same = Attempt.objects.filter(case=case, round=case.round, level=level)
    last = same.aggregate(last=Max("n"))["last"] or 0
    attempt = Attempt.objects.create(
        case=case,
        round=case.round,
        center=case.center,
        level=level,
        n=last + 1,
        at=at,
        by=by,
        unit=change.unit,
        outcome=outcome,
        text=text,
    )
    change.text = text
    change.data |= {"n": attempt.n, "kind": WORDS[level][1], "outcome": outcome}
    return attempt
