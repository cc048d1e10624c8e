"""The national holidays with 调休, from the `holidays` package: a seed, not the authority."""

from collections.abc import Iterable
from datetime import date, timedelta

import holidays

MOVED_WORKDAY = "调休上班"

_ONE_DAY = timedelta(days=1)
_SWAPPED = "休息日"  # the package's name for a weekday off in exchange for a weekend
_EVE = "农历除夕"  # the notices count it as 春节


def statutory_days(years: Iterable[int]) -> list[tuple[date, bool, str]]:
    """Return (day, is_workday, name) of every day the notices name, in order, for those years.

    Weekends and exchanged days inside a holiday carry its name; working weekends are 调休上班.
    """
    wanted = frozenset(years)
    if not wanted:
        return []
    # One year more on either side: 元旦 may lend its name to the last days of December.
    china = _china(range(min(wanted) - 1, max(wanted) + 2))
    rows = [(day, True, MOVED_WORKDAY) for day in china.weekend_workdays]
    rows += [(day, False, name) for day, name in _named_days_off(china).items()]
    return sorted(row for row in rows if row[0].year in wanted)


def confirmed(year: int) -> bool:
    """Say whether the State Council's notice for that year, with its 调休, is in the data."""
    return any(day.year == year for day in _china([year]).weekend_workdays)


def _china(years: Iterable[int]) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=years, language="zh_CN")


def _named_days_off(china: holidays.HolidayBase) -> dict[date, str]:
    """Spread each holiday's name over the days off around it: first forwards, then backwards."""
    names = {
        day: "春节" if name == _EVE else name.split("（")[0].split("; ")[0]
        for day, name in china.items()
        if not name.startswith(_SWAPPED)
    }
    for step, order in ((_ONE_DAY, sorted(names)), (-_ONE_DAY, sorted(names, reverse=True))):
        for day in order:
            while _is_off(china, day + step) and day + step not in names:
                names[day + step] = names[day]
                day += step
    return names


def _is_off(china: holidays.HolidayBase, day: date) -> bool:
    return day in china or (day.weekday() >= 5 and day not in china.weekend_workdays)
