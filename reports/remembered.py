"""Numbers that are dear and may be a few minutes old: counted once, with the moment they are of.

Whoever shows them says 数据到, and every list behind them is asked for as of that moment. All
processes remember together, in a table, so that the same page does not go back and forth between
two moments; nothing breaks when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import caches

from zongzhi.lib import clock

COUNTING = 30  # seconds that others show the last numbers while one counts anew
KEPT = 10  # times as long as numbers are fresh, for those others

Make = Callable[[datetime], Any]
Remembered = tuple[datetime, Any]


def remembered(name: str, *, seconds: int, make: Make) -> Remembered:
    """What `make` has counted, and when: at most so many seconds ago, or while another counts."""
    return remembered_each({name: make}, seconds=seconds)[0]


def remembered_each(dear: Mapping[str, Make], *, seconds: int) -> list[Remembered]:
    """The same of several, by name, with one question to what is remembered."""
    kept = _kept(dear)
    return [
        kept[name]
        if name in kept and _will_do(name, kept[name], seconds)
        else recount(name, seconds=seconds, make=make)
        for name, make in dear.items()
    ]


def counted_at(names: Iterable[str]) -> dict[str, datetime]:
    """When each was counted last; what is not remembered is missing."""
    return {name: at for name, (at, _) in _kept(names).items()}


def _kept(names: Iterable[str]) -> dict[str, Remembered]:
    keys = {_key(name): name for name in names}
    return {keys[key]: found for key, found in caches["shared"].get_many(keys).items()}


def _will_do(name: str, kept: Remembered, seconds: int) -> bool:
    """Fresh enough; or another is counting it anew."""
    age = (clock.now() - kept[0]).total_seconds()
    if 0 <= age < seconds:
        return True
    return age >= 0 and not caches["shared"].add(f"{_key(name)}:counting", 1, COUNTING)


def recount(name: str, *, seconds: int, make: Make) -> Remembered:
    """Count anew, whatever is remembered, and remember that."""
    now = clock.now()
    shared, key = caches["shared"], _key(name)
    try:
        counted = now, make(now)
        shared.set(key, counted, seconds * KEPT)
    finally:
        shared.delete(f"{key}:counting")
    return counted


def _key(name: str) -> str:
    return f"reports:{sha256(name.encode()).hexdigest()}"  # a name may be longer than a key
