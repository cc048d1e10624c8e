"""What a board counts, counted ahead: whoever looks at it waits for no counting.

They are told what was counted last, and every list behind it is asked for as of that moment. It
is counted among what somebody sees: those with the same sight share it, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from reports.remembered import Remembered, counted_at, recount, remembered_each
from zongzhi.lib import clock

SERVED = 900  # seconds after which numbers are too old to be told, and whoever asks waits
LOOKED_AT = 900  # seconds after a look: so long they are kept as fresh as they can be
KNOWN = 7 * 86_400  # seconds after a look: so long they are kept fit to be served at once
FIT = 600  # seconds, for those
EVERY = 60  # seconds from one counting ahead to the next
SAID = 300  # seconds after which a process says again that somebody looks


@dataclass(frozen=True)
class Part:
    """Something a board tells, and how many seconds old it gets while somebody looks."""

    name: str
    fresh: int
    count: Callable[[User, datetime], Any]

    def name_for(self, user: User) -> str:
        """Under which it is remembered: the day it is of, and all that it depends on."""
        return f"{self.name}:{clock.today()}:{sight_of(user).key}"


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


STANDING = Part(f"standing {sorted(one.key for one in figures.ON_BOARD)}", 60, _standing)
TRENDS = Part("trends", 300, trends.count)
SIGNS = Part("signs", 600, signs.count)
PARTS = (STANDING, TRENDS, SIGNS)


def told(user: User, *parts: Part) -> list[Remembered]:
    """What was counted last for this person's sight, each part with its moment."""
    if cache.add(_look(user.pk), True, SAID):
        caches["shared"].set(_look(user.pk), clock.now(), KNOWN)
    dear = {part.name_for(user): partial(part.count, user) for part in parts}
    return remembered_each(dear, seconds=SERVED)


def boards_wanted() -> list[int]:
    """Somebody of each sight whose board is looked at and has something to be counted anew."""
    return [user.pk for user, looked in _lookers() if list(_old(user, looked))]


def recount_board(user_id: int) -> None:
    """Count what has grown old of the board that this person and others with their sight see."""
    for user, looked in _lookers(user_id):
        for part in _old(user, looked):
            recount(part.name_for(user), seconds=SERVED, make=partial(part.count, user))


def _lookers(*only: int) -> Iterator[tuple[User, datetime]]:
    """Who looked last with each sight, and when."""
    holders = User.objects.holding(Permission.BOARD)
    keys = {_look(pk): pk for pk in only or holders.values_list("pk", flat=True)}
    found = caches["shared"].get_many(keys)
    looked = {keys[key]: at for key, at in found.items()}
    seen = set()
    for user in sorted(holders.filter(pk__in=looked), key=lambda one: looked[one.pk], reverse=True):
        if (sight := sight_of(user)) not in seen:
            seen.add(sight)
            yield user, looked[user.pk]


def _old(user: User, looked: datetime) -> Iterator[Part]:
    """What would be too old before it is counted ahead the next time."""
    now = clock.now()
    last = counted_at(part.name_for(user) for part in PARTS)
    is_looked_at = (now - looked).total_seconds() < LOOKED_AT
    for part in PARTS:
        most = part.fresh if is_looked_at else FIT
        at = last.get(part.name_for(user))
        if at is None or (now - at).total_seconds() + EVERY > most:
            yield part


def _look(user_id: int) -> str:
    return f"reports:board:{user_id}:looked_at"
