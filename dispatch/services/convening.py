"""会商: convened with a chair, units, a room; its minutes become tasks; tasks are reported."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from cases.clocks import local_day
from cases.door import Change, changing
from cases.models import Case
from cases.services.course import said
from cases.thresholds import Threshold
from cases.vocabulary import Stage
from dispatch.groups import group_for, units_of_group
from dispatch.models import JointSession, JointTask, SessionUnit
from dispatch.services.telling import tell_leaders, tell_triage, tell_unit
from dispatch.units import in_reach, own_units
from orgs.booking import Taken, book, finish, free_slots, instead_of, of_person, of_room, release
from orgs.calendars import calendar_of
from orgs.models import Center, Department, Room, User
from orgs.models.notices import Topic
from orgs.numbering import next_in
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotFound, WrongState

KIND = JointSession.Kind
AT_WORK = (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION)
LONGEST = 150  # characters of a task in a notice


@dataclass(frozen=True)
class Given:
    """One line of the minutes: which unit does what until when; of which case where several."""

    unit: Department
    what: str
    due_on: date | None = None
    case: str = ""  # the short or full number


def convene(
    *,
    case_id: int,
    by: User,
    kind: str,
    chair: User,
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    agenda: str,
    units: Sequence[Department] = (),
    others: Sequence[str] = (),
) -> Case:
    """上会商: arrange a session about this case and any others of the centre named by number.

    行业联动 without units asks the 专班 of the case's type. Raises Invalid for a room that is
    taken (with the next free times), for no units, for times that cannot be.
    """
    with transaction.atomic():
        pks = _cases_named(case_id, others, by)
        # All of them, the lowest id first: two sessions over the same cases cannot deadlock.
        list(Case.objects.filter(pk__in=pks).order_by("pk").locked())
        with ExitStack() as doors:
            changes = [doors.enter_context(changing(pk, "convene", by=by)) for pk in pks]
            first = next(change for change in changes if change.case.pk == case_id)
            asked = list(units) or _units_of(first.case, kind)
            session = _arrange(first, by, kind, chair, room, (starts_at, ends_at), agenda)
            session.cases.set(pks)
            _seat(session, asked)
            for change in changes:
                change.case.is_joint = True
                change.text, change.data = agenda, _said_of(session, asked)
            _invite(session, asked)
    return first.case


def _cases_named(case_id: int, others: Sequence[str], by: User) -> list[int]:
    found = {case_id}
    for number in others or ():
        case = Case.objects.visible_to(by).named(number).first()
        if case is None:
            raise Invalid(errors={"others": [f"没有编号 {number}，核对后再填"]})
        found.add(case.pk)
    return sorted(found)


def _units_of(case: Case, kind: str) -> list[Department]:
    group = group_for(case) if kind == KIND.TRADE else None
    if group is None:
        raise Invalid(errors={"units": ["还没选参加的单位"]})
    return units_of_group(group)


def _arrange(
    change: Change,
    by: User,
    kind: str,
    chair: User,
    room: Room,
    span: tuple[datetime, datetime],
    agenda: str,
) -> JointSession:
    center = change.case.center
    starts_at, ends_at = (clock.local(moment) for moment in span)
    if starts_at <= change.now:
        raise Invalid(errors={"starts_at": ["开始时间要晚于现在"]})
    if ends_at <= starts_at or starts_at.date() != ends_at.date():
        raise Invalid(errors={"ends_at": ["结束时间要晚于开始时间，并且在同一天"]})
    if room.center_id != center.pk:
        raise Invalid(errors={"room": [f"{room.name}不是{center.name}的房间"]})
    year = starts_at.year
    session = JointSession.objects.create(
        center=center,
        kind=kind,
        year=year,
        serial=next_in(f"session {center.pk} {kind} {year}"),
        chair=chair,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        agenda=agenda,
        convened_by=by,
        convened_at=change.now,
    )
    _book(session)
    return session


def _book(session: JointSession) -> None:
    """Book room and chair. Raises Invalid with the next times when both are free."""
    span = (clock.local(session.starts_at), clock.local(session.ends_at))
    fields = {of_room(session.room): "room", of_person(session.chair): "chair"}
    try:
        book(list(fields), span, owner=session.booking, what=session.name)
    except Taken as clash:
        free = free_slots(list(fields), span, calendar_of(session.center))
        instead = instead_of(free, span[0])
        errors: dict[str, list[str]] = {}
        for held in clash.held:
            errors.setdefault(fields[held.resource], []).append(f"{held.words}。{instead}")
        raise Invalid(errors=errors) from None


def _seat(session: JointSession, units: Sequence[Department]) -> None:
    for unit in units:
        _refuse_out_of_reach(session.center, unit, "units")
    SessionUnit.objects.bulk_create(SessionUnit(session=session, unit=unit) for unit in units)


def _refuse_out_of_reach(center: Center, unit: Department, field: str) -> None:
    if not in_reach(center, unit):
        raise Invalid(errors={field: [f"{unit.name}不在{center.name}和上一级中心，请不了"]})


def _said_of(session: JointSession, units: Sequence[Department]) -> dict[str, object]:
    return {
        "session": session.pk,
        "name": session.name,
        "starts_at": session.starts_at.isoformat(),
        "units": [unit.pk for unit in units],
    }


def _invite(session: JointSession, units: Sequence[Department]) -> None:
    text = f"{session.name}：{said(session.starts_at)} 在{session.center.name}{session.room.name}"
    for unit in units:
        tell_unit(unit, text=f"参加{text}", url=session.get_absolute_url())
    notify([session.chair], text=f"主持{text}", url=session.get_absolute_url())


def cancel_session(*, case_id: int, by: User, text: str, session: int | None = None) -> Case:
    """取消会商: it will not be held, for none of its cases."""
    with transaction.atomic():
        row = _planned(case_id, session, by)
        with ExitStack() as doors:
            changes = _enter_all(doors, row, "cancel-session", case_id, by)
            _still_planned(row).update(cancelled_at=clock.now(), cancelled_why=text)
            release(row.booking)
            for change in changes:
                change.text, change.data = text, {"session": row.pk, "name": row.name}
                settle_joint(change.case)
            _tell_cancelled(row)
    return next(change.case for change in changes if change.case.pk == case_id)


def _tell_cancelled(session: JointSession) -> None:
    """Whoever was asked to come need not come; the chair neither."""
    text, url = f"{session.name}取消，不用来了", session.get_absolute_url()
    for seat in session.seats.select_related("unit__runs"):
        tell_unit(seat.unit, text=text, url=url)
    notify([session.chair], text=text, url=url)


def leave_sessions(change: Change, why: str) -> None:
    """What is planned is not about this case any more: its work is over, or the centre has it not.

    Where it was the last one, nobody could take minutes or call it off: the session is cancelled.
    Its row is locked after the case, as for minutes; of two last cases the later one sees it.
    """
    case = change.case
    planned = JointSession.objects.planned().filter(cases=case.pk).order_by("pk")
    for session in planned.select_related("chair").select_for_update(of=("self",)):
        others = session.cases.filter(center=session.center_id, stage__in=AT_WORK)
        if others.exclude(pk=case.pk).exists():
            session.cases.remove(case)
            continue
        session.cancelled_at, session.cancelled_why = change.now, why
        session.save(update_fields=["cancelled_at", "cancelled_why"])
        release(session.booking)
        _tell_cancelled(session)


def minute(
    *,
    case_id: int,
    by: User,
    came: Sequence[Department],
    text: str,
    tasks: Sequence[Given] = (),
    session: int | None = None,
) -> Case:
    """记会商纪要: who came, what was concluded, and who does what until when.

    It is recorded with every case of the session that the centre still has. Raises Invalid for a
    task without a case where there are several, or due in the past.
    """
    with transaction.atomic():
        row = _planned(case_id, session, by)
        with ExitStack() as doors:
            changes = _enter_all(doors, row, "minute", case_id, by)
            now = changes[0].now
            _still_planned(row).update(held_at=now, minuted_by=by, conclusions=text)
            finish(row.booking)
            row.seats.filter(unit__in=came).update(came=True)
            for unit in came:
                SessionUnit.objects.get_or_create(session=row, unit=unit, defaults={"came": True})
            given = [_task(row, one, changes, case_id) for one in tasks]
            for change in changes:
                mine = [task for task in given if task.case_id == change.case.pk]
                change.text = text
                change.data = {"session": row.pk, "name": row.name, "tasks": len(mine)}
                settle_joint(change.case)
    return next(change.case for change in changes if change.case.pk == case_id)


def _planned(case_id: int, session: int | None, by: User) -> JointSession:
    """The session of the case that is still to be held; the only one when none is named."""
    if not Case.objects.visible_to(by).filter(pk=case_id).exists():
        raise NotFound("没有这件事项，核对编号后再查")
    rows = JointSession.objects.planned().filter(cases=case_id)
    found = [row for row in rows.select_related("center") if session in (None, row.pk)]
    if not found:
        raise WrongState("没有安排好、还没开的会商")
    if len(found) > 1:
        raise Invalid(errors={"session": ["安排了几次会商，先选是哪一次"]})
    return found[0]


def _enter_all(
    doors: ExitStack, session: JointSession, verb: str, case_id: int, by: User
) -> list[Change]:
    """Pass every case of the session that the centre still works on through its door, in order."""
    rows = session.cases.order_by("pk").locked()
    here = [c.pk for c in rows if c.center_id == session.center_id and c.stage in AT_WORK]
    pks = sorted({case_id, *here})
    return [doors.enter_context(changing(pk, verb, by=by)) for pk in pks]


def _still_planned(session: JointSession) -> QuerySet[JointSession]:
    """The row, looked at again under the locks of its cases. Raises WrongState."""
    rows = JointSession.objects.planned().filter(pk=session.pk)
    if not rows.select_for_update().exists():
        raise WrongState(f"{session.name}已经记了纪要或者取消了")
    return JointSession.objects.filter(pk=session.pk)


def _task(
    session: JointSession, given: Given, changes: Sequence[Change], case_id: int
) -> JointTask:
    change = _meant(given, changes, case_id)
    _refuse_out_of_reach(session.center, given.unit, "tasks")
    now = change.now
    if given.due_on is None:
        due = change.clocks.after(now, change.clocks.threshold(Threshold.TASK_DAYS, now))
        due_at, near_at = due.at, due.near
    else:
        if given.due_on < local_day(now):
            raise Invalid(errors={"tasks": [f"“{given.what}”的期限不能早于今天"]})
        calendar = change.clocks.calendar
        due_at = calendar.closes(given.due_on)
        days = calendar.workdays_between(local_day(now), given.due_on)
        near_at = calendar.near(now, due_at, days, change.clocks.ahead(now))
    task = JointTask.objects.create(
        session=session,
        case=change.case,
        unit=given.unit,
        what=given.what,
        given_at=now,
        due_at=due_at,
        near_at=near_at,
    )
    text = f"{session.name}交办：{given.what}"[:LONGEST]
    tell_unit(given.unit, text=f"{text}（{said(due_at)}前办完）", url=task.get_absolute_url())
    return task


def _meant(given: Given, changes: Sequence[Change], case_id: int) -> Change:
    """The case a task is about: the one named, else the one the minutes are taken with."""
    for change in changes:
        case = change.case
        if given.case and given.case in (case.number, case.short_number):
            return change
        if not given.case and case.pk == case_id:
            return change
    raise Invalid(errors={"tasks": [f"这次会商没有 {given.case}，核对“{given.what}”是哪一件的"]})


def settle_joint(case: Case) -> None:
    """联合会商 lasts until nothing is planned and every task is done."""
    planned = JointSession.objects.planned().filter(cases=case.pk).exists()
    case.is_joint = planned or JointTask.objects.open().filter(case=case).exists()


def finish_task(*, case_id: int, by: User, result: str, task: int | None = None) -> Case:
    """报会商任务: the unit says what it has done. The last one ends 联合会商."""
    with changing(case_id, "finish-task", by=by, invited=_has_task(case_id, by)) as change:
        row = _own_task(change, task, by)
        row.done_at, row.done_by, row.result = change.now, by, result
        row.save(update_fields=["done_at", "done_by", "result"])
        change.unit, change.text = row.unit, result
        change.data = {"task": row.pk, "session": row.session_id, "name": row.session.name}
        settle_joint(change.case)
        text = f"{change.case.short_number} {row.unit.name}办完会商任务"
        tell_triage(row.session.center, text=text, url=row.get_absolute_url())
    return change.case


def _has_task(case_id: int, by: User) -> bool:
    rows = JointTask.objects.filter(case=case_id, unit__in=own_units(by), dropped_at=None)
    return rows.exists()


def _own_task(change: Change, pk: int | None, by: User) -> JointTask:
    rows = JointTask.objects.filter(case=change.case, unit__in=own_units(by), dropped_at=None)
    rows = rows.select_related("unit", "session__center")
    found = [row for row in rows if pk in (None, row.pk)]
    undone = [row for row in found if row.done_at is None]
    if not undone and found and found[-1].done_at is not None:
        raise AlreadyDone(f"{found[-1].unit.name} {said(found[-1].done_at)} 已经报过办完了")
    if not undone:
        raise WrongState(f"{change.case.short_number} 没有本单位的会商任务")
    if len(undone) > 1:
        raise Invalid(errors={"task": ["有几项任务，先选是哪一项"]})
    return undone[0]


def drop_tasks(change: Change) -> None:
    """The case has ended: what is not done need not be done any more, and the units hear it."""
    rows = JointTask.objects.open().filter(case=change.case).select_related("unit__runs")
    for task in rows:
        task.dropped_at = change.now
        task.save(update_fields=["dropped_at"])
        text = f"{change.case.short_number} 已结束，会商任务不用再办"
        tell_unit(task.unit, text=text, url=task.get_absolute_url())


# The sweep


def tasks_near(*, now: datetime) -> list[int]:
    """Open tasks whose light has turned amber and whose unit has not been reminded."""
    rows = JointTask.objects.open().filter(reminded_at=None, near_at__lte=now, due_at__gte=now)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def remind_of_task(*, task_id: int) -> bool:
    """提醒 to the unit, once. True if this call did it."""
    now = clock.now()
    rows = JointTask.objects.open().filter(pk=task_id, reminded_at=None)
    if not rows.update(reminded_at=now):
        return False
    task = JointTask.objects.select_related("unit__runs", "session").get(pk=task_id)
    text = f"{task.session.name}的任务快到期：{said(task.due_at)}"
    tell_unit(task.unit, text=text, url=task.get_absolute_url(), topic=Topic.NEAR)
    return True


def tasks_overdue(*, now: datetime) -> list[int]:
    """Open tasks past their time which the desk and the leader have not been told of."""
    rows = JointTask.objects.open().filter(raised_at=None, due_at__lt=now)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def raise_task(*, task_id: int) -> bool:
    """超期: the desk, the leader and the unit hear it, once. True if this call did it."""
    now = clock.now()
    rows = JointTask.objects.open().filter(pk=task_id, raised_at=None, due_at__lt=now)
    if not rows.update(raised_at=now):
        return False
    task = JointTask.objects.select_related("unit__runs", "session__center", "case").get(pk=task_id)
    url = task.get_absolute_url()
    text = f"{task.case.short_number} {task.unit.name}的会商任务超期"
    late = Topic.OVERDUE
    tell_triage(task.session.center, text=text, url=url, topic=late)
    tell_leaders(task.session.center, text=f"{text}，请过问", url=url, topic=late)
    tell_unit(task.unit, text=f"{task.session.name}的任务已超期", url=url, topic=late)
    return True
