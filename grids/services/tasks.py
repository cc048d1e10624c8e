"""任务 from above: a centre asks a grid to go somewhere, the grid says what came of it.

Nothing may be asked that is not on the duty list in force (准入); for a case only
先到场稳控 or 回访.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from grids.duty_lists import duties_in_force
from grids.event_policies import workers_of
from grids.models import Duty, Grid, GridTask
from grids.querysets import GridTaskQuerySet, served_by
from grids.signals import TaskStep, task_changed
from orgs.models import Center, Post, User
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

TEXT_LEAST = 4
RESULT_LEAST = 2
FOR_A_CASE = ("先到场稳控", "回访")


def give_task(
    *,
    grid: Grid,
    by: User,
    text: str,
    due_at: datetime,
    duty: Duty | None = None,
    case_number: str = "",
) -> GridTask:
    """派任务. The grid must lie in the area of a centre where this person triages.

    `case_number` must be one that `by` may see: the caller has looked. Raises NotFound for a grid
    of others, Invalid for what is neither on the list nor for a case, or is due already, WrongState
    for a case that has ended.
    """
    post = _post_over(grid, by)
    if not grid.is_active:
        raise WrongState(f"{grid.name}已停用，不能派任务")
    people = workers_of(grid.pk)
    if not people.exists():
        raise WrongState(f"{grid.name}今天没有能办的网格员，先在网格里派人，或者派给别的网格")
    errors = _errors(post.center, duty, case_number, text, due_at)
    if errors:
        raise Invalid(errors=errors)
    with transaction.atomic():
        task = GridTask.objects.create(
            grid=grid,
            center=post.center,
            duty=duty,
            case_number=case_number,
            text=text,
            by=by,
            at=clock.now(),
            due_at=due_at,
        )
        task_changed.send(GridTask, task=task, step=TaskStep.GIVEN, by=by)
        notify(people, text=f"网格任务：{dates.moment(due_at)} 前", url="/grids/tasks/")
    return task


def _post_over(grid: Grid, by: User) -> Post:
    posts = by.posts_giving(Permission.TRIAGE)
    if not posts:
        raise NotAllowed("这个账号不能派网格任务，由综治中心派")
    over = [post for post in posts if grid.code.startswith(post.center.region.stem)]
    if not over:
        raise NotFound("没有这个网格")
    return over[0]


def _errors(
    center: Center, duty: Duty | None, case_number: str, text: str, due_at: datetime
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if duty is None and not case_number:
        errors["duty"] = ["还没选清单事项。不在清单里的不能派给网格"]
    elif duty is not None and not duties_in_force(center).filter(pk=duty.pk).exists():
        errors["duty"] = ["这一项不在现行清单里，重选一次"]
    if duty is None and case_number and not text.startswith(FOR_A_CASE):
        errors["text"] = [f"为事项派的任务只能是{'、'.join(FOR_A_CASE)}，开头写明是哪一种"]
    elif len(text.strip()) < TEXT_LEAST:
        errors["text"] = [f"做什么写得太短，至少 {TEXT_LEAST} 个字"]
    if due_at <= clock.now():
        errors["due_at"] = ["最晚时间已经过了，改晚一点"]
    return errors


def arrive(*, task_id: int, by: User) -> GridTask:
    """到场: once; the time is now, never typed."""
    with transaction.atomic():
        task = _own(task_id, by)
        if task.arrived_at is not None:
            raise AlreadyDone(f"{dates.moment(task.arrived_at)} 已经记了到场，不用再记")
        task.arrived_at = clock.now()
        task.save(update_fields=["arrived_at"])
        task_changed.send(GridTask, task=task, step=TaskStep.ARRIVED, by=by)
    return task


def finish_task(*, task_id: int, by: User, result: str) -> GridTask:
    """完成, with what came of it; whoever asked is told."""
    if len(result.strip()) < RESULT_LEAST:
        raise Invalid(errors={"result": [f"结果写得太短，至少 {RESULT_LEAST} 个字"]})
    with transaction.atomic():
        task = _own(task_id, by)
        task.done_at = clock.now()
        task.arrived_at = task.arrived_at or task.done_at
        task.done_by, task.result = by, result.strip()
        task.save(update_fields=["done_at", "arrived_at", "done_by", "result"])
        task_changed.send(GridTask, task=task, step=TaskStep.DONE, by=by)
        notify([task.by], text=f"{task.grid.name} 的任务办完了", url="/grids/tasks/?view=all")
    return task


def drop_task(*, task_id: int, by: User) -> GridTask:
    """撤销: by the centre that gave it."""
    with transaction.atomic():
        task = _open(GridTask.objects.visible_to(by), task_id)
        if not by.can_at(Permission.TRIAGE, task.center_id):
            raise NotAllowed(f"这个任务是{task.center.name}派的，由那里撤销")
        task.dropped_at = clock.now()
        task.save(update_fields=["dropped_at"])
        task_changed.send(GridTask, task=task, step=TaskStep.DROPPED, by=by)
    return task


def _own(task_id: int, by: User) -> GridTask:
    """A task of a grid this person serves today, locked and open."""
    mine = GridTask.objects.filter(grid__in=served_by(by))
    return _open(mine if by.can(Permission.GRID_WORK) else mine.none(), task_id)


def _open(tasks: GridTaskQuerySet, task_id: int) -> GridTask:
    rows = tasks.select_for_update(of=("self",)).select_related("grid", "center", "by", "done_by")
    task = rows.filter(pk=task_id).order_by().first()
    if task is None:
        raise NotFound("没有这个任务")
    if task.done_at is not None and task.done_by is not None:
        raise AlreadyDone(f"{task.done_by.name} {dates.moment(task.done_at)} 已经办完，不用再办")
    if task.dropped_at is not None:
        raise AlreadyDone(f"{dates.moment(task.dropped_at)} 已经撤销，不用再办")
    return task


def own_tasks(user: User) -> GridTaskQuerySet:
    """Those that this person's centres gave, or that lie in a grid they serve."""
    return GridTask.objects.visible_to(user)
