"""The ladder of a unit's clock: amber, the 督办单 with its yellow mark, the red one, the talk.

Pure arithmetic over the clocks of a centre; the sweep climbs it and the settings page shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.clocks import Clocks
from cases.thresholds import Threshold


@dataclass(frozen=True)
class Ladder:
    """When each step would be taken, if nobody did anything."""

    near: datetime
    due: datetime  # the 督办单 and the yellow mark
    answer_due: datetime
    red: datetime
    talk: datetime


def ladder_of(clocks: Clocks, start: datetime, due: datetime, days: int) -> Ladder:
    """The steps of a clock of so many days; each by the rules of the day on which it began."""
    answer_due = answer_due_at(clocks, due)
    return Ladder(
        near=clocks.calendar.near(start, due, days, clocks.ahead(start)),
        due=due,
        answer_due=answer_due,
        # Whichever comes first: long overdue, or the sheet not answered.
        red=min(red_from(clocks, start, due), answer_due),
        talk=talk_from(clocks, due, answer_due),
    )


def answer_due_at(clocks: Clocks, opened: datetime) -> datetime:
    """Until when a 督办单 issued at that moment must be answered."""
    return clocks.after(opened, clocks.threshold(Threshold.ANSWER_DAYS, opened)).at


def red_from(clocks: Clocks, start: datetime, due: datetime) -> datetime:
    """From when a clock that has run out is a red mark's business."""
    return clocks.calendar.shift(due, clocks.threshold(Threshold.RED_DAYS, start))


def talk_from(clocks: Clocks, opened: datetime, answer_due: datetime) -> datetime:
    """From when an unanswered 督办单 makes the sweep propose a talk."""
    return clocks.calendar.shift(answer_due, clocks.threshold(Threshold.TALK_DAYS, opened))
