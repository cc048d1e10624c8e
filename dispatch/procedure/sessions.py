"""会商: arranged, minuted or cancelled by the centre; tasks reported by units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from cases import policies
from cases.acts import Act, always, staying
from cases.loading import IDS
from cases.models import Case
from cases.services.course import said
from cases.vocabulary import Stage
from dispatch import session_forms as forms
from dispatch.models import JointSession
from dispatch.services import convening
from dispatch.session_forms import (
    PLANNED,
    TASKED,
    open_tasks,
    planned_sessions,
    tasks_given,
)
from dispatch.units import own_units
from orgs.models import User
from zongzhi.lib.prepared import Given, IsAny, Prepared, grouped

_AT_WORK = (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION)


# What is arranged, and the tasks that minutes have given: one question. A session over several of
# the cases comes once for each of them, and once for each task.
def _arranged() -> QuerySet[JointSession]:
    given = FilteredRelation("tasks", condition=Q(tasks__dropped_at=None))
    rows: QuerySet[JointSession] = JointSession.objects.annotate(case_id=F("cases"), task=given)
    planned, of_it = Q(held_at=None, cancelled_at=None), Q(task__case=F("case_id"))
    asked = rows.filter(IsAny(F("case_id"), Given("cases", IDS))).filter(planned | of_it)
    return asked.select_related("task__unit")  # type: ignore[misc]


_ARRANGED = Prepared(_arranged)


def load_sessions(cases: Sequence[Case]) -> None:
    """Load what the rules below read: a case that is not 联合会商 has nothing planned or to do."""
    asked = [case for case in cases if not hasattr(case, PLANNED)]
    joint = [case.pk for case in asked if case.is_joint]
    found = grouped(_ARRANGED(cases=joint), "case_id") if joint else {}
    for case in asked:
        setattr(case, PLANNED, [])
        setattr(case, TASKED, [])
    for case in (case for case in asked if case.pk in found):
        rows: list[Any] = found[case.pk]
        # Django leaves no attribute where a filtered relation has found nothing.
        tasks = [row.task for row in rows if hasattr(row, "task")]
        setattr(case, PLANNED, [row for row in rows if not hasattr(row, "task")])
        setattr(case, TASKED, sorted(tasks, key=lambda task: task.pk))


def _is_joint(case: Case) -> bool:
    return case.is_joint


def _planned(case: Case) -> str | None:
    return None if planned_sessions(case) else "没有安排好、还没开的会商"


def _has_tasks(case: Case) -> str | None:
    return None if open_tasks(case) else "没有没办完的会商任务"


def _has_own_task(user: User, case: Case) -> bool:
    units = own_units(user)
    return any(row.unit_id in units for row in tasks_given(case))


def _nothing_of_mine_is_open(user: User, case: Case) -> str | None:
    units = own_units(user)
    mine = any(row.unit_id in units for row in open_tasks(case))
    return None if mine else "本单位的会商任务都报过了"


def _all_done(case: Case) -> str | None:
    given = tasks_given(case)
    last = max((row.done_at for row in given if row.done_at), default=None)
    if last is None or any(row.is_open for row in given):
        return None
    return f"{case.short_number} 的会商任务 {said(last)} 都已经报过办完了"


ACTS = (
    Act(
        verb="convene",
        label="上会商",
        button="联合会商",
        who=policies.can_triage,
        when=always,
        arcs=staying(*_AT_WORK),
        service=convening.convene,
        form=forms.ConveneForm,
        rank=53,
    ),
    Act(
        verb="minute",
        label="记会商纪要",
        who=policies.can_triage,
        when=_planned,
        concerns=_is_joint,
        arcs=staying(*_AT_WORK),
        service=convening.minute,
        form=forms.MinuteForm,
        rank=26,
    ),
    Act(
        verb="cancel-session",
        label="取消会商",
        who=policies.can_triage,
        when=_planned,
        concerns=_is_joint,
        arcs=staying(*_AT_WORK),
        service=convening.cancel_session,
        form=forms.CancelSessionForm,
        rank=76,
    ),
    Act(
        verb="finish-task",
        label="报会商任务",
        who=_has_own_task,
        who_asks=True,
        when=_has_tasks,
        done=_all_done,
        own_part=_nothing_of_mine_is_open,
        concerns=_is_joint,
        arcs=staying(*_AT_WORK, Stage.FOLLOW_UP),
        service=convening.finish_task,
        form=forms.FinishTaskForm,
        rank=16,
    ),
)
