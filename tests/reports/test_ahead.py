"""A board is counted ahead: nobody waits for it, and nobody is told what another sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.querysets import Sight, sight_of
from cases.services.closing import follow_up_case
from cases.vocabulary import Channel, Risk, Satisfaction
from dispatch.services.handling import approve_result
from orgs.models import User
from orgs.permissions import RoleCode
from reports.ahead import FIT, LOOKED_AT, PARTS, SERVED, STANDING, boards_wanted, told
from reports.figures import OF_CASES
from reports.tasks import recount_boards
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock

BOARD, HOME = reverse("reports:board"), reverse("reports:workbench")
Later = Callable[[float], None]


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


@pytest.fixture
def later() -> Later:
    """Noon, and so many seconds on."""
    noon = clock.now().replace(hour=12, minute=0)
    clock.freeze(noon)
    return lambda seconds: clock.freeze(clock.now() + timedelta(seconds=seconds))


def registered(user: User) -> int:
    ((_, standing),) = told(user, STANDING)
    return int(standing.numbers["registered_month"])


# --- who shares -----------------------------------------------------------------------------------


def test_who_sees_the_same_is_told_the_same(leader: User, county: County, lives: Lives) -> None:
    lives.registered()
    second = person("second", "第二位", county.county, RoleCode.LEADER)
    assert registered(leader) == 1
    lives.registered()
    assert registered(second) == registered(leader) == 1


@pytest.mark.parametrize("first", ["leader", "town_officer", "village_officer"])
def test_who_sees_something_else_never_shares(
    first: str,
    leader: User,
    town_officer: User,
    village_officer: User,
    lives: Lives,
) -> None:
    """Whoever looks first: each is told their own cases."""
    lives.registered()
    lives.registered(by=town_officer)
    lives.registered(by=village_officer)
    people = {"leader": leader, "town_officer": town_officer, "village_officer": village_officer}
    told(people[first], *PARTS)
    assert {name: registered(user) for name, user in people.items()} == {
        "leader": 3,
        "town_officer": 2,
        "village_officer": 1,
    }
    names = {part.name_for(user) for part in PARTS for user in people.values()}
    assert len(names) == len(PARTS) * len(people)


@pytest.mark.parametrize("role", [RoleCode.HANDLER, RoleCode.MEDIATOR, RoleCode.CLERK])
def test_one_more_reason_to_see_a_case_is_another_sight(
    role: RoleCode, leader: User, county: County
) -> None:
    """A leader who sits in a unit too, or mediates, may see more than other leaders."""
    unit = county.human_resources
    same = person("same", "同看", county.county, RoleCode.LEADER)
    more = person("more", "多看", county.county, RoleCode.LEADER, role, department=unit)
    assert STANDING.name_for(same) == STANDING.name_for(leader)
    is_same = sight_of(more) == sight_of(leader)
    assert (STANDING.name_for(more) == STANDING.name_for(leader)) == is_same
    assert is_same == (role is RoleCode.CLERK)


def test_the_key_has_all_that_a_sight_is_made_of() -> None:
    one = Sight(0, frozenset({1}), frozenset({1, 2}), frozenset({3}), frozenset(), False, False)
    others: dict[str, Any] = {
        "user_id": 7,
        "centers": frozenset({2}),
        "reach": frozenset({1}),
        "others": frozenset({3, 4}),
        "units": frozenset({1}),
        "sees_own": True,
        "mediates": True,
    }
    assert set(others) == {field.name for field in fields(Sight)}
    keys = {replace(one, **{name: value}).key for name, value in others.items()}
    assert len(keys | {one.key}) == len(others) + 1
    assert replace(one).key == one.key


# --- counted ahead --------------------------------------------------------------------------------


def queries(client: Client, page: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return [query["sql"] for query in captured if "COUNT(" in query["sql"]]


@pytest.mark.parametrize("page", [BOARD, HOME])
def test_nobody_waits_for_a_board_that_is_looked_at(
    page: str, client: Client, leader: User, lives: Lives, later: Later
) -> None:
    client.force_login(leader)
    once = len(queries(client, page))
    case = lives.registered()
    for _ in range(20):
        later(60)
        cache.clear()  # its 300 seconds are no frozen ones
        recount_boards()
        assert len(queries(client, page)) < once
    board = client.get(BOARD).context["board"]
    assert board.registered.number == 1
    assert (clock.now() - board.at.moment).total_seconds() == 0
    assert case.number in client.get(board.registered.url).content.decode()


def test_the_page_says_when_it_was_counted(
    client: Client, leader: User, lives: Lives, later: Later
) -> None:
    client.force_login(leader)
    client.get(BOARD)
    lives.registered()
    later(SERVED - 1)
    page = client.get(BOARD)
    assert page.context["board"].registered.number == 0
    assert "数据到 12:00" in page.content.decode()
    later(2)
    page = client.get(BOARD)
    assert page.context["board"].registered.number == 1
    assert "数据到 12:15" in page.content.decode()


def test_a_board_looked_at_this_week_is_kept_fit_to_be_served(
    leader: User, lives: Lives, later: Later
) -> None:
    """The leader who comes in the morning does not wait either."""
    registered(leader)
    later(LOOKED_AT + 1)
    recount_boards()
    assert boards_wanted() == []
    later(FIT)
    lives.registered()
    assert boards_wanted() == [leader.pk]
    recount_boards()
    assert registered(leader) == 1


def test_a_board_nobody_looks_at_is_not_counted(leader: User, town_officer: User) -> None:
    assert boards_wanted() == []
    registered(leader)
    assert boards_wanted() == [leader.pk]


def test_for_each_sight_it_is_counted_once(leader: User, county: County, later: Later) -> None:
    second = person("second", "第二位", county.county, RoleCode.LEADER)
    registered(leader)
    later(1)
    registered(second)
    later(60)
    assert boards_wanted() == [second.pk]


def test_who_has_lost_the_board_is_not_counted_for(leader: User, later: Later) -> None:
    registered(leader)
    leader.posts.update(until=clock.today() - timedelta(days=1))
    later(60)
    assert boards_wanted() == []


def test_yesterday_is_not_told_as_today(leader: User, lives: Lives) -> None:
    clock.freeze(clock.now().replace(hour=23, minute=59, second=0))
    lives.registered()
    ((_, before),) = told(leader, STANDING)
    clock.freeze(clock.now() + timedelta(minutes=2))
    ((_, after),) = told(leader, STANDING)
    assert before.numbers["registered_today"] == 1
    assert after.numbers["registered_today"] == 0


# --- every figure is its list ---------------------------------------------------------------------


def test_what_happens_after_the_counting_is_in_no_list(
    client: Client, leader: User, clerk: User, triage: User, lives: Lives, later: Later
) -> None:
    """New cases, cases closed and approved since: the lists are those of the moment."""
    open_case = lives.approved(risk=Risk.HIGH)
    lives.closed()
    waiting = lives.reported()
    client.force_login(leader)
    board = client.get(BOARD).context["board"]
    later(30)
    lives.registered()
    satisfied = Satisfaction.SATISFIED
    follow_up_case(case_id=open_case.pk, by=clerk, channel=Channel.PHONE, satisfaction=satisfied)
    approve_result(case_id=waiting.pk, by=triage)
    again = client.get(BOARD).context["board"]
    told_again = {one.figure.key: one for one in (again.registered, again.approved, *again.tiles)}
    told_again["finished_month"] = again.satisfaction.finished
    assert again.at == board.at
    assert told_again["in_hand"].number == 2
    for figure in OF_CASES:
        if one := told_again.get(figure.key):
            assert client.get(one.url).context["page"].total == one.number, figure.key


def test_what_needs_the_leader_is_of_now(
    client: Client, leader: User, lives: Lives, later: Later
) -> None:
    client.force_login(leader)
    client.get(BOARD)
    later(30)
    case = lives.claimed(risk=Risk.HIGH)
    part = client.get(BOARD).context["board"].attention[1]
    assert [row.number for row in part.rows] == [case.number]
