"""The columns of official tables: a level each, their sum, the year to date."""

from __future__ import annotations

from orgs.models import Center
from orgs.models.places import Level
from reports.indicators.counting import Span
from reports.tables import Column

SUM, YEAR = "sum", "year"
_LABELS = {Level.CITY: "市", Level.COUNTY: "县市区", Level.TOWN: "乡镇街道", Level.VILLAGE: "村居"}


def levels_of(center: Center) -> list[Level]:
    """The levels at which a centre's own cases and those below it can be."""
    every = list(Level)
    return every[every.index(Level(center.level)) :]


def columns_of(center: Center) -> list[Column]:
    levels = [Column(one.value, _LABELS[one], is_number=True) for one in levels_of(center)]
    sums = [Column(SUM, "小计", is_number=True), Column(YEAR, "年度累计", is_number=True)]
    return levels + sums


def year_of(span: Span) -> Span:
    """From the first of January to the period's last day, as of the same moment."""
    first = span.last_day.replace(month=1, day=1)
    return Span.of_days(first, span.last_day, span.as_of)
