"""What the sweeps of the higher floors share: steps, each row taken in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """`find` names the rows that are due, the oldest first; `take` does what is due to one."""

    name: str
    find: Callable[[datetime], Iterable[int]]
    take: Callable[[int], object]


def each(name: str, find: Callable[[], Iterable[int]], take: Callable[[int], object]) -> None:
    """One small transaction each; what fails is logged and does not stop the rest."""
    try:
        found = list(find())
    except Exception:
        logger.exception("sweep found nothing", extra={"step": name})
        return
    for pk in found:
        try:
            take(pk)
        except Exception:
            logger.exception("sweep failed", extra={"row": pk, "step": name})
