from __future__ import annotations

from functools import partial

from celery import shared_task

from cases.sweeping import each
from mediation.sweep import STEPS
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def sweep_mediations() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    now = clock.now()
    for step in STEPS:
        each(step.name, partial(step.find, now), step.take)
