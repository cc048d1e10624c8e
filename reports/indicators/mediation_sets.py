"""The sets of 人民调解统计 (domain.md §5.5) as an official table of a centre counts them.

What each figure means is said once, in `mediation.statistics`; here it is only put into the form
in which every other number of this floor is counted, listed and kept.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Party
from mediation import statistics
from mediation.models import Agreement, Mediation
from mediation.periods import Period
from reports.indicators.counting import Rows, Span

_KEY = "mediation_"


def _period(span: Span) -> Period:
    return Period("", "", span.first_day, min(span.last_day, span.as_of_day))


def _scope(span: Span) -> statistics.Scope:
    return statistics.Scope(None, _period(span))


def _every_mediation() -> QuerySet[Any]:
    return Mediation.objects.all()


def _every_party() -> QuerySet[Any]:
    return Party.objects.all()


def _every_agreement() -> QuerySet[Any]:
    return Agreement.objects.all()


def _mediations(figure: statistics.Figure) -> Rows:
    code = figure.code.removesuffix("-people")
    people = {"crime": "no_crime_people", "petition": "no_petition_people"}
    return Rows(
        key(figure.code),
        f"{figure.label}：{figure.definition}",
        _every_mediation,
        "",
        lambda span: statistics.condition(code, _period(span)),
        case="case",
        unit="body__department",
        total=people[code] if code != figure.code else "",
        facts=(("受理", "started_on"), ("结束", "ended_on"), ("怎么结束的", "ending")),
    )


def _parties(figure: statistics.Figure) -> Rows:
    return Rows(
        key(figure.code),
        f"{figure.label}：{figure.definition}",
        _every_party,
        "",
        lambda span: Q(pk__in=statistics.parties_of(_scope(span)).values("pk")),
        case="case",
        unit="case__unit",
        facts=(("身份", "role"),),
    )


def _agreements(figure: statistics.Figure) -> Rows:
    return Rows(
        key(figure.code),
        f"{figure.label}：{figure.definition}",
        _every_agreement,
        "",
        lambda span: Q(pk__in=statistics.agreements_of(figure.code, _scope(span)).values("pk")),
        case="mediation__case",
        unit="mediation__body__department",
        facts=(("形式", "form"), ("达成", "reached_on")),
    )


_OF: dict[str, Any] = {
    statistics.MEDIATIONS: _mediations,
    statistics.PARTIES: _parties,
    statistics.AGREEMENTS: _agreements,
}


def key(code: str) -> str:
    return f"{_KEY}{code.replace('-', '_')}"


# Types are a dictionary that people add to: each is a group of 调解总数, not a set of its own.
MEDIATION_SETS = {key(figure.code): _OF[figure.of](figure) for figure in statistics.fixed_figures()}
DONE, AGREED = MEDIATION_SETS[key("done")], MEDIATION_SETS[key("amount")]
