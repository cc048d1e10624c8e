"""An event whose centre or worker is gone is not left lying: somebody who is there gets it.

People are moved, leave, or lose a right on any day, by rosters that know nothing of events: the
sweep looks every ten minutes, and once more changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from grids.event_centers import manned_above, manned_centers
from grids.event_policies import sent_roles
from grids.models import GridEvent
from grids.querysets import EventQuerySet
from grids.services.events import fall_to, worker_left
from grids.vocabulary import EventActor, EventStage
from orgs.models import Center, User

logger = logging.getLogger(__name__)


def move_stranded() -> int:
    """Give every stranded event to somebody; how many were moved."""
    return _without_worker() + _without_center()


def left_by_worker() -> EventQuerySet:
    """They wait for a worker of the grid, and there is none: for the one named, or for anybody."""
    roles = sent_roles().filter(grid=OuterRef("grid"))
    named = Q(stage=EventStage.HANDLING) & ~Exists(roles.filter(user=OuterRef("worker")))
    anybody = ~Q(stage=EventStage.HANDLING) & ~Exists(roles)
    found: EventQuerySet = GridEvent.objects.open().filter(named | anybody)
    return found.filter(actor=EventActor.WORKER)


def take_back(left: EventQuerySet, *, by: User | None) -> int:
    """Bring some of `left_by_worker` back to their centres; how many. `by` ended the service."""
    ids = left.order_by("pk").values_list("pk", flat=True)
    return sum(_taken_back(pk, by=by) for pk in list(ids))


def _taken_back(pk: int, by: User | None = None) -> bool:
    return worker_left(pk, by=by, still=_is_left)


def _is_left(event: GridEvent) -> bool:
    return left_by_worker().filter(pk=event.pk).exists()


def _without_worker() -> int:
    ids = left_by_worker().order_by("pk").values_list("pk", flat=True)
    return sum(_done(pk, _taken_back) for pk in list(ids))


def _without_center() -> int:
    open_events = GridEvent.objects.open()
    lost = open_events.exclude(center__in=manned_centers()).order_by().values("center")
    moved = 0
    for center in Center.objects.filter(pk__in=lost).order_by("pk"):
        target = manned_above(center)
        if target is not None:
            moved += _fall(center, target)
    return moved


def _fall(lost: Center, target: Center) -> int:
    ids = GridEvent.objects.open().filter(center=lost).order_by("pk").values_list("pk", flat=True)
    return sum(_done(pk, lambda pk: fall_to(pk, lost=lost, center=target)) for pk in list(ids))


def _done(pk: int, move: Callable[[int], bool]) -> bool:
    """One in a transaction of its own; what fails is logged and does not stop the rest."""
    try:
        return move(pk)
    except Exception:
        logger.exception("a stranded event could not be moved", extra={"row": pk})
        return False
