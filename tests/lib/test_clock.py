from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from zongzhi.lib import clock

NOON = datetime(2025, 4, 3, 12, tzinfo=clock.SHANGHAI)


@pytest.fixture
def frozen():
    clock.freeze(NOON)
    yield
    clock.unfreeze()


def in_another_thread():
    with ThreadPoolExecutor() as pool:
        return pool.submit(clock.now).result()


def test_the_clock_runs_in_shanghai_time() -> None:
    assert clock.now().utcoffset() == timedelta(hours=8)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_moment_set_here_is_not_set_in_another_thread() -> None:
    with clock.at(NOON):
        assert (clock.now(), clock.today()) == (NOON, NOON.date())
        assert in_another_thread() != NOON
    assert clock.now() != NOON


def test_a_frozen_clock_stands_still_in_every_thread(frozen) -> None:
    assert clock.now() == in_another_thread() == NOON


def test_a_moment_set_here_goes_before_a_frozen_clock(frozen) -> None:
    with clock.at(NOON + timedelta(days=1)):
        assert clock.now() == NOON + timedelta(days=1)


def test_a_moment_of_another_zone_is_shown_in_shanghai_time() -> None:
    with clock.at(datetime(2025, 4, 3, 20, tzinfo=UTC)):
        assert f"{clock.now():%d %H:%M}" == "04 04:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.freeze(datetime(2025, 4, 3))  # noqa: DTZ001 the mistake under test
