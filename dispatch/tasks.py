from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery import shared_task

from dispatch.services import asking, clues, convening, learning, swapping, sweeping, whistling
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
    _each(swapping.expired_swaps(now=now), lambda pk: swapping.expire_swap(swap_id=pk))
    _each(
        whistling.whistles_unanswered(now=now),
        lambda pk: whistling.raise_whistle(whistle_id=pk),
    )
    _each(convening.tasks_near(now=now), lambda pk: convening.remind_of_task(task_id=pk))
    _each(convening.tasks_overdue(now=now), lambda pk: convening.raise_task(task_id=pk))
    _each(clues.clues_unsigned(now=now), lambda pk: clues.raise_clue(target_id=pk))


@shared_task(ignore_result=True)
def learn_routing() -> None:
    """Every night: what each centre's dispatches teach is learned anew, a centre at a time."""
    _each(learning.centers_that_learn(), lambda pk: learning.learn(center_id=pk))


def _each(ids: Iterable[int], step: Callable[[int], object]) -> None:
    """One small transaction each; a row that fails is logged and does not stop the rest."""
    for pk in ids:
        try:
            step(pk)
        except Exception:
            logger.exception("sweep failed", extra={"row": pk, "step": step.__qualname__})
