"""What the pages of 吹哨, 会商 and 线索 show: rows with their lights, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from dispatch.contacts import Contact, duty_contacts, head_contacts, next_call
from dispatch.models import ClueTarget, JointTask, Whistle
from dispatch.units import own_units
from orgs.calendars import calendar_of, revisions
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates
from zongzhi.lib.light import Light, light

WHISTLES = {
    "unanswered": "没应",
    "awaited": "等到场",
    "to_rate": "等评",
    "all": "全部",
}


@dataclass(frozen=True)
class WhistleRow:
    """A whistle as a list or a card shows it."""

    whistle: Whistle
    light: Light
    state: str
    type_name: str
    contact: Contact | None
    head: Contact | None
    case_url: str
    is_own: bool  # this person's unit is called
    is_desk: bool  # this person's centre has called

    @property
    def when(self) -> str:
        """「马上」, or the day and hour."""
        row = self.whistle
        return dates.moment(row.meet_at) if row.meet_at else str(row.get_when_display())

    @property
    def come(self) -> str:
        """「请马上来 3号窗口」"""
        gap = " " if self.whistle.meet_at else ""
        return f"请{gap}{self.when}{gap}来 {self.whistle.place}"

    @property
    def next_contact(self) -> str:
        """Whom to call now: the head when nobody has answered, else who is on duty there."""
        if self.is_late:
            return next_call(self.contact, self.head)
        return str(self.contact or "")

    @property
    def is_late(self) -> bool:
        return self.light.colour == "amber" and self.whistle.is_unanswered


def whistle_rows(whistles: Iterable[Whistle], user: User, now: datetime) -> list[WhistleRow]:
    """Rows for whistles loaded with case, type, unit and centre; the same queries for all."""
    rows = list(whistles)
    if not rows:
        return []
    contacts = duty_contacts([(row.center, row.unit) for row in rows], now)
    heads = head_contacts({row.unit_id: row.unit for row in rows}.values())
    seen = seen_cases(user, [row.case_id for row in rows])
    mine = own_units(user)
    return [
        WhistleRow(
            whistle=row,
            light=whistle_light(row, now),
            state=state_of(row),
            type_name="" if row.case.is_silent else row.case.type.name,
            contact=contacts.get((row.center_id, row.unit_id)),
            head=heads.get(row.unit_id),
            case_url=row.case.get_absolute_url() if row.case_id in seen else "",
            is_own=row.unit_id in mine,
            is_desk=user.can_at(Permission.TRIAGE, row.center_id),
        )
        for row in rows
    ]


def seen_cases(user: User, ids: Sequence[int]) -> set[int]:
    """Which of these cases this person may open."""
    return set(Case.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def whistle_light(row: Whistle, now: datetime) -> Light:
    """▲ from the moment it should have been answered, whether or not the sweep has been by."""
    if row.cancelled_at:
        return Light("none", "")
    if row.answered_at is None:
        if row.is_late(now):
            return Light("amber", "没人应")
        return Light("green", f"{_hour(row.answer_due_at, now)} 前应")
    if row.is_open and row.meet_at is not None and now > row.meet_at:
        return Light("amber", "过了约的时间")
    return Light("none", "")


def _hour(moment: datetime, now: datetime) -> str:
    local = clock.local(moment)
    return f"{local:%H:%M}" if local.date() == clock.local(now).date() else dates.moment(moment)


def state_of(row: Whistle) -> str:
    """「没应」, 「已应：马上到」, 「已到场」, 「来不了」, 「已评」, 「已撤」"""
    if row.cancelled_at:
        return "已撤"
    if row.rated_at:
        return "已评"
    if row.arrived_at:
        return "已到场"
    if row.answered_at is None:
        return "没应"
    if row.answer == Whistle.Answer.NO:
        return "来不了"
    return f"已应：{row.get_answer_display()}"


@dataclass(frozen=True)
class TaskRow:
    task: JointTask
    light: Light
    case_url: str
    is_own: bool


def task_rows(tasks: Iterable[JointTask], user: User, now: datetime) -> list[TaskRow]:
    """Rows for tasks loaded with unit, case and session's centre."""
    rows = list(tasks)
    seen = seen_cases(user, [row.case_id for row in rows])
    mine = own_units(user)
    known = revisions() if rows else {}
    return [
        TaskRow(
            task=row,
            light=_task_light(row, now, known),
            case_url=row.case.get_absolute_url() if row.case_id in seen else "",
            is_own=row.unit_id in mine,
        )
        for row in rows
    ]


def _task_light(row: JointTask, now: datetime, known: dict[str, int]) -> Light:
    if row.dropped_at:
        return Light("none", "不用再办")
    calendar = calendar_of(row.session.center, now=known)
    return light(now, row.due_at, row.near_at, calendar, finished_at=row.done_at)


@dataclass(frozen=True)
class Receipt:
    """A target of a clue with its light."""

    target: ClueTarget
    light: Light
    state: str
    is_own: bool


def receipts_of(targets: Iterable[ClueTarget], user: User, now: datetime) -> list[Receipt]:
    mine = own_units(user)
    return [
        Receipt(row, _receipt_light(row, now), _receipt_state(row), row.unit_id in mine)
        for row in targets
    ]


def _receipt_light(row: ClueTarget, now: datetime) -> Light:
    if row.received_at:
        return Light("none", "")
    if now > row.due_at:
        return Light("red", "没按时签收")
    return Light("green", f"{dates.moment(row.due_at)} 前签收")


def _receipt_state(row: ClueTarget) -> str:
    if row.finished_at:
        return "已反馈"
    return "已签收" if row.received_at else "没签收"
