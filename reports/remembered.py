"""Numbers that are dear and may be a few minutes old: counted once, with the moment they are of.

Whoever shows them says 数据到, and every list behind them is asked for as of that moment. All
processes remember together, in a table, so that the same page does not go back and forth between
two moments; nothing breaks when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.core.cache import caches

from zongzhi.lib import clock

COUNTING = 120  # seconds after which whoever said that they count is taken for dead
KEPT = 10  # times as long as numbers are fresh, for those others

Make = Callable[[datetime], Any]
Remembered = tuple[datetime, Any]


@dataclass(frozen=True)
class Dear:
    """What is counted, and for how many seconds it is fresh."""

    seconds: int
    make: Make


def remembered(name: str, *, seconds: int, make: Make) -> Remembered:
    """What `make` has counted, and when: at most so many seconds ago, or while another counts."""
    return remembered_each({name: Dear(seconds, make)})[0]


def remembered_each(dear: Mapping[str, Dear]) -> list[Remembered]:
    """The same of several, by name, with one question to what is remembered."""
    kept = _kept(dear)
    return [_remembered(name, one, kept.get(name)) for name, one in dear.items()]


def counted_at(names: Iterable[str]) -> dict[str, datetime]:
    """When each was counted last; what is not remembered is missing."""
    return {name: at for name, (at, _) in _kept(names).items()}


def recount(name: str, *, seconds: int, make: Make) -> None:
    """Count anew, whatever is remembered, and remember that; unless another is counting it."""
    with _claimed(name) as mine:
        if mine:
            _count(name, Dear(seconds, make))


def _kept(names: Iterable[str]) -> dict[str, Remembered]:
    keys = {_key(name): name for name in names}
    return {keys[key]: found for key, found in caches["shared"].get_many(keys).items()}


def _remembered(name: str, dear: Dear, kept: Remembered | None) -> Remembered:
    """Fresh enough; or of before, while another counts it anew; or counted now."""
    age = (clock.now() - kept[0]).total_seconds() if kept else -1
    if kept and 0 <= age < dear.seconds:
        return kept
    with _claimed(name) as mine:
        return kept if kept and age >= 0 and not mine else _count(name, dear)


def _count(name: str, dear: Dear) -> Remembered:
    """What took long is not remembered in the place of what was begun later."""
    now = clock.now()
    counted = now, dear.make(now)
    shared, key = caches["shared"], _key(name)
    last: Remembered | None = shared.get(key)
    if last and now < last[0] <= clock.now():
        return last
    shared.set(key, counted, dear.seconds * KEPT)
    return counted


@contextmanager
def _claimed(name: str) -> Iterator[bool]:
    """Whether this one counts it; nobody gives back what another has taken."""
    shared, key, own = caches["shared"], f"{_key(name)}:counting", token_hex(8)
    mine = shared.add(key, own, COUNTING)
    try:
        yield mine
    finally:
        if mine and shared.get(key) == own:
            shared.delete(key)


def _key(name: str) -> str:
    return f"reports:{sha256(name.encode()).hexdigest()}"  # a name may be longer than a key
