from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from orgs.idempotency import forget_keys
from zongzhi.lib import clock

ANSWERS_KEPT = timedelta(days=2)


@shared_task(ignore_result=True)
def forget_answers() -> None:
    """Every night: drop what was kept for Idempotency-Keys; the answers hold case texts."""
    forget_keys(before=clock.now() - ANSWERS_KEPT)
