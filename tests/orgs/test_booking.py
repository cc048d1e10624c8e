"""预约: a thing is at one place at a time; who comes second reads by what and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import get_ident
from typing import Any

import pytest

from orgs import booking
from orgs.booking import Resource, Taken, book, finish, free_slots, instead_of, release, taken
from orgs.models import Bookable, Booking
from tests.concurrency import at_once, hold
from tests.lib.days import CALENDAR, DISPATCHED, moment
from zongzhi.lib import clock

ROOM, JUDGE = Resource("room 2", "2号调解室"), Resource("person 7", "赵英")
NINE, HALF_TEN, NOON = moment(4, 8, 9), moment(4, 8, 10, 30), moment(4, 8, 12)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def take(owner: str = "session 1", start: datetime = NINE, end: datetime = HALF_TEN) -> None:
    book([ROOM, JUDGE], (start, end), owner=owner, what="0401-003")


def test_what_is_taken_is_said_with_its_hours_and_by_what() -> None:
    take()
    with pytest.raises(Taken) as caught:
        book([ROOM], (moment(4, 8, 10), NOON), owner="session 2", what="0401-004")
    assert caught.value.message == "2号调解室 09:00–10:30 已有 0401-003"
    assert Booking.objects.count() == 2


def test_all_or_nothing_is_booked() -> None:
    book([JUDGE], (NINE, NOON), owner="session 1", what="会商")
    with pytest.raises(Taken):
        take("session 2")
    assert not taken([ROOM], (NINE, NOON))


def test_one_meeting_may_follow_another_without_a_gap() -> None:
    take()
    take("session 2", HALF_TEN, NOON)
    assert Booking.objects.count() == 4


def test_what_is_released_can_be_booked_again() -> None:
    take()
    assert (release("session 1"), release("session 1")) == (2, 0)
    take("session 2")


def test_what_ended_early_is_free_for_the_rest_and_stays_to_be_read() -> None:
    take()
    clock.freeze(moment(4, 8, 9, 30))
    finish("session 1")
    take("session 2", moment(4, 8, 9, 30), HALF_TEN)
    assert Booking.objects.filter(owner="session 1", released_at=None).count() == 2


def test_who_moves_gives_up_the_old_time_first() -> None:
    take()
    book([ROOM, JUDGE], (moment(4, 8, 10), NOON), owner="session 2", what="改", instead="session 1")
    assert {held.owner for held in taken([ROOM], (NINE, NOON))} == {"session 2"}


def test_who_cannot_move_keeps_the_old_time() -> None:
    take()
    take("session 2", HALF_TEN, NOON)
    with pytest.raises(Taken):
        book([ROOM], (HALF_TEN, NOON), owner="session 3", what="改", instead="session 1")
    assert taken([ROOM], (NINE, HALF_TEN))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_same_at_once_one_reads_that_it_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold(monkeypatch, booking, "taken")
    got = at_once(lambda: take("session 1"), lambda: take("session 2"))
    assert got == ["Taken", "ok"]
    assert Booking.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_constraint_has_the_last_word_when_nobody_takes_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have looked and found it free; without the locks the database still lets in one."""
    for resource in (ROOM, JUDGE):
        Bookable.objects.create(key=resource.key)

    def unlocked(wanted: dict[str, Resource], instead: str) -> dict[str, int]:
        return dict(Bookable.objects.filter(key__in=wanted).values_list("key", "pk"))

    real, looked = booking.taken, set[int]()

    def found_free(*args: Any) -> list[Any]:
        """Nothing the first time that each of them looks, as before either has booked."""
        if get_ident() in looked:
            return real(*args)
        looked.add(get_ident())
        return []

    monkeypatch.setattr(booking, "_locked", unlocked)
    monkeypatch.setattr(booking, "taken", found_free)
    hold(monkeypatch, booking, "taken")
    got = at_once(lambda: take("session 1"), lambda: take("session 2"))
    # Without the locks each may wait for the other's row: then the database ends one of them.
    assert got in (["Taken", "ok"], ["OperationalError", "ok"])
    assert Booking.objects.count() == 2


def test_free_times_fit_all_of_them_in_working_hours() -> None:
    take()
    book([JUDGE], (moment(4, 8, 14), moment(4, 8, 15)), owner="session 2", what="0401-004")
    free = free_slots([ROOM, JUDGE], (NINE, HALF_TEN), CALENDAR)
    assert free == [HALF_TEN, moment(4, 8, 15), moment(4, 9, 8, 30)]
    assert instead_of(free, NINE) == "最近空档：10:30、15:00、4月9日 08:30"


def test_free_times_skip_holidays_and_who_is_not_there() -> None:
    """清明: the 4th to the 6th; Monday the 7th is a working day, on which she is away."""

    def not_on_monday(span: booking.Span) -> bool:
        return span[0].weekday() != 0

    begin = moment(4, 3, 17, 0)
    free = free_slots([ROOM], (begin, begin + timedelta(hours=1)), CALENDAR, fits=not_on_monday)
    assert free[0] == moment(4, 8, 8, 30)


def test_nothing_free_in_a_month_is_said() -> None:
    book([ROOM], (NINE, NINE + timedelta(days=40)), owner="session 1", what="修缮")
    free = free_slots([ROOM], (NINE, HALF_TEN), CALENDAR)
    assert instead_of(free, NINE) == "近一个月没有空档"
