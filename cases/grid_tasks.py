"""网格任务 for a case: that it was asked, and what the grid did, stands in the case's history.

A grid is asked for a case only to be there first or to call back; who serves it need not see the
case, so these are no acts of staff: they follow from what is done about the task, in its
transaction.
"""

from __future__ import annotations

from typing import Any

from cases.door import changing_by_system
from cases.models import Case
from grids.models import GridTask
from grids.signals import TaskStep
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.errors import WrongState

VERBS = {
    TaskStep.GIVEN: "give-grid-task",
    TaskStep.ARRIVED: "grid-arrives",
    TaskStep.DONE: "grid-answers",
    TaskStep.DROPPED: "drop-grid-task",
}


def follow_task(*, task: GridTask, step: TaskStep, by: User, **_: Any) -> None:
    """Write the line. Raises WrongState when a grid is asked for a case that has ended."""
    case = Case.objects.filter(number=task.case_number).only("pk").first()
    if case is None:
        return
    with changing_by_system(case.pk, VERBS[step], by=by, still=lambda change: True) as change:
        if change is None:
            return
        if step == TaskStep.GIVEN and not change.case.is_open:
            raise WrongState(f"{change.case.short_number} 已经结案，不能再为它派网格任务")
        change.data = {"grid_task": task.pk}
        change.text = _words(task, step)


def _words(task: GridTask, step: TaskStep) -> str:
    if step == TaskStep.GIVEN:
        return f"{task.grid.name}：{task.text}（最晚 {dates.moment(task.due_at)}）"
    if step == TaskStep.DONE:
        return f"{task.grid.name}：{task.result}"
    return task.grid.name
