"""What a board counts, counted ahead: whoever looks at it waits for no counting.

They are told what was counted last, and every list behind it is asked for as of that moment, as
far as the cases' history says how it was (`CaseFilter.moment`). It is counted among what somebody
sees: those with the same sight share it, and nobody else does. Where no beat runs, whoever looks
when the last counting has become too old waits for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import cache, caches

from cases.querysets import sight_of
from orgs.models import User
from orgs.permissions import Permission
from reports import figures, late_units, signs, trends
from reports.figures import AsOf
from reports.remembered import Dear, Remembered, counted_at, recount, remembered_each
from zongzhi.lib import clock

EVERY = 60  # seconds from one counting ahead to the next
ENOUGH = 50  # seconds after which a counting ahead begins no other board
LOOKED_AT = 900  # seconds after a look: so long they are kept as fresh as they can be
KNOWN = 7 * 86_400  # seconds after a look: so long they are kept fit to be served at once
FIT = 600  # seconds, for those
SAID = 300  # seconds after which a process says again that somebody looks


@dataclass(frozen=True)
class Part:
    """Something a board tells, and how many seconds old it gets while somebody looks.

    `served`: seconds after which it is too old to be told, and whoever asks waits. Where that is
    less than `FIT` it is counted ahead only while somebody looks.
    """

    name: str
    fresh: int
    served: int
    count: Callable[[User, datetime], Any]
    of: str = ""  # what else it depends on

    def name_for(self, user: User) -> str:
        """Under which it is remembered: the day it is of, and all that it depends on."""
        return f"{self.name} {self.of}:{clock.today()}:{sight_of(user).key}"

    def dear_to(self, user: User) -> Dear:
        return Dear(self.served, partial(self.count, user))


@dataclass(frozen=True)
class Standing:
    """How things stand, by the keys of the figures; and the units that are behind."""

    numbers: Mapping[str, int]
    units: list[late_units.Row]


def _standing(user: User, now: datetime) -> Standing:
    at = AsOf(now)
    return Standing(
        figures.numbers_of(user, figures.ON_BOARD, at), late_units.count_units(user, at)
    )


# Not told for long: its lists are not in everything of its moment.
STANDING = Part(
    "standing", 60, 2 * EVERY, _standing, of=str(sorted(one.key for one in figures.ON_BOARD))
)
TRENDS = Part("trends", 300, 900, trends.count)
SIGNS = Part("signs", 600, 900, signs.count)
PARTS = (STANDING, TRENDS, SIGNS)


def told(user: User, *parts: Part) -> list[Remembered]:
    """What was counted last for this person's sight, each part with its moment."""
    for part in parts:
        if cache.add(_look(user.pk, part), True, SAID):
            caches["shared"].set(_look(user.pk, part), clock.now(), KNOWN)
    return remembered_each({part.name_for(user): part.dear_to(user) for part in parts})


def boards_wanted() -> list[int]:
    """Somebody of each sight whose board has something to be counted anew.

    First those somebody looks at now, and of these what was counted the longest ago: a counting
    ahead that takes too long leaves the others to the next.
    """
    old = sorted((look for look in _looks() if look.is_old), key=lambda look: look.turn)
    return list(dict.fromkeys(look.user.pk for look in old))


def recount_board(user_id: int) -> None:
    """Count what has grown old of the board that this person and others with their sight see."""
    for look in _looks(user_id):
        if look.is_old:
            dear = look.part.dear_to(look.user)
            recount(look.part.name_for(look.user), seconds=dear.seconds, make=dear.make)


@dataclass(frozen=True)
class Look:
    """A part that somebody has looked at, when they did, and when it was counted last."""

    user: User
    part: Part
    at: datetime
    counted: datetime | None

    @property
    def is_now(self) -> bool:
        return (clock.now() - self.at).total_seconds() < LOOKED_AT

    @property
    def is_old(self) -> bool:
        """Whether it would be too old before it is counted ahead the next time."""
        if not self.is_now and self.part.served < FIT:
            return False
        most = self.part.fresh if self.is_now else FIT
        if self.counted is None:
            return True
        return (clock.now() - self.counted).total_seconds() + EVERY > most

    @property
    def turn(self) -> tuple[bool, bool, datetime]:
        return not self.is_now, self.counted is not None, self.counted or self.at


def _looks(*only: int) -> list[Look]:
    """What was looked at of each sight, and by whom last."""
    holders = User.objects.holding(Permission.BOARD)
    people = only or holders.values_list("pk", flat=True)
    keys = {_look(pk, part): (pk, part) for pk in people for part in PARTS}
    marks = [(at, *keys[key]) for key, at in caches["shared"].get_many(keys).items()]
    users = holders.in_bulk({pk for _, pk, _ in marks})
    latest: dict[str, tuple[User, Part, datetime]] = {}
    for at, pk, part in sorted(marks, key=lambda mark: mark[0]):
        if user := users.get(pk):
            latest[part.name_for(user)] = user, part, at
    last = counted_at(latest)
    return [Look(*seen, last.get(name)) for name, seen in latest.items()]


def _look(user_id: int, part: Part) -> str:
    return f"reports:board:{user_id}:{part.name}:looked_at"
