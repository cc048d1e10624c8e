"""Ask a worker to send now what has just become true. The rows are the promise, this the hurry."""

from __future__ import annotations

import logging
import time

from celery import current_app
from django.db import transaction

from orgs.channels import on_outside

logger = logging.getLogger(__name__)

TASK = "orgs.tasks.send_messages"
PATIENCE = 60  # seconds in which a dead broker is not asked again: nobody waits for it twice
_not_before = 0.0


def hurry() -> None:
    """After the commit, ask a worker to send; without a channel there is nothing to send.

    A broker that is down is logged and forgotten: the sweep of every minute finds the rows.
    """
    if on_outside():
        hurry_task(TASK)


def hurry_task(task: str) -> None:
    """After the commit, ask a worker for one of the sweeps that would come by itself anyway."""
    transaction.on_commit(lambda: _ask(task), robust=True)


def _ask(task: str) -> None:
    global _not_before
    if time.monotonic() < _not_before:
        return
    try:
        # By name: the task stands above the services, which stand above this.
        current_app.send_task(task, ignore_result=True)
    except Exception:
        _not_before = time.monotonic() + PATIENCE
        logger.warning("no broker: what waits, waits for the sweep", exc_info=True)
