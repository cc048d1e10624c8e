"""这类词以前多派: what a centre's own dispatches teach, as a suggestion that shows its words.

Naive Bayes over the two-character words of the text, the type and the town, from cases whose last
lead reported a result that was accepted: neither recalled nor ruled away. The counts are the whole
model, so every suggestion can name the words that made it. It never chooses: it stands beside the
rules, and says nothing where the evidence is thin.

Silent cases are left out, and so are the names of the parties; a word that stands in fewer than
five cases is forgotten, because it may well be somebody's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Assignment, Case
from cases.vocabulary import SILENT, PartyRole
from dispatch.complained import is_complained_of
from dispatch.models import Learned, LearnedWord
from dispatch.routing import Facts, quoted
from orgs.models import Center, Department

MOST_CASES = 20_000  # the newest: what was usual ten years ago is not usual
MOST_WORDS = 8_000
LEAST_CASES = 5  # for a word; fewer may be one family
ENOUGH = 50  # cases, before anything is said at all
SUGGESTED = 3
TOLD = 3  # words shown
STRONG = 3.0  # how much likelier a word must be with a unit than with others to speak for it
CLEAR = log(3)  # how far the first must be ahead of the second
_SMOOTH = 0.5
_HAN = re.compile("[一-龥]+")
_CHUNK = 1000


@dataclass(frozen=True)
class Example:
    """A case that ended well, by the marks in it and the unit that led it."""

    marks: frozenset[str]
    unit: int


@dataclass
class Model:
    """How many cases each unit has had, and in how many of them each mark stood."""

    units: Counter[int] = field(default_factory=Counter)
    marks: dict[str, Counter[int]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return self.units.total()


@dataclass(frozen=True)
class Ranked:
    """A unit as the model ranks it, with the words that speak for it."""

    unit: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """「人社局（“工资”“包工头”）」"""

    unit: Department
    words: tuple[str, ...]

    @property
    def because(self) -> str:
        return quoted(self.words)


# ---------------------------------------------------------------- marks


def marks_of(text: str, type_code: str, place: str, names: Iterable[str] = ()) -> frozenset[str]:
    """The two-character words of a text without these names, its type, and its town."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, " ")
    words = {a + b for run in _HAN.findall(text) for a, b in pairwise(run)}
    about = {f"type:{type_code}"} if type_code else set()
    where = {f"town:{place[:9]}"} if place else set()
    return frozenset(words | about | where)


def is_word(mark: str) -> bool:
    return ":" not in mark


# ---------------------------------------------------------------- the model


def train(examples: Iterable[Example]) -> Model:
    """Count; then forget what is rare, and the least common of what is too much."""
    model = Model()
    for example in examples:
        model.units[example.unit] += 1
        for mark in example.marks:
            model.marks.setdefault(mark, Counter())[example.unit] += 1
        if len(model.marks) > 20 * MOST_WORDS:  # a long tail of words seen once
            model.marks = {m: seen for m, seen in model.marks.items() if seen.total() > 1}
    usual = {m: seen for m, seen in model.marks.items() if seen.total() >= LEAST_CASES}
    telling = sorted(usual, key=lambda mark: (-_tells(model, usual[mark]), mark))
    model.marks = {mark: usual[mark] for mark in telling[:MOST_WORDS]}
    return model


def _tells(model: Model, seen: Counter[int]) -> float:
    """How much a mark says about the unit: what it would save to know it."""
    total, here = model.cases, seen.total()
    return sum(n * log((n / here) / (model.units[unit] / total)) for unit, n in seen.items() if n)


def rank(model: Model, marks: Iterable[str]) -> list[Ranked]:
    """The units these marks speak for, the likeliest first; none while too little is known."""
    here = [mark for mark in marks if mark in model.marks]
    if model.cases < ENOUGH or not here:
        return []
    scores = {unit: _score(model, unit, here) for unit in model.units}
    order = sorted(scores, key=lambda unit: (-scores[unit], unit))
    ranked = [Ranked(unit, _words_for(model, unit, here)) for unit in order]
    return [one for one in ranked if len(one.words) >= 2][:SUGGESTED]


def is_clear(model: Model, marks: Iterable[str]) -> bool:
    """Whether the first unit is far enough ahead to be worth saying."""
    here = [mark for mark in marks if mark in model.marks]
    scores = sorted((_score(model, unit, here) for unit in model.units), reverse=True)
    return len(scores) == 1 or (len(scores) > 1 and scores[0] - scores[1] >= CLEAR)


