"""三个三: 村里 3 次劝调, 镇里 3 次联调, 县里 3 次终调. A village and a town are full centres."""

from __future__ import annotations

import pytest

from cases.models import Case
from cases.services.attempts import add_attempt
from cases.vocabulary import Complexity, Risk
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import claim_case
from dispatch.services.moving import request_escalation
from orgs.models import Department, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from zongzhi.lib import clock

HOW = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def town_handler(county: County) -> User:
    """Who mediates in the town's centre."""
    unit = county.town_unit
    return person("town_handler", "刘洋", county.town, RoleCode.HANDLER, department=unit)


def three_times(case: Case, by: User, lead: Department, *, who: User | None = None) -> Case:
    """The centre gives it to itself, and its own people try three times in vain."""
    dispatch_case(case_id=case.pk, by=by, lead=lead, **HOW)
    return again_and_again(claim_case(case_id=case.pk, by=who or by), who or by)


def again_and_again(case: Case, by: User) -> Case:
    for _ in range(3):
        case = add_attempt(case_id=case.pk, by=by, outcome="failed", text="差距还很大，没谈拢")
    return fresh(case)


def up(case: Case, by: User) -> Case:
    return fresh(request_escalation(case_id=case.pk, by=by, text="这一级谈不拢，请上级出面"))


def test_a_case_walks_from_the_village_to_the_county(
    lives: Lives,
    county: County,
    village_officer: User,
    town_officer: User,
    town_handler: User,
    triage: User,
    handler: User,
) -> None:
    case = three_times(lives.registered(by=village_officer), village_officer, county.village_unit)
    number, token = case.number, case.token
    case = up(case, village_officer)
    assert (case.center, case.staff_label) == (county.town, "待分流")
    case = three_times(case, town_officer, county.town_unit, who=town_handler)
    case = up(case, town_officer)
    assert (case.center, case.staff_label) == (county.county, "待分流")
    dispatch_case(case_id=case.pk, by=triage, lead=county.human_resources, **HOW)
    case = again_and_again(claim_case(case_id=case.pk, by=handler), handler)
    rows = case.attempts.order_by("pk").values_list("level", "n")
    assert list(rows) == [(level, n) for level in ("village", "town", "county") for n in (1, 2, 3)]
    assert (case.number, case.token, case.first_receiver) == (number, token, village_officer)


def test_village_and_town_go_on_reading_what_they_passed_up(
    lives: Lives, county: County, village_officer: User, town_officer: User, town_handler: User
) -> None:
    case = three_times(lives.registered(by=village_officer), village_officer, county.village_unit)
    case = up(case, village_officer)
    case = three_times(case, town_officer, county.town_unit, who=town_handler)
    case = up(case, town_officer)
    for one in (village_officer, town_officer):
        assert Case.objects.visible_to(one).filter(pk=case.pk).exists()
