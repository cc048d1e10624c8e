"""What time it is: the whole project asks here, so tests and rehearsals can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_here: ContextVar[datetime | None] = ContextVar("clock_here", default=None)
_everywhere: datetime | None = None


def now() -> datetime:
    """Return the present moment, aware and in Shanghai time."""
    return _here.get() or _everywhere or datetime.now(SHANGHAI)


def today() -> date:
    """Return the present date in Shanghai."""
    return now().date()


def local(moment: datetime) -> datetime:
    """Return the same moment in Shanghai time; ValueError when it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is ambiguous")
    return moment.astimezone(SHANGHAI)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make now() answer this moment inside the block, in this thread or task only."""
    token = _here.set(local(moment))
    try:
        yield
    finally:
        _here.reset(token)


def freeze(moment: datetime) -> None:
    """Make now() answer this moment in every thread of the process, until unfreeze()."""
    global _everywhere
    _everywhere = local(moment)


def unfreeze() -> None:
    """Let the clock run again in every thread."""
    global _everywhere
    _everywhere = None