def _score(model: Model, unit: int, here: Iterable[str]) -> float:
    had = model.units[unit]
    prior = log((had + _SMOOTH) / (model.cases + _SMOOTH * len(model.units)))
    return prior + sum(
        log((model.marks[mark][unit] + _SMOOTH) / (had + 2 * _SMOOTH)) for mark in here
    )


def _words_for(model: Model, unit: int, here: Iterable[str]) -> tuple[str, ...]:
    """The words that are much likelier with this unit than with others, the most telling first."""
    had, cases = model.units[unit], model.cases

    def times(mark: str) -> float:
        here, anywhere = model.marks[mark][unit], model.marks[mark].total()
        with_it = (here + _SMOOTH) / (had + 2 * _SMOOTH)
        with_others = (anywhere - here + _SMOOTH) / (cases - had + 2 * _SMOOTH)
        return with_it / with_others

    strong = {
        mark: model.marks[mark][unit] * log(times(mark))
        for mark in here
        if is_word(mark) and model.marks[mark][unit] >= 3 and times(mark) >= STRONG
    }
    best = sorted(strong, key=lambda mark: (-strong[mark], mark))
    return tuple(_apart(best))[:TOLD]


def _apart(words: Iterable[str]) -> Iterator[str]:
    """Of words that overlap (包工, 工头) the first stands for the others."""
    told: list[str] = []
    for word in words:
        if not any(word[0] == one[1] or word[1] == one[0] for one in told):
            told.append(word)
            yield word


# ---------------------------------------------------------------- what it learns from


def accepted(center: Center) -> QuerySet[Assignment]:
    """The lead's part of each case of a centre that was reported well and approved, newest first.

    The last one of a case only: an earlier lead's was recalled, ruled away, or done again.
    """
    later = Assignment.objects.filter(
        case=OuterRef("case"), role=Assignment.Role.LEAD, pk__gt=OuterRef("pk")
    )
    parts = Assignment.objects.filter(
        ~Exists(later),
        case__center=center,
        role=Assignment.Role.LEAD,
        ending=Assignment.Ending.APPROVED,
        unit__is_active=True,
    )
    loud = parts.exclude(case__special__overlap=[flag.value for flag in SILENT])
    return loud.order_by("-dispatched_at", "-pk")


def examples_in(parts: QuerySet[Assignment]) -> Iterator[Example]:
    """The parts as examples, a chunk of cases in memory at a time."""
    rows = parts.values_list(
        "case_id", "unit_id", "case__narrative", "case__type__code", "case__occurred_region__code"
    )
    for chunk in _chunks(rows):
        names = _names({case_id for case_id, *_ in chunk})
        for case_id, unit, text, type_code, place in chunk:
            marks = marks_of(text, type_code, place, names.get(case_id, ()))
            yield Example(marks, unit)


def _chunks(rows: Any) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows.iterator(chunk_size=_CHUNK):
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _names(cases: set[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    parties = Case.objects.filter(pk__in=cases, parties__role__in=PartyRole.values)
    for case_id, name in parties.values_list("pk", "parties__name"):
        found.setdefault(case_id, []).append(name)
    return found


# ---------------------------------------------------------------- asking it


def guesses(center: Center, facts: Facts) -> list[Guess]:
    """The units that texts like this went to before, with their words; often none."""
    if facts.is_silent or not facts.text:
        return []
    marks = marks_of(facts.text, facts.type, facts.place, facts.opponents)
    model = _model_for(center, marks)
    if model is None or not is_clear(model, marks):
        return []
    ranked = {one.unit: one for one in rank(model, marks)}
    units = Department.objects.filter(pk__in=ranked, is_active=True).in_bulk()
    told = [Guess(units[pk], one.words) for pk, one in ranked.items() if pk in units]
    return [one for one in told if not is_complained_of(one.unit.name, facts.units)]


def _model_for(center: Center, marks: Iterable[str]) -> Model | None:
    """As much of what the centre has learned as these marks need."""
    learned = Learned.objects.filter(center=center).first()
    if learned is None:
        return None
    model = Model(units=Counter({int(pk): n for pk, n in learned.units.items()}))
    rows = LearnedWord.objects.filter(learned=learned, mark__in=list(marks))
    for mark, unit, cases in rows.values_list("mark", "unit_id", "cases"):
        model.marks.setdefault(mark, Counter())[unit] = cases
    return model
