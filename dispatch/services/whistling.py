"""吹哨报到: a unit is called, answers, comes, and is rated; unanswered, its head is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cases.door import Change, changing, lock
from cases.models import Case
from cases.services.course import said
from cases.thresholds import Threshold
from dispatch.contacts import duty_contacts, head_contacts, next_call
from dispatch.models import Whistle
from dispatch.services.telling import tell_heads, tell_triage, tell_unit
from dispatch.units import in_reach, own_units
from orgs.models import Department, User
from orgs.models.notices import Topic
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

WHEN = Whistle.When


def whistle_for(
    *,
    case_id: int,
    by: User,
    unit: Department,
    when: str,
    place: str,
    text: str,
    meet_at: datetime | None = None,
) -> Case:
    """吹哨: call a unit of this centre or of the one above to come, with where and what for.

    Raises Invalid for a unit out of reach or a time that cannot be, AlreadyDone while the same
    unit is still being called about this case.
    """
    with changing(case_id, "whistle", by=by) as change:
        case = change.case
        _refuse_impossible(case, unit, when, meet_at, change.now)
        case.whistled_at = case.whistled_at or change.now
        meet_at = meet_at if when == WHEN.APPOINTED else None
        if Whistle.objects.filter(_open(), case=case, unit=unit).exists():
            raise AlreadyDone(f"{case.short_number} 已经吹哨叫了{unit.name}，等它来")
        whistle = Whistle.objects.create(
            case=case,
            center=case.center,
            unit=unit,
            when=when,
            meet_at=meet_at,
            place=place,
            text=text,
            sent_by=by,
            sent_at=change.now,
            answer_due_at=_answer_due(change, when, meet_at),
        )
        change.unit, change.text = unit, text
        change.data = {"whistle": whistle.pk, "when": when, "unit": unit.pk}
        text = f"{case.short_number} {_come(whistle)}，{said(whistle.answer_due_at)}前回话"
        tell_unit(unit, text=text, url=whistle.get_absolute_url(), topic=Topic.WHISTLE)
    return change.case


def _open() -> Q:
    return Q(cancelled_at=None, arrived_at=None) & ~Q(answer=Whistle.Answer.NO)


def _refuse_impossible(
    case: Case, unit: Department, when: str, meet_at: datetime | None, now: datetime
) -> None:
    if not in_reach(case.center, unit):
        upper = f"或{case.center.parent.name}" if case.center.parent else ""
        raise Invalid(errors={"unit": [f"只能叫{case.center.name}{upper}的单位"]})
    if when == WHEN.APPOINTED and (meet_at is None or meet_at <= now):
        raise Invalid(errors={"meet_at": ["约的时间要晚于现在"]})


def _answer_due(change: Change, when: str, meet_at: datetime | None) -> datetime:
    """马上 counts real minutes, 今天 working minutes; by appointment a working day at most."""
    minutes = change.clocks.threshold(Threshold.WHISTLE_MINUTES, change.now)
    if when == WHEN.NOW:
        return change.now + timedelta(minutes=minutes)
    if when == WHEN.TODAY:
        return change.clocks.calendar.plus_minutes(change.now, minutes)
    day = change.clocks.after(change.now, 1).at
    return min(day, meet_at) if meet_at else day


def _come(whistle: Whistle) -> str:
    """「请马上来 3号窗口」"""
    return f"请{when_words(whistle)}来 {whistle.place}"


def when_words(whistle: Whistle) -> str:
    if whistle.meet_at is not None:
        return f" {said(whistle.meet_at)} "
    return str(whistle.get_when_display())


def answer_whistle(
    *,
    case_id: int,
    by: User,
    answer: str,
    whistle: int | None = None,
    meet_at: datetime | None = None,
    text: str = "",
) -> Case:
    """应哨: 马上到, 改约 to another time, or 来不了 with why; by anybody of the unit called.

    Raises Invalid when a new time or the reason is missing.
    """
    with changing(case_id, "answer-whistle", by=by, invited=_is_called(case_id, by)) as change:
        row = _one(change, whistle, lambda w: w.answered_at is None and w.is_open, by=by)
        if answer == Whistle.Answer.LATER:
            if meet_at is None or meet_at <= change.now:
                raise Invalid(errors={"meet_at": ["改约要写晚于现在的时间"]})
            row.meet_at = meet_at
        if answer == Whistle.Answer.NO and len(text) < 2:
            raise Invalid(errors={"text": ["来不了要写原因"]})
        row.answer, row.answer_text = answer, text
        row.answered_at, row.answered_by = change.now, by
        row.save(update_fields=["answer", "answer_text", "answered_at", "answered_by", "meet_at"])
        _say(change, row, text, {"answer": answer})
        words = f"{change.case.short_number} {row.unit.name}应哨：{answer_words(row)}"
        tell_triage(row.center, text=words, url=row.get_absolute_url(), topic=Topic.WHISTLE)
    return change.case


def answer_words(whistle: Whistle) -> str:
    if whistle.answer == Whistle.Answer.LATER and whistle.meet_at is not None:
        return f"改约 {said(whistle.meet_at)}"
    return str(whistle.get_answer_display())


def arrive(*, case_id: int, by: User, whistle: int | None = None) -> Case:
    """到场: written down by the centre or by the unit; whoever comes has answered by coming."""
    with changing(case_id, "arrive", by=by, invited=_is_called(case_id, by)) as change:
        row = _one(change, whistle, lambda w: w.is_open, by=by)
        if row.answered_at is None:
            row.answered_at, row.answered_by, row.answer = change.now, by, Whistle.Answer.COMING
        row.arrived_at, row.arrived_by = change.now, by
        row.save()
        _say(change, row, "", {})
        words = f"{change.case.short_number} {row.unit.name}到场"
        tell_triage(row.center, text=words, url=row.get_absolute_url(), topic=Topic.WHISTLE)
    return change.case


def rate_whistle(
    *, case_id: int, by: User, speed: str, quality: str, text: str = "", whistle: int | None = None
) -> Case:
    """评哨: how fast the unit came and how well it worked. Of units, never of persons."""
    with changing(case_id, "rate-whistle", by=by) as change:
        row = _one(change, whistle, lambda w: w.may_be_rated)
        row.speed, row.quality, row.rating_text = speed, quality, text
        row.rated_at, row.rated_by = change.now, by
        row.save(update_fields=["speed", "quality", "rating_text", "rated_at", "rated_by"])
        _say(change, row, text, {"speed": speed, "quality": quality})
    return change.case


def cancel_whistle(*, case_id: int, by: User, text: str, whistle: int | None = None) -> Case:
    """撤哨: nobody need come any more."""
    with changing(case_id, "cancel-whistle", by=by) as change:
        row = _one(change, whistle, lambda w: w.is_open)
        _call_off(row, change)
        _say(change, row, text, {})
    return change.case


def call_off_whistles(change: Change) -> None:
    """What is still open when the case leaves the centre or its work is over is called off."""
    for row in Whistle.objects.select_related("unit").filter(_open(), case=change.case):
        _call_off(row, change)


def _call_off(row: Whistle, change: Change) -> None:
    row.cancelled_at = change.now
    row.save(update_fields=["cancelled_at"])
    text = f"{change.case.short_number} 吹哨已撤，不用来了"
    tell_unit(row.unit, text=text, url=row.get_absolute_url(), topic=Topic.WHISTLE)


def _is_called(case_id: int, by: User) -> bool:
    """Whether this person's unit is being called about the case, seen by them or not."""
    units = own_units(by)
    return Whistle.objects.live().filter(case=case_id, unit__in=units).exists()


