from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from celery import shared_task

from dispatch.services import circulating, learning
from dispatch.sweep import STEPS
from zongzhi.lib import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    now = clock.now()
    for step in STEPS:
        _each(step.name, partial(step.find, now), step.take)


@shared_task(ignore_result=True)
def learn_routing() -> None:
    """Every night: what each centre's dispatches teach is learned anew, a centre at a time."""
    _each("learn", learning.centers_that_learn, lambda pk: learning.learn(center_id=pk))


@shared_task(ignore_result=True)
def draft_circulars() -> None:
    """Hourly, on working mornings and after. The first of them in a month makes the drafts."""
    circulating.draft_what_is_due(now=clock.now())


def _each(name: str, find: Callable[[], Iterable[int]], take: Callable[[int], object]) -> None:
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
