"""Dear numbers: counted once for all, never for two moments at the same time, never in the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches

from orgs.models import Center
from reports.remembered import COUNTING, _key, recount, remembered
from reports.screen import FRESH, WANTED, wall_of, walls_wanted
from reports.tasks import recount_walls
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


class Counter:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, at: datetime) -> int:
        self.times += 1
        return self.times


def ask(count: Any) -> Any:
    return remembered("of a test", seconds=60, make=count)[1]


def test_numbers_are_counted_once_while_they_are_fresh() -> None:
    count, now = Counter(), clock.now()
    for after, number in ((0, 1), (59, 1), (61, 2), (62, 2)):
        with clock.at(now + timedelta(seconds=after)):
            assert ask(count) == number


def test_while_one_counts_anew_others_show_the_last_numbers() -> None:
    count, now = Counter(), clock.now()
    ask(count)

    def asked_meanwhile(at: datetime) -> Any:
        return ask(count), count(at)

    with clock.at(now + timedelta(seconds=61)):
        assert ask(asked_meanwhile) == (1, 2)
        assert ask(count) == (1, 2)


def test_who_failed_to_count_does_not_stop_the_next() -> None:
    count, now = Counter(), clock.now()
    ask(count)

    def fails(at: datetime) -> Any:
        raise RuntimeError("the line is cut")

    with clock.at(now + timedelta(seconds=61)):
        with pytest.raises(RuntimeError):
            ask(fails)
        assert ask(count) == 2


def test_who_counts_ahead_leaves_to_another_what_they_count() -> None:
    count, now = Counter(), clock.now()
    ask(count)

    def ahead_meanwhile(at: datetime) -> Any:
        recount("of a test", seconds=60, make=count)  # as a beat that comes too early
        return count(at)

    with clock.at(now + timedelta(seconds=61)):
        assert ask(ahead_meanwhile) == 2
        recount("of a test", seconds=60, make=count)
        assert ask(count) == 3


def test_while_it_is_counted_ahead_nobody_counts_it_too() -> None:
    count, now = Counter(), clock.now()
    ask(count)

    def asked_meanwhile(at: datetime) -> Any:
        return ask(count), count(at)

    with clock.at(now + timedelta(seconds=61)):
        recount("of a test", seconds=60, make=asked_meanwhile)
        assert ask(count) == (1, 2)


def test_nobody_gives_back_what_another_has_taken() -> None:
    """Whoever was taken for dead comes to an end while another counts."""
    count, now = Counter(), clock.now()
    ask(count)
    shared = caches["shared"]

    def taken_for_dead(at: datetime) -> Any:
        shared.set(counting, "another", COUNTING)
        return count(at)

    counting = f"{_key('of a test')}:counting"
    recount("of a test", seconds=60, make=taken_for_dead)
    assert shared.get(counting) == "another"
    with clock.at(now + timedelta(seconds=120)):
        assert ask(count) == 2


def test_an_older_counting_never_takes_the_place_of_a_newer() -> None:
    count, now = Counter(), clock.now()

    def slow(at: datetime) -> Any:
        clock.freeze(now + timedelta(seconds=30))
        ask(count)
        return "old"

    clock.freeze(now)
    assert ask(slow) == 1
    assert ask(count) == 1


def test_a_wall_that_hangs_is_counted_ahead(county: County, lives: Lives) -> None:
    recount_walls()
    assert walls_wanted() == []
    before = wall_of(county.county)
    assert walls_wanted() == [county.county.pk]
    lives.registered()
    assert wall_of(county.county) == before
    with clock.at(clock.now() + timedelta(seconds=FRESH - 1)):
        recount_walls()
        assert wall_of(county.county).numbers != before.numbers


def test_a_wall_nobody_looks_at_is_not_counted(county: County) -> None:
    wall_of(county.county)
    key = f"reports:wall:{county.county.pk}:wanted"
    assert caches["shared"].get(key) is True
    assert WANTED > FRESH
    caches["shared"].delete(key)
    assert walls_wanted() == []
    assert Center.objects.count() > 1
