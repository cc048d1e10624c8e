from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery import shared_task

from dispatch.services import asking, circulating, marking, sweeping, talking
from zongzhi.lib import clock

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    now = clock.now()
    _each(sweeping.pauses_that_are_over(now=now), lambda pk: asking.resume_when_due(case_id=pk))
    _each(sweeping.cases_on_the_ladder(now=now), lambda pk: sweeping.climb(case_id=pk))
    _each(
        sweeping.unanswered_supervisions(now=now),
        lambda pk: sweeping.propose_talk(supervision_id=pk),
    )
    _each(marking.yellow_turning_red(now=now), lambda pk: marking.give_red(case_id=pk))
    _each(
        talking.promises_past(now=now),
        lambda pk: talking.tell_of_promise(commitment_id=pk),
    )


@shared_task(ignore_result=True)
def draft_circulars() -> None:
    """Hourly, on working mornings and after. The first of them in a month makes the drafts."""
    circulating.draft_what_is_due(now=clock.now())


def _each(ids: Iterable[int], step: Callable[[int], object]) -> None:
    """One small transaction each; a row that fails is logged and does not stop the rest."""
    for pk in ids:
        try:
            step(pk)
        except Exception:
            logger.exception("sweep failed", extra={"row": pk, "step": step.__qualname__})
