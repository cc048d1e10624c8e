"""日排查, 周分析, 月调度: which centre says which, and for which days."""

from __future__ import annotations

from datetime import date, timedelta

from grids.models import InspectionReport
from orgs.models.places import Level
from zongzhi.lib.worktime import Calendar

Kind = InspectionReport.Kind
KIND_OF = {Level.VILLAGE: Kind.DAY, Level.TOWN: Kind.WEEK, Level.COUNTY: Kind.MONTH}
LEVEL_OF = {kind: level for level, kind in KIND_OF.items()}
_BACK = {Kind.DAY: 7, Kind.WEEK: 4, Kind.MONTH: 3}  # so many periods may still be reported
_WEEK = 7


def start_of(kind: str, day: date) -> date:
    """The first day of the period this day lies in."""
    if kind == Kind.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == Kind.MONTH else day


def last_of(kind: str, start: date) -> date:
    if kind == Kind.WEEK:
        return start + timedelta(days=_WEEK - 1)
    if kind == Kind.MONTH:
        return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return start


def before(kind: str, start: date) -> date:
    """The first day of the period before."""
    return start_of(kind, start - timedelta(days=1))


def open_periods(kind: str, today: date) -> list[date]:
    """The starts of the periods that may be reported, this one first."""
    found = [start_of(kind, today)]
    while len(found) < _BACK[Kind(kind)]:
        found.append(before(kind, found[-1]))
    return found


def words(kind: str, start: date) -> str:
    """「11 月 22 日」, 「11 月 16 日到 22 日」, 「2026 年 11 月」."""
    if kind == Kind.MONTH:
        return f"{start.year} 年 {start.month} 月"
    first = f"{start.month} 月 {start.day} 日"
    if kind == Kind.DAY:
        return first
    last = last_of(kind, start)
    return f"{first}到 {'' if last.month == start.month else f'{last.month} 月 '}{last.day} 日"


def ends_today(kind: str, calendar: Calendar, day: date) -> bool:
    """Whether this is the last working day of the period: the evening it is asked for."""
    if not calendar.is_workday(day):
        return False
    return kind == Kind.DAY or calendar.workday_after(day, 1) > last_of(kind, start_of(kind, day))
