"""Several callers at the same moment, held just after each has read what it acts upon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

WAIT = 0.5  # seconds a caller whom the lock lets in alone waits for the others


def at_once(*calls: Callable[[], object], times: int = 1) -> list[str]:
    """Run every call in a thread of its own; "ok" or the name of what it raised, sorted."""

    def run(call: Callable[[], object]) -> str:
        try:
            call()
        except Exception as exc:
            return type(exc).__name__
        else:
            return "ok"
        finally:
            connection.close()

    threads: Sequence[Callable[[], object]] = calls * times
    with ThreadPoolExecutor(len(threads)) as pool:
        return sorted(future.result() for future in [pool.submit(run, call) for call in threads])


def hold(patch: pytest.MonkeyPatch, where: object, name: str, parties: int = 2) -> None:
    """Let callers of this function go on only together, or after WAIT when the lock keeps
    the others out."""
    real: Callable[..., Any] = getattr(where, name)
    meeting = Barrier(parties, timeout=WAIT)

    def linger(*args: Any, **kwargs: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait()
        return real(*args, **kwargs)

    patch.setattr(where, name, linger)
