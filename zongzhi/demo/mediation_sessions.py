"""Sessions of demo mediations: arranged where everybody is free, held, missed, written down.

Each deed expects a mediation that runs and has a host.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cases.models import Case
from cases.vocabulary import PartyRole
from mediation.meetings import needed
from mediation.models import Mediation, Session
from mediation.proceedings import open_mediation
from mediation.services.sessions import (
    Plan,
    Record,
    call_off_session,
    move_session,
    record_session,
    schedule_session,
    slots_for,
)
from orgs.models import Room, User
from zongzhi.demo.doings import handler_of
from zongzhi.demo.lives import Deed, Life, When
from zongzhi.lib import clock

HOUR = 60
# What is written down, by what came of it. They name nobody.
COURSES = {
    "written": "已向双方告知权利义务。双方各自陈述后，对欠款数额没有争议，商定分两次付清。",
    "oral": "双方是邻居，各让一步，当场说定，不要求写书面协议。",
    "failed": "双方对责任大小分歧较大，调解员分别做了工作，仍没有谈拢，约定回去考虑后再谈。",
    "absent": "到时间只来了一方，电话联系另一方说临时有事，改天再约。",
}


def mediator_of(life: Life, mediation: Mediation) -> User:
    """Who writes it down: the host with an account, else the handler of the unit."""
    host = mediation.host
    return host.user if host is not None and host.user is not None else handler_of(life)


def arrange(length: int = HOUR, *, days: int = 0) -> Deed:
    """安排调解 at the first time, so many days on, that fits room, mediator and both parties."""

    def deed(life: Life) -> None:
        mediation = running(life.case)
        if mediation is None or mediation.host is None:
            return
        room = _room(life.case)
        asked = [p for p in life.case.parties.all() if p.role != PartyRole.AGENT]
        soon = clock.now() + timedelta(hours=2, days=days)
        start = soon.replace(minute=0, second=0, microsecond=0)
        wanted = (start, start + timedelta(minutes=length))
        mediators = [mediation.host]
        free = slots_for(life.case, needed(room, mediators, asked), mediators, wanted, count=1)
        if not free:
            return
        plan = Plan(
            host=mediation.host,
            starts_at=free[0],
            minutes=length,
            room=room,
            place="" if room else "村委会",
            invited={party.pk: "phone" for party in asked},
        )
        life.case = schedule_session(
            case_id=life.case.pk, by=mediator_of(life, mediation), plan=plan
        )

    return deed


def write_down(outcome: str) -> Deed:
    """记调解: everybody is there, but for 一方没来."""

    def deed(life: Life) -> None:
        mediation, session = running(life.case), _planned(life.case)
        if mediation is None or session is None:
            return
        asked = list(session.presences.order_by("pk").values_list("party", flat=True))
        came = asked[:1] if outcome == "absent" else asked
        if outcome == "absent" and len(asked) < 2:
            return
        record = Record(outcome=outcome, text=COURSES[outcome], came=came)
        life.case = record_session(
            case_id=life.case.pk,
            by=mediator_of(life, mediation),
            record=record,
            session=session.pk,
        )

    return deed


def put_off(life: Life) -> None:
    """改期 to the same hour of the next working day, if that is free for all."""
    mediation, session = running(life.case), _planned(life.case)
    if mediation is None or session is None:
        return
    day = life.world.hours.calendar.workday_after(clock.local(session.starts_at).date(), 1)
    at = datetime.combine(day, clock.local(session.starts_at).timetz())
    life.case = move_session(
        case_id=life.case.pk,
        by=mediator_of(life, mediation),
        text="一方在外地，当天赶不回来",
        starts_at=at,
        minutes=HOUR,
        room=session.room,
        place=session.place,
        session=session.pk,
        anyway=True,
    )


def call_off(life: Life) -> None:
    mediation, session = running(life.case), _planned(life.case)
    if mediation is None or session is None:
        return
    life.case = call_off_session(
        case_id=life.case.pk,
        by=mediator_of(life, mediation),
        text="双方自己先谈着",
        session=session.pk,
    )


def over(life: Life) -> datetime:
    """A quarter of an hour after the planned session; now, where none is planned."""
    session = _planned(life.case)
    now = clock.now()
    return max(now, session.ends_at + timedelta(minutes=15)) if session else now


def held(*outcomes: str) -> Iterator[tuple[When, Deed]]:
    """Steps: each session is arranged, takes place, and is written down."""
    for outcome in outcomes:
        yield (lambda life: clock.now(), arrange())
        yield (over, write_down(outcome))


def running(case: Case) -> Mediation | None:
    vars(case).pop("loaded_mediation", None)
    return open_mediation(case)


def _planned(case: Case) -> Session | None:
    rows = Session.objects.planned().filter(mediation__case=case)
    return rows.select_related("room").order_by("starts_at").first()


def _room(case: Case) -> Room | None:
    rooms = case.center.rooms.filter(kind=Room.Kind.MEDIATION)
    return rooms.first() or case.center.rooms.exclude(kind=Room.Kind.HALL).first()
