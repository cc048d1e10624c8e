"""预约: what can be at one place at a time only, and when it is free.

A room, a mediator, a party: whoever holds a meeting books all it needs at once, by `book`. Callers
are asked one after the other by the locked rows of what they want; the database's own constraint
(`booked_by_one_at_a_time`) has the last word, whoever forgets to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from orgs.models import Bookable, Booking, Room, User
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import WrongState
from zongzhi.lib.worktime import Calendar

RASTER = timedelta(minutes=15)
LOOKED_AHEAD = 30  # days
OFFERED = 3

Span = tuple[datetime, datetime]
Fits = Callable[[Span], bool]


@dataclass(frozen=True)
class Resource:
    """What is booked. Two with one key are the same thing, whatever they are called."""

    key: str
    label: str


def of_room(room: Room) -> Resource:
    return Resource(f"room {room.pk}", room.name)


def of_person(user: User) -> Resource:
    """Somebody with an account, whatever they are asked to be: chair, mediator, helper."""
    return Resource(f"person {user.pk}", user.name)


@dataclass(frozen=True)
class Held:
    """A booking that stands, of something that was asked about."""

    resource: Resource
    starts_at: datetime
    ends_at: datetime
    what: str
    owner: str

    @property
    def words(self) -> str:
        """「2号调解室 09:00–10:30 已有 0401-003」"""
        gap = " " if self.what[:1].isascii() else ""
        span = f"{clock.local(self.starts_at):%H:%M}–{clock.local(self.ends_at):%H:%M}"
        return f"{self.resource.label} {span} 已有{gap}{self.what}"


class Taken(WrongState):
    """Something that was wanted is booked already: by what, from when to when."""

    title = "时间冲突"

    def __init__(self, held: Sequence[Held]) -> None:
        self.held = list(held)
        super().__init__("；".join(one.words for one in self.held))


def book(
    resources: Sequence[Resource], span: Span, *, owner: str, what: str, instead: str = ""
) -> None:
    """Take all of them for that time, or none; what `instead` held is released first.

    Runs in the caller's transaction. Raises Taken.
    """
    wanted = {resource.key: resource for resource in resources}
    with transaction.atomic():
        found = _locked(wanted, instead)
        if instead:
            release(instead)
        if held := taken(list(wanted.values()), span):
            raise Taken(held)
        try:
            with transaction.atomic():
                Booking.objects.bulk_create(
                    Booking(
                        bookable_id=found[key],
                        starts_at=span[0],
                        ends_at=span[1],
                        owner=owner,
                        what=what,
                    )
                    for key in wanted
                )
        except IntegrityError:
            if held := taken(list(wanted.values()), span):
                raise Taken(held) from None
            raise


def _locked(wanted: dict[str, Resource], instead: str) -> dict[str, int]:
    """The rows of what is wanted, and of what is given up for it, locked in one order."""
    Bookable.objects.bulk_create(
        (Bookable(key=key) for key in sorted(wanted)), ignore_conflicts=True
    )
    keys = set(wanted)
    if instead:
        given_up = Booking.objects.filter(owner=instead, released_at=None)
        keys |= set(given_up.values_list("bookable__key", flat=True))
    rows = Bookable.objects.filter(key__in=keys).order_by("key").select_for_update(no_key=True)
    return {row.key: row.pk for row in rows}


def hand_over(owners: Sequence[str], old: Resource, new: Resource) -> None:
    """What these hold of one is held of the other from now on: the same thing is known by another
    key. Raises Taken where the other is booked already."""
    Bookable.objects.bulk_create([Bookable(key=new.key)], ignore_conflicts=True)
    rows = Bookable.objects.filter(key__in=[old.key, new.key]).order_by("key")
    found = {row.key: row.pk for row in rows.select_for_update(no_key=True)}
    held = Booking.objects.filter(
        owner__in=owners, bookable=found.get(old.key), released_at=None
    ).order_by("starts_at", "pk")
    for row in held:
        if clash := taken([new], (row.starts_at, row.ends_at)):
            raise Taken(clash)
    held.update(bookable=found[new.key])


def release(owner: str) -> int:
    """Give back all that it holds; how many bookings that were. Again, it is none."""
    held = Booking.objects.filter(owner=owner, released_at=None)
    return held.update(released_at=clock.now())


def finish(owner: str) -> None:
    """What it held is over: from now on it is free; that it was held stays to be read."""
    now = clock.now()
    held = Booking.objects.filter(owner=owner, released_at=None, ends_at__gt=now)
    held.filter(starts_at__lt=now).update(ends_at=now)
    held.filter(starts_at__gte=now).update(released_at=now)


def taken(resources: Sequence[Resource], span: Span, *, but: str = "") -> list[Held]:
    """What of these is booked in that time, the first first; bookings of `but` aside."""
    by_key = {resource.key: resource for resource in resources}
    rows = Booking.objects.filter(
        bookable__key__in=by_key,
        released_at=None,
        starts_at__lt=span[1],
        ends_at__gt=span[0],
    ).exclude(owner=but)
    return [
        Held(by_key[row.bookable.key], row.starts_at, row.ends_at, row.what, row.owner)
        for row in rows.select_related("bookable").order_by("starts_at", "pk")
    ]


def free_slots(
    resources: Sequence[Resource],
    wanted: Span,
    calendar: Calendar,
    *,
    count: int = OFFERED,
    fits: Fits | None = None,
    but: str = "",
) -> list[datetime]:
    """The next moments from which all of them are free for as long as wanted, in working hours.

    On the raster, none overlapping another, so that they are a choice. `fits` says what else must
    be: that a mediator is there. One query.
    """
    start, length = clock.local(wanted[0]), wanted[1] - wanted[0]
    until = start + timedelta(days=LOOKED_AHEAD)
    busy = [(held.starts_at, held.ends_at) for held in taken(resources, (start, until), but=but)]
    found: list[datetime] = []
    for begin in _starts(start, calendar, length):
        span = (begin, begin + length)
        if found and begin < found[-1] + length:
            continue
        if not any(overlaps(span, other) for other in busy) and (fits is None or fits(span)):
            found.append(begin)
        if len(found) == count:
            break
    return found


def overlaps(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _starts(begin: datetime, calendar: Calendar, length: timedelta) -> Iterator[datetime]:
    """Every step of working time from that moment on, whole in one half of a day."""
    for ahead in range(LOOKED_AHEAD):
        day = begin.date() + timedelta(days=ahead)
        if not calendar.is_workday(day):
            continue
        for opening, closing in calendar.hours:
            start = datetime.combine(day, opening, begin.tzinfo)
            while start + length <= datetime.combine(day, closing, begin.tzinfo):
                if start >= begin:
                    yield start
                start += RASTER


def instead_of(moments: Sequence[datetime], wanted: datetime) -> str:
    """「最近空档：10:30、14:00」; a day is named only where it is another than was wanted."""
    day = clock.local(wanted).date()
    words = [f"{m:%H:%M}" if m.date() == day else dates.moment(m) for m in moments]
    return f"最近空档：{'、'.join(words)}" if words else "近一个月没有空档"
