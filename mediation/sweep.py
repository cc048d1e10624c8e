"""What the sweep of this floor does: rows found by their day, each taken and looked at again.

It may come twice, late, in two workers, or never finish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mediation.services import confirming, performing


@dataclass(frozen=True)
class Step:
    """`find` names the rows that are due, the oldest first; `take` does what is due to one."""

    name: str
    find: Callable[[datetime], Iterable[int]]
    take: Callable[[int], object]


STEPS = (
    Step(
        "remind of a clause",
        lambda now: performing.terms_due(now=now),
        lambda pk: performing.remind_of_term(term_id=pk),
    ),
    Step(
        "remind of a confirmation",
        lambda now: confirming.confirmations_near(now=now),
        lambda pk: confirming.remind_of_confirmation(term_id=pk),
    ),
    Step(
        "say that a confirmation lapsed",
        lambda now: confirming.confirmations_lapsed(now=now),
        lambda pk: confirming.say_it_lapsed(term_id=pk),
    ),
)
