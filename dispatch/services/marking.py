"""督办牌: given by the sweep when a unit's clock has run out, and once more when it goes on so."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from cases.door import Change, changing, changing_by_system
from cases.ladder import red_from
from cases.models import Assignment, Case
from cases.services.course import said, tell_unit
from cases.thresholds import Threshold
from cases.vocabulary import Actor, Clock, Label
from dispatch.models import Mark, Supervision
from orgs.models import User
from orgs.models.notices import Topic
from zongzhi.lib.errors import AlreadyDone, NotFound

VERB = "mark"


def give_yellow(change: Change, due_at: datetime) -> None:
    """Give the lead its yellow mark for the time that has passed; once, however often asked.

    The 督办单 that comes with it tells the unit.
    """
    case, lead = change.case, change.lead
    start = _began(lead)
    mark, new = Mark.objects.get_or_create(
        case=case,
        round=case.round,
        unit=lead.unit,
        due_at=due_at,
        color=Mark.Color.YELLOW,
        defaults={
            "reason": f"{Clock(case.due_clock).label}时限 {said(due_at)} 已过",
            "days": change.clocks.threshold(Threshold.RED_DAYS, start),
            "at": change.now,
            "red_from": red_from(change.clocks, start, due_at),
        },
    )
    if new:
        change.data["mark"] = mark.pk


def _began(lead: Assignment) -> datetime:
    """The day of the running clock: rules are taken by it."""
    return lead.clock_from if lead.claimed_at else lead.dispatched_at


def mark_overdue(case: Case) -> None:
    """A case under 督办 already lets another time pass: the mark comes without a new sheet."""
    due_at = case.due_at
    with changing_by_system(case.pk, VERB, still=_still_unmarked) as change:
        if change is not None and due_at is not None:
            change.unit = change.lead.unit
            change.data = {"color": Mark.Color.YELLOW.value}
            give_yellow(change, due_at)
            clock = Clock(change.case.due_clock).label
            told = f"{case.short_number} {clock}又超期，记黄牌"
            tell_unit(change.unit, change.case, told, topic=Topic.OVERDUE)


def _still_unmarked(change: Change) -> bool:
    case = change.case
    if not _is_the_units_delay(case) or case.due_at is None or case.due_at >= change.now:
        return False
    given = Mark.objects.filter(
        case=case, round=case.round, unit=change.lead.unit, due_at=case.due_at
    )
    return not given.exists()


def _is_the_units_delay(case: Case) -> bool:
    """The centre's own delay is never the unit's, nor is time that stands still."""
    at_work = case.lead is not None and case.actor == Actor.UNIT
    return case.is_open and at_work and case.label != Label.PAUSED


def yellow_turning_red(*, now: datetime) -> list[int]:
    """Cases whose standing yellow mark is far enough past, or whose 督办单 is not answered."""
    red = Mark.objects.filter(
        case=OuterRef("case"),
        round=OuterRef("round"),
        unit=OuterRef("unit"),
        due_at=OuterRef("due_at"),
        color=Mark.Color.RED,
    )
    open_cases = Case.objects.open().filter(actor=Actor.UNIT).exclude(label=Label.PAUSED)
    long_overdue = Mark.objects.filter(
        ~Q(Exists(red)),
        color=Mark.Color.YELLOW,
        revoked_at=None,
        red_from__lt=now,
        case__in=open_cases.filter(due_at=OuterRef("due_at"), unit=OuterRef("unit")),
    )
    unanswered = Supervision.objects.filter(
        ~Q(Exists(red)),
        closed_at=None,
        answered_at=None,
        answer_due_at__lt=now,
        case__in=open_cases.filter(unit=OuterRef("unit")),
    )
    found = dict(unanswered.values_list("case", "answer_due_at"))
    found |= dict(long_overdue.values_list("case", "red_from"))
    return sorted(found, key=lambda pk: (found[pk], pk))


def give_red(*, case_id: int) -> bool:
    """记红牌, once per case, round, unit and due time. True if this call did it."""
    with changing_by_system(case_id, VERB, still=lambda change: _why_red(change) is not None) as (
        change
    ):
        if change is None:
            return False
        due_at, reason = _why_red(change) or (change.now, "")
        case, lead = change.case, change.lead
        mark = Mark.objects.create(
            case=case,
            round=case.round,
            unit=lead.unit,
            due_at=due_at,
            color=Mark.Color.RED,
            reason=reason,
            days=change.clocks.threshold(Threshold.RED_DAYS, _began(lead)),
            at=change.now,
        )
        change.unit = lead.unit
        change.data = {"mark": mark.pk, "color": mark.color}
        told = f"{case.short_number} 记红牌：{reason}"
        tell_unit(lead.unit, case, told, topic=Topic.SUPERVISED)
    return True


def _why_red(change: Change) -> tuple[datetime, str] | None:
    """The due time a red mark is for and why; None when there is no cause or it is given."""
    case = change.case
    if not _is_the_units_delay(case):
        return None
    unit = change.lead.unit
    marks = list(case.marks.filter(round=case.round, unit=unit))
    red = {mark.due_at for mark in marks if mark.color == Mark.Color.RED}
    # A yellow mark taken back was not the unit's fault, and does not turn red.
    excused = {mark.due_at for mark in marks if mark.revoked_at is not None}
    for mark in marks:
        if mark.due_at in red | excused or mark.due_at != case.due_at or mark.red_from is None:
            continue
        if mark.red_from < change.now:
            return mark.due_at, f"时限 {said(mark.due_at)} 过了 {mark.days} 个工作日还没办"
    late = case.supervisions.filter(
        unit=unit, closed_at=None, answered_at=None, answer_due_at__lt=change.now
    )
    for sheet in late.exclude(due_at__in=red | excused):
        return sheet.due_at, f"督办单 {said(sheet.answer_due_at)} 前没有答复"
    return None


def revoke_mark(*, case_id: int, by: User, mark: int, text: str) -> Case:
    """取消督办牌: with a reason; the row stays and says who.

    Raises NotFound for a mark of another case, AlreadyDone for one that has been taken back.
    """
    with changing(case_id, "revoke-mark", by=by) as change:
        given = change.case.marks.select_related("unit").filter(pk=mark).first()
        if given is None:
            raise NotFound("没有这块牌")
        if given.revoked_at is not None:
            raise AlreadyDone(f"{said(given.revoked_at)} 已经取消过了")
        given.revoked_at, given.revoked_by, given.revoked_for = change.now, by, text
        given.save(update_fields=["revoked_at", "revoked_by", "revoked_for"])
        change.unit, change.text = given.unit, text
        change.data = {"mark": given.pk, "color": given.color}
        color = given.get_color_display()
        tell_unit(given.unit, change.case, f"{change.case.short_number} 的{color}已取消")
    return change.case
