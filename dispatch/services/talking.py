"""约谈: proposed, called or refused by a leader, recorded, and its commitments watched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.urls import reverse

from cases.clocks import local_day
from cases.models import Case
from dispatch.models import Commitment, Talk
from orgs.models import Center, Department, User
from orgs.models.notices import Topic
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@dataclass(frozen=True)
class Promise:
    """What the unit says it will do, and until when."""

    what: str
    until: date


def can_propose(user: User, center_id: int) -> bool:
    return user.can_at(Permission.SUPERVISE, center_id)


def can_decide(user: User, center: Center) -> bool:
    """A leader of the centre, or of the one above it."""
    return user.can_at(Permission.DECIDE, center.pk) or user.can_at(
        Permission.DECIDE, center.parent_id
    )


def can_record(user: User, talk: Talk) -> bool:
    return user.can_at(Permission.SUPERVISE, talk.center_id)


def propose_by_itself(case: Case, unit: Department, *, now: datetime) -> Talk:
    """The sweep's proposal, inside its transaction: one talk for all that waits about a unit."""
    reason = "督办单没有按时答复，或者督办以后又超期"
    talk, new = Talk.objects.get_or_create(
        center=case.center,
        unit=unit,
        proposed_by=None,
        decided_at=None,
        defaults={"reason": reason, "proposed_at": now},
    )
    talk.cases.add(case)
    text = f"{case.short_number} 督办没有按时答复，建议约谈{unit.name}"
    notify(_leaders(case.center), text=text, url=url_of(talk))
    if new:
        _tell_unit(talk, f"{case.short_number} 督办没有按时答复，已建议约谈，等中心领导定")
    return talk


@transaction.atomic
def propose_talk(
    *, unit: Department, center: Center, cases: Sequence[Case], reason: str, by: User
) -> Talk:
    """建议约谈 by a person, about a unit and none, one or several of its cases."""
    if not can_propose(by, center.pk):
        raise NotAllowed("约谈由本中心督办的人建议")
    seen = Case.objects.visible_to(by).filter(pk__in=[case.pk for case in cases], center=center)
    if seen.count() != len(cases) or any(case.unit_id != unit.pk for case in cases):
        raise Invalid(errors={"cases": [f"只能选{unit.name}正在办的事项"]})
    talk = Talk.objects.create(
        center=center, unit=unit, reason=reason, proposed_at=clock.now(), proposed_by=by
    )
    talk.cases.set(cases)
    notify(_leaders(center), text=f"建议约谈{unit.name}，等决定", url=url_of(talk))
    _tell_unit(talk, "中心建议约谈本单位，等中心领导定")
    return talk


@transaction.atomic
def call_talk(*, talk_id: int, by: User, meet_at: datetime, place: str, invited: str) -> Talk:
    """约谈: a leader says when, where and who is to come. Raises Invalid for a time past."""
    talk = _undecided(talk_id, by)
    now = clock.now()
    if meet_at <= now:
        raise Invalid(errors={"meet_at": ["约谈时间要晚于现在"]})
    talk.is_called, talk.decided_at, talk.decided_by = True, now, by
    talk.meet_at, talk.place, talk.invited = meet_at, place, invited
    talk.save()
    when = dates.moment(meet_at, local_day(now))
    _tell_unit(talk, f"约谈本单位：{when}，{place}，请{invited}参加")
    _tell_supervisors(talk, f"约谈{talk.unit.name}已定：{when}，{place}", but=by)
    return talk


@transaction.atomic
def refuse_talk(*, talk_id: int, by: User, text: str) -> Talk:
    """不约谈: a leader says why not."""
    talk = _undecided(talk_id, by)
    talk.decided_at, talk.decided_by, talk.refused_for = clock.now(), by, text
    talk.save()
    _tell_unit(talk, "这次不约谈本单位")
    _tell_supervisors(talk, f"不约谈{talk.unit.name}：{text[:100]}", but=by)
    return talk


@transaction.atomic
def call_off_talk(*, talk_id: int, by: User, text: str) -> Talk:
    """取消约谈: one that was called is not held after all, and why; until it is recorded."""
    talk = _locked(talk_id, by)
    if not can_decide(by, talk.center):
        raise NotAllowed("约谈不约谈由中心领导决定")
    if not talk.is_called or talk.recorded_at is not None:
        raise WrongState(f"这次约谈现在是“{talk.state}”，不能取消")
    talk.is_called = False
    talk.decided_at, talk.decided_by, talk.refused_for = clock.now(), by, text
    talk.save()
    _tell_unit(talk, "原定的约谈取消了")
    _tell_supervisors(talk, f"约谈{talk.unit.name}取消：{text[:100]}", but=by)
    return talk


@transaction.atomic
def record_talk(
    *,
    talk_id: int,
    by: User,
    held_at: datetime,
    host: str,
    present: str,
    facts: str,
    minutes: str,
    promises: Sequence[Promise],
) -> Talk:
    """约谈记录: who spoke with whom about what, and what the unit has promised. Once."""
    talk = _locked(talk_id, by)
    if not can_record(by, talk):
        raise NotAllowed("约谈记录由本中心督办的人填")
    if not talk.is_called:
        raise WrongState("还没定约谈，先由中心领导决定")
    if talk.recorded_at is not None:
        raise AlreadyDone(f"{dates.moment(talk.recorded_at)} 已经记过了")
    now = clock.now()
    if held_at > now:
        raise Invalid(errors={"held_at": ["谈话时间不能晚于现在"]})
    if any(promise.until < local_day(held_at) for promise in promises):
        raise Invalid(errors={"promises": ["承诺的日子不能早于谈话的日子"]})
    talk.held_at, talk.host, talk.present = held_at, host, present
    talk.facts, talk.minutes = facts, minutes
    talk.recorded_at, talk.recorded_by = now, by
    talk.closed_at = None if promises else now
    talk.save()
    Commitment.objects.bulk_create(
        [Commitment(talk=talk, what=promise.what, until=promise.until) for promise in promises]
    )
    _tell_unit(talk, f"约谈记录已填，承诺 {len(promises)} 条，到期核对")
    return talk


