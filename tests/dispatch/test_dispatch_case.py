from __future__ import annotations

import pytest

from cases.models import Case
from cases.services.registration import PartyInput
from cases.vocabulary import Complexity, PartyRole, Risk, Source, Stage
from dispatch.services.assigning import dispatch_case
from orgs.models import Department, User
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def dispatch(case: Case, by: User, lead: Department, **more) -> Case:
    how = {"complexity": Complexity.ORDINARY, "risk": Risk.LOW, **more}
    return dispatch_case(case_id=case.pk, by=by, lead=lead, **how)


def test_dispatching_hands_the_case_to_its_lead(lives: Lives, county: County, triage: User) -> None:
    case = dispatch(lives.registered(), triage, county.housing)
    assert (case.stage, case.staff_label, case.unit) == (Stage.TRIAGE, "待签收", county.housing)


def test_both_clocks_start_at_once(lives: Lives, county: County, triage: User) -> None:
    case = dispatch(lives.registered(), triage, county.housing)
    assert case.due_clock == "claim"
    assert case.claim_due_at is not None
    assert case.handling_due_at is not None


def test_complexity_and_risk_are_the_triage_desks_to_say(
    lives: Lives, county: County, triage: User
) -> None:
    how = {"complexity": Complexity.COMPLEX, "risk": Risk.HIGH}
    case = fresh(dispatch(lives.registered(), triage, county.housing, **how))
    assert (case.complexity, case.risk) == ("complex", "high")


def test_every_unit_is_told_its_part(
    lives: Lives, county: County, triage: User, handler: User, other_handler: User
) -> None:
    clock.freeze(DISPATCHED)
    case = lives.registered()
    dispatch(case, triage, county.human_resources, assisting=[county.housing])
    number = case.short_number
    assert handler.notices.get().text == f"{number} 待签收（主办），4月7日 17:30前签收"
    assert other_handler.notices.get().text == f"{number} 待签收（协办），4月7日 17:30前签收"


def test_dispatching_is_written_down_and_the_citizen_may_know(
    lives: Lives, county: County, triage: User
) -> None:
    case = dispatch(lives.registered(), triage, county.housing, note="先联系来访人")
    event = case.events.get(verb="dispatch")
    assert (event.by, event.unit, event.is_public) == (triage, county.housing, True)
    assert event.words.text == "先联系来访人"


def test_a_unit_complained_of_does_not_get_the_case(
    lives: Lives, county: County, triage: User
) -> None:
    complained_of = PartyInput(PartyRole.RESPONDENT, "示范县住建局", is_organization=True)
    applicant = PartyInput(PartyRole.APPLICANT, "张三丰")
    case = lives.registered(parties=[applicant, complained_of])
    with refused(case, Invalid, "住建局是被反映的单位，不能由它办"):
        dispatch(case, triage, county.housing)
    with refused(case, Invalid, "住建局是被反映的单位，不能由它办"):
        dispatch(case, triage, county.human_resources, assisting=[county.housing])


def test_a_unit_does_not_assist_itself(lives: Lives, county: County, triage: User) -> None:
    case = lives.registered()
    with refused(case, Invalid, "主办单位不用再选作协办"):
        dispatch(case, triage, county.housing, assisting=[county.housing])


def test_a_clerk_does_not_dispatch(lives: Lives, county: County, clerk: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed, "“派出”由示范县综治中心的有关岗位办"):
        dispatch(case, clerk, county.housing)


def test_a_lower_centre_does_not_dispatch_what_is_not_its_own(
    lives: Lives, county: County, village_officer: User, town_officer: User
) -> None:
    case = lives.registered(by=village_officer)
    with refused(case, NotAllowed):
        dispatch(case, town_officer, county.village_unit)


@pytest.mark.parametrize("point", ["dispatched", "returned"])
def test_what_a_unit_has_is_dispatched_already(
    lives: Lives, county: County, triage: User, point: str
) -> None:
    case = getattr(lives, point)()
    with refused(case, AlreadyDone, "派给人社局"):
        dispatch(case, triage, county.housing)


def test_what_has_not_been_accepted_is_not_dispatched(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.registered(source=Source.ONLINE)
    with refused(case, WrongState, "“待受理”的事项不能“派出”"):
        dispatch(case, triage, county.housing)


def test_a_case_one_cannot_see_is_not_there(
    lives: Lives, county: County, town_officer: User
) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        dispatch(case, town_officer, county.village_unit)
