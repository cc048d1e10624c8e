"""How often a suggestion would have been right: learned from the older cases, asked of the newest.

Cases are split by time, never by lot: what is asked had not happened yet when it was learned. The
rules are those in force today, which somebody may have written after the cases they are asked of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from cases.models import Assignment, Case
from dispatch.learned import (
    MOST_CASES,
    Model,
    accepted,
    examples_in,
    is_clear,
    marks_of,
    rank,
    train,
)
from dispatch.routing import Facts, Rule, why_not
from dispatch.rulebook import book_of, facts_of
from orgs.models import Center

CHUNK = 500
WAYS = ("规则", "学到的", "两样合起来")


@dataclass
class Score:
    """Of so many cases: for how many the first was right, or one of the first three."""

    cases: int = 0
    said: int = 0
    first: int = 0
    among_three: int = 0

    def count(self, suggested: Sequence[int], right: int) -> None:
        self.cases += 1
        self.said += bool(suggested)
        self.first += suggested[:1] == [right]
        self.among_three += right in suggested[:3]


@dataclass
class Measured:
    """What the three ways of suggesting would have been worth."""

    trained: int = 0
    scores: dict[str, Score] = field(default_factory=lambda: {way: Score() for way in WAYS})


def measure(center: Center, *, held_out: int, into: Measured) -> None:
    """Add one centre; `held_out` percent of its cases, the newest, are asked."""
    parts = accepted(center)
    total = min(parts.count(), MOST_CASES)
    asked = total * held_out // 100
    if not asked or asked == total:
        return
    model = train(examples_in(parts[asked:total]))
    rules = book_of(center.pk).rules
    into.trained += model.cases
    for case, unit in _newest(parts[:asked]):
        facts = facts_of(case)
        by_rule, learned = _by_rules(rules, facts), _by_model(model, facts)
        both = list(dict.fromkeys([*by_rule, *learned]))
        for way, suggested in zip(WAYS, (by_rule, learned, both), strict=True):
            into.scores[way].count(suggested, unit)


def _newest(parts: QuerySet[Assignment]) -> Iterable[tuple[Case, int]]:
    """Each case with the unit that led it to its end; some hundreds in memory at a time."""
    pairs = list(parts.values_list("case_id", "unit_id"))
    for start in range(0, len(pairs), CHUNK):
        chunk = dict(pairs[start : start + CHUNK])
        cases = Case.objects.filter(pk__in=chunk).select_related("type", "occurred_region")
        for case in cases.prefetch_related("parties"):
            yield case, chunk[case.pk]


def _by_rules(rules: Iterable[Rule], facts: Facts) -> list[int]:
    fitting = [rule.lead_id for rule in rules if why_not(rule, facts) is None]
    return list(dict.fromkeys(fitting))


def _by_model(model: Model, facts: Facts) -> list[int]:
    marks = marks_of(facts.text, facts.type, facts.place, facts.opponents)
    return [one.unit for one in rank(model, marks)] if is_clear(model, marks) else []
