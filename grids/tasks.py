from __future__ import annotations

from celery import shared_task

from grids.event_sweep import sweep
from grids.inspection_sweep import remind
from grids.role_sweep import put_back_all
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def sweep_events() -> None:
    """Every 10 minutes. Safe to run twice, in two workers, late, or never to finish."""
    put_back_all()
    sweep(clock.now())


@shared_task(ignore_result=True)
def remind_of_inspections() -> None:
    """Late on a working day, more than once in case one was missed; each centre is told once."""
    remind(clock.now())
