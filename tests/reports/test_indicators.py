from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from reports.indicators.counting import ALL, Dimension, Scope, Span, counted
from reports.indicators.dictionary import BY_KEY, INDICATORS, SETS, percent_of, value_of
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
    with django_assert_max_num_queries(9):
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


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(176, 182, "96.7%"), (91, 105, "86.7%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 1, "100.0%")],
)
def test_a_share_is_rounded_half_up_to_one_decimal(part: int, whole: int, said: str) -> None:
    assert percent_of(Fraction(part, whole)) == said


def test_every_indicator_says_how_it_is_counted() -> None:
    assert all(one.name in one.definition and one.top.name in one.definition for one in INDICATORS)
