"""The golden table of a grid event: every act, from every point of its life, to where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grids.acts import act_of, all_acts, allowed
from grids.models import EventLine, GridEvent
from grids.vocabulary import EventStage
from orgs.models import User
from tests.grids.field import POINTS, Field
from zongzhi.lib.errors import DomainError

Given = Callable[[Field], dict[str, Any]]
WORDS = "路灯线路老化，要换一段线"

# verb, who, what is given, and for each point it is open at: stage, actor, clock afterwards.
TABLE: list[tuple[str, str, Given, dict[str, tuple[str, str, str]]]] = [
    (
        "verify",
        "town",
        lambda f: {"truth": "true", "valid": True, "then": "later"},
        {
            "reported": ("verified", "center", "assign"),
            "asked": ("verified", "center", "assign"),
        },
    ),
    (
        "ask",
        "town",
        lambda f: {"text": WORDS},
        {"reported": ("reported", "worker", "verify")},
    ),
    (
        "supplement",
        "worker",
        lambda f: {"text": WORDS},
        {"asked": ("reported", "center", "verify")},
    ),
    (
        "assign",
        "town",
        lambda f: {"to": "unit", "unit": f.station},
        {"verified": ("handling", "unit", "handle")},
    ),
    (
        "feedback",
        "handler",
        lambda f: {"text": WORDS},
        {"with_unit": ("feedback", "center", "review")},
    ),
    (
        "feedback",
        "worker",
        lambda f: {"text": WORDS},
        {"with_worker": ("feedback", "center", "review")},
    ),
    (
        "feedback",
        "town",
        lambda f: {"text": WORDS},
        {"with_center": ("feedback", "center", "review")},
    ),
    (
        "hand-back",
        "handler",
        lambda f: {"text": WORDS},
        {"with_unit": ("verified", "center", "assign")},
    ),
    (
        "hand-back",
        "worker",
        lambda f: {"text": WORDS},
        {"with_worker": ("verified", "center", "assign")},
    ),
    (
        "reassign",
        "town",
        lambda f: {"to": "worker", "worker": f.worker, "text": WORDS},
        {
            "with_unit": ("handling", "worker", "handle"),
            "with_worker": ("handling", "worker", "handle"),
            "with_center": ("handling", "worker", "handle"),
        },
    ),
    (
        "request-check",
        "town",
        lambda f: {},
        {"fed_back": ("checking", "worker", "check")},
    ),
    (
        "check",
        "worker",
        lambda f: {"passed": False, "text": WORDS},
        {"checking": ("handling", "unit", "handle")},
    ),
    (
        "check",
        "town",
        lambda f: {"passed": True},
        {"checking": ("done", "nobody", "")},
    ),
    (
        "finish",
        "town",
        lambda f: {"result": WORDS},
        {
            "with_center": ("done", "nobody", ""),
            "fed_back": ("done", "nobody", ""),
            "checking": ("done", "nobody", ""),
        },
    ),
    (
        "send-back",
        "town",
        lambda f: {"text": WORDS},
        {"fed_back": ("handling", "unit", "handle")},
    ),
    (
        "pass-up",
        "town",
        lambda f: {"text": WORDS},
        {
            "verified": ("verified", "center", "assign"),
            "with_center": ("verified", "center", "assign"),
        },
    ),
    ("pass-down", "town", lambda f: {"center": f.county.village}, {}),
    (
        "note",
        "town",
        lambda f: {"text": WORDS},
        {
            "reported": ("reported", "center", "verify"),
            "asked": ("reported", "worker", "verify"),
            "verified": ("verified", "center", "assign"),
            "with_unit": ("handling", "unit", "handle"),
            "with_worker": ("handling", "worker", "handle"),
            "with_center": ("handling", "center", "handle"),
            "fed_back": ("feedback", "center", "review"),
            "checking": ("checking", "worker", "check"),
        },
    ),
]
ROWS = [
    pytest.param(verb, who, given, leads, id=f"{verb}-{who}") for verb, who, given, leads in TABLE
]


def _row(event: GridEvent) -> dict[str, Any]:
    return dict(GridEvent.objects.filter(pk=event.pk).values().get())


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("verb", "who", "given", "leads"), ROWS)
def test_an_act_leads_where_the_table_says_and_a_refused_one_leaves_nothing(
    field: Field,
    monday: object,
    verb: str,
    who: str,
    given: Given,
    leads: dict[str, tuple[str, str, str]],
    point: str,
) -> None:
    event = field.at(point)
    user: User = getattr(field, who)
    lines, before = EventLine.objects.filter(event=event).count(), _row(event)
    offered = verb in {act.verb for act in allowed(user, _fresh(event))}
    assert offered == (point in leads)
    call = act_of(verb).service
    if point not in leads:
        with pytest.raises(DomainError):
            call(event_id=event.pk, by=user, **given(field))
        assert _row(event) == before
        assert EventLine.objects.filter(event=event).count() == lines
        return
    done = call(event_id=event.pk, by=user, **given(field))
    fresh = _fresh(done)
    assert (fresh.stage, fresh.actor, fresh.step) == leads[point]
    assert (before["stage"], fresh.stage) in act_of(verb).arcs
    assert EventLine.objects.filter(event=event).count() == lines + 1
    assert fresh.version == before["version"] + 1


def _fresh(event: GridEvent) -> GridEvent:
    return GridEvent.objects.select_related("center", "unit", "worker").get(pk=event.pk)


def test_every_act_is_in_the_table() -> None:
    of_a_higher_floor = {"raise"}
    assert {row[0] for row in TABLE} | of_a_higher_floor == {act.verb for act in all_acts()}


def test_the_document_says_the_same() -> None:
    states = Path(__file__).parents[2] / "docs" / "grid-events.md"
    said = {}
    for line in states.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\| (\S+) `([a-z-]+)` \| (.+?) \|", line):
            label, verb, words = found.groups()
            said[verb] = (label, set(_arcs_said(words)))
    assert said == {act.verb: (act.label, set(act.arcs)) for act in all_acts()}


def _arcs_said(words: str) -> Iterator[tuple[str, str]]:
    names = {stage.label: stage.value for stage in EventStage}
    if words.endswith(" 不变"):
        yield from ((names[name], names[name]) for name in words.removesuffix(" 不变").split("、"))
        return
    sources, targets = (part.split("、") for part in words.split(" → "))
    yield from ((names[a], names[b]) for a in sources for b in targets)
