"""What this floor does when a case has changed, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.services.statutory import follow_the_law
from cases.services.telling import tell_of_result
from cases.vocabulary import Stage


def text_the_result(*, change: Change, before: Stage, **_: Any) -> None:
    """The result has been approved: whoever came may know, and rate it."""
    if change.case.stage == Stage.FOLLOW_UP and before != Stage.FOLLOW_UP:
        tell_of_result(change.case)


def keep_the_law(*, change: Change, before: Stage, **_: Any) -> None:
    """What the law gives time for begins, is met and ends with the case."""
    if change.case.statutory_since is not None:
        follow_the_law(change, before)
