"""When a room is free. Pure: what is taken goes in, moments come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from zongzhi.lib.worktime import Calendar

STEP = timedelta(minutes=30)
LOOKED_AHEAD = 30  # days

Span = tuple[datetime, datetime]


def overlaps(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def free_starts(
    wanted: Span, taken: Sequence[Span], calendar: Calendar, *, most: int = 2
) -> list[datetime]:
    """The next moments from which the room is free for as long as wanted, in working hours."""
    length = wanted[1] - wanted[0]
    found: list[datetime] = []
    for start in _starts(wanted[0], calendar, length):
        if not any(overlaps((start, start + length), span) for span in taken):
            found.append(start)
        if len(found) == most:
            break
    return found


def _starts(begin: datetime, calendar: Calendar, length: timedelta) -> Iterator[datetime]:
    """Every half hour of working time from the wanted moment on, whole in one half of a day."""
    for ahead in range(LOOKED_AHEAD):
        day = begin.date() + timedelta(days=ahead)
        if not calendar.is_workday(day):
            continue
        for opening, closing in calendar.hours:
            start = datetime.combine(day, opening, begin.tzinfo)
            while start + length <= datetime.combine(day, closing, begin.tzinfo):
                if start >= begin:
                    yield start
                start += STEP
