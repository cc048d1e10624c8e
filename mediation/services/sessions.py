"""场次: arranged, moved, called off, written down (人民调解法 arts. 19, 20, 22, 23, 27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.door import Change, changing
from cases.models import Attempt, Case, Party
from cases.presenting import show_party
from cases.services.attempts import record_attempt
from cases.services.telling import may_text
from mediation.avoiding import doubts_of
from mediation.meetings import (
    PLANNED,
    Diaries,
    needed,
    of_mediator,
    of_party,
    outside_hours,
)
from mediation.models import Guest, Mediation, Mediator, Presence, Session
from mediation.offering import pool_of
from mediation.proceedings import SIDES, side_of
from mediation.services.proceedings import running
from mediation.timetable import seen_sessions
from orgs.booking import (
    OFFERED,
    Resource,
    Span,
    Taken,
    book,
    finish,
    free_slots,
    instead_of,
    of_room,
    release,
)
from orgs.calendars import calendar_of
from orgs.channels.sms import mobile
from orgs.channels.templates import CITIZEN_MEETING, CITIZEN_MEETING_OFF
from orgs.delivering import text_a_citizen
from orgs.models import Center, Department, Room, User
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

Invited = Presence.Invited
Outcome = Session.Outcome
AS_ATTEMPT = {
    Outcome.WRITTEN: Attempt.Outcome.SETTLED,
    Outcome.ORAL: Attempt.Outcome.SETTLED,
    Outcome.FAILED: Attempt.Outcome.FAILED,
    Outcome.ABSENT: Attempt.Outcome.ABSENT,
}


@dataclass(frozen=True)
class GuestGiven:
    """Somebody asked to come who is no party: name and what they are to them."""

    name: str
    kind: str


@dataclass(frozen=True)
class Plan:
    """Who meets where and when."""

    host: Mediator
    starts_at: datetime
    minutes: int
    room: Room | None = None
    place: str = ""
    video_link: str = ""
    helpers: Sequence[Mediator] = ()
    invited: Mapping[int, str] = field(default_factory=dict)  # party → how
    guests: Sequence[GuestGiven] = ()
    guests_agreed: bool = False
    anyway: bool = False  # outside hours or a diary, knowingly
    overruled_why: str = ""  # why somebody not yet seated, who had better not

    @property
    def span(self) -> Span:
        start = clock.local(self.starts_at)
        return start, start + timedelta(minutes=self.minutes)

    @property
    def mediators(self) -> list[Mediator]:
        others = (one for one in self.helpers if one.pk != self.host.pk)
        return [self.host, *others]


# --- 安排 -----------------------------------------------------------------------------------------


def schedule_session(*, case_id: int, by: User, plan: Plan) -> Case:
    """安排调解: room, mediators and parties are booked; mediators are told, parties invited.

    Raises Invalid where something is taken, with the next times when all of them are free.
    """
    with changing(case_id, "schedule-session", by=by) as change:
        session = _plan(change, running(change), plan, by)
        words = f"{session.when} 在{session.where}，主持 {session.host.name}"
        _say(change, session, words, plan.overruled_why)
        _ask_to_come(session)
    return change.case


def move_session(
    *,
    case_id: int,
    by: User,
    text: str,
    starts_at: datetime,
    minutes: int,
    session: int | None = None,
    room: Room | None = None,
    place: str = "",
    video_link: str = "",
    anyway: bool = False,
) -> Case:
    """改期: the old session stays to be read, with why; the new one takes over who was asked."""
    with changing(case_id, "move-session", by=by) as change:
        mediation = running(change)
        old = _planned(Session.objects.filter(mediation=mediation), session)
        plan = replace(
            _as_plan(old),
            starts_at=starts_at,
            minutes=minutes,
            room=room,
            place=place,
            video_link=video_link,
            anyway=anyway,
        )
        new = _plan(change, mediation, plan, by, instead=old)
        old.state, old.why, old.moved_to = Session.State.MOVED, text, new
        old.save(update_fields=["state", "why", "moved_to"])
        _say(change, new, f"{old.when} 改到 {new.when}，{new.where}", text)
        _ask_to_come(new)
    return change.case


def call_off_session(*, case_id: int, by: User, text: str, session: int | None = None) -> Case:
    """取消: it will not be held; whoever was asked to come need not come."""
    with changing(case_id, "call-off-session", by=by) as change:
        row = _planned(Session.objects.filter(mediation=running(change)), session)
        _call_off(row, text, change.now)
        _say(change, row, f"{row.when} 的调解取消", text)
    return change.case


def drop_sessions(change: Change, why: str) -> None:
    """The mediation is over: what was arranged for it is called off.

    What has begun has begun: it stays to be written down.
    """
    _drop(change, Session.objects.all(), why)


def drop_sessions_of(change: Change, mediator: Mediator, why: str) -> None:
    """They are not to mediate this case: what they were to hold or help with is called off."""
    helping = Session.helpers.through.objects.filter(mediator=mediator).values("session")
    _drop(change, Session.objects.filter(Q(host=mediator) | Q(pk__in=helping)), why)


def _drop(change: Change, rows: QuerySet[Session], why: str) -> None:
    ahead = rows.filter(
        mediation__case=change.case.pk, state=Session.State.PLANNED, starts_at__gt=change.now
    )
    for row in ahead.select_for_update(of=("self",)).order_by("pk"):
        _call_off(row, why, change.now)
    vars(change.case).pop(PLANNED, None)


def _call_off(row: Session, why: str, now: datetime) -> None:
    row.state, row.why = Session.State.CALLED_OFF, why
    row.save(update_fields=["state", "why"])
    release(row.booking)
    text = f"{_number(row)} {row.when} 的调解取消，不用来了"
    notify(_accounts(_mediators(row)), text=text, url=row.get_absolute_url())
    if row.starts_at > now:
        _text_parties(row, CITIZEN_MEETING_OFF)


def _plan(
    change: Change, mediation: Mediation, plan: Plan, by: User, instead: Session | None = None
) -> Session:
    center = change.case.center
    _refuse_impossible(change, center, plan)
    _refuse_doubtful(change, mediation, plan, moved=instead is not None)
    _refuse_unwarned(center, plan, by)
    parties = {party.pk: party for party in change.case.parties.all()}
    asked = {pk: how for pk, how in plan.invited.items() if how and pk in parties}
    if not asked:
        raise Invalid(errors={"invite": ["还没选请哪些当事人来"]})
    start, end = plan.span
    session = Session.objects.create(
        mediation=mediation,
        host=plan.host,
        host_post=_post_of(plan.host, start),
        level=center.level,
        room=plan.room,
        place=plan.place,
        video_link=plan.video_link,
        starts_at=start,
        ends_at=end,
        planned_by=by,
        planned_at=change.now,
    )
    session.helpers.set(plan.mediators[1:])
    _book(change, session, plan, [parties[pk] for pk in asked], instead)
    Presence.objects.bulk_create(
        Presence(session=session, party=parties[pk], invited=how, invited_at=change.now)
        for pk, how in asked.items()
    )
    Guest.objects.bulk_create(
        Guest(session=session, name=one.name, kind=one.kind, agreed=plan.guests_agreed)
        for one in plan.guests
    )
    vars(change.case).pop(PLANNED, None)
    return session


def _refuse_impossible(change: Change, center: Center, plan: Plan) -> None:
    start, end = plan.span
    if start <= change.now:
        raise Invalid(errors={"starts_at": ["开始时间要晚于现在"]})
    if start.date() != end.date():
        raise Invalid(errors={"minutes": ["要在同一天结束，改早一点或短一点"]})
    if plan.room is None and not plan.place and not plan.video_link:
        raise Invalid(errors={"room": ["还没选在哪里：选房间，或写地点、视频地址"]})
    if plan.room is not None and plan.room.center_id != center.pk:
        raise Invalid(errors={"room": [f"{plan.room.name}不是{center.name}的房间"]})
    if plan.guests and not plan.guests_agreed:
        # 人民调解法 art. 20: with the parties' consent.
        raise Invalid(errors={"guests_agreed": ["请别人一起调，要当事人同意；问过以后勾上"]})


def _refuse_doubtful(change: Change, mediation: Mediation, plan: Plan, *, moved: bool) -> None:
    """回避 and 要换一位 hold as for the choice; who is seated has been asked about already."""
    center = change.case.center
    known = set(pool_of(center).filter(pk__in=[m.pk for m in plan.mediators]).values_list("pk"))
    refused = set(mediation.objections.values_list("against", flat=True))
    seated = {mediation.host_id, *(one.pk for one in mediation.helpers.all())}
    doubts = doubts_of(change.case, mediation, plan.mediators)
    for one in plan.mediators:
        field, doubt = ("host" if one == plan.host else "helpers"), doubts[one.pk]
        if (one.pk,) not in known:
            raise Invalid(errors={field: [f"{one.name}不是{center.name}在册的调解员"]})
        if one.pk in refused:
            raise Invalid(errors={field: [f"有一方不要{one.name}，换一位"]})
        if doubt.is_party:
            raise Invalid(errors={field: [f"{one.name}本人就是当事人，不能调解，换一位"]})
        if one.pk in seated:
            continue
        said = f"{one.name}：{'，'.join(doubt.words)}。"
        if doubt.told:
            where = "双方都同意由他调解的，先在“中心安排调解员”里勾上"
            raise Invalid(errors={field: [said + where]})
        if doubt.seen and not moved and len(plan.overruled_why) < 2:
            raise Invalid(errors={"overruled_why": [f"{said}仍要由他调解，写明理由"]})


def _refuse_unwarned(center: Center, plan: Plan, by: User) -> None:
    """What speaks against the time is said once; a host decides about the own diary alone."""
    if plan.anyway:
        return
    diaries = Diaries(one for one in plan.mediators if one.user_id != by.pk)
    said = [*filter(None, [outside_hours(calendar_of(center), plan.span)])]
    said += diaries.against(plan.span)
    if said:
        raise Invalid(errors={"anyway": [f"{'；'.join(said)}。要这样安排，勾上“仍然这样安排”"]})


def _book(
    change: Change, session: Session, plan: Plan, parties: Sequence[Party], instead: Session | None
) -> None:
    case = change.case
    resources = needed(plan.room, plan.mediators, parties)
    owner = instead.booking if instead else ""
    try:
        book(
            resources,
            plan.span,
            owner=session.booking,
            what=case.short_number,
            instead=owner,
        )
    except Taken as clash:
        free = slots_for(case, resources, plan.mediators, plan.span, but=owner)
        people = {of_party(party).key: show_party(party, case).name for party in parties}
        found = _in_words(clash, plan, instead_of(free, plan.span[0]), people, session.planned_by)
        raise Invalid(errors=found) from None


def _in_words(
    clash: Taken, plan: Plan, instead: str, people: Mapping[str, str], by: User
) -> dict[str, list[str]]:
    """Each clash beside what it is about: 「2号调解室 09:00–10:30 已有 0401-003。最近空档：…」

    Of a party, that there is something else; what it is, only to who may see that case.
    """
    seen = seen_sessions(by, (held.owner for held in clash.held))
    where = {of_mediator(one): "helpers" for one in plan.mediators[1:]}
    where[of_mediator(plan.host)] = "host"
    if plan.room is not None:
        where[of_room(plan.room)] = "room"
    errors: dict[str, list[str]] = {}
    for held in clash.held:
        found = where.get(held.resource, "starts_at")
        if name := people.get(held.resource.key):
            held = replace(held, resource=Resource(held.resource.key, name))
        hidden = bool(name) and held.owner not in seen
        words = f"{name}这个时间有别的安排" if hidden else held.words
        errors.setdefault(found, []).append(f"{words}。{instead}")
    return errors


def slots_for(
    case: Case,
    resources: Sequence[Resource],
    mediators: Iterable[Mediator],
    wanted: Span,
    *,
    but: str = "",
    count: int = OFFERED,
) -> list[datetime]:
    """The next times that fit room, mediators and parties, not before now."""
    now = clock.now()
    start = max(wanted[0], now.replace(second=0, microsecond=0))
    span = (start, start + (wanted[1] - wanted[0]))
    calendar = calendar_of(case.center)
    return free_slots(resources, span, calendar, count=count, fits=Diaries(mediators).fits, but=but)


def _post_of(mediator: Mediator, moment: datetime) -> str:
    day = moment.date()
    found = mediator.services.filter(since__lte=day, until__gte=day).first()
    return found.get_post_display() if found else ""


def _as_plan(row: Session) -> Plan:
    return Plan(
        host=row.host,
        starts_at=row.starts_at,
        minutes=60,
        helpers=list(row.helpers.all()),
        invited={one.party_id: one.invited for one in row.presences.all()},
        guests=[GuestGiven(one.name, one.kind) for one in row.guests.all()],
        guests_agreed=True,
    )


def _planned(of_it: QuerySet[Session], pk: int | None) -> Session:
    """The session that is meant; the only one when none is named."""
    rows = of_it.filter(state=Session.State.PLANNED).select_for_update(of=("self",))
    found = [row for row in rows if pk in (None, row.pk)]
    if not found:
        raise WrongState("没有安排好、还没记录的调解")
    if len(found) > 1:
        raise Invalid(errors={"session": ["安排了几次调解，先选是哪一次"]})
    return found[0]


# --- 通知 -----------------------------------------------------------------------------------------


def _mediators(row: Session) -> list[Mediator]:
    return [row.host, *row.helpers.all()]


def _accounts(mediators: Iterable[Mediator]) -> list[User]:
    return [one.user for one in mediators if one.user is not None]


def _number(row: Session) -> str:
    return row.mediation.case.short_number


def _ask_to_come(row: Session) -> None:
    """Mediators read it in 消息; parties by 短信 get day, place and number, not the matter."""
    text = f"{_number(row)} 调解：{row.when} 在{row.where}"
    notify(_accounts(_mediators(row)), text=text, url=row.get_absolute_url())
    _text_parties(row, CITIZEN_MEETING)


def _text_parties(row: Session, template: str) -> None:
    case = row.mediation.case
    if not may_text(case):
        return
    parameters = {
        "time": row.when.partition("–")[0],
        "number": case.short_number,
        "phone": case.center.phone,
    }
    if template == CITIZEN_MEETING:
        parameters["place"] = f"{case.center.name}{row.room.name}" if row.room else row.where
    for one in row.presences.select_related("party").filter(invited=Invited.SMS):
        if phone := mobile(one.party.phone):
            text_a_citizen(
                origin=f"{row.booking} {template} {one.party_id}",
                phone=phone,
                template=template,
                parameters=parameters,
            )


# --- 记录 -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """What became of a session: who came, how it went, what came of it."""

    outcome: str
    text: str
    came: Sequence[int] = ()  # parties
    agents: Mapping[int, str] = field(default_factory=dict)  # party → who came for it
    guests_came: Sequence[int] = ()
    is_private: bool = False
    recorder: str = ""
    video_record: str = ""


def record_session(*, case_id: int, by: User, record: Record, session: int | None = None) -> Case:
    """记调解: it is the next attempt of its level, unless it was put off.

    一方没来 ends nothing: the mediation goes on, a new session can be arranged. What has begun is
    written down also when the proceeding, or the case, has ended meanwhile.
    """
    with changing(case_id, "record-session", by=by) as change:
        row = _planned(Session.objects.filter(mediation__case=change.case), session)
        _refuse_untrue(row, record, change.now)
        change.on_behalf_of(by)
        _write(row, record, by, change.now)
        words = f"{row.when} {row.get_outcome_display()}"
        if record.outcome in AS_ATTEMPT and _is_of_this_level(change.case, row.mediation):
            row.attempt = record_attempt(
                change,
                by=by,
                outcome=AS_ATTEMPT[Outcome(record.outcome)],
                text=_summary(row, record),
                held_at=min(row.starts_at, change.now),
            )
            words = f"第 {row.attempt.n} 次{change.data['kind']}，{row.get_outcome_display()}"
        row.save()
        finish(row.booking)
        _say(change, row, words)
    return change.case


def _is_of_this_level(case: Case, mediation: Mediation) -> bool:
    """Whether an attempt counts: not for another level or round than that of the session."""
    return (case.center_id, case.round) == (mediation.center_id, mediation.round)


def _refuse_untrue(row: Session, record: Record, now: datetime) -> None:
    outcome = Outcome(record.outcome)
    if row.starts_at > now:
        raise Invalid(errors={"outcome": [f"{row.when} 还没到，来不了的用“改期”或“取消”"]})
    here = set(record.came) | set(record.agents)
    asked = list(row.presences.select_related("party"))
    if outcome == Outcome.ABSENT and all(one.party_id in here for one in asked):
        raise Invalid(errors={"outcome": ["请来的都到了，不能记“一方没来”"]})
    if outcome not in (Outcome.WRITTEN, Outcome.ORAL):
        return
    present = {side_of(one.party) for one in asked if one.party_id in here}
    if present < set(SIDES):
        raise Invalid(errors={"outcome": ["有一方没到场也没有代理人，不能记达成协议"]})
    if row.mediation.ending not in ("", Mediation.Ending.AGREED):
        ended = row.mediation.get_ending_display()
        raise Invalid(errors={"outcome": [f"调解已经结束（{ended}），不能再记达成协议"]})


def _write(row: Session, record: Record, by: User, now: datetime) -> None:
    put_off = record.outcome == Outcome.PUT_OFF
    row.state = Session.State.MOVED if put_off else Session.State.HELD
    row.outcome, row.record = record.outcome, record.text
    row.is_private, row.recorder = record.is_private, record.recorder or by.name
    row.video_record = record.video_record
    row.recorded_by, row.recorded_at = by, now
    for one in row.presences.all():
        one.agent = record.agents.get(one.party_id, "")
        one.came = one.party_id in record.came or bool(one.agent)
        one.save(update_fields=["came", "agent"])
    row.guests.update(came=False)
    row.guests.filter(pk__in=record.guests_came).update(came=True)


def _summary(row: Session, record: Record) -> str:
    """What everybody who sees the case may read of it; the course itself stays in the record."""
    came = sum(one.came is True for one in row.presences.all())
    asked = row.presences.count()
    return f"{row.host.name}主持，请 {asked} 方，到 {came} 方，{row.get_outcome_display()}"


def _say(change: Change, row: Session, words: str, text: str = "") -> None:
    change.text = text
    change.data |= {"mediation": row.mediation_id, "session": row.pk, "words": words}


# --- The sweep ------------------------------------------------------------------------------------


def sessions_unrecorded(*, now: datetime) -> list[int]:
    """Sessions that are over, not written down, and not yet asked for."""
    rows = Session.objects.planned().filter(asked_at=None, ends_at__lt=now)
    return list(rows.order_by("ends_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def ask_for_record(*, session_id: int) -> bool:
    """没记录: the mediator, or else the unit and the desk, hear it once. True if this call did."""
    now = clock.now()
    rows = Session.objects.planned().filter(pk=session_id, asked_at=None, ends_at__lt=now)
    if not rows.update(asked_at=now):
        return False
    row = Session.objects.select_related("host__user", "mediation__case").get(pk=session_id)
    text = f"{_number(row)} {row.when} 的调解还没记录，记一下结果"
    url = row.get_absolute_url()
    mediation = row.mediation
    if row.host.user is not None:
        notify([row.host.user], text=text, url=url)
    elif mediation.unit is not None:
        notify(_staff(mediation.unit), text=text, url=url)
    else:
        notify(Holders(Permission.TRIAGE, center=mediation.center), text=text, url=url)
    return True


def _staff(unit: Department) -> Iterable[User] | Holders:
    if unit.runs is not None:
        return Holders(Permission.TRIAGE, center=unit.runs)
    return User.objects.holding(Permission.HANDLE, department=unit)
