from __future__ import annotations

from cases.models import Case
from cases.vocabulary import Complexity, Result, Risk, Stage
from dispatch.services.asking import request_extension
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import approve_result, claim_case, report_result
from orgs.models import Notice, Post, Role, User
from orgs.permissions import RoleCode
from tests.county import LONG_AGO, County, person
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState

REPORT = {"result": Result.RESOLVED, "how": "两家坐下来谈，当场说清", "not_found": "不肯留电话"}


def test_an_approved_result_goes_to_the_citizen(lives: Lives, triage: User) -> None:
    case = approve_result(case_id=lives.reported().pk, by=triage)
    assert (case.stage, case.staff_label, case.actor) == (Stage.FOLLOW_UP, "待回访", "follow_up")
    assert case.approved_at is not None


def test_the_unit_has_done_its_part(lives: Lives, triage: User) -> None:
    case = fresh(approve_result(case_id=lives.reported().pk, by=triage))
    assert case.open_assignments == []
    assert case.assignments.get().ending == "approved"


def test_the_first_receiver_hears_that_it_is_time_to_ask(
    lives: Lives, clerk: User, triage: User
) -> None:
    case = lives.reported()
    Notice.objects.all().delete()
    approve_result(case_id=case.pk, by=triage)
    assert clerk.notices.get().text == f"{case.short_number} 已审核通过，待回访"


def test_approving_ends_supervision_and_closes_its_sheet(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.supervised()
    report_result(case_id=case.pk, by=handler, **REPORT)
    assert approve_result(case_id=case.pk, by=triage).stage == Stage.FOLLOW_UP
    assert case.supervisions.get().ending == "approved"


def test_nothing_is_left_waiting(lives: Lives, triage: User, handler: User) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")
    report_result(case_id=case.pk, by=handler, **REPORT)
    approve_result(case_id=case.pk, by=triage)
    assert not case.requests.filter(decided_at=None).exists()


def test_without_a_result_there_is_nothing_to_approve(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "还没反馈结果"):
        approve_result(case_id=case.pk, by=triage)


def test_approved_is_approved_once(lives: Lives, second_triage: User) -> None:
    case = lives.approved()
    with refused(case, AlreadyDone, "已经审核通过"):
        approve_result(case_id=case.pk, by=second_triage)


def test_a_clerk_does_not_approve(lives: Lives, clerk: User) -> None:
    case = lives.reported()
    with refused(case, NotAllowed):
        approve_result(case_id=case.pk, by=clerk)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.reported()
    with refused(case, NotFound):
        approve_result(case_id=case.pk, by=outsider)


# 审核的不能是经办人


def of_the_village(lives: Lives, county: County, one_person: User) -> Case:
    """Registered, dispatched, claimed and reported by the one person a village centre has."""
    pk = lives.registered(by=one_person).pk
    how = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}
    dispatch_case(case_id=pk, by=one_person, lead=county.village_unit, **how)
    claim_case(case_id=pk, by=one_person)
    return report_result(case_id=pk, by=one_person, **REPORT)


def test_nobody_approves_what_they_handled(
    lives: Lives, county: County, village_officer: User
) -> None:
    case = of_the_village(lives, county, village_officer)
    with refused(case, NotAllowed):
        approve_result(case_id=case.pk, by=village_officer)


def test_one_level_up_approves_where_a_centre_has_no_second_person(
    lives: Lives, county: County, village_officer: User, town_officer: User
) -> None:
    case = of_the_village(lives, county, village_officer)
    assert approve_result(case_id=case.pk, by=town_officer).stage == Stage.FOLLOW_UP


def test_one_level_up_stays_out_of_it_where_there_is_a_second_person(
    lives: Lives, county: County, village_officer: User, town_officer: User
) -> None:
    second = person("village2", "马兰花", county.village, RoleCode.TRIAGE)
    case = of_the_village(lives, county, village_officer)
    with refused(case, NotAllowed):
        approve_result(case_id=case.pk, by=town_officer)
    assert approve_result(case_id=case.pk, by=second).stage == Stage.FOLLOW_UP


def test_whoever_reported_does_not_approve_even_if_another_handles_it(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    Post.objects.create(
        user=triage,
        role=Role.objects.get(code=RoleCode.HANDLER),
        center=county.county,
        department=county.human_resources,
        since=LONG_AGO,
    )
    officer = User.objects.get(pk=triage.pk)
    case = lives.claimed()
    report_result(case_id=case.pk, by=officer, **REPORT)
    with refused(case, NotAllowed):
        approve_result(case_id=case.pk, by=officer)
