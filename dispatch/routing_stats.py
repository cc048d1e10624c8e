"""命中、照派、改派: how each rule of a centre has done over a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from cases.clocks import clocks_of
from cases.models import Assignment
from cases.thresholds import Threshold
from dispatch.models import RuleHit
from orgs.models import Center
from zongzhi.lib import clock

WHICH = {"": "命中", "followed": "照派", "overridden": "改派"}
QUARTER = timedelta(days=90)


@dataclass(frozen=True)
class Period:
    """From a day to a day, both counted."""

    since: date
    until: date

    @classmethod
    def recent(cls) -> Period:
        today = clock.today()
        return cls(today - QUARTER, today)

    @property
    def span(self) -> tuple[datetime, datetime]:
        first = datetime.combine(self.since, time(), clock.SHANGHAI)
        return first, datetime.combine(self.until, time(), clock.SHANGHAI) + timedelta(days=1)


@dataclass(frozen=True)
class Tally:
    """What became of one rule's suggestions; `often` marks one that is overridden too often."""

    code: str
    hits: int
    followed: int
    direct: int
    overridden: int
    often: bool

    @property
    def rate(self) -> str:
        """「3/20，15%」: never the percentage alone."""
        if not self.hits:
            return "–"
        return f"{self.overridden}/{self.hits}，{round(100 * self.overridden / self.hits)}%"


def hits_of(center: Center, period: Period, code: str = "", which: str = "") -> QuerySet[RuleHit]:
    """The dispatches in which a rule of this centre spoke, whatever the version.

    One that was recalled was a slip of the hand and counts for nothing. Who may open the settings
    page reads of a case its number and its units here, and nothing of what it is about.
    """
    first, end = period.span
    rows = RuleHit.objects.filter(rule__rules__center=center, at__gte=first, at__lt=end)
    rows = rows.exclude(assignment__ending=Assignment.Ending.RECALLED)
    if code:
        rows = rows.filter(rule__code=code)
    if which:
        rows = rows.filter(followed=which == "followed")
    return rows


def tallies_of(center: Center, period: Period, codes: Sequence[str]) -> list[Tally]:
    """One line for each of these rules, and for those that have spoken and are gone since."""
    least, percent = _often(center)
    counted = (
        hits_of(center, period)
        .order_by()
        .values("rule__code")
        .annotate(
            hits=Count("pk"),
            kept=Count("pk", filter=Q(followed=True)),
            sent=Count("pk", filter=Q(direct=True)),
        )
    )
    rows = {row["rule__code"]: row for row in counted}
    gone = sorted(rows.keys() - set(codes))
    return [_tally(code, rows.get(code), least, percent) for code in (*codes, *gone)]


def _tally(code: str, row: Mapping[str, Any] | None, least: int, percent: int) -> Tally:
    hits, kept, sent = (row["hits"], row["kept"], row["sent"]) if row else (0, 0, 0)
    over = hits - kept
    often = hits >= least and 100 * over > percent * hits
    return Tally(code, hits, kept, sent, over, often)


def _often(center: Center) -> tuple[int, int]:
    """From how many hits on, and from how many overrides in a hundred, a rule is marked."""
    clocks, now = clocks_of(center), clock.now()
    least = clocks.threshold(Threshold.OVERRIDES_LEAST, now)
    return least, clocks.threshold(Threshold.OVERRIDES_PERCENT, now)
