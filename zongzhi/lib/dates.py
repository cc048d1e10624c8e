"""Dates as people here write them (ux.md §3.3); moments are shown in Shanghai time."""

from datetime import date, datetime

from zongzhi.lib import clock


def day(value: date, today: date | None = None) -> str:
    """Return 4月14日 for a day of this year, 2024年12月3日 for any other."""
    if value.year == (today or clock.today()).year:
        return f"{value.month}月{value.day}日"
    return document(value)


def moment(value: datetime, today: date | None = None) -> str:
    """Return 4月14日 17:30 in this year; in any other the year comes first."""
    value = clock.local(value)
    return f"{day(value.date(), today)} {value:%H:%M}"


def document(value: date) -> str:
    """Return 2025年4月14日, as papers carry it whatever the year."""
    value = _date(value)
    return f"{value.year}年{value.month}月{value.day}日"


def short(value: date) -> str:
    """Return 4-3, for narrow columns."""
    value = _date(value)
    return f"{value.month}-{value.day}"


def _date(value: date) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value
