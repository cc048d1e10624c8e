from __future__ import annotations

import pytest

from cases.models import Case
from cases.vocabulary import Complexity, Risk, Stage
from dispatch.services.asking import decide_request, request_extension
from dispatch.services.assigning import dispatch_case, return_case
from dispatch.services.handling import claim_case
from dispatch.services.moving import push_down, request_escalation
from orgs.models import Notice, User
from tests.county import County
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def ask(case: Case, by: User) -> Case:
    return request_escalation(case_id=case.pk, by=by, text="跨县，县里协调不动")


def agree(case: Case, by: User, *, grant: bool = True) -> Case:
    asked = case.requests.latest("pk")
    return decide_request(case_id=case.pk, by=by, request=asked.pk, grant=grant)


@pytest.fixture
def moved_up(lives: Lives, triage: User, city_officer: User) -> Case:
    return fresh(agree(ask(lives.claimed(), triage), city_officer))


# 提级


def test_asking_moves_nothing(lives: Lives, county: County, triage: User) -> None:
    case = ask(lives.claimed(), triage)
    assert (case.stage, case.center) == (Stage.HANDLING, county.county)


def test_the_centre_above_is_told(lives: Lives, triage: User, city_officer: User) -> None:
    case = ask(lives.claimed(), triage)
    words = f"{case.short_number} 示范县综治中心申请提级，待批"
    assert city_officer.notices.get().text == words


def test_when_the_centre_above_agrees_the_case_is_its_own(moved_up: Case, county: County) -> None:
    assert moved_up.center == county.city
    assert (moved_up.stage, moved_up.staff_label, moved_up.unit) == (
        Stage.TRIAGE,
        "待分流",
        None,
    )


def test_number_token_and_first_receiver_stay(moved_up: Case, clerk: User) -> None:
    assert moved_up.number.startswith("990101")
    assert moved_up.first_receiver == clerk


def test_the_former_centre_keeps_reading_and_no_longer_acts(
    moved_up: Case, county: County, triage: User
) -> None:
    assert Case.objects.visible_to(triage).filter(pk=moved_up.pk).exists()
    how = {"lead": county.housing, "complexity": Complexity.SIMPLE, "risk": Risk.LOW}
    with refused(moved_up, NotAllowed):
        dispatch_case(case_id=moved_up.pk, by=triage, **how)


def test_the_unit_hears_that_it_is_no_longer_its_own(
    lives: Lives, triage: User, handler: User, city_officer: User
) -> None:
    case = ask(lives.claimed(), triage)
    Notice.objects.all().delete()
    agree(case, city_officer)
    assert handler.notices.get().text == f"{case.short_number} 已移到示范市综治中心，不用再办"
    assert case.assignments.get().ending == "moved"


def test_what_the_unit_had_asked_for_is_settled(
    lives: Lives, triage: User, handler: User, city_officer: User
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")
    agree(ask(case, triage), city_officer)
    assert not case.requests.filter(decided_at=None).exists()


def test_a_refused_escalation_leaves_it_where_it_is(
    lives: Lives, county: County, triage: User, city_officer: User
) -> None:
    case = agree(ask(lives.claimed(), triage), city_officer, grant=False)
    assert (case.stage, case.center) == (Stage.HANDLING, county.county)


def test_one_request_at_a_time(lives: Lives, triage: User, second_triage: User) -> None:
    case = ask(lives.claimed(), triage)
    with refused(case, AlreadyDone, "的提级已经申请过，正等批复"):
        ask(case, second_triage)


def test_once_up_in_a_round(
    lives: Lives, county: County, triage: User, town_officer: User, village_officer: User
) -> None:
    pk = lives.registered(by=village_officer).pk
    how = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}
    dispatch_case(case_id=pk, by=village_officer, lead=county.village_unit, **how)
    case = agree(ask(claim_case(case_id=pk, by=village_officer), village_officer), town_officer)
    dispatch_case(case_id=pk, by=town_officer, lead=county.village_unit, **how)
    claim_case(case_id=pk, by=village_officer)
    with refused(case, WrongState, "这一轮已经提级过一次"):
        ask(case, town_officer)


def test_above_the_city_there_is_nobody(
    moved_up: Case, county: County, city_officer: User, handler: User
) -> None:
    how = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}
    pk = moved_up.pk
    dispatch_case(case_id=pk, by=city_officer, lead=county.human_resources, **how)
    claim_case(case_id=pk, by=handler)
    with refused(moved_up, WrongState, "上面没有中心可以提级"):
        ask(moved_up, city_officer)


def test_a_level_that_has_not_tried_does_not_escalate(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "“待签收”的事项不能“申请提级”"):
        ask(case, triage)


def test_the_unit_does_not_escalate(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        ask(case, handler)


def test_a_hidden_case_is_not_escalated(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        ask(case, outsider)


# 下派


def down(case: Case, by: User, county: County) -> Case:
    return push_down(case_id=case.pk, by=by, center=county.town_unit, text="镇里先调")


def test_a_case_pushed_down_is_the_lower_centres(
    lives: Lives, county: County, triage: User, town_officer: User
) -> None:
    case = down(lives.registered(), triage, county)
    assert (case.center, case.staff_label) == (county.town, "待分流")
    words = f"{case.short_number} 由示范县综治中心转来，待分流"
    assert town_officer.notices.get().text == words


def test_a_case_pushed_down_is_dispatched_there_and_may_be_returned_once(
    lives: Lives, county: County, triage: User, town_officer: User, village_officer: User
) -> None:
    case = down(lives.registered(), triage, county)
    how = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}
    dispatch_case(case_id=case.pk, by=town_officer, lead=county.village_unit, **how)
    why = {"reason": "elsewhere", "basis": "事情发生在镇上，不在本村"}
    assert return_case(case_id=case.pk, by=village_officer, **why).staff_label == "退回待裁定"


@pytest.mark.parametrize("where", ["housing", "village_unit"])
def test_only_a_centre_right_below_takes_it(
    lives: Lives, county: County, triage: User, where: str
) -> None:
    case, center = lives.registered(), getattr(county, where)
    with refused(case, Invalid, f"{center.name}不是示范县综治中心的下一级中心"):
        push_down(case_id=case.pk, by=triage, center=center, text="先调")


def test_once_down_in_a_round(
    lives: Lives, county: County, triage: User, town_officer: User
) -> None:
    case = down(lives.registered(), triage, county)
    with refused(case, WrongState, "这一轮已经下派过一次"):
        push_down(case_id=case.pk, by=town_officer, center=county.village_unit, text="村里先调")


def test_below_a_village_there_is_nobody(
    lives: Lives, county: County, village_officer: User
) -> None:
    case = lives.registered(by=village_officer)
    with refused(case, WrongState, "下面没有中心可以下派"):
        down(case, village_officer, county)


def test_what_a_unit_has_is_not_pushed_down(lives: Lives, county: County, triage: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "已经派出，要换单位点“改派”"):
        down(case, triage, county)


def test_a_clerk_does_not_push_down(lives: Lives, county: County, clerk: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed):
        down(case, clerk, county)


def test_a_hidden_case_is_not_pushed_down(lives: Lives, county: County, town_officer: User) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        push_down(case_id=case.pk, by=town_officer, center=county.village_unit, text="先调")
