"""What time does to an event: a step that is nearly or already late is told, once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from grids.clocks import count_if_overdue
from grids.event_policies import serving
from grids.models import EventReminder, GridEvent
from grids.vocabulary import EventActor, StepClock
from orgs.models import User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify

logger = logging.getLogger(__name__)

CHUNK = 500  # ids held at a time, the oldest first


def sweep(now: datetime) -> int:
    """Tell what is due; how many were told. Safe twice, in two workers, late or killed."""
    told = 0
    for kind in (EventReminder.Kind.OVERDUE, EventReminder.Kind.NEAR):
        for _, pk in _all_due(kind, now):
            told += _told(pk, kind, now)
    return told


def _all_due(kind: EventReminder.Kind, now: datetime) -> Iterator[tuple[datetime | None, int]]:
    """Every one there is, in chunks, each after the last: one that fails does not come again."""
    rows = due(kind, now)
    while True:
        chunk = list(rows[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        when, pk = chunk[-1]
        rows = due(kind, now).filter(Q(due_at__gt=when) | Q(due_at=when, pk__gt=pk))


def due(
    kind: EventReminder.Kind, now: datetime
) -> QuerySet[GridEvent, tuple[datetime | None, int]]:
    """Open events whose step stands there and who have not been told for this due time."""
    reminded = EventReminder.objects.filter(
        event=OuterRef("pk"), kind=kind, due_at=OuterRef("due_at")
    )
    late = Q(due_at__lt=now)
    here = late if kind == EventReminder.Kind.OVERDUE else Q(near_at__lte=now) & ~late
    rows = GridEvent.objects.open().filter(here, due_at__isnull=False)
    return rows.exclude(Exists(reminded)).order_by("due_at", "pk").values_list("due_at", "pk")


def _told(pk: int, kind: EventReminder.Kind, now: datetime) -> bool:
    """One in a transaction of its own; what fails is logged and does not stop the rest."""
    try:
        with transaction.atomic():
            return _tell(pk, kind, now)
    except Exception:
        logger.exception("sweep failed", extra={"row": pk, "step": str(kind)})
        return False


def _tell(pk: int, kind: EventReminder.Kind, now: datetime) -> bool:
    event = GridEvent.objects.locked().filter(pk=pk).select_related("center", "unit").first()
    if event is None or not event.is_open or event.due_at is None or not event.step:
        return False
    if kind == EventReminder.Kind.OVERDUE:
        if not count_if_overdue(event, now):
            return False
        GridEvent.objects.filter(pk=pk).update(overdue_steps=F("overdue_steps") + 1)
        what, topic = "已超期", Topic.OVERDUE
    else:
        if event.near_at is None or not event.near_at <= now <= event.due_at:
            return False
        _, is_new = EventReminder.objects.get_or_create(
            event=event, kind=kind, due_at=event.due_at, defaults={"at": now}
        )
        if not is_new:
            return False
        what, topic = "快到期", Topic.NEAR
    text = f"网格事件 {event.short_number} {StepClock(event.step).label}{what}"
    for readers in _readers(event, kind):
        notify(readers, text=text, url=event.get_absolute_url(), topic=topic)
    return True


def _readers(event: GridEvent, kind: EventReminder.Kind) -> list[Iterable[User] | Holders]:
    """Whoever must act; when it is late, the centre too."""
    center = Holders(Permission.TRIAGE, center=event.center)
    found: list[Iterable[User] | Holders] = []
    if event.actor == EventActor.UNIT and event.unit is not None:
        found.append(Holders(Permission.HANDLE, department=event.unit))
    elif event.actor == EventActor.WORKER:
        found.append(
            [event.worker] if event.worker and event.stage == "handling" else serving(event)
        )
    if not found or kind == EventReminder.Kind.OVERDUE:
        found.append(center)
    return found
