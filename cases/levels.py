"""分层递进: how far the level that has a case has gone with it, and what is open to it then.

村劝调, 镇联调, 县终调. Attempts and days are `Threshold.ATTEMPTS` and `LEVEL_DAYS` of the level, as
in force on the day the case came to the centre. They open the way up; they never close the door to
one more attempt: what has taken place may always be written down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min

from cases.clocks import Clocks, local_day
from cases.models import Attempt, Case, CaseCenter, CaseEvent
from cases.thresholds import Threshold
from orgs.models.places import Level

WORDS = {
    Level.VILLAGE: ("村里", "劝调"),
    Level.TOWN: ("镇里", "联调"),
    Level.COUNTY: ("县里", "终调"),
    Level.CITY: ("市里", "终调"),
}
# 县终调 ends the ladder: above it there is the law, not another level that mediates.
LAST = (Level.COUNTY, Level.CITY)


@dataclass(frozen=True)
class Standing:
    """What one level has tried in this round, and what it may try."""

    level: Level
    since: datetime
    attempts: tuple[Attempt, ...]
    limit: int
    days: int
    day_limit: int  # 0: not by days

    @property
    def used(self) -> int:
        return sum(attempt.counts for attempt in self.attempts)

    @property
    def is_settled(self) -> bool:
        return any(a.outcome == Attempt.Outcome.SETTLED for a in self.attempts)

    @property
    def out_of_days(self) -> bool:
        return bool(self.day_limit) and self.days >= self.day_limit

    @property
    def is_used_up(self) -> bool:
        """Attempts or days are used up and it has not been settled."""
        return not self.is_settled and (self.used >= self.limit or self.out_of_days)

    @property
    def is_last(self) -> bool:
        return self.level in LAST

    @property
    def kind(self) -> str:
        """劝调, 联调 or 终调."""
        return WORDS[self.level][1]

    @property
    def here(self) -> str:
        """「镇里」"""
        return WORDS[self.level][0]

    @property
    def count(self) -> str:
        """「镇里联调 2 次，共 3 次」"""
        return f"{self.here}{self.kind} {self.used} 次，共 {self.limit} 次"

    @property
    def advice(self) -> str:
        """What the page says when the level has done what it can; "" before."""
        if not self.is_used_up:
            return ""
        by_attempts = self.used >= self.limit
        if self.is_last:
            spent = f"{self.limit} 次{self.kind}用完" if by_attempts else self._days_are_over
            return f"{spent}，引导到诉讼仲裁等法定途径"
        spent = f"{self.here} {self.limit} 次{self.kind}用完了" if by_attempts else ""
        return f"{spent or self._days_are_over}，可以提级"

    @property
    def _days_are_over(self) -> str:
        return f"{self.here} {self.day_limit} 天到了"

    @property
    def told(self) -> str:
        """What this level has done, as the form of 提级 begins with it."""
        lines = [
            f"{local_day(a.at):%Y-%m-%d} 第 {a.n} 次{self.kind}："
            f"{a.get_outcome_display()}。{a.text.rstrip('。')}。"
            for a in self.attempts
        ]
        return "\n".join(lines)


def standing_of(case: Case, clocks: Clocks, now: datetime) -> Standing:
    """How far the centre in charge has gone in this round, by its level's own figures."""
    return standings_of([case], now, {case.center_id: clocks})[case.pk]


def standings_of(
    cases: Sequence[Case], now: datetime, clocks: Mapping[int, Clocks]
) -> dict[int, Standing]:
    """The same for many cases, by id; `clocks` by centre. Four queries at most."""
    pks = [case.pk for case in cases]
    tried = defaultdict(list)
    for attempt in Attempt.objects.filter(case__in=pks).order_by("n"):
        tried[attempt.case_id].append(attempt)
    arrivals = _arrivals(cases)
    found = {}
    for case in cases:
        level, here, since = Level(case.center.level), clocks[case.center_id], arrivals[case.pk]
        mine = [a for a in tried[case.pk] if (a.round, a.level) == (case.round, level)]
        found[case.pk] = Standing(
            level=level,
            since=since,
            attempts=tuple(a for a in mine if a.center_id == case.center_id),
            limit=here.threshold(Threshold.ATTEMPTS, since),
            days=(local_day(now) - local_day(since)).days,
            day_limit=here.threshold(Threshold.LEVEL_DAYS, since),
        )
    return found


def _arrivals(cases: Sequence[Case]) -> dict[int, datetime]:
    """When each case came to the centre that has it, or began anew there."""
    came = {case.pk: case.registered_at for case in cases}
    for pk, until in CaseCenter.objects.filter(case__in=came).values_list("case", "until"):
        came[pk] = max(came[pk], until)
    again = [case.pk for case in cases if case.round > 1]
    if again:
        events = CaseEvent.objects.filter(case__in=again, round=F("case__round"))
        for pk, at in events.order_by().values_list("case").annotate(Min("at")):
            came[pk] = max(came[pk], at)
    return came
