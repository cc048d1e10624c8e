"""How long things may take: the rules in force, and the due times they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from cases.models import Assignment, Case, ClockRule, ThresholdRule
from cases.thresholds import STANDARDS, Threshold
from cases.vocabulary import Clock
from orgs.calendars import calendar_of, revisions
from orgs.models import Center
from zongzhi.lib.clock import local
from zongzhi.lib.worktime import Ahead, Calendar, statutory_due

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
        return _in_force(self.thresholds, name, local_day(start), level or self.level)

    def ahead(self, start: datetime) -> Ahead:
        """How long before it is due the light of a clock that starts then turns amber."""
        return Ahead(
            percent=self.threshold(Threshold.NEAR_PERCENT, start),
            days=self.threshold(Threshold.NEAR_DAYS, start),
            hours=self.threshold(Threshold.NEAR_HOURS, start),
        )

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
        near = self.calendar.near(start, at, days, self.ahead(start))
        return Due(at=at, near=near, days=days, unit=unit)


def _particularity(rule: ClockRule) -> tuple[bool, bool, bool, date, int]:
    return (
        rule.type_id is not None,
        bool(rule.level),
        bool(rule.complexity),
        rule.effective_from,
        rule.pk,
    )


def _in_force(thresholds: Iterable[ThresholdRule], name: Threshold, day: date, level: str) -> int:
    fitting = [
        rule
        for rule in thresholds
        if rule.name == name and rule.effective_from <= day and rule.level in ("", level)
    ]
    if not fitting:
        raise LookupError(f"no rule for the threshold {name}")
    return max(fitting, key=lambda rule: (bool(rule.level), rule.effective_from)).value


def local_day(moment: datetime) -> date:
    """The calendar day in the county, whatever zone the moment is written in."""
    return local(moment).date()


@dataclass(frozen=True)
class _Rules:
    """All rules at one revision, and the figures that have been looked up in them."""

    clocks: tuple[ClockRule, ...] = ()
    thresholds: tuple[ThresholdRule, ...] = ()
    figures: dict[tuple[Threshold, date, str], int] = field(default_factory=dict)

    def figure(self, name: Threshold, day: date, level: str) -> int:
        known = self.figures.get((name, day, level))
        if known is None:
            known = self.figures[name, day, level] = _in_force(self.thresholds, name, day, level)
        return known


_rules: tuple[int, _Rules] = (-1, _Rules())


def clocks_of(center: Center, known: dict[str, int] | None = None) -> Clocks:
    """The clocks of a centre as they stand now. One small query while nothing has changed.

    `known` is what `revisions()` has just said, when the caller has asked already.
    """
    now = revisions() if known is None else known
    rules = _current(now.get(SUBJECT, 0))
    return Clocks(
        calendar=calendar_of(center, now=now),
        rules=rules.clocks,
        level=center.level,
        thresholds=rules.thresholds,
    )


def _current(number: int) -> _Rules:
    global _rules
    if _rules[0] != number or number == 0:
        rows = tuple(ClockRule.objects.all()), tuple(ThresholdRule.objects.all())
        _rules = (number, _Rules(*rows))
    return _rules[1]


def limit_of(case: Case, name: Threshold, start: datetime) -> int:
    """The figure that holds for this case, by the day on which something began.

    For the rules that buttons are drawn by. No query for a case that came by the door or from
    `with_revisions`; else one for the case, however many of its rules ask.
    """
    if not hasattr(case, "revisions"):
        case.revisions = revisions()
    rules = _current(case.revisions.get(SUBJECT, 0))
    return rules.figure(name, local_day(start), case.center.level)


def thresholds_on(day: date) -> Callable[[Threshold], int]:
    """The figures of no centre and no case in particular that hold on a day, in one small query.

    What a new edition asks for holds as it comes, until somebody has said otherwise.
    """
    rules = _current(revisions().get(SUBJECT, 0)).thresholds

    def figure(name: Threshold) -> int:
        said = [rule for rule in rules if rule.name == name and rule.effective_from <= day]
        latest = max(said, key=lambda rule: rule.effective_from, default=None)
        return STANDARDS[name].value if latest is None else latest.value

    return figure


def handling_clock(clocks: Clocks, assignment: Assignment) -> None:
    """Work the handling due time of a part out again from its start, days, grants and pauses."""
    total = assignment.clock_days + assignment.extended_days
    due = clocks.after(assignment.clock_from, total, assignment.clock_unit)
    at = clocks.calendar.shift(due.at, assignment.paused_days) if assignment.paused_days else due.at
    assignment.handling_due_at = at
    ahead = clocks.ahead(assignment.clock_from)
    assignment.handling_near_at = clocks.calendar.near(assignment.clock_from, at, total, ahead)
