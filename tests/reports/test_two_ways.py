"""What the database counts is what the words say, counted again by hand over whole lives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from cases.models import Case
from orgs.models import Center, User
from reports.indicators.counting import Dimension, Scope, Span, counted
from reports.indicators.dictionary import INDICATORS, SETS
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.reports.plain import by_group, everything
from tests.test_random_lives import CAST, Life
from zongzhi.demo.loading import load
from zongzhi.lib import clock

SEEDS = range(int(os.environ.get("RANDOM_LIVES", "2")))
STEPS = 220
SPANS = 6


def check(center: Center, span: Span) -> set[str]:
    """Both ways agree by every dimension; which sets had any row at all."""
    plain = everything(span.since, span.until, span.as_of)
    unknown = set(plain) - set(SETS)
    assert not unknown
    for by in (None, *Dimension):
        asked = counted(SETS.values(), Scope(center), span, by)
        sql = {
            (group, key): number
            for group, numbers in asked.items()
            for key, number in numbers.items()
            if number
        }
        assert sql == by_group(plain, center.region.stem, by.value if by else None), (by, span)
    return set(plain)


def parts_lie_within(center: Center, span: Span) -> None:
    for one in INDICATORS:
        if one.out_of is not None and one.top.model().model is one.out_of.model().model:
            top, whole = (
                set(rows.rows(Scope(center), span).values_list("pk", flat=True))
                for rows in one.sets
            )
            assert top <= whole, one.key


def spans(dice: Random, first: date, last: date) -> Iterator[Span]:
    """All of it, and some periods of it, each as of some moment in it or of its end."""
    yield Span.of_days(first, last)
    days = (last - first).days
    for _ in range(SPANS):
        since = first + timedelta(days=dice.randint(0, days))
        until = since + timedelta(days=dice.randint(0, days))
        whole = Span.of_days(since, until)
        back = dice.choice([0, 0, 1, 30, 200])
        yield Span(whole.since, whole.until, whole.as_of - timedelta(hours=back))


@pytest.fixture
def people(request: pytest.FixtureRequest) -> list[User]:
    return [request.getfixturevalue(name) for name in CAST]


@pytest.fixture
def _in_april() -> Iterator[None]:
    clock.freeze(DISPATCHED)
    yield
    clock.unfreeze()


@pytest.mark.usefixtures("_in_april")
@pytest.mark.parametrize("seed", SEEDS)
def test_random_lives_are_counted_alike_by_hand(
    seed: int, people: list[User], county: County, lives: Lives
) -> None:
    life = Life(seed, people, county, lives)
    for _ in range(STEPS):
        life.step()
    for span in spans(life.dice, DISPATCHED.date(), clock.today()):
        for center in (county.county, county.town):
            check(center, span)
        parts_lie_within(county.county, span)


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[datetime]:
    """The demo year, small."""
    moment = datetime(2026, 6, 16, 10, 40, tzinfo=clock.SHANGHAI)
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(moment):
            load(cases=60)
        yield moment
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_demo_year_is_counted_alike_by_hand(demo: datetime) -> None:
    with clock.at(demo):
        center = Center.objects.get(region__code="990101000000")
        first = Case.objects.earliest("registered_at").registered_at.date()
        seen: set[str] = set()
        for span in spans(Random(7), first, clock.today()):
            seen |= check(center, span)
            parts_lie_within(center, span)
    assert len(seen) >= 28, set(SETS) - seen
