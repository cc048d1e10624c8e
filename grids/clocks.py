"""How long the steps of an event may take, in working time of its centre."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from grids.models import EventPeriod, EventReminder, GridEvent
from grids.vocabulary import EventActor, EventStage, StepClock
from orgs.calendars import calendar_of
from zongzhi.lib import clock
from zongzhi.lib.worktime import Ahead

# Amber: when a fifth of the days is left, the last day in any case; of hours, the last two.
NEAR = Ahead(percent=20, days=1, hours=2)

_STEPS = {
    EventStage.REPORTED: StepClock.VERIFY,
    EventStage.VERIFIED: StepClock.ASSIGN,
    EventStage.HANDLING: StepClock.HANDLE,
    EventStage.FEEDBACK: StepClock.REVIEW,
    EventStage.CHECKING: StepClock.CHECK,
}


def step_of(event: GridEvent) -> StepClock | None:
    """The step whose time runs; a case has clocks of its own, what is done has none."""
    if event.actor == EventActor.CASE:
        return None
    return _STEPS.get(EventStage(event.stage))


def period_for(step: StepClock, category: str, *, is_urgent: bool, day: date) -> EventPeriod:
    """The period in force on that day: the one for urgent ones, then for the category.

    Raises LookupError when there is none: `setup` puts general ones in for every step.
    """
    fitting = EventPeriod.objects.filter(
        Q(is_urgent=False) | Q(is_urgent=is_urgent),
        step=step,
        category__in=["", category],
        effective_from__lte=day,
    )
    found = max(fitting, key=_particularity, default=None)
    if found is None:
        raise LookupError(f"no period for the step {step}")
    return found


def _particularity(period: EventPeriod) -> tuple[bool, bool, date]:
    return (period.is_urgent, bool(period.category), period.effective_from)


def start(event: GridEvent, step: StepClock | None, now: datetime) -> None:
    """Let the clock of this step run from now on, or none; writes columns, saves nothing."""
    event.step = step or ""
    if step is None:
        event.step_since = event.due_at = event.near_at = None
        return
    day = clock.local(now).date()
    period = period_for(step, event.category, is_urgent=event.is_urgent, day=day)
    calendar = calendar_of(event.center)
    event.step_since = now
    if period.days:
        event.due_at = calendar.due(now, period.days)
    else:
        event.due_at = calendar.plus_minutes(now, period.hours * 60)
    event.near_at = calendar.near(now, event.due_at, period.days, NEAR)


def count_if_overdue(event: GridEvent, now: datetime) -> bool:
    """Note once for each due time that the step was not done in time; whether this was it.

    The sweep and the act that ends the step both ask; the row's unique constraint decides.
    """
    if event.due_at is None or event.due_at >= now:
        return False
    _, is_new = EventReminder.objects.get_or_create(
        event=event, kind=EventReminder.Kind.OVERDUE, due_at=event.due_at, defaults={"at": now}
    )
    event.overdue_steps += is_new
    return is_new
