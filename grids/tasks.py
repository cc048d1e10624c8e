from __future__ import annotations

from celery import shared_task

from grids.event_stranding import move_stranded
from grids.event_sweep import sweep
from grids.inspection_sweep import remind
from grids.services import bulk_uploads
from grids.task_sweep import sweep_tasks
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def sweep_events() -> None:
    """Events and tasks, every 10 minutes. Safe to run twice, in two workers, late or killed."""
    move_stranded()
    sweep(clock.now())
    sweep_tasks(clock.now())


@shared_task(ignore_result=True)
def remind_of_inspections() -> None:
    """Late on a working day, more than once in case one was missed; each centre is told once."""
    remind(clock.now())


@shared_task(ignore_result=True)
def run_bulk_imports() -> None:
    """Every minute, and hurried after an upload. Safe to run twice, in two workers, late or killed.

    It takes no argument: what waits stands in the table.
    """
    bulk_uploads.forget_old(before=clock.now() - bulk_uploads.KEPT_FOR)
    bulk_uploads.run_waiting()
