"""批示: a leader's word about a case, answered by the unit or the centre, and taken note of."""

from __future__ import annotations

from cases.door import Change, changing
from cases.models import Case
from cases.services.course import said, tell_unit
from dispatch.models import Instruction
from orgs.models import User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound

TO_UNIT, TO_CENTER = "unit", "center"


def instruct_case(*, case_id: int, by: User, to: str, text: str, answer_days: int) -> Case:
    """批示: to the unit that has the case, or to the centre's own desk; answered by a day.

    Raises Invalid for a unit where none has the case.
    """
    with changing(case_id, "instruct", by=by) as change:
        case = change.case
        if to == TO_UNIT and case.lead is None:
            raise Invalid(errors={"to": ["还没派出，批给中心"]})
        unit = case.lead.unit if to == TO_UNIT and case.lead else None
        due = change.clocks.after(change.now, answer_days).at
        given = Instruction.objects.create(
            case=case,
            unit=unit,
            text=text,
            at=change.now,
            by=by,
            answer_days=answer_days,
            answer_due_at=due,
        )
        case.instructed_at = case.instructed_at or change.now
        change.unit, change.text = unit, text
        change.data = {"instruction": given.pk}
        told = f"{case.short_number} 有领导批示，{said(due)}前回复"
        if unit is not None:
            tell_unit(unit, case, told, topic=Topic.SUPERVISED)
        # The desk is asked itself where there is no unit; else it only reads along.
        _tell_desk(change, told, Topic.SUPERVISED if unit is None else Topic.GENERAL)
    return change.case


def answer_instruction(*, case_id: int, by: User, instruction: int, text: str) -> Case:
    """回复批示: what has been done about it. Raises NotFound, AlreadyDone, NotAllowed."""
    with changing(case_id, "answer-instruction", by=by) as change:
        given = _instruction(change, instruction)
        if given.answered_at is not None:
            raise AlreadyDone(f"{said(given.answered_at)} 已经回复过了")
        if not may_answer(given, by, change.case):
            raise NotAllowed(f"这条批示由{given.whose}回复")
        given.answer, given.answered_at, given.answered_by = text, change.now, by
        given.save(update_fields=["answer", "answered_at", "answered_by"])
        change.unit, change.text = given.unit, text
        change.data = {"instruction": given.pk}
        told = f"{change.case.short_number} {given.whose}已回复批示"
        notify([given.by], text=told, url=change.case.get_absolute_url())
    return change.case


def may_answer(given: Instruction, user: User, case: Case) -> bool:
    """Staff of the unit it went to; the desk for its own, and for a unit that has the case no more.

    `given.case` need not be loaded.
    """
    if given.unit_id is not None and user.can_for(Permission.HANDLE, [given.unit_id]):
        return True
    with_that_unit = case.lead is not None and case.lead.unit_id == given.unit_id
    return not with_that_unit and user.can_at(Permission.TRIAGE, case.center_id)


def note_instruction(*, case_id: int, by: User, instruction: int) -> Case:
    """已阅: a leader has read the answer; with that the instruction is done."""
    with changing(case_id, "accept-instruction", by=by) as change:
        given = _instruction(change, instruction)
        if given.noted_at is not None:
            raise AlreadyDone(f"{said(given.noted_at)} 已经阅过了")
        if given.answered_at is None:
            raise Invalid(errors={"instruction": [f"{given.whose}还没回复"]})
        given.noted_at, given.noted_by = change.now, by
        given.save(update_fields=["noted_at", "noted_by"])
        change.unit, change.data = given.unit, {"instruction": given.pk}
        _forget_when_done(change)
    return change.case


def put_instructions_away(change: Change) -> None:
    """A case that has ended needs no more answers; whoever asked is told."""
    if change.case.instructed_at is None:
        return
    waiting = list(change.case.instructions.filter(noted_at=None).select_related("by"))
    for given in waiting:
        given.noted_at = change.now
        given.save(update_fields=["noted_at"])
    people = {given.by_id: given.by for given in waiting}
    text = f"{change.case.short_number} 已经结束，批示不用再回复"
    notify(people.values(), text=text, url=change.case.get_absolute_url())
    Case.objects.filter(pk=change.case.pk).update(instructed_at=None)
    change.case.instructed_at = None


def _forget_when_done(change: Change) -> None:
    left = change.case.instructions.filter(noted_at=None).order_by("at").first()
    change.case.instructed_at = left.at if left else None


def _instruction(change: Change, pk: int) -> Instruction:
    found: Instruction | None = (
        change.case.instructions.select_related("unit", "by").filter(pk=pk).first()
    )
    if found is None:
        raise NotFound("没有这条批示")
    found.case = change.case
    return found


def _tell_desk(change: Change, text: str, topic: Topic) -> None:
    desk = Holders(Permission.TRIAGE, center=change.case.center)
    notify(desk, text=text, url=change.case.get_absolute_url(), topic=topic)
