"""法定期限: the periods the law gives, beside the centre's own clocks.

They count calendar days unless their rule says 工作日, the day of the start not counted; a last day
on a holiday moves to the next working day (民法典 arts. 201, 203). How many days is a `ClockRule`
like any other, in force on the day the period starts; what runs keeps its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any, Literal, cast

from django.db.models import QuerySet

from cases.clocks import Clocks, clocks_of
from cases.lights import Shown
from cases.loading import OF_CASES
from cases.models import Case, ClockRule, StatutoryTerm
from cases.querysets import OfCaseQuerySet
from cases.thresholds import Threshold
from cases.vocabulary import Clock, Source
from orgs.models import User
from zongzhi.lib import clock as now_clock
from zongzhi.lib import dates
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.light import MARKS
from zongzhi.lib.prepared import Prepared, grouped
from zongzhi.lib.worktime import rights_due, statutory_due

# What begins when a matter from there arrives, and when it is accepted.
ON_ARRIVAL = {Source.PETITION: Clock.PETITION_NOTICE}
ON_ACCEPTANCE = {Source.PETITION: Clock.PETITION}
# A citizen's right: whoever relies on it must not wait for a moved last day.
RIGHTS = frozenset({Clock.CONFIRMATION})
TERMS = "loaded_terms"


def running(**of: Any) -> OfCaseQuerySet:
    """The periods that run: neither met nor dropped."""
    return StatutoryTerm.objects.filter(met_on=None, dropped_at=None, **of)


def drop(at: datetime, **of: Any) -> int:
    """What they asked for is outstanding no more; how many there were."""
    return running(**of).update(dropped_at=at)


_RUNNING = Prepared(lambda: running().select_related("extended_by").filter(OF_CASES))


def begin(case: Case, clock: Clock, on: date, about: int = 0) -> StatutoryTerm:
    """Start the period on that day, by the rule in force then; inside an act that holds the case.

    Begun already, it is returned as it is.
    """
    begun: StatutoryTerm | None = running(case=case, clock=clock, about=about).first()
    if begun is not None:
        return begun
    clocks = clocks_of(case.center)
    rule = clocks.rule(clock, midnight(on), type_id=case.type_id)
    term = StatutoryTerm(
        case=case, clock=clock, about=about, started_on=on, days=rule.days, unit=rule.unit
    )
    reckon(term, clocks)
    term.save(force_insert=True)
    case.statutory_since = case.statutory_since or now_clock.now()
    return term


def meet(case: Case, clock: Clock, on: date, how: str, about: int = 0) -> bool:
    """Say on which day what the law asks for was done; False when no such period runs."""
    return bool(running(case=case, clock=clock, about=about).update(met_on=on, met_how=how))


def extend(case: Case, clock: Clock, days: int, why: str, by: User, about: int = 0) -> bool:
    """Give the running period so many days more; False when no such period runs."""
    return _lengthen(running(case=case, clock=clock, about=about).first(), why, by, more=days)


def leave_out(case: Case, clock: Clock, days: int, why: str, by: User, about: int = 0) -> bool:
    """So many days do not count, as those of an 鉴定; False when no such period runs."""
    return _lengthen(running(case=case, clock=clock, about=about).first(), why, by, out=days)


def resume(case: Case, clock: Clock, today: date, about: int = 0) -> bool:
    """What met the period has come to nothing: it runs on, while its last day is not over."""
    last = StatutoryTerm.objects.filter(
        case=case, clock=clock, about=about, dropped_at=None, last_day__gte=today
    ).last()
    if last is None or last.met_on is None:
        return False
    last.met_on, last.met_how, last.reminded_at = None, "", None
    last.save(update_fields=["met_on", "met_how", "reminded_at"])
    return True


def _lengthen(
    term: StatutoryTerm | None, why: str, by: User, *, more: int = 0, out: int = 0
) -> bool:
    if term is None:
        return False
    term.extended_days += more
    term.excluded_days += out
    term.extended_why, term.extended_by = why, by
    term.reminded_at = term.raised_at = None
    reckon(term, clocks_of(term.case.center))
    term.save()
    return True


def drop_all(case: Case, at: datetime) -> None:
    """The case has ended: what the law asked for it is outstanding no more.

    A court waits for its answer all the same, and a right to go there stands: periods about a row
    of a higher floor are that row's to end.
    """
    if case.statutory_since is not None:
        drop(at, case=case, about=0)


def reckon(term: StatutoryTerm, clocks: Clocks) -> None:
    """Work out the last day and the day its light turns amber, from start, days and grants."""
    days = term.days + term.extended_days + term.excluded_days
    unit = cast('Literal["calendar", "working"]', term.unit)
    term.last_day = statutory_due(term.started_on, days, clocks.calendar, unit=unit)
    warned = term.last_day
    if term.clock in RIGHTS and term.unit == "calendar":
        warned = rights_due(term.started_on, days)
    ahead = clocks.threshold(Threshold.NEAR_PERCENT, midnight(term.started_on))
    term.near_on = warned - timedelta(days=max(1, ceil(days * ahead / 100)))


def near_or_past(day: date) -> QuerySet[StatutoryTerm]:
    """The running periods whose light is amber or red on that day, the first to end first.

    Not a citizen's right: nobody at the centre is late when it is not used.
    """
    return running(near_on__lte=day).exclude(clock__in=RIGHTS).order_by("last_day", "pk")


def runs_for_the_centre(case: Case) -> bool:
    """Whether acts of this floor hang on its periods: only a petition has any of its own."""
    return case.statutory_since is not None and case.source in ON_ARRIVAL


def load_terms(cases: Sequence[Case]) -> None:
    """Bring the running periods of the few cases whose acts hang on them."""
    _load([case for case in cases if runs_for_the_centre(case)])


def _load(cases: Sequence[Case]) -> None:
    missing = [c for c in cases if not hasattr(c, TERMS)]
    having = [case.pk for case in missing if case.statutory_since is not None]
    found = grouped(_RUNNING(cases=having), "case_id") if having else {}
    for case in missing:
        setattr(case, TERMS, found.get(case.pk, []))


def terms_of(case: Case) -> list[StatutoryTerm]:
    """The periods that run on this case, the first to end first."""
    _load([case])
    terms: list[StatutoryTerm] = getattr(case, TERMS)
    return terms


def shown(term: StatutoryTerm, today: date) -> Shown:
    """The light of a period as pages draw it, with how its last day came about."""
    last = f"{dates.day(term.last_day, today)} 到期"
    if term.met_on is not None:
        late = term.met_on > term.last_day
        words = "超期才办" if late else "按时办到"
        return Shown("done", MARKS["done"], f"{dates.day(term.met_on, today)} {words}")
    if term.dropped_at is not None:
        return Shown("none", "", "不再计")
    left = (term.last_day - today).days
    if left < 0:
        return Shown("red", MARKS["red"], f"超 {-left} 天", last, _explained(term))
    colour: Literal["amber", "green"] = "amber" if today >= term.near_on else "green"
    words = f"剩 {left} 天" if left else "今天到期"
    return Shown(colour, MARKS[colour], words, last, _explained(term))


def _explained(term: StatutoryTerm) -> str:
    """「11月3日 起算，当天不算，60 日；最后一天遇休息日，顺延到 1月4日」"""
    unit = term.get_unit_display()
    parts = [f"{dates.day(term.started_on)} 起算，当天不算，{term.days} 个{unit}"]
    if term.extended_days:
        parts.append(f"延长 {term.extended_days} 天")
    if term.excluded_days:
        parts.append(f"鉴定不计入 {term.excluded_days} 天")
    if term.extended_by is not None:
        parts.append(f"{term.extended_by.name}记，{term.extended_why}")
    days = term.days + term.extended_days + term.excluded_days
    if term.unit == ClockRule.Unit.CALENDAR and rights_due(term.started_on, days) != term.last_day:
        parts.append("最后一天遇休息日顺延")
    return "，".join(parts)


def midnight(day: date) -> datetime:
    """The first moment of that day in the county: a rule of that day holds for it."""
    return datetime.combine(day, time(), SHANGHAI)