@transaction.atomic
def settle_commitment(*, commitment_id: int, by: User, kept: bool, text: str = "") -> Commitment:
    """Say whether a promise was kept. With the last one the talk is over."""
    found = Commitment.objects.filter(
        pk=commitment_id, talk__in=Talk.objects.visible_to(by)
    ).first()
    if found is None:
        raise NotFound("没有这条承诺")
    talk = _locked(found.talk_id, by)
    if not can_record(by, talk):
        raise NotAllowed("兑现没有由本中心督办的人核对")
    promise = Commitment.objects.get(pk=commitment_id)
    if promise.settled_at is not None:
        raise AlreadyDone(f"{dates.moment(promise.settled_at)} 已经核对过了")
    if not kept and not text:
        raise Invalid(errors={"text": ["没兑现的，写明差在哪里"]})
    promise.kept, promise.text = kept, text
    promise.settled_at, promise.settled_by = clock.now(), by
    promise.save()
    if not talk.commitments.filter(settled_at=None).exists():
        talk.closed_at = promise.settled_at
        talk.save(update_fields=["closed_at"])
    _tell_unit(talk, f"约谈承诺“{promise.what[:60]}”核对为{'已兑现' if kept else '没兑现'}")
    return promise


def talks_unrecorded(*, now: datetime) -> list[int]:
    """Talks whose day has passed without a record, that nobody has been told of."""
    today = datetime.combine(local_day(now), time(), clock.SHANGHAI)
    late = Talk.objects.filter(is_called=True, recorded_at=None, chased_at=None, meet_at__lt=today)
    return list(late.order_by("meet_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def chase_talk(*, talk_id: int) -> bool:
    """Ask supervisors and leaders for the record, once. True if this call did it."""
    waiting = Talk.objects.filter(
        pk=talk_id, is_called=True, recorded_at=None, chased_at=None, meet_at__lt=clock.now()
    )
    if not waiting.update(chased_at=clock.now()):
        return False
    talk = Talk.objects.select_related("center", "unit").get(pk=talk_id)
    when = dates.moment(talk.meet_at) if talk.meet_at else ""
    _tell_supervisors(talk, f"{when} 约谈{talk.unit.name}还没有记录，补上记录或写明为什么没谈")
    return True


def promises_past(*, now: datetime) -> list[int]:
    """Promises whose day has passed, unsettled, that nobody has been told of."""
    late = Commitment.objects.filter(settled_at=None, told_at=None, until__lt=local_day(now))
    return list(late.order_by("until", "pk").values_list("pk", flat=True))


@transaction.atomic
def tell_of_promise(*, commitment_id: int) -> bool:
    """Tell supervisors, leaders and the unit, once. True if this call did it."""
    waiting = Commitment.objects.filter(pk=commitment_id, settled_at=None, told_at=None)
    if not waiting.update(told_at=clock.now()):
        return False
    promise = Commitment.objects.select_related("talk__center", "talk__unit").get(pk=commitment_id)
    talk, text = promise.talk, f"约谈承诺到期没核对：{promise.what[:80]}"
    _tell_supervisors(talk, f"{talk.unit.name}{text}")
    _tell_unit(talk, text)
    return True


def url_of(talk: Talk) -> str:
    return reverse("dispatch:talk", args=[talk.pk])


def _undecided(talk_id: int, by: User) -> Talk:
    talk = _locked(talk_id, by)
    if not can_decide(by, talk.center):
        raise NotAllowed("约谈不约谈由中心领导决定")
    if talk.decided_at is not None:
        who = talk.decided_by.name if talk.decided_by else ""
        raise AlreadyDone(f"{who} {dates.moment(talk.decided_at)} 已经定了：{talk.state}")
    return talk


def _locked(talk_id: int, by: User) -> Talk:
    if not Talk.objects.visible_to(by).filter(pk=talk_id).exists():
        raise NotFound("没有这次约谈")
    Talk.objects.select_for_update().get(pk=talk_id)
    return Talk.objects.select_related("center", "unit", "decided_by").get(pk=talk_id)


def _leaders(center: Center) -> list[User]:
    """The leaders of a centre; where it has none, those of the one above."""
    found = list(User.objects.holding(Permission.DECIDE, center=center))
    if not found and center.parent is not None:
        found = list(User.objects.holding(Permission.DECIDE, center=center.parent))
    return found


def _tell_unit(talk: Talk, text: str) -> None:
    heads = set(User.objects.holding(Permission.HEAD, department=talk.unit))
    staff = heads or set(User.objects.holding(Permission.HANDLE, department=talk.unit))
    notify(_in_order(staff), text=text, url=url_of(talk), topic=Topic.SUPERVISED)


def _tell_supervisors(talk: Talk, text: str, *, but: User | None = None) -> None:
    people = set(User.objects.holding(Permission.SUPERVISE, center=talk.center))
    people |= set(_leaders(talk.center))
    notify(_in_order(people - {but}), text=text, url=url_of(talk))


def _in_order(people: Iterable[User | None]) -> list[User]:
    return sorted((p for p in people if p is not None), key=lambda person: person.pk)
