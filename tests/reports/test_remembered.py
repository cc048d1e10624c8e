"""Dear numbers: counted once for all, never for two moments at the same time, never in the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches

from orgs.models import Center
from reports.remembered import remembered
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
