"""Numbers that are dear and may be a few minutes old: counted once, with the moment they are of.

Whoever shows them says 数据到, and every list behind them is asked for as of that moment. Each
process remembers for itself; nothing breaks when it forgets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache

from zongzhi.lib import clock


def remembered(name: str, *, seconds: int, make: Callable[[datetime], Any]) -> tuple[datetime, Any]:
    """What `make` has counted, at most so many seconds ago, and when that was."""
    key, now = f"reports:{name}", clock.now()
    kept: tuple[datetime, Any] | None = cache.get(key)
    if kept is not None and 0 <= (now - kept[0]).total_seconds() < seconds:
        return kept
    kept = now, make(now)
    cache.set(key, kept, seconds)
    return kept
