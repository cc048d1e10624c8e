"""When mediators have time: their weekly hours, less absences and what is booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mediation.meetings import of_mediator
from mediation.models import Absence, Mediator, WeeklyHours
from orgs.booking import Span, taken
from orgs.calendars import calendar_of
from orgs.models import Center
from zongzhi.lib import clock
from zongzhi.lib.worktime import Calendar

AHEAD = 14  # days
SHOWN = 2
LEAST = timedelta(minutes=30)  # of a session
_DAYS = "一二三四五六日"


def free_halves(mediators: Sequence[Mediator], center: Center) -> dict[int, list[str]]:
    """The next half days each of them has time for a session, in words: 「今天下午」. Four queries.

    Their weekly hours, less the days they are away and what they are booked for.
    """
    now = clock.local(clock.now())
    today = now.date()
    hours: dict[int, list[WeeklyHours]] = {}
    for row in WeeklyHours.objects.filter(mediator__in=mediators):
        hours.setdefault(row.mediator_id, []).append(row)
    away: dict[int, list[Absence]] = {}
    for gone in Absence.objects.filter(mediator__in=mediators, until__gte=today):
        away.setdefault(gone.mediator_id, []).append(gone)
    resources = {one.pk: of_mediator(one) for one in mediators}
    busy: dict[str, list[Span]] = {}
    for held in taken(list(resources.values()), (now, now + timedelta(days=AHEAD))):
        span = (clock.local(held.starts_at), clock.local(held.ends_at))
        busy.setdefault(held.resource.key, []).append(span)
    calendar, noon = calendar_of(center), center.opens_afternoon
    return {
        one.pk: _first(
            _Diary(
                hours.get(one.pk, []), away.get(one.pk, []), busy.get(resources[one.pk].key, [])
            ).free_halves(calendar, noon, now)
        )
        for one in mediators
    }


def _first(words: Iterator[str]) -> list[str]:
    return [word for word, _ in zip(words, range(SHOWN), strict=False)]


@dataclass(frozen=True)
class _Diary:
    """When somebody is usually there, when they are away, and what they are booked for."""

    hours: Sequence[WeeklyHours]
    away: Sequence[Absence]
    busy: Sequence[Span]

    def free_halves(self, calendar: Calendar, noon: time, now: datetime) -> Iterator[str]:
        today = now.date()
        for ahead in range(AHEAD):
            day = today + timedelta(days=ahead)
            if self._is_away(day) or _is_holiday(calendar, day):
                continue
            midday = datetime.combine(day, noon, now.tzinfo)
            if self._has_room(day, now, midday):
                yield f"{_name(day, today)}上午"
            if self._has_room(day, max(now, midday), midday + timedelta(days=1)):
                yield f"{_name(day, today)}下午"

    def _is_away(self, day: date) -> bool:
        return any(gone.since <= day <= gone.until for gone in self.away)

    def _has_room(self, day: date, since: datetime, until: datetime) -> bool:
        """Whether a session fits somewhere into the hours of that day between the two moments."""
        for row in self.hours:
            if row.weekday != day.weekday():
                continue
            start = max(since, datetime.combine(day, row.opens, since.tzinfo))
            end = min(until, datetime.combine(day, row.closes, since.tzinfo))
            for begun, over in sorted(span for span in self.busy if span[1] > start):
                if begun - start >= LEAST:
                    break
                start = max(start, over)
            if end - start >= LEAST:
                return True
        return False


def _is_holiday(calendar: Calendar, day: date) -> bool:
    """A weekday nobody works; whoever has hours on a Saturday means them."""
    return day.weekday() < 5 and not calendar.is_workday(day)


def _name(day: date, today: date) -> str:
    ahead = (day - today).days
    if ahead < 2:
        return ("今天", "明天")[ahead]
    week = (day - (today - timedelta(days=today.weekday()))).days // 7
    return (
        f"{'下' if week == 1 else ''}周{_DAYS[day.weekday()]}" if week < 2 else f"{day:%-m月%-d日}"
    )
