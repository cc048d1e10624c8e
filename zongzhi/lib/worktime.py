"""Working time: when a clock is due, and how much of it is left.

The centre's own clocks count working days, the day of start not counted (ux.md §3.2).
Statutory clocks count calendar days unless the law says 工作日 (民法典 201、203 条).
A day outside the known calendar counts Monday to Friday, and the explanation says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from zongzhi.lib import dates
from zongzhi.lib.clock import SHANGHAI, local

ONE_DAY = timedelta(days=1)
WEEKEND = "周末"

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Run:
    """Consecutive days that were skipped, and why."""

    first: date
    last: date
    name: str

    def words(self, beside: date) -> str:
        """Return 4月4日—4月6日 清明节; the year is left out where it is that of the other day."""
        until = f"—{dates.day(self.last, beside)}" if self.last != self.first else ""
        return f"{dates.day(self.first, beside)}{until} {self.name}"


@dataclass(frozen=True)
class Explanation:
    """How a due moment came about."""

    start: datetime
    due: datetime
    counted: int
    skipped: tuple[Run, ...]
    unknown_years: tuple[int, ...]
    paused_days: int
    extended_days: int

    def sentence(self, act: str = "派出") -> str:
        """Return the counting in Chinese, beginning with the act that started the clock."""
        begun = self.start.date()
        that_day = "当天到期" if self.due.date() == begun else "当天不算"
        parts = [f"{act} {dates.moment(self.start, begun)}，{that_day}"]
        if self.skipped:
            parts.append("跳过 " + "、".join(run.words(begun) for run in self.skipped))
        parts.append(f"暂停 {self.paused_days} 天")
        if self.extended_days:
            parts.append(f"延期 {self.extended_days} 天")
        if self.unknown_years:
            years = "、".join(map(str, self.unknown_years))
            parts.append(f"{years} 年日历未设置，按周一至周五计算")
        return "；".join(parts)


@dataclass(frozen=True)
class Ahead:
    """How long before a due moment the light turns amber; see `Calendar.near`."""

    percent: int  # of the days given, and
    days: int  # at least so many working days; clocks of a day or less:
    hours: int  # so many working hours


@dataclass(frozen=True)
class Calendar:
    """A snapshot of the centre's working days and hours; all moments it returns are Shanghai time.

    `days` maps a day to (is_workday, name); `years` are the years whose calendar is complete.
    """

    days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    hours: tuple[tuple[time, time], ...] = (
        (time(8, 30), time(12)),
        (time(14), time(17, 30)),
    )
    years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        edges = [edge for span in self.hours for edge in span]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("working hours must be spans in ascending order")

    def known(self, day: date) -> bool:
        """Say whether the calendar has decided about this day."""
        return day.year in self.years or day in self.days

    def is_workday(self, day: date) -> bool:
        """Say whether people work that day; Monday to Friday when nothing else is known."""
        return self.days[day][0] if day in self.days else day.weekday() < 5

    def opens(self, day: date) -> datetime:
        """Return the moment working hours begin on that day, be it a working day or not."""
        return _at(day, self.hours[0][0])

    def closes(self, day: date) -> datetime:
        """Return the moment working hours end on that day, be it a working day or not."""
        return _at(day, self.hours[-1][1])

    def workday_after(self, day: date, days: int) -> date:
        """Return the n-th working day after a day; the day itself when n is 0."""
        while days > 0:
            day += ONE_DAY
            days -= self.is_workday(day)
        return day

    def workdays_between(self, after: date, until: date) -> int:
        """Return the number of working days after one day, up to and including the other."""
        return sum(map(self.is_workday, _days(after + ONE_DAY, until)))

    def due(self, start: datetime, days: int) -> datetime:
        """Return the end of working hours on the n-th working day after the day of start.

        With 0 days: the same working day, or the next one if it is over or is none.
        """
        start = local(start)
        day = start.date()
        if days == 0 and not (self.is_workday(day) and start < self.closes(day)):
            days = 1
        return self.closes(self.workday_after(day, days))

    def shift(self, due: datetime, days: int) -> datetime:
        """Return a due moment moved later by n working days, at the same time of day."""
        due = local(due)
        return _at(self.workday_after(due.date(), days), due.time())

    def remaining_days(self, now: datetime, due: datetime) -> int:
        """Return the working days after today, up to and including the due date."""
        return self.workdays_between(local(now).date(), local(due).date())

    def overdue_days(self, now: datetime, due: datetime) -> int:
        """Return the working days after the due date, up to and including today."""
        return self.workdays_between(local(due).date(), local(now).date())

    def plus_minutes(self, moment: datetime, minutes: float) -> datetime:
        """Return the moment by which so many working minutes have passed."""
        moment, left = local(moment), timedelta(minutes=minutes)
        for opening, closing in self._spans_from(moment.date(), ONE_DAY):
            opening = max(opening, moment)
            if closing - opening >= left:
                return opening + left
            left -= max(closing - opening, timedelta())
        raise AssertionError("working days never end")

    def minus_hours(self, moment: datetime, hours: float) -> datetime:
        """Return the moment from which so many working hours are left until the given one."""
        moment, left = local(moment), timedelta(hours=hours)
        for opening, closing in self._spans_from(moment.date(), -ONE_DAY):
            closing = min(closing, moment)
            if closing - opening >= left:
                return closing - left
            left -= max(closing - opening, timedelta())
        raise AssertionError("working days never begin")

    def near(self, start: datetime, due: datetime, total_days: int, ahead: Ahead) -> datetime:
        """Return the moment from which the light is amber, never before the start.

        Clocks of a day or less: so many working hours before due. Longer ones: 00:00 of the first
        day on which at most that share of the days, or that many working days, are left
        (ux.md §3.2).
        """
        if total_days <= 1:
            return max(local(start), self.minus_hours(due, ahead.hours))
        day, left = local(due).date(), max(ahead.days, total_days * ahead.percent // 100)
        while left or not self.is_workday(day):
            left -= self.is_workday(day)
            day -= ONE_DAY
        return max(local(start), _at(day, time()))

    def explain(
        self, start: datetime, due: datetime, paused_days: int = 0, extended_days: int = 0
    ) -> Explanation:
        """Return how a due moment was counted; pauses and extensions are working days."""
        start, due = local(start), local(due)
        passed = list(_days(start.date() + ONE_DAY, due.date()))
        return Explanation(
            start=start,
            due=due,
            counted=self.workdays_between(start.date(), due.date()),
            skipped=tuple(self._runs(day for day in passed if not self.is_workday(day))),
            unknown_years=tuple(sorted({day.year for day in passed if not self.known(day)})),
            paused_days=paused_days,
            extended_days=extended_days,
        )

    def _runs(self, skipped: Iterable[date]) -> Iterator[Run]:
        runs: list[list[date]] = []
        for day in skipped:
            if runs and runs[-1][-1] == day - ONE_DAY:
                runs[-1].append(day)
            else:
                runs.append([day])
        for run in runs:
            names = dict.fromkeys(self.days[day][1] for day in run if day in self.days)
            yield Run(run[0], run[-1], "、".join(filter(None, names)) or WEEKEND)

    def _spans_from(self, day: date, step: timedelta) -> Iterator[Span]:
        hours = self.hours if step > timedelta() else self.hours[::-1]
        while True:
            if self.is_workday(day):
                yield from ((_at(day, opening), _at(day, closing)) for opening, closing in hours)
            day += step


def statutory_due(
    start: date,
    days: int,
    calendar: Calendar,
    *,
    unit: Literal["calendar", "working"] = "calendar",
) -> date:
    """Return the last day of a statutory period; the day of start is not counted.

    A last day that is a holiday moves to the next working day (民法典 203 条).
    """
    if unit == "working":
        return calendar.workday_after(start, days)
    last = rights_due(start, days)
    return last if calendar.is_workday(last) else calendar.workday_after(last, 1)


def rights_due(start: date, days: int) -> date:
    """Return the unextended last day of a citizen's right, the safe one to warn from."""
    return start + days * ONE_DAY


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, SHANGHAI)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * ONE_DAY for n in range((last - first).days + 1))
