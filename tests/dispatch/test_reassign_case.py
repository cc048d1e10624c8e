from __future__ import annotations

import pytest

from cases.vocabulary import Stage
from dispatch.services.asking import decide_request, request_extension
from dispatch.services.assigning import reassign_case, request_reassignment
from orgs.models import Notice, User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@pytest.mark.parametrize("point", ["dispatched", "claimed", "reported"])
def test_another_unit_takes_it_to_be_claimed_anew(
    lives: Lives, county: County, triage: User, point: str
) -> None:
    case = getattr(lives, point)()
    case = reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    assert (case.stage, case.staff_label, case.unit) == (Stage.TRIAGE, "待签收", county.housing)
    assert case.claimed_at is None


def test_the_former_units_part_ends_and_it_is_told(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    assert case.assignments.get(unit=county.human_resources).ending == "reassigned"
    assert handler.notices.get().text == f"{case.short_number} 已改派住建局，不用再办"


def test_before_and_after_are_written_down(lives: Lives, county: County, triage: User) -> None:
    case = reassign_case(
        case_id=lives.claimed().pk, by=triage, lead=county.housing, text="住建局监管"
    )
    data = case.events.get(verb="reassign").data
    assert (data["from"], data["lead"]) == (county.human_resources.pk, county.housing.pk)


def test_in_supervision_the_case_stays_there(lives: Lives, county: County, triage: User) -> None:
    case = reassign_case(
        case_id=lives.supervised().pk, by=triage, lead=county.housing, text="住建局监管"
    )
    assert (case.stage, case.staff_label) == (Stage.SUPERVISION, "督办中 · 待签收")


def test_the_unit_that_has_it_is_no_other_unit(lives: Lives, county: County, triage: User) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "现在就是人社局主办"):
        reassign_case(case_id=case.pk, by=triage, lead=county.human_resources, text="换人")


def test_what_nobody_has_is_dispatched(lives: Lives, county: County, triage: User) -> None:
    case = lives.registered()
    with refused(case, WrongState, "还没派出"):
        reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")


def test_a_unit_does_not_pass_a_case_on_by_itself(
    lives: Lives, county: County, handler: User
) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        reassign_case(case_id=case.pk, by=handler, lead=county.housing, text="住建局监管")


def test_a_case_one_cannot_see_is_not_there(lives: Lives, county: County, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        reassign_case(case_id=case.pk, by=outsider, lead=county.housing, text="住建局监管")


# 申请改派


def test_the_lead_asks_and_the_triage_desk_hears(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    request_reassignment(case_id=case.pk, by=handler, text="应由住建局办", suggested=county.housing)
    assert triage.notices.get().text == f"{case.short_number} 人社局申请改派"
    assert fresh(case).stage == Stage.HANDLING


def test_reassigning_answers_the_request(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = lives.claimed()
    request_reassignment(case_id=case.pk, by=handler, text="应由住建局办")
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    asked = case.requests.get()
    assert (asked.granted, asked.decided_by) == (True, triage)


def test_what_the_former_unit_had_asked_for_is_settled_with_it(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=5, text="对方外出")
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    asked = case.requests.get()
    assert (asked.granted, asked.decided_at is None) == (False, False)


def test_agreeing_means_choosing_the_unit(lives: Lives, triage: User, handler: User) -> None:
    case = lives.claimed()
    request_reassignment(case_id=case.pk, by=handler, text="应由住建局办")
    asked = case.requests.get()
    with refused(case, Invalid, "同意改派要定由谁办，点“改派”"):
        decide_request(case_id=case.pk, by=triage, request=asked.pk, grant=True)


def test_a_request_that_waits_is_not_made_twice(
    lives: Lives, handler: User, colleague: User
) -> None:
    case = lives.claimed()
    request_reassignment(case_id=case.pk, by=handler, text="应由住建局办")
    with refused(case, AlreadyDone, "的改派已经申请过，正等批复"):
        request_reassignment(case_id=case.pk, by=colleague, text="应由住建局办")


def test_before_claiming_the_unit_returns_instead(lives: Lives, handler: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "“待签收”的事项不能“申请改派”"):
        request_reassignment(case_id=case.pk, by=handler, text="应由住建局办")
