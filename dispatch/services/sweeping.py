"""The ladder, climbed by a sweep: 提醒, 督办单, 约谈. Safe to run twice, late, or half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.clocks import clocks_of, local_day
from cases.door import Change, changing_by_system, lock
from cases.ladder import talk_from
from cases.models import Assignment, Case
from cases.services.course import said
from cases.vocabulary import Actor, Clock, Stage
from dispatch.models import Reminder, Supervision
from dispatch.services.marking import give_yellow, mark_overdue
from dispatch.services.supervising import open_supervision
from dispatch.services.talking import propose_by_itself
from orgs.models import User
from orgs.models.notices import Topic
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock

CHUNK = 500

if TYPE_CHECKING:
    Rows = QuerySet[Case, tuple[datetime | None, int]]


def cases_on_the_ladder(*, now: datetime) -> Iterator[int]:
    """Open cases with a step of the ladder still to take, the longest due first.

    Read in chunks by keyset over (due_at, id), so that what is handled meanwhile is neither
    skipped nor seen twice.
    """
    rows = _with_a_step_left(now).order_by("due_at", "pk").values_list("due_at", "pk")
    after: tuple[datetime | None, int] | None = None
    while True:
        chunk = list(_beyond(rows, after)[:CHUNK])
        if not chunk:
            return
        yield from (pk for _, pk in chunk)
        after = chunk[-1]


def _beyond(rows: Rows, after: tuple[datetime | None, int] | None) -> Rows:
    if after is None:
        return rows
    return rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))


def _with_a_step_left(now: datetime) -> QuerySet[Case]:
    taken = Reminder.objects.filter(
        case=OuterRef("pk"), clock=OuterRef("due_clock"), due_at=OuterRef("due_at")
    )
    near = Q(near_at__lte=now) & ~Exists(taken.filter(step=Reminder.Step.NEAR))
    overdue = Q(due_at__lt=now) & ~Exists(taken.filter(step=Reminder.Step.OVERDUE))
    return Case.objects.open().filter(near | overdue, due_at__isnull=False)


@transaction.atomic
def climb(*, case_id: int) -> list[str]:
    """Take the steps that are due for one case, each once; which ones this call took.

    Looks again under the lock: the case may have been handled, or another worker been faster.
    """
    case, now = lock(case_id), clock.now()
    taken = [step for step in _steps_due(case, now) if _mark(case, step, now)]
    for step in taken:
        _TAKE[Reminder.Step(step)](case, now)
    return [str(step) for step in taken]


def _steps_due(case: Case, now: datetime) -> list[Reminder.Step]:
    if not case.is_open or case.due_at is None or case.near_at is None:
        return []
    steps = [Reminder.Step.NEAR] if now >= case.near_at else []
    if now > case.due_at:
        steps += [Reminder.Step.DUE, Reminder.Step.OVERDUE]
    return steps


def _mark(case: Case, step: Reminder.Step, now: datetime) -> bool:
    """Write that the step is taken. False when the row is there already."""
    due_at = case.due_at or now
    _, new = Reminder.objects.get_or_create(
        case=case, clock=case.due_clock, step=step, due_at=due_at, defaults={"at": now}
    )
    return new


def _near(case: Case, now: datetime) -> None:
    if case.due_at is not None and now <= case.due_at:
        text = f"{case.short_number} {_clock(case)}快到期：{said(case.due_at)}"
        url = case.get_absolute_url()
        notify(_who_must_act(case), text=text, url=url, topic=Topic.NEAR)


def _due(case: Case, now: datetime) -> None:
    if case.actor == Actor.UNIT and case.unit is not None:
        heads = User.objects.holding(Permission.HEAD, department=case.unit)
        text = f"{case.short_number} {_clock(case)}已到期"
        notify(heads, text=text, url=case.get_absolute_url(), topic=Topic.OVERDUE)


def _overdue(case: Case, now: datetime) -> None:
    """A unit's clock makes a 督办单; the centre's own tells the leader and nothing else."""
    if case.actor != Actor.UNIT or case.lead is None:
        leaders = User.objects.holding(Permission.DECIDE, center=case.center)
        text = f"{case.short_number} {_clock(case)}超期，请过问"
        notify(leaders, text=text, url=case.get_absolute_url(), topic=Topic.OVERDUE)
    elif case.stage == Stage.SUPERVISION:
        sheet = case.supervisions.select_related("unit").filter(closed_at=None).first()
        if sheet is not None:
            mark_overdue(case)
            _propose_talk(sheet, case, now)
        else:  # taken over from a unit whose sheet was closed with that
            _supervise(case)
    else:
        _supervise(case)


def _supervise(case: Case) -> None:
    due_at, what = case.due_at, _clock(case)
    with changing_by_system(case.pk, "supervise", still=_still_overdue) as change:
        if change is not None and due_at is not None:
            reason = f"{what}时限 {said(due_at)} 已过，没有按时{what}"
            open_supervision(change, reason=reason, due_at=due_at)
            give_yellow(change, due_at)


def _still_overdue(change: Change) -> bool:
    case = change.case
    if case.lead is None or case.due_at is None or case.actor != Actor.UNIT:
        return False
    sheets = case.supervisions.filter(
        round=case.round, unit=case.lead.unit, due_at=case.due_at, opened_by=None
    )
    return case.due_at < change.now and not sheets.exists()


_TAKE = {
    Reminder.Step.NEAR: _near,
    Reminder.Step.DUE: _due,
    Reminder.Step.OVERDUE: _overdue,
}


def _clock(case: Case) -> str:
    return Clock(case.due_clock).label


def _who_must_act(case: Case) -> list[User]:
    if case.actor == Actor.UNIT and case.unit is not None:
        lead = case.lead
        if lead is not None and lead.handler is not None:
            return [lead.handler]
        return list(User.objects.holding(Permission.HANDLE, department=case.unit))
    right = Permission.FOLLOW_UP if case.actor == Actor.FOLLOW_UP else Permission.TRIAGE
    return list(User.objects.holding(right, center=case.center))


def unanswered_supervisions(*, now: datetime) -> list[int]:
    """Open sheets whose answer is overdue and for which no talk has been proposed yet."""
    sheets = Supervision.objects.filter(
        closed_at=None, answered_at=None, talk_proposed_at=None, answer_due_at__lt=now
    )
    return list(sheets.order_by("answer_due_at").values_list("pk", flat=True))


@transaction.atomic
def propose_talk(*, supervision_id: int) -> bool:
    """约谈 proposed to the leaders, once per sheet, when the days of the rule have passed too.

    True if this call did it.
    """
    sheet = Supervision.objects.select_related("unit").get(pk=supervision_id)
    case, now = lock(sheet.case_id), clock.now()
    clocks = clocks_of(case.center, case.revisions)
    sheet.refresh_from_db(fields=["answered_at"])
    if sheet.answered_at or now <= talk_from(clocks, sheet.opened_at, sheet.answer_due_at):
        return False
    return _propose_talk(sheet, case, now)


def _propose_talk(sheet: Supervision, case: Case, now: datetime) -> bool:
    won = Supervision.objects.filter(pk=sheet.pk, closed_at=None, talk_proposed_at=None).update(
        talk_proposed_at=now
    )
    if won:
        propose_by_itself(case, sheet.unit, now=now)
    return bool(won)


def pauses_that_are_over(*, now: datetime) -> list[int]:
    """Cases whose pause has reached its day."""
    paused = Assignment.objects.open().filter(
        paused_at__isnull=False, paused_until__lte=local_day(now)
    )
    return list(paused.order_by("paused_until", "pk").values_list("case_id", flat=True))
