"""A number on the board is the length of the list its link shows, for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.services.closing import follow_up_case
from cases.vocabulary import Channel, Risk, Satisfaction
from orgs.models import User
from reports.ahead import STANDING, told
from reports.figures import FIGURES, ON_BOARD, AsOf, numbers_of, with_lists
from reports.indicators.counting import ALL, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, SETS, Value, percent
from tests.lives import Lives
from zongzhi.lib import clock


@pytest.fixture
def lived(lives: Lives, clerk, triage, town_officer) -> None:
    """Some of everything: waiting, at work, late, dangerous, closed, complained about."""
    lives.registered()
    lives.registered(by=town_officer)
    lives.claimed(risk=Risk.HIGH)
    lives.claimed(complexity="simple")
    lives.closed()
    for satisfaction, redo in ((Satisfaction.UNSATISFIED, False), (Satisfaction.UNSATISFIED, True)):
        follow_up_case(
            case_id=lives.approved().pk,
            by=clerk,
            channel=Channel.PHONE,
            satisfaction=satisfaction,
            redo=redo,
        )
    clock.freeze(clock.now() + timedelta(days=5))


@pytest.mark.parametrize("after", [0, 90])
@pytest.mark.parametrize("who", ["triage", "leader", "town_officer", "handler", "outsider"])
def test_every_figure_is_the_length_of_its_list(
    who: str, after: int, client: Client, request: pytest.FixtureRequest, lived, lives: Lives
) -> None:
    """As it is told: at once, and a minute and a half later, when others have come."""
    user: User = request.getfixturevalue(who)
    client.force_login(user)
    first = told(user, STANDING)
    clock.freeze(clock.now() + timedelta(seconds=after))
    if after:
        lives.registered()
        lives.claimed(risk=Risk.LOW)
    assert told(user, STANDING) == first
    ((moment, standing),) = first
    found = with_lists(ON_BOARD, standing.numbers, AsOf(moment))
    for figure in ON_BOARD:
        page = client.get(found[figure.key].url).context
        length = page["page"].total if figure.asks else page["behind"].number
        assert length == found[figure.key].number, figure.key


def test_the_figures_of_a_known_year(leader, lived) -> None:
    at = AsOf(clock.now())
    numbers = numbers_of(leader, FIGURES, at)
    assert numbers["in_hand"] == 5
    assert numbers["high_risk"] == 1
    assert numbers["unhappy"] == 1
    if at.moment.day > 6:
        assert (numbers["finished_month"], numbers["rated_month"]) == (2, 2)
        assert numbers["content_month"] == 1


def test_all_figures_cost_one_query_for_each_kind_of_row(
    leader, lived, django_assert_num_queries
) -> None:
    leader.posts_today  # noqa: B018 - loaded once per request
    with django_assert_num_queries(8):
        numbers_of(leader, FIGURES, AsOf(clock.now()))


def test_every_figure_says_how_it_is_counted() -> None:
    for figure in FIGURES:
        assert figure.name in figure.definition
        assert "数据时点" in figure.definition
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (61, 74, "82.4%"),
        (55, 60, "91.7%"),
        (9, 9, ""),
        (10, 10, "100.0%"),
        (0, 0, ""),
        (1, 200, "0.5%"),
    ],
)
def test_a_percentage_is_said_one_way_and_needs_ten(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said
    assert Value(BY_KEY["content_rate"], part, whole).percent == said


def test_the_board_and_the_dictionary_count_the_same_sets(leader, lived) -> None:
    """What has one name has one definition: the board's month is the dictionary's month."""
    now = AsOf(clock.now())
    board = numbers_of(leader, FIGURES, now)
    month = Span.of_days(now.month.date(), now.today.date(), now.moment)
    numbers = counted(SETS.values(), Scope(leader), month)[ALL]
    for figure, key in (
        ("registered_month", "registered"),
        ("in_hand", "in_hand"),
        ("finished_month", "closed"),
        ("rated_month", "rated"),
        ("content_month", "content"),
        ("visits", "visits"),
        ("visitors", "visitors"),
    ):
        assert board[figure] == numbers[key], figure
    assert all(figure.rows.said in figure.definition for figure in FIGURES)
