"""Mediations with their mediators, for the tests of sessions: the smallest legal rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cases.models import Admission, Case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from mediation.models import Mediation, Mediator, Session
from mediation.proceedings import forget
from mediation.services.sessions import Plan, schedule_session
from orgs.models import Center, Room, User
from orgs.permissions import RoleCode
from tests.county import person
from tests.lib.days import moment
from zongzhi.lib import clock

NINE = moment(4, 8, 9, 0)  # a Tuesday; the cases of `lives` are born on 3 April


def mediator(center: Center, name: str = "赵英", user: User | None = None, **more: Any) -> Mediator:
    given = {"title": "退休法官", "phone": "19900001111", **more}
    return Mediator.objects.create(center=center, name=name, user=user, **given)


def account(center: Center, username: str = "zhaoying", name: str = "赵英") -> User:
    return person(username, name, center, RoleCode.MEDIATOR)


def room(center: Center, name: str = "2号调解室") -> Room:
    found, _ = Room.objects.get_or_create(
        center=center, name=name, defaults={"kind": Room.Kind.MEDIATION}
    )
    return found


def start(case: Case, host: Mediator | None = None, by: User | None = None) -> Mediation:
    """A mediation that runs on the case; a host with an account is let in."""
    doer = by or case.registered_by
    row = Mediation.objects.create(
        case=case,
        center=case.center,
        unit=case.unit,
        round=case.round,
        year=2025,
        serial=Mediation.objects.count() + 1,
        origin=Mediation.Origin.APPLIED,
        started_on=clock.today(),
        started_by=doer,
        host=host,
    )
    case.mediated_at = clock.now()
    Case.objects.filter(pk=case.pk).update(mediated_at=case.mediated_at)
    if host is not None and host.user is not None:
        Admission.objects.create(case=case, user=host.user, why="主持调解", since=clock.now())
    forget(case)
    return row


def strangers() -> list[PartyInput]:
    """Two people who have come about nothing else."""
    return [
        PartyInput(PartyRole.APPLICANT, "钱多多", phone="19900007777"),
        PartyInput(PartyRole.RESPONDENT, "孙小小", phone="19900008888"),
    ]


def plan(case: Case, host: Mediator, at: datetime = NINE, minutes: int = 90, **more: Any) -> Plan:
    invited = {party.pk: "phone" for party in case.parties.all()}
    given: dict[str, Any] = {"room": room(case.center), "invited": invited, **more}
    return Plan(host=host, starts_at=at, minutes=minutes, **given)


def arrange(
    case: Case, host: Mediator, by: User, at: datetime = NINE, minutes: int = 90, **more: Any
) -> Session:
    """A session arranged by the service, ninety minutes from nine on the 8th."""
    schedule_session(case_id=case.pk, by=by, plan=plan(case, host, at, minutes, **more))
    return Session.objects.filter(mediation__case=case).latest("pk")


def over(session: Session) -> None:
    """It is five minutes after its end."""
    clock.freeze(session.ends_at + timedelta(minutes=5))
