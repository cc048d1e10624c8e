from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse

from orgs.models import User
from orgs.tokens import issue_token
from reports.indicators.counting import ALL, Dimension, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, INDICATORS, SETS, Value, percent_of, value_of
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock


def this_month() -> Span:
    today = clock.today()
    return Span.of_days(today.replace(day=1), today)


@pytest.mark.parametrize("by", [None, *Dimension])
def test_every_set_counts_exactly_its_rows(
    lives: Lives, county: County, by: Dimension | None
) -> None:
    lives.registered()
    lives.closed()
    lives.returned()
    scope, span = Scope(county.county), this_month()
    found = counted(SETS.values(), scope, span, by)
    for key, rows in SETS.items():
        total = sum(group.get(key, 0) for group in found.values())
        listed = rows.rows(scope, span)
        weights = [getattr(row, rows.total) if rows.total else 1 for row in listed]
        assert total == sum(weights), key


def test_a_set_of_the_same_rows_costs_no_query_of_its_own(
    lives: Lives, county: County, django_assert_max_num_queries
) -> None:
    lives.closed()
    with django_assert_max_num_queries(15):
        counted(SETS.values(), Scope(county.county), this_month(), Dimension.UNIT)


def test_a_unit_is_judged_by_its_own_rows(lives: Lives, county: County) -> None:
    lives.closed()
    found = counted(SETS.values(), Scope(county.county), this_month(), Dimension.UNIT)
    own = found[county.human_resources.pk]
    assert value_of(BY_KEY["claim_rate"], own).part <= 1
    assert value_of(BY_KEY["on_time_rate"], own).shown == "1/1"


def test_what_came_later_is_not_known_yet(lives: Lives, county: County) -> None:
    case = lives.registered()
    span = this_month()
    early = Span(span.since, span.until, case.registered_at - timedelta(seconds=1))
    assert counted([SETS["registered"]], Scope(county.county), early)[ALL]["registered"] == 0


# What five centres published, and what the two numbers come to (their own figures, added up again).
PUBLISHED = [
    (176_000, 182_000, "96.05%", "96.7%"),  # 秦安: 17.6 of 18.2 ten thousands
    (91, 105, "86.6%", "86.7%"),  # 秦安: 86.67 %, which they cut off
    (743, 824, "90.2%", "90.2%"),  # 弥渡
    (519, 529, "98.1%", "98.1%"),  # 通山
    (6712, 10_000, "67.12%", "67.1%"),  # 东至, in towns
    (1813, 10_000, "18.13%", "18.1%"),  # 东至, in villages
]


@pytest.mark.parametrize(("part", "whole", "published", "ours"), PUBLISHED)
def test_a_published_share_is_shown_as_it_is_computed(
    part: int, whole: int, published: str, ours: str
) -> None:
    """With both numbers beside it, so that whoever rounds otherwise can see why."""
    value = Value(BY_KEY["substantive_rate"], part, whole)
    assert (value.percent, value.shown) == (ours, f"{ours}（{part}/{whole}）")
    assert abs(float(ours[:-1]) - 100 * part / whole) <= 0.05
    assert "四舍五入" in BY_KEY["substantive_rate"].rounding


def test_what_a_published_average_comes_to() -> None:
    """秦安 published 360 reports a head: 182,000 by 517 are 352. No page here counts by head."""
    assert 182_000 // 517 == 352
    assert not [one for one in INDICATORS if "人均" in one.name]


def test_a_share_of_few_is_two_numbers() -> None:
    assert Value(BY_KEY["content_rate"], 9, 9).shown == "9/9"
    assert Value(BY_KEY["content_rate"], 0, 0).shown == "–"


def test_keys_are_named_once_and_words_are_whole() -> None:
    assert len(BY_KEY) == len(INDICATORS)
    for one in INDICATORS:
        assert one.source, one.key
        for rows in one.sets:
            assert SETS[rows.key] is rows
            assert rows.facts, rows.key


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(176, 182, "96.7%"), (91, 105, "86.7%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 1, "100.0%")],
)
def test_a_share_is_rounded_half_up_to_one_decimal(part: int, whole: int, said: str) -> None:
    assert percent_of(Fraction(part, whole)) == said


def test_every_indicator_says_how_it_is_counted() -> None:
    assert all(one.name in one.definition and one.top.name in one.definition for one in INDICATORS)


def test_the_dictionary_names_every_indicator(client: Client, leader: User, lives: Lives) -> None:
    lives.closed()
    client.force_login(leader)
    page = client.get(reverse("reports:indicators")).content.decode()
    for one in INDICATORS:
        assert f'id="{one.key}"' in page
        assert one.name in page
        assert one.top.name in page


def test_programs_read_the_same_words_and_numbers(
    client: Client, leader: User, county: County, lives: Lives
) -> None:
    lives.closed()
    program = {"HTTP_AUTHORIZATION": f"Token {issue_token(user=leader, address=None)}"}
    words = client.get(reverse("api:indicators"), **program).json()
    assert [one["key"] for one in words] == list(BY_KEY)
    assert all(one["numerator"] and one["basis"] for one in words)
    today = clock.today()
    asked = {"since": today.replace(day=1), "until": today}
    client.force_login(leader)
    for by in Dimension:
        answer = client.get(reverse("api:measure"), {**asked, "by": by.value}, **program).json()
        assert answer["groups"]
        for group in answer["groups"]:
            number = group["indicators"]["on_time_rate"]
            listed = client.get(number["url"]).context["behind"].number
            assert listed == number["numerator"], (by, group["name"])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"since": "2024-01-01", "until": "2026-05-01"},
        {"since": "2026-05-01", "until": "2026-05-02", "by": "person"},
    ],
)
def test_a_period_that_is_none_is_refused(
    asked: dict[str, str], client: Client, leader: User
) -> None:
    program = {"HTTP_AUTHORIZATION": f"Token {issue_token(user=leader, address=None)}"}
    assert client.get(reverse("api:measure"), asked, **program).status_code == 400
