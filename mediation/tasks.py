from __future__ import annotations

import logging

from celery import shared_task

from mediation.sweep import STEPS, Step
from zongzhi.lib import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_agreements() -> None:
    """Every 10 minutes by day. Safe to run twice, in two workers, late, or never to finish."""
    now = clock.now()
    for step in STEPS:
        try:
            found = list(step.find(now))
        except Exception:
            logger.exception("sweep found nothing", extra={"step": step.name})
            continue
        for pk in found:
            _take(step, pk)


def _take(step: Step, pk: int) -> None:
    """A small transaction of its own; what fails is logged and does not stop the rest."""
    try:
        step.take(pk)
    except Exception:
        logger.exception("sweep failed", extra={"row": pk, "step": step.name})
