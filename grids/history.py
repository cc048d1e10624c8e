"""The lines of an event's history: one for every act, in order, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grids.models import EventLine, GridEvent
from orgs.models import User


def write_line(
    event: GridEvent,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    from_stage: str = "",
    text: str = "",
    data: dict[str, Any] | None = None,
) -> EventLine:
    """Add the next line; the event must be locked, or new."""
    return EventLine.objects.create(
        event=event,
        seq=event.lines.count() + 1,
        verb=verb,
        at=at,
        by=by,
        from_stage=from_stage,
        to_stage=event.stage,
        text=text,
        data=data or {},
    )
