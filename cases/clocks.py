"""How long things may take: the rules in force, and the due times they give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from cases.models import Assignment, ClockRule, ThresholdRule
from cases.thresholds import Threshold
from cases.vocabulary import Clock
from orgs.calendars import calendar_of, revisions
from orgs.models import Center
from zongzhi.lib.worktime import Calendar, statutory_due

SUBJECT = "clock_rules"


@dataclass(frozen=True)
class Due:
    """When something is due and from when its light is amber; how many days it was given."""

    at: datetime
    near: datetime
    days: int
    unit: str


@dataclass(frozen=True)
class Clocks:
    """The calendar and the rules of one centre at one moment; pure arithmetic from here on."""

    calendar: Calendar
    rules: tuple[ClockRule, ...]
    level: str
    thresholds: tuple[ThresholdRule, ...] = ()

    def rule(
        self, clock: Clock, start: datetime, *, complexity: str = "", type_id: int | None = None
    ) -> ClockRule:
        """The most particular rule in force on the day the clock starts.

        Raises LookupError when there is none: `setup` puts a general one in for every clock.
        """
        fitting = [
            rule
            for rule in self.rules
            if rule.clock == clock
            and rule.effective_from <= local_day(start)
            and rule.complexity in ("", complexity)
            and rule.level in ("", self.level)
            and rule.type_id in (None, type_id)
        ]
        if not fitting:
            raise LookupError(f"no rule for the clock {clock}")
        return max(fitting, key=_particularity)

    def threshold(self, name: Threshold, start: datetime, *, level: str = "") -> int:
        """The figure in force on the day that something began, in the unit of its standard.

        `level` asks for that of another level than the centre's own. Raises LookupError when
        there is none: `setup` puts a general one in for every threshold.
        """
        fitting = [
            rule
            for rule in self.thresholds
            if rule.name == name
            and rule.effective_from <= local_day(start)
            and rule.level in ("", level or self.level)
        ]
        if not fitting:
            raise LookupError(f"no rule for the threshold {name}")
        return max(fitting, key=lambda rule: (bool(rule.level), rule.effective_from)).value

    def due(
        self, clock: Clock, start: datetime, *, complexity: str = "", type_id: int | None = None
    ) -> Due:
        """When the clock that starts now runs out, under the rule in force today."""
        rule = self.rule(clock, start, complexity=complexity, type_id=type_id)
        return self.after(start, rule.days, rule.unit)

    def after(self, start: datetime, days: int, unit: str = ClockRule.Unit.WORKING) -> Due:
        """So many days from the start; the day of the start is not counted."""
        if unit == ClockRule.Unit.CALENDAR:
            last = statutory_due(local_day(start), days, self.calendar, unit="calendar")
            at = self.calendar.closes(last)
        else:
            at = self.calendar.due(start, days)
        return Due(at=at, near=self.calendar.near(start, at, days), days=days, unit=unit)


def _particularity(rule: ClockRule) -> tuple[bool, bool, bool, date, int]:
    return (
        rule.type_id is not None,
        bool(rule.level),
        bool(rule.complexity),
        rule.effective_from,
        rule.pk,
    )


def local_day(moment: datetime) -> date:
    """The calendar day in the county, whatever zone the moment is written in."""
    return localtime(moment).date()


_Rules = tuple[tuple[ClockRule, ...], tuple[ThresholdRule, ...]]
_rules: tuple[int, _Rules] = (-1, ((), ()))


def clocks_of(center: Center, known: dict[str, int] | None = None) -> Clocks:
    """The clocks of a centre as they stand now. One small query while nothing has changed.

    `known` is what `revisions()` has just said, when the caller has asked already.
    """
    global _rules
    now = revisions() if known is None else known
    number = now.get(SUBJECT, 0)
    if _rules[0] != number or number == 0:
        _rules = (number, (tuple(ClockRule.objects.all()), tuple(ThresholdRule.objects.all())))
    rules, thresholds = _rules[1]
    return Clocks(
        calendar=calendar_of(center, now=now),
        rules=rules,
        level=center.level,
        thresholds=thresholds,
    )


def handling_clock(clocks: Clocks, assignment: Assignment) -> None:
    """Work the handling due time of a part out again from its start, days, grants and pauses."""
    total = assignment.clock_days + assignment.extended_days
    due = clocks.after(assignment.clock_from, total, assignment.clock_unit)
    at = clocks.calendar.shift(due.at, assignment.paused_days) if assignment.paused_days else due.at
    assignment.handling_due_at = at
    assignment.handling_near_at = clocks.calendar.near(assignment.clock_from, at, total)