def _one(
    change: Change, pk: int | None, fits: Callable[[Whistle], bool], *, by: User | None = None
) -> Whistle:
    """The whistle that is meant, locked with its case; the only one that fits when none is named.

    `by`: unless they triage here, only what calls their own unit is theirs.
    """
    rows = change.case.whistles.select_related("unit", "center").filter(cancelled_at=None)
    found = [row for row in rows if pk in (None, row.pk) and fits(row)]
    if by is not None:
        units, center = own_units(by), change.case.center_id
        mine = [
            row for row in found if row.unit_id in units or by.can_at(Permission.TRIAGE, center)
        ]
        if found and not mine:
            raise NotAllowed(f"吹的是{found[0].unit.name}的哨，由{found[0].unit.name}应")
        found = mine
    if not found:
        raise WrongState(f"{change.case.short_number} 没有等着这样办的吹哨")
    if len(found) > 1:
        raise Invalid(errors={"whistle": ["有几个吹哨，先选是哪个单位的"]})
    return found[0]


def _say(change: Change, row: Whistle, text: str, data: dict[str, str]) -> None:
    change.unit, change.text = row.unit, text
    change.data = {"whistle": row.pk, "unit": row.unit_id, **data}


# The sweep


def whistles_unanswered(*, now: datetime) -> list[int]:
    """Whistles nobody has answered in time and whose unit's head has not been told."""
    rows = Whistle.objects.unanswered().filter(raised_at=None, answer_due_at__lt=now)
    return list(rows.order_by("answer_due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def raise_whistle(*, whistle_id: int) -> bool:
    """Mark it ▲, tell the unit's heads, and the desk whom to ring; once. True if this call did it.

    The case first, as everywhere; then the row by a conditional update, so that an answer that
    comes in between wins.
    """
    row = Whistle.objects.select_related("unit", "center").get(pk=whistle_id)
    case, now = lock(row.case_id), clock.now()
    late = Whistle.objects.unanswered().filter(pk=row.pk, raised_at=None, answer_due_at__lt=now)
    if not late.update(raised_at=now):
        return False
    url = row.get_absolute_url()
    tell_heads(
        row.unit, text=f"{case.short_number} 吹哨没人应，{_come(row)}", url=url, topic=Topic.WHISTLE
    )
    text = f"{case.short_number} {row.unit.name}没应哨"
    text = "，".join(filter(None, [text, _next_call(row, now)]))
    tell_triage(row.center, text=text, url=url, topic=Topic.WHISTLE)
    return True


def _next_call(row: Whistle, now: datetime) -> str:
    contact = duty_contacts([(row.center, row.unit)], now)[row.center_id, row.unit_id]
    return next_call(contact, head_contacts([row.unit]).get(row.unit_id))
