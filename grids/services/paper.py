"""代网格员录入 of what is no event: a day walked, a task done. Who typed it stands in the log."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction

from grids.models import Grid, GridTask, PatrolNote
from grids.services.patrols import note_patrol
from grids.services.reporting import check_typing_for, serves
from grids.services.tasks import finish_task
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib.errors import Invalid


def note_patrol_on_paper(
    *,
    grid: Grid,
    worker: User,
    day: date,
    text: str,
    client_id: uuid.UUID,
    by: User,
    address: str | None,
) -> tuple[PatrolNote, bool]:
    """The day's line of a worker without a phone, by the rules of `note_patrol`."""
    check_typing_for(grid, by)
    if not serves(worker, grid, day):
        raise Invalid(errors={"worker": ["这个人那天不在这个网格，核对日期和网格"]})
    with transaction.atomic():
        note, is_new = note_patrol(grid=grid, day=day, text=text, client_id=client_id, by=worker)
        if is_new:
            _log(f"巡查记录 {day.isoformat()}", grid, worker, by, address)
    return note, is_new


def finish_task_on_paper(
    *, task: GridTask, worker: User, result: str, by: User, address: str | None
) -> GridTask:
    """What came of a task, as the worker who did it wrote it down."""
    check_typing_for(task.grid, by)
    with transaction.atomic():
        done = finish_task(task_id=task.pk, by=worker, result=result)
        _log(f"任务结果 {task.pk}", task.grid, worker, by, address)
    return done


def _log(what: str, grid: Grid, worker: User, by: User, address: str | None) -> None:
    subject = f"代网格员录入 {what} 网格 {grid.code} {worker.username}"
    log_access(AccessLog.Action.IMPORT, user=by, address=address, subject=subject[:100])
