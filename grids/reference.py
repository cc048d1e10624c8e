"""What every installation starts with on this floor: how long the steps of an event may take.

No national figure exists; these are a start, to be changed by rows from a day on.
"""

from __future__ import annotations

from datetime import date

from grids.models import EventPeriod
from grids.vocabulary import StepClock

FROM = date(2020, 1, 1)
# (working days, working hours): for most, and for what must be dealt with at once.
PERIODS: dict[StepClock, tuple[tuple[int, int], tuple[int, int]]] = {
    StepClock.VERIFY: ((0, 4), (0, 1)),
    StepClock.ASSIGN: ((0, 4), (0, 2)),
    StepClock.HANDLE: ((3, 0), (1, 0)),
    StepClock.REVIEW: ((1, 0), (0, 4)),
    StepClock.CHECK: ((2, 0), (1, 0)),
}


def ensure_event_periods() -> None:
    """Create the general periods that are missing."""
    known = set(EventPeriod.objects.filter(category="").values_list("step", "is_urgent"))
    EventPeriod.objects.bulk_create(
        EventPeriod(step=step, is_urgent=is_urgent, days=days, hours=hours, effective_from=FROM)
        for step, pair in PERIODS.items()
        for is_urgent, (days, hours) in zip((False, True), pair, strict=True)
        if (step.value, is_urgent) not in known
    )
