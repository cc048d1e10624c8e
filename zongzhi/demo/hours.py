"""Walking back and forth through the county's working hours, seen from one present moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zongzhi.lib.worktime import Calendar

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Hours:
    """The working calendar, and the moment that counts as the present."""

    calendar: Calendar
    now: datetime

    @property
    def desk_day(self) -> date:
        """The working day people are in the middle of, or the next one when they are at home."""
        today = self.now.date()
        at_work = self.calendar.is_workday(today) and self.now < self.calendar.closes(today)
        return today if at_work else self.calendar.workday_after(today, 1)

    def workday_before(self, days: int) -> date:
        """The n-th working day before the desk day."""
        day = self.desk_day
        while days > 0:
            day -= timedelta(days=1)
            days -= self.calendar.is_workday(day)
        return day

    def on(self, days: int, minutes: int) -> datetime:
        """So many working minutes after opening, on the n-th working day before the desk day."""
        return self.calendar.plus_minutes(self.calendar.opens(self.workday_before(days)), minutes)

    def ago(self, minutes: int) -> datetime:
        """So many working minutes before now; at night and on Sundays that is the day before."""
        return self.calendar.minus_hours(self.now, minutes / 60)

    def later(self, moment: datetime, minutes: float) -> datetime:
        return self.calendar.plus_minutes(moment, minutes)

    def morning_after(self, moment: datetime, minutes: float = 30) -> datetime:
        """So many working minutes into the next working day."""
        day = self.calendar.workday_after(moment.date(), 1)
        return self.later(self.calendar.opens(day), minutes)

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """The working minutes from one moment to another; 0 when the other is past."""
        passed = timedelta()
        for day in _days(start.date(), end.date()):
            if self.calendar.is_workday(day):
                for opens, closes in self.calendar.hours:
                    a = max(start, datetime.combine(day, opens, start.tzinfo))
                    b = min(end, datetime.combine(day, closes, start.tzinfo))
                    passed += max(b - a, timedelta())
        return passed / MINUTE

    def workdays(self, first: date) -> list[date]:
        """The working days from the first one until now; the last one may not be over."""
        days = _days(first, self.now.date())
        return [
            day
            for day in days
            if self.calendar.is_workday(day) and self.calendar.opens(day) < self.now
        ]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
