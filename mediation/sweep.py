"""What the sweep of this floor does every ten minutes; it may come twice, late, or never finish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mediation.services import sessions


@dataclass(frozen=True)
class Step:
    """`find` names the rows that are due, the oldest first; `take` does what is due to one."""

    name: str
    find: Callable[[datetime], Iterable[int]]
    take: Callable[[int], object]


STEPS = (
    Step(
        "ask for a record",
        lambda now: sessions.sessions_unrecorded(now=now),
        lambda pk: sessions.ask_for_record(session_id=pk),
    ),
)
