"""When mediators usually have time: their weekly hours, less the days they are away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta

from mediation.models import Absence, Mediator, WeeklyHours
from orgs.calendars import calendar_of
from orgs.models import Center
from zongzhi.lib import clock
from zongzhi.lib.worktime import Calendar

AHEAD = 14  # days
SHOWN = 2
_DAYS = "一二三四五六日"


def free_halves(mediators: Sequence[Mediator], center: Center) -> dict[int, list[str]]:
    """The next half days each of them has time, in words: 「今天下午」. Three queries."""
    today, now = clock.today(), clock.local(clock.now()).time()
    calendar, noon = calendar_of(center), center.opens_afternoon
    hours: dict[int, list[WeeklyHours]] = {}
    for row in WeeklyHours.objects.filter(mediator__in=mediators):
        hours.setdefault(row.mediator_id, []).append(row)
    away: dict[int, list[Absence]] = {}
    for gone in Absence.objects.filter(mediator__in=mediators, until__gte=today):
        away.setdefault(gone.mediator_id, []).append(gone)
    return {
        one.pk: _first(
            _halves(hours.get(one.pk, []), away.get(one.pk, []), calendar, noon, today, now)
        )
        for one in mediators
    }


def _first(words: Iterator[str]) -> list[str]:
    return [word for word, _ in zip(words, range(SHOWN), strict=False)]


def _halves(
    hours: Iterable[WeeklyHours],
    away: Iterable[Absence],
    calendar: Calendar,
    noon: time,
    today: date,
    now: time,
) -> Iterator[str]:
    hours, away = list(hours), list(away)
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        if any(gone.since <= day <= gone.until for gone in away) or _is_holiday(calendar, day):
            continue
        mine = [row for row in hours if row.weekday == day.weekday()]
        after = now if day == today else time.min
        if any(row.opens < min(noon, row.closes) and after < min(noon, row.closes) for row in mine):
            yield f"{_name(day, today)}上午"
        if any(row.closes > noon and after < row.closes for row in mine):
            yield f"{_name(day, today)}下午"


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
