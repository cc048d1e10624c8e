from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from orgs import delivering, imports, kept, sessions
from orgs.idempotency import forget_keys
from zongzhi.lib import clock

ANSWERS_KEPT = timedelta(days=2)
DELIVERIES_KEPT = timedelta(days=366)  # as long as the logs


@shared_task(ignore_result=True)
def forget_answers() -> None:
    """Every night: drop what was kept for Idempotency-Keys; the answers hold case texts."""
    forget_keys(before=clock.now() - ANSWERS_KEPT)


@shared_task(ignore_result=True)
def forget_sessions() -> None:
    """Every night: drop sessions that have run out, forms and files nobody came back for."""
    sessions.forget_ended()
    kept.forget_old(before=clock.now() - kept.KEPT_FOR)
    imports.forget_old(before=clock.now() - imports.UNDO_WITHIN)


@shared_task(ignore_result=True)
def send_messages() -> None:
    """Every minute, and hurried after an act: what has to leave the house, leaves it.

    Safe to run twice, in two workers, late, or never to finish.
    """
    delivering.relay()
    delivering.deliver_due()


@shared_task(ignore_result=True)
def forget_deliveries() -> None:
    """Every night: what went out, or did not, a year ago; a citizen's phone goes with it."""
    delivering.forget_old(before=clock.now() - DELIVERIES_KEPT)
