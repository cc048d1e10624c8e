"""法定期限: the periods the law gives, beside the centre's own clocks.

They count calendar days unless their rule says 工作日, the day of the start not counted; a last day
on a holiday moves to the next working day (民法典 arts. 201, 203). How many days is a `ClockRule`
like any other, in force on the day the period starts; what runs keeps its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Literal, cast

from cases.clocks import Clocks, clocks_of
from cases.loading import OF_CASES
from cases.models import Case, StatutoryTerm
from cases.thresholds import Threshold
from cases.vocabulary import Clock
from orgs.models import User
from zongzhi.lib import clock as now_clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.prepared import Prepared, grouped
from zongzhi.lib.worktime import rights_due, statutory_due

# A citizen's right: whoever relies on it must not wait for a moved last day.
RIGHTS = frozenset({Clock.CONFIRMATION})
TERMS = "loaded_terms"

_RUNNING = Prepared(lambda: StatutoryTerm.objects.filter(OF_CASES, met_on=None, dropped_at=None))


def begin(case: Case, clock: Clock, on: date, about: int = 0) -> StatutoryTerm:
    """Start the period on that day, by the rule in force then; inside an act that holds the case.

    Begun already, it is returned as it is.
    """
    same = StatutoryTerm.objects.filter(
        case=case, clock=clock, about=about, met_on=None, dropped_at=None
    )
    running: StatutoryTerm | None = same.first()
    if running is not None:
        return running
    clocks = clocks_of(case.center)
    rule = clocks.rule(clock, _midnight(on))
    term = StatutoryTerm(
        case=case, clock=clock, about=about, started_on=on, days=rule.days, unit=rule.unit
    )
    reckon(term, clocks)
    term.save(force_insert=True)
    case.statutory_since = case.statutory_since or now_clock.now()
    return term


def meet(case: Case, clock: Clock, on: date, how: str, about: int = 0) -> bool:
    """Say on which day what the law asks for was done; False when no such period runs."""
    rows = StatutoryTerm.objects.filter(
        case=case, clock=clock, about=about, met_on=None, dropped_at=None
    )
    return bool(rows.update(met_on=on, met_how=how))


def extend(case: Case, clock: Clock, days: int, why: str, by: User, about: int = 0) -> bool:
    """Give the running period so many days more; False when no such period runs."""
    term = StatutoryTerm.objects.filter(
        case=case, clock=clock, about=about, met_on=None, dropped_at=None
    ).first()
    if term is None:
        return False
    term.extended_days += days
    term.extended_why, term.extended_by = why, by
    term.reminded_at = term.raised_at = None
    reckon(term, clocks_of(case.center))
    term.save()
    return True


def drop_all(case: Case, at: datetime) -> None:
    """The case has ended: nothing the law asks for is outstanding any more."""
    if case.statutory_since is not None:
        StatutoryTerm.objects.filter(case=case, met_on=None, dropped_at=None).update(dropped_at=at)


def reckon(term: StatutoryTerm, clocks: Clocks) -> None:
    """Work out the last day and the day its light turns amber, from start, days and grants."""
    days = term.days + term.extended_days + term.excluded_days
    unit = cast('Literal["calendar", "working"]', term.unit)
    term.last_day = statutory_due(term.started_on, days, clocks.calendar, unit=unit)
    warned = term.last_day
    if term.clock in RIGHTS and term.unit == "calendar":
        warned = rights_due(term.started_on, days)
    ahead = clocks.threshold(Threshold.NEAR_PERCENT, _midnight(term.started_on))
    term.near_on = warned - timedelta(days=max(1, ceil(days * ahead / 100)))


def load_terms(cases: Sequence[Case]) -> None:
    """Bring the running periods of the few cases that have any."""
    missing = [c for c in cases if not hasattr(c, TERMS)]
    having = [case.pk for case in missing if case.statutory_since is not None]
    found = grouped(_RUNNING(cases=having), "case_id") if having else {}
    for case in missing:
        setattr(case, TERMS, found.get(case.pk, []))


def terms_of(case: Case) -> list[StatutoryTerm]:
    """The periods that run on this case, the first to end first."""
    load_terms([case])
    terms: list[StatutoryTerm] = getattr(case, TERMS)
    return terms


def light(term: StatutoryTerm, today: date) -> str:
    """green, amber, red, or done: as for every clock."""
    if not term.is_running:
        return "done"
    if today > term.last_day:
        return "red"
    return "amber" if today >= term.near_on else "green"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
