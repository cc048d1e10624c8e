"""What time does to a 网格任务: one that is nearly or already late is told, once each.

The grid is told, and whoever asked: what nobody of the grid does must come back to them.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from grids.event_policies import workers_of
from grids.models import GridTask
from orgs.models.notices import Topic
from orgs.services import notify
from zongzhi.lib import dates

logger = logging.getLogger(__name__)

# Near its time: when a fifth of it is left, the last day at most.
SHARE, LONGEST = 5, timedelta(days=1)
LIST = "/grids/tasks/"


def sweep_tasks(now: datetime) -> int:
    """Tell what is due; how many were told. Safe twice, in two workers, late or killed."""
    waiting = GridTask.objects.open().filter(late_told_at=None, due_at__lte=now + LONGEST)
    fresh = waiting.exclude(near_told_at__isnull=False, due_at__gt=now)
    return sum(_told(pk, now) for pk in list(fresh.values_list("pk", flat=True)))


def near_at(task: GridTask) -> datetime:
    """From when on it is near its time."""
    left: timedelta = min((task.due_at - task.at) / SHARE, LONGEST)
    return task.due_at - left


def _told(pk: int, now: datetime) -> bool:
    """One in a transaction of its own; what fails is logged and does not stop the rest."""
    try:
        with transaction.atomic():
            return _tell(pk, now)
    except Exception:
        logger.exception("a task could not be told", extra={"row": pk})
        return False


def _tell(pk: int, now: datetime) -> bool:
    rows = GridTask.objects.open().select_for_update(of=("self",)).select_related("grid", "by")
    task = rows.filter(pk=pk, late_told_at=None).order_by().first()
    if task is None:
        return False
    if task.due_at < now:
        task.late_told_at, topic, view = now, Topic.OVERDUE, "late"
        what = f"没办完，{dates.moment(task.due_at, now.date())} 已经过了时间"
    elif task.near_told_at is None and near_at(task) <= now:
        task.near_told_at, topic, view = now, Topic.NEAR, "open"
        what = f"快到时间，最晚 {dates.moment(task.due_at, now.date())}"
    else:
        return False
    task.save(update_fields=["near_told_at", "late_told_at"])
    text = f"{task.grid.name} 的任务{what}"
    readers = {user.pk: user for user in (*workers_of(task.grid_id), task.by)}
    notify(readers.values(), text=text, url=f"{LIST}?view={view}", topic=topic)
    return True
