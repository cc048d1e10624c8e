"""What the database counts is what the words say, counted again by hand over whole lives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction

from cases.models import Case
from cases.services.closing import follow_up_case
from cases.services.registration import revisit_case
from cases.vocabulary import Channel, Result, Satisfaction
from dispatch.models import Return
from dispatch.services.assigning import rule_on_return
from dispatch.services.handling import approve_result, report_result
from mediation.services.confirming import apply_for_confirmation, court_decides, court_takes
from mediation.services.referrals import receive_referral
from orgs.models import Center, User
from reports.indicators.counting import ALL, Dimension, Numbers, Scope, Span, counted
from reports.indicators.dictionary import INDICATORS, SETS, value_of
from reports.services.entered import enter_court_intake
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.reports.plain import by_group, everything
from tests.reports.test_published import lives_of
from tests.settlements import in_force
from tests.test_random_lives import CAST, Life
from zongzhi.demo.loading import load
from zongzhi.lib import clock

SEEDS = range(int(os.environ.get("RANDOM_LIVES", "2")))
STEPS = 220
# Sets of which the small demo year has no row; a test of their own sees that they have some.
SELDOM = {
    "accepted_late",
    "commissioned",
    "commissioned_of_known",
    "confirmed",
    "court_received",
    "redone",
    "revisits",
    "settled_in_town",
    "settled_in_village",
    "upheld",
}
SPANS = 6


def said_by_hand(part: int, whole: int | None) -> str:
    """A share as people reckon it on paper: two numbers, and from ten on a percentage, half up."""
    if whole is None:
        return f"{part:,}"
    if not whole:
        return "–"
    percent = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{percent}%（{part}/{whole}）" if whole >= 10 else f"{part}/{whole}"


def check_each(by: Dimension | None, asked: Numbers, by_hand: dict[tuple[Any, str], int]) -> None:
    """Every indicator, of all or of each unit: its two numbers and its words, both ways."""
    for one in INDICATORS:
        if by is not None and not one.has(by):
            continue
        for group in {group for group, _ in by_hand} if by else {ALL}:
            part = by_hand.get((group, one.top.key), 0)
            whole = None if one.out_of is None else by_hand.get((group, one.out_of.key), 0)
            value = value_of(one, asked.get(group))
            assert (value.part, value.whole) == (part, whole), (one.key, group)
            if one.instead is None or whole:
                assert value.shown == said_by_hand(part, whole), (one.key, group)


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
        by_hand = by_group(plain, center.region.stem, by.value if by else None)
        assert sql == by_hand, (by, span)
        if by in (None, Dimension.UNIT):
            check_each(by, asked, by_hand)
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


def one_of_each(lives: Lives, county: County) -> None:
    """What the small demo year has none of: late results, redone and returned cases, the court."""
    clerk, triage, handler = lives.clerk, lives.triage, lives.handler
    came = lives.registered()
    clock.freeze(clock.now() + timedelta(minutes=5))
    revisit_case(case_id=came.pk, by=clerk, visitors=2, text="又来问进度")
    for ruling in (Return.Ruling.UPHOLD, Return.Ruling.REASSIGN):
        rule_on_return(
            case_id=lives.returned().pk,
            by=triage,
            ruling=ruling,
            text="职责写得清楚",
            lead=county.housing if ruling == Return.Ruling.REASSIGN else None,
        )
    again, late, confirmed = lives.approved(), lives.claimed(), in_force(lives).mediation.case
    follow_up_case(
        case_id=again.pk,
        by=clerk,
        channel=Channel.PHONE,
        satisfaction=Satisfaction.UNSATISFIED,
        redo=True,
    )
    ready = ["application", "agreement", "identity", "addresses"]
    court, today = "示范县人民法院", clock.today()
    apply_for_confirmation(
        case_id=confirmed.pk,
        by=handler,
        court=court,
        applied_on=today,
        materials=ready,
        jointly=True,
    )
    court_takes(case_id=confirmed.pk, by=handler, on=today, number="（2025）990101民特12号")
    court_decides(case_id=confirmed.pk, by=handler, outcome="confirmed", on=today)
    for unit in (county.town_unit, county.village_unit):
        lives_of(county, unit).closed(lead=unit)
    for kind in ("commissioned", "entrusted"):
        receive_referral(
            case_id=lives.claimed().pk, by=triage, kind=kind, organ=court, received_on=today
        )
    clock.freeze(clock.now() + timedelta(days=30))
    for case in (again, late):
        found = "付清了，双方都签了字"
        report_result(
            case_id=case.pk, by=handler, result=Result.RESOLVED, how=found, not_found="没有留"
        )
        approve_result(case_id=case.pk, by=triage)
        follow_up_case(
            case_id=case.pk,
            by=clerk,
            channel=Channel.PHONE,
            satisfaction=Satisfaction.SATISFIED,
            text="好了",
        )
    month = DISPATCHED.date().replace(day=1)
    enter_court_intake(month=month, number=40, source="立案庭月报", by=triage)


@pytest.mark.usefixtures("_in_april")
def test_what_happens_seldom_is_counted_alike_by_hand(county: County, lives: Lives) -> None:
    one_of_each(lives, county)
    month = DISPATCHED.date().replace(day=1)
    found: set[str] = set()
    for last in (clock.today(), month + timedelta(days=29)):
        found |= check(county.county, Span.of_days(month, last))
    assert found >= SELDOM


@pytest.mark.django_db
def test_the_demo_year_is_counted_alike_by_hand(demo: datetime) -> None:
    with clock.at(demo):
        center = Center.objects.get(region__code="990101000000")
        first = Case.objects.earliest("registered_at").registered_at.date()
        seen: set[str] = set()
        for span in spans(Random(7), first, clock.today()):
            seen |= check(center, span)
            parts_lie_within(center, span)
    assert seen >= set(SETS) - SELDOM, sorted(set(SETS) - SELDOM - seen)
