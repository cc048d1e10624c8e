"""A month, a quarter, half a year, a year: what a list or a table of figures is of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from zongzhi.lib import clock

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")
_HALF = re.compile(r"(20\d\d)-H([12])")
_YEAR = re.compile(r"(20\d\d)")


@dataclass(frozen=True)
class Period:
    """Both days included. `code` is how an address says it: 2026-04, 2026-Q2, 2026-H1, 2026."""

    code: str
    words: str
    since: date
    until: date

    @property
    def before(self) -> str:
        """The code of the month before it."""
        return f"{self.since - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The code of the month after it, while that has begun."""
        following = self.until + timedelta(days=1)
        return f"{following:%Y-%m}" if following <= clock.today() else ""


def period_of(text: str) -> Period:
    """The period an address names; this month for anything else."""
    if found := _QUARTER.fullmatch(text):
        year, quarter = int(found[1]), int(found[2])
        return _of(text, f"{year}年第{'一二三四'[quarter - 1]}季度", year, 3 * quarter - 2, 3)
    if found := _HALF.fullmatch(text):
        year, half = int(found[1]), int(found[2])
        return _of(text, f"{year}年{'上下'[half - 1]}半年", year, 6 * half - 5, 6)
    if found := _YEAR.fullmatch(text):
        return _of(text, f"{text}年", int(text), 1, 12)
    found = _MONTH.fullmatch(text)
    year, month = (int(found[1]), int(found[2])) if found else _this_month()
    return _of(f"{year}-{month:02d}", f"{year}年{month}月", year, month, 1)


def month_of(text: str) -> Period:
    """The month an address names; this month for anything else, a year or a quarter too."""
    return period_of(text if _MONTH.fullmatch(text) else "")


def _this_month() -> tuple[int, int]:
    today = clock.today()
    return today.year, today.month


def _of(code: str, words: str, year: int, first: int, months: int) -> Period:
    after = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return Period(code, words, date(year, first, 1), after - timedelta(days=1))


def recent_months(count: int = 13) -> list[Period]:
    """This month and those before it, for a choice."""
    year, month = _this_month()
    found = []
    for _ in range(count):
        found.append(period_of(f"{year}-{month:02d}"))
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found


def choices() -> list[tuple[str, str]]:
    """Months of the last year, quarters, half-years and years of this one and the last."""
    year = clock.today().year
    quarters = [f"{y}-Q{q}" for y in (year, year - 1) for q in (1, 2, 3, 4)]
    halves = [f"{y}-H{h}" for y in (year, year - 1) for h in (1, 2)]
    longer = [*quarters, *halves, str(year), str(year - 1)]
    periods = [*recent_months(), *(period_of(code) for code in longer)]
    return [(period.code, period.words) for period in periods]
