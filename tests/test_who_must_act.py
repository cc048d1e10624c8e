"""Under random rosters, rules, returns and escalations an open case always has exactly one unit
that must act: the unit that leads it, or the centre that has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from cases.models import Assignment, Case, CaseCenter, CaseEvent, ThresholdRule
from cases.services.registration import register_case
from cases.thresholds import Threshold
from cases.vocabulary import Actor, Label, Special
from dispatch.duty import on_duty
from dispatch.models import Residency, RuleHit, Shift
from dispatch.services.rostering import (
    HALVES,
    Standing,
    generate_week,
    mark_away,
    set_template,
)
from orgs.calendars import revise
from orgs.models import Department, User
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.rosters import row
from tests.rulebook import WAGES, in_force, rule
from tests.test_random_lives import CAST, Life
from zongzhi.lib import clock

STEPS = 70
MOST_CASES = 8
SEEDS = range(int(os.environ.get("RANDOM_LIVES", "2")))
BACK_AND_FORTH = ("claim", "return", "rule", "reassign", "attempt", "escalate", "push-down")


class Restless(Life):
    """The same county, where who is there and which rule holds change from hour to hour."""

    def step(self) -> None:
        super().step()
        happening = self.dice.choices(
            [
                self.goes_back_and_forth,
                self.somebody_comes_or_goes,
                self.rules_change,
                self.comes_to_the_window,
            ],
            weights=[50, 15, 10, 25],
        )[0]
        happening()

    def goes_back_and_forth(self) -> None:
        """What moves a case between units and levels, wherever somebody is offered it."""
        verb = self.dice.choice(BACK_AND_FORTH)
        cases = list(Case.objects.open().select_related("center", "unit").with_assignments())
        pairs = [(case, user) for case in cases for user in self.people]
        for case, user in self.dice.sample(pairs, len(pairs)):
            act = next((act for act in self.offered(user, case) if act.verb == verb), None)
            typed = self.typed(act, case, user) if act else None
            if act is None or typed is None:
                continue
            form = act.form(typed, case=case, user=user)
            assert form.is_valid(), (verb, form.errors)
            given = {"case_id": case.pk, "by": user, **form.arguments()}
            self.refused_or_done(case, partial(act.service, **given))
            return

    def somebody_comes_or_goes(self) -> None:
        standing = Shift.objects.standing().filter(day__gte=clock.today()).order_by("pk")
        if standing and self.dice.random() < 0.5:
            shift = self.dice.choice(list(standing[:10]))
            mark_away(shift_id=shift.pk, reason="家里有事", by=self.lives.triage)
        else:
            monday = clock.today() - timedelta(days=clock.today().weekday())
            generate_week(center=self.county.county, monday=monday, by=self.lives.triage)
        Residency.objects.filter(department=self.county.housing).update(
            kind=self.dice.choice(list(Residency.Kind))
        )

    def rules_change(self) -> None:
        unit = self.dice.choice(
            [self.county.human_resources, self.county.human_resources, self.county.housing, None]
        )
        if unit is None:
            in_force(self.county.county)
        else:
            direct = self.dice.random() < 0.7
            in_force(self.county.county, rule("R-07", unit, words=("工资",), direct=direct))

    def comes_to_the_window(self) -> None:
        """Registered with 直派 asked for, whether or not the rules and the roster allow it."""
        if Case.objects.open().count() >= MOST_CASES:
            return
        theirs = self.county.human_resources
        unit = self.dice.choice([theirs, theirs, theirs, self.county.housing])
        special = [self.dice.choice([Special.NONE, Special.GROUP, Special.NONE, Special.THREAT])]
        wanted = self.lives.registration(
            narrative=WAGES, special=special, suggested_unit=unit, direct_rule="R-07"
        )
        register_case(wanted, by=self.lives.clerk)

    def check(self) -> None:
        super().check()
        for case in Case.objects.open().select_related("center"):
            assert len(units_that_must_act(case)) == 1, (case, case.label, case.actor)


def units_that_must_act(case: Case) -> set[int]:
    """Out of the assignments themselves, not out of what the case says of them."""
    leads = Assignment.objects.filter(case=case, role=Assignment.Role.LEAD, ended_at=None)
    at_the_centre = case.actor in (Actor.TRIAGE, Actor.FOLLOW_UP)
    if not at_the_centre:
        assert {lead.unit_id for lead in leads} == {case.unit_id}
        return {lead.unit_id for lead in leads}
    # What a unit has reported or given back still hangs from it; it is the centre's to answer.
    waiting = case.label in (Label.TO_RULE, Label.TO_APPROVE)
    assert len(leads) == (1 if waiting else 0), (case.label, len(leads))
    return {case.center_id}


@pytest.fixture
def people(request: pytest.FixtureRequest) -> list[User]:
    return [request.getfixturevalue(name) for name in CAST]


@pytest.fixture(autouse=True)
def _a_morning_in_april() -> Iterator[None]:
    clock.freeze(DISPATCHED)
    yield
    clock.unfreeze()


@pytest.fixture
def county_at_work(county: County, lives: Lives, handler: User, other_handler: User) -> County:
    """Somebody at the windows by template, and one attempt is all that a village or town has."""
    for unit, kind, person in (
        (county.human_resources, "resident", handler),
        (county.housing, "rotating", other_handler),
    ):
        Residency.objects.create(department=unit, center=county.county, kind=kind)
        seat_every_day(unit, person, lives.triage)
    for level in ("village", "town"):
        ThresholdRule.objects.create(name=Threshold.ATTEMPTS, level=level, value=1)
    revise("clock_rules")
    return county


def seat_every_day(unit: Department, person: User, by: User) -> None:
    standing = Standing(person=person)
    set_template(row=row(unit), weekdays=range(1, 6), halves=HALVES, standing=standing, by=by)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_open_case_always_has_exactly_one_unit_that_must_act(
    seed: int, people: list[User], county_at_work: County, lives: Lives
) -> None:
    life = Restless(seed, people, county_at_work, lives)
    life.rules_change()
    for _ in range(STEPS):
        life.step()
        life.check()
    life.check_at_rest()


def test_the_random_lives_meet_what_they_are_about(
    people: list[User], county_at_work: County, lives: Lives
) -> None:
    """Rosters, rules, returns and ways up really happen in them; otherwise they prove nothing."""
    life = Restless(1, people, county_at_work, lives)
    in_force(
        county_at_work.county,
        rule("R-07", county_at_work.human_resources, words=("工资",), direct=True),
    )
    wanted, done = {"dispatch", *BACK_AND_FORTH}, set[str]()
    for _ in range(4 * STEPS):
        life.step()
        done = set(CaseEvent.objects.values_list("verb", flat=True))
        met = RuleHit.objects.filter(direct=True).exists() and Shift.objects.exists()
        if done >= wanted and met:
            break
    assert done >= wanted, wanted - done
    assert RuleHit.objects.filter(direct=True).exists()
    assert Shift.objects.exists()
    assert on_duty(county_at_work.county, clock.now())
    assert CaseCenter.objects.exists()  # some have moved to another level
