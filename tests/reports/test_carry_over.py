"""转入下期 of one period is 上期转入 of the next, whatever became of the cases since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from cases.models import Case
from cases.services.closing import reopen_case
from cases.services.course import merge_case, unmerge_case
from cases.vocabulary import Stage
from orgs.models import Center, User
from reports.indicators import ledger_sets as sets
from reports.indicators.counting import ALL, Scope, Span, counted
from reports.models import FormerEnding
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.test_random_lives import CAST, Life
from zongzhi.lib import clock

MARCH = date(2025, 3, 1), date(2025, 3, 31)
APRIL = date(2025, 4, 1), date(2025, 4, 30)
MAY = date(2025, 5, 1), date(2025, 5, 31)
JUNE = date(2025, 6, 1), date(2025, 6, 30)
CHAIN = (
    sets.CARRIED_IN,
    sets.TAKEN_UP_AGAIN,
    sets.FOUND,
    sets.DUE,
    sets.SETTLED,
    sets.SUCCEEDED,
    sets.ENDED,
    sets.CARRIED_ON,
)


def numbers(center: Center, first: date, last: date) -> dict[str, int]:
    found = counted(CHAIN, Scope(center), Span.of_days(first, last))[ALL]
    return {name.removeprefix("ledger_"): n for name, n in found.items()}


def adds_up(n: dict[str, int]) -> None:
    assert n["carried_in"] + n["taken_up_again"] + n["found"] == n["due"]
    assert n["due"] == n["settled"] + n["ended"] + n["carried_on"]
    assert n["succeeded"] <= n["settled"]


def on(month: int, day: int) -> None:
    clock.freeze(moment(month, day, 10))


def test_a_case_merged_in_april_was_carried_out_of_march_and_ended_in_april(
    lives: Lives, county: County, triage: User
) -> None:
    on(3, 20)
    case, target = lives.dispatched(), lives.dispatched()
    on(4, 1)
    march = numbers(county.county, *MARCH)
    on(4, 10)
    merge_case(case_id=case.pk, by=triage, into=target.number, text="同一件事")
    on(5, 2)
    april = numbers(county.county, *APRIL)
    assert numbers(county.county, *MARCH) == march
    assert (march["carried_on"], april["carried_in"]) == (2, 2)
    assert (april["ended"], april["carried_on"]) == (1, 1)


def test_a_reopened_case_comes_back_on_its_day_and_leaves_its_month_as_it_was(
    lives: Lives, county: County, leader: User
) -> None:
    on(4, 10)
    case = lives.closed()
    on(5, 1)
    april = numbers(county.county, *APRIL)
    on(5, 8)
    reopen_case(case_id=case.pk, by=leader, text="又欠了")
    on(6, 3)
    assert numbers(county.county, *APRIL) == april
    assert (april["settled"], april["carried_on"]) == (1, 0)
    may, june = numbers(county.county, *MAY), numbers(county.county, *JUNE)
    assert (may["carried_in"], may["taken_up_again"], may["carried_on"]) == (0, 1, 1)
    assert (june["carried_in"], june["taken_up_again"]) == (1, 0)


def test_what_ended_and_came_back_within_a_month_is_one_matter_that_goes_on(
    lives: Lives, county: County, triage: User
) -> None:
    on(4, 3)
    case, target = lives.dispatched(), lives.dispatched()
    merge_case(case_id=case.pk, by=triage, into=target.number, text="同一件事")
    on(4, 5)
    unmerge_case(case_id=case.pk, by=triage)
    april = numbers(county.county, *APRIL)
    assert (april["found"], april["ended"], april["carried_on"]) == (2, 0, 2)
    assert FormerEnding.objects.get().closure == "merged"


def test_a_former_ending_says_how_the_case_had_ended(lives: Lives, leader: User) -> None:
    case = lives.closed()
    closed_at, closure = fresh(case).closed_at, fresh(case).closure
    clock.freeze(clock.now() + timedelta(days=2))
    reopen_case(case_id=case.pk, by=leader, text="又欠了")
    kept = FormerEnding.objects.get(case=case)
    assert (kept.closed_at, kept.closure, kept.reopened_at) == (closed_at, closure, clock.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FormerEnding.objects.update(closure="merged")


@pytest.fixture
def people(request: pytest.FixtureRequest) -> list[User]:
    return [request.getfixturevalue(name) for name in CAST]


@pytest.fixture(autouse=True)
def _a_morning_in_april() -> Iterator[None]:
    clock.freeze(DISPATCHED)
    yield
    clock.unfreeze()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_what_is_carried_over_is_carried_in(
    seed: int, people: list[User], county: County, lives: Lives
) -> None:
    """Counted at each midnight, and once more when all is over: every day as it was then."""
    life = Life(seed, people, county, lives)
    then: dict[date, dict[str, int]] = {}
    day = clock.today()
    for _ in range(150):
        life.step()
        while day < clock.today():
            then[day] = numbers(county.city, day, day)
            day += timedelta(days=1)
    _come_back(people)
    before = 0
    for day, n in then.items():
        adds_up(n)
        assert n["carried_in"] == before, day
        assert numbers(county.city, day, day) == n, day
        before = n["carried_on"]
    whole = numbers(county.city, next(iter(then)), clock.today())
    adds_up(whole)
    assert whole["carried_on"] == Case.objects.open().count()


def _come_back(people: list[User]) -> None:
    """However the dice fell, some that had ended are taken up again."""
    leader = next(person for person in people if person.username == "leader")
    clock.freeze(clock.now() + timedelta(days=1))
    own = Case.objects.filter(center__in=leader.posts_today[0].reach, center__level="county")
    ended = own.filter(stage=Stage.CLOSED, merged_into=None).exclude(closure="declined")
    for case in ended.order_by("pk")[:2]:
        reopen_case(case_id=case.pk, by=leader, text="又来反映")
