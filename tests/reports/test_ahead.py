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
from cases.services.closing import follow_up_case, reopen_case
from cases.services.course import withdraw_case
from cases.vocabulary import Channel, Complexity, Risk, Satisfaction
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import approve_result, claim_case
from orgs.models import User
from orgs.permissions import RoleCode
from reports.ahead import (
    ENOUGH,
    FIT,
    LOOKED_AT,
    PARTS,
    SIGNS,
    STANDING,
    TRENDS,
    Part,
    boards_wanted,
    told,
)
from reports.figures import (
    BY_STAGE,
    HIGH_RISK,
    IN_HAND,
    LATE,
    ON_BOARD,
    AsOf,
    Figure,
    with_lists,
)
from reports.remembered import counted_at
from reports.tasks import recount_boards
from tests.county import County, person
from tests.lives import Lives
from zongzhi.lib import clock, dates

BOARD, HOME = reverse("reports:board"), reverse("reports:workbench")
ORDINARY = Complexity.ORDINARY
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


def counted_by(client: Client, page: str) -> list[str]:
    """The statements of a page that count cases."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    sqls = [query["sql"] for query in captured]
    return [sql for sql in sqls if "COUNT(" in sql and 'FROM "cases_case"' in sql]


@pytest.mark.parametrize("page", [BOARD, HOME])
def test_nobody_waits_for_a_board_that_is_looked_at(
    page: str,
    client: Client,
    leader: User,
    lives: Lives,
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def waits(*_: Any) -> None:
        raise AssertionError("the leader waits for a counting")

    client.force_login(leader)
    assert counted_by(client, page)
    case = lives.registered()
    for _ in range(20):
        later(60)
        cache.clear()  # its 300 seconds are no frozen ones
        recount_boards()
        with monkeypatch.context() as looked:
            looked.setattr("reports.remembered._count", waits)
            assert counted_by(client, page) == []
    board = client.get(BOARD).context["board"]
    assert board.registered.number == 1
    assert (clock.now() - board.at.moment).total_seconds() == 0
    assert case.number in client.get(board.registered.url).content.decode()


def test_the_page_says_when_it_was_counted_and_is_never_long_ago(
    client: Client, leader: User, lives: Lives, later: Later
) -> None:
    """Two minutes, with a beat or without: then whoever looks waits for the next counting."""
    client.force_login(leader)
    client.get(BOARD)
    lives.registered()
    later(119)
    page = client.get(BOARD)
    assert page.context["board"].registered.number == 0
    assert "数据到 12:00" in page.content.decode()
    later(1)
    page = client.get(BOARD)
    assert page.context["board"].registered.number == 1
    assert "数据到 12:02" in page.content.decode()


@pytest.mark.parametrize("part", [TRENDS, SIGNS])
def test_what_was_looked_at_this_week_is_kept_fit_to_be_served(
    part: Part, leader: User, lives: Lives, later: Later
) -> None:
    """The leader who comes in the morning does not wait for what is dear."""
    ((first, _),) = told(leader, part)
    later(LOOKED_AT + 1)
    recount_boards()
    assert boards_wanted() == []
    later(FIT)
    assert boards_wanted() == [leader.pk]
    recount_boards()
    ((last, _),) = told(leader, part)
    assert last == clock.now() > first


def test_numbers_that_would_be_too_old_to_be_told_are_counted_for_nobody(
    leader: User, later: Later
) -> None:
    registered(leader)
    later(LOOKED_AT - 1)
    assert boards_wanted() == [leader.pk]
    later(1)
    assert boards_wanted() == []


def test_only_the_parts_that_somebody_looks_at_are_counted(
    client: Client, leader: User, later: Later
) -> None:
    """The leader's first page tells the figures; comparison and 苗头 are the board's."""
    client.force_login(leader)
    client.get(HOME)
    later(60)
    recount_boards()
    parts = {part.name_for(leader): part for part in PARTS}
    assert [parts[name] for name in counted_at(parts)] == [STANDING]


def test_a_counting_ahead_ends_before_the_next_begins(
    leader: User, town_officer: User, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not come to has the first turn the next time."""
    seconds = iter([0, 0, ENOUGH])
    monkeypatch.setattr("reports.tasks.monotonic", lambda: next(seconds))
    registered(town_officer)
    later(1)
    registered(leader)
    later(60)
    assert boards_wanted() == [town_officer.pk, leader.pk]
    recount_boards()
    assert boards_wanted() == [leader.pk]


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


