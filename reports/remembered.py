"""Numbers that are dear and may be a few minutes old: counted once, with the moment they are of.

Whoever shows them says 数据到, and every list behind them is asked for as of that moment. All
processes remember together, in a table, so that the same page does not go back and forth between
two moments; nothing breaks when it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.cache import caches

from zongzhi.lib import clock

COUNTING = 30  # seconds that others show the last numbers while one counts anew
KEPT = 10  # times as long as numbers are fresh, for those others

Remembered = tuple[datetime, Any]


def remembered(name: str, *, seconds: int, make: Callable[[datetime], Any]) -> Remembered:
    """What `make` has counted, and when: at most so many seconds ago, or while another counts."""
    shared, key = caches["shared"], _key(name)
    kept: Remembered | None = shared.get(key)
    if kept is not None:
        age = (clock.now() - kept[0]).total_seconds()
        if 0 <= age < seconds or (age >= 0 and not shared.add(f"{key}:counting", 1, COUNTING)):
            return kept
    return recount(name, seconds=seconds, make=make)


def recount(name: str, *, seconds: int, make: Callable[[datetime], Any]) -> Remembered:
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
