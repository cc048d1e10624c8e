"""The only door to a change of a grid event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_fsm import TransitionNotAllowed

from grids.acts import act_of, refuse
from grids.clocks import count_if_overdue, start, step_of
from grids.history import write_line
from grids.models import EventLine, GridEvent
from grids.signals import event_changed
from grids.vocabulary import EventActor, EventStage
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound, WrongState

_CENTRES_TURN = frozenset({EventStage.VERIFIED, EventStage.FEEDBACK})


@dataclass
class Change:
    """An event on its way through the door, locked."""

    event: GridEvent
    by: User | None
    now: datetime
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    # The step begins anew although it is the same: another unit, another centre.
    restart: bool = False
    line: EventLine | None = None


@contextmanager
def changing(event_id: int, verb: str, *, by: User, version: int | None = None) -> Iterator[Change]:
    """See it, lock it, may you, do it, place it, save it, record it: all or nothing.

    The caller's block changes the locked event through `Change`. Raises NotFound for an event
    that is not there or not visible, NotAllowed for somebody else's act, AlreadyDone when
    somebody has just done it, WrongState when it is not the time.
    """
    act = act_of(verb)
    with transaction.atomic():
        event = _lock(GridEvent.objects.visible_to(by), event_id)
        refuse(act, event, by)
        if version is not None and version != event.version:
            raise WrongState("写的时候这件事有了变化，核对后再提交")
        yield from _pass_through(Change(event, by, clock.now()), verb)


@contextmanager
def changing_by_system(
    event_id: int, verb: str, *, by: User | None = None, still: Callable[[GridEvent], bool]
) -> Iterator[Change | None]:
    """The same door for what follows from something else: the end of a case.

    `still` looks again, under the lock, whether there is something to do; when there is not,
    the block gets None and nothing is recorded. `by` is who did what it follows from.
    """
    with transaction.atomic():
        event = _lock(GridEvent.objects.all(), event_id)
        if still(event):
            yield from _pass_through(Change(event, by, clock.now()), verb)
        else:
            yield None


def _lock(events: QuerySet[GridEvent], event_id: int) -> GridEvent:
    rows = events.select_for_update(of=("self",)).select_related(
        "grid", "center__region", "unit", "worker", "reported_by"
    )
    event = rows.filter(pk=event_id).order_by().first()
    if event is None:
        raise NotFound("没有这件网格事件，核对编号后再查")
    return event


def _pass_through(change: Change, verb: str) -> Iterator[Change]:
    event = change.event
    before = EventStage(event.stage)
    was = _columns(event)
    try:
        yield change
    except TransitionNotAllowed as exc:
        label = event.get_stage_display()
        raise WrongState(f"{event.short_number} 现在是“{label}”，不能这样做") from exc
    place(change)
    event.version += 1
    change.line = write_line(
        event,
        verb,
        by=change.by,
        at=change.now,
        from_stage=before,
        text=change.text,
        data=change.data,
    )
    now = _columns(event)
    event.save(update_fields=[name for name in now if now[name] != was[name]])
    event_changed.send(GridEvent, change=change, before=before)


def _columns(event: GridEvent) -> dict[str, Any]:
    return {f.name: getattr(event, f.attname) for f in GridEvent._meta.concrete_fields}


def place(change: Change) -> None:
    """Work out who must act and which clock runs. Nothing else writes the clock."""
    event = change.event
    if event.stage == EventStage.DONE:
        event.actor = EventActor.NOBODY
        event.done_at = event.done_at or change.now
    elif event.stage == EventStage.REPORTED:
        event.actor = EventActor.WORKER if event.asked else EventActor.CENTER
    elif event.stage in _CENTRES_TURN:
        event.actor = EventActor.CENTER
    step = step_of(event)
    if change.restart or event.step != (step or ""):
        count_if_overdue(event, change.now)
        start(event, step, change.now)
