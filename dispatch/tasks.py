from __future__ import annotations

from functools import partial

from celery import shared_task

from cases.sweeping import each
from dispatch.services import circulating, learning
from dispatch.sweep import STEPS
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    now = clock.now()
    for step in STEPS:
        each(step.name, partial(step.find, now), step.take)


@shared_task(ignore_result=True)
def learn_routing() -> None:
    """Every night: what each centre's dispatches teach is learned anew, a centre at a time."""
    each("learn", learning.centers_that_learn, lambda pk: learning.learn(center_id=pk))


@shared_task(ignore_result=True)
def draft_circulars() -> None:
    """Hourly, on working mornings and after. The first of them in a month makes the drafts."""
    circulating.draft_what_is_due(now=clock.now())