@pytest.fixture
def soon() -> Later:
    """Now, and so many seconds on; rows are stamped by the clock of the machine."""
    now = clock.now()
    clock.freeze(min(now, now.replace(hour=23, minute=58)))
    return lambda seconds: clock.freeze(clock.now() + timedelta(seconds=seconds))


def lists_of(client: Client, leader: User, *chosen: Figure) -> dict[str, tuple[int, int]]:
    """What the leader is told of each figure, and how many rows its list shows."""
    ((at, standing),) = told(leader, STANDING)
    found = with_lists(chosen, standing.numbers, AsOf(at))
    client.force_login(leader)
    pages = {key: client.get(one.url).context for key, one in found.items()}
    return {
        key: (
            one.number,
            pages[key]["page"].total if one.figure.asks else pages[key]["behind"].number,
        )
        for key, one in found.items()
    }


def test_what_happens_after_the_counting_is_in_no_list(
    client: Client,
    leader: User,
    clerk: User,
    triage: User,
    handler: User,
    lives: Lives,
    soon: Later,
) -> None:
    """New cases, every step on, and the end of a case: each figure is as long as it was."""
    finished = lives.approved(risk=Risk.HIGH)
    lives.closed()
    waiting, given, new = lives.reported(), lives.dispatched(), lives.registered()
    phone, bad = Channel.PHONE, Satisfaction.UNSATISFIED
    again = lives.approved()
    follow_up_case(case_id=again.pk, by=clerk, channel=phone, satisfaction=bad, redo=True)
    before = lists_of(client, leader, *ON_BOARD)
    assert (before["in_hand"], before["unhappy"], before["high_risk"]) == ((5, 5), (1, 1), (1, 1))
    soon(30)
    lives.registered()
    well = Satisfaction.SATISFIED
    follow_up_case(case_id=finished.pk, by=clerk, channel=phone, satisfaction=well)
    approve_result(case_id=waiting.pk, by=triage)
    claim_case(case_id=given.pk, by=handler)
    unit = lives.county.human_resources
    dispatch_case(case_id=new.pk, by=triage, lead=unit, complexity=ORDINARY, risk=Risk.LOW)
    withdraw_case(case_id=again.pk, by=clerk, text="不要再办了，自己去法院")
    assert lists_of(client, leader, *ON_BOARD) == before
    assert all(told == listed for told, listed in before.values())


def test_a_case_opened_again_since_is_not_among_what_was_in_hand(
    client: Client, leader: User, triage: User, lives: Lives, soon: Later
) -> None:
    lives.registered()
    case = lives.closed()
    in_hand = (IN_HAND, *BY_STAGE)
    before = lists_of(client, leader, *in_hand)
    soon(30)
    reopen_case(case_id=case.pk, by=triage, text="对方反悔了")
    assert lists_of(client, leader, *in_hand) == before
    assert before["in_hand"] == (1, 1)


def test_times_and_risks_are_as_they_are_now_and_the_list_says_so(
    client: Client, leader: User, triage: User, lives: Lives, later: Later
) -> None:
    """No history keeps them: what has been dispatched since is late no more, risks are of now."""
    new = lives.registered()
    clock.freeze(clock.now() + timedelta(days=10))
    assert lists_of(client, leader, LATE, HIGH_RISK) == {"overdue": (1, 1), "high_risk": (0, 0)}
    later(30)
    unit = lives.county.human_resources
    dispatch_case(case_id=new.pk, by=triage, lead=unit, complexity=ORDINARY, risk=Risk.HIGH)
    assert lists_of(client, leader, LATE, HIGH_RISK) == {"overdue": (1, 0), "high_risk": (0, 1)}
    ((at, _),) = told(leader, STANDING)
    page = client.get(LATE.url(AsOf(at))).content.decode()
    assert f"对应看板 {dates.moment(at)} 的数；" in page
    assert "对应看板" not in client.get(reverse("cases:list")).content.decode()


def test_what_needs_the_leader_is_of_now(
    client: Client, leader: User, lives: Lives, later: Later
) -> None:
    client.force_login(leader)
    client.get(BOARD)
    later(30)
    case = lives.claimed(risk=Risk.HIGH)
    part = client.get(BOARD).context["board"].attention[1]
    assert [row.number for row in part.rows] == [case.number]
