"""Bodies, mediators and proceedings for tests, made by the services where there is one."""

from __future__ import annotations

from datetime import time
from typing import Any

from cases.models import Case, DisputeType, Party
from cases.vocabulary import PartyRole
from mediation.models import Body, Mediator, WeeklyHours
from mediation.services.proceedings import start_mediation
from orgs.models import Department, Post, Role, User
from orgs.permissions import RoleCode
from tests.county import LONG_AGO, County, person


def body_of(county: County, code: str = "LTW", name: str = "劳调委", **given: Any) -> Body:
    unit = Department.objects.create(
        code=code, name=name, kind=Department.Kind.BODY, center=county.county, phone="0990-2120009"
    )
    kind = given.pop("kind", Body.Kind.PROFESSIONAL)
    return Body.objects.create(department=unit, kind=kind, **given)


def mediator_of(
    county: County,
    name: str = "赵英",
    *,
    types: tuple[str, ...] = ("10",),
    open_all_week: bool = True,
    **given: Any,
) -> Mediator:
    given = {"title": "退休法官", "languages": ["普通话"], "gender": "f", **given}
    one = Mediator.objects.create(center=county.county, name=name, **given)
    one.specialities.set(DisputeType.objects.filter(code__in=types))
    if open_all_week:
        WeeklyHours.objects.bulk_create(
            WeeklyHours(mediator=one, weekday=day, opens=time(9), closes=time(17))
            for day in range(5)
        )
    return one


def account(county: County, username: str = "mediator", name: str = "赵英") -> User:
    """A mediator with an account and no unit: sees only what they are let into."""
    return person(username, name, county.county, RoleCode.MEDIATOR)


def also_mediates(user: User, county: County) -> None:
    role = Role.objects.get(code=RoleCode.MEDIATOR.value)
    Post.objects.create(user=user, role=role, center=county.county, since=LONG_AGO)


def started(case: Case, by: User, **given: Any) -> Case:
    return start_mediation(case_id=case.pk, by=by, origin="applied", **given)


def applicant(case: Case) -> Party:
    return case.parties.get(role=PartyRole.APPLICANT)


def respondent(case: Case) -> Party:
    return case.parties.get(role=PartyRole.RESPONDENT)
