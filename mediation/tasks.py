from __future__ import annotations

import logging

from celery import shared_task

from mediation.sweep import STEPS, Step
from zongzhi.lib import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_mediations() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    for step in STEPS:
        _each(step)


def _each(step: Step) -> None:
    """One small transaction each; what fails is logged and does not stop the rest."""
    try:
        found = list(step.find(clock.now()))
    except Exception:
        logger.exception("sweep found nothing", extra={"step": step.name})
        return
    for pk in found:
        try:
            step.take(pk)
        except Exception:
            logger.exception("sweep failed", extra={"row": pk, "step": step.name})
