from __future__ import annotations

from datetime import timedelta

import pytest

from cases.acts import allowed, missing
from cases.models import Case
from cases.services.course import merge_case, unmerge_case
from cases.vocabulary import Complexity, Risk, Stage
from dispatch.forms import ReturnForm
from dispatch.services.assigning import dispatch_case, reassign_case, return_case, rule_on_return
from dispatch.services.supervising import supervise_case
from orgs.models import Notice, User
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

WHY = {"reason": "not_ours", "basis": "工程项目的工资专户由住建局监管"}


def send_away(case: Case, by: User) -> Case:
    return return_case(case_id=case.pk, by=by, **WHY)


def test_a_returned_case_waits_for_a_ruling(lives: Lives, handler: User) -> None:
    case = send_away(lives.dispatched(), handler)
    assert (case.stage, case.staff_label, case.actor) == (Stage.TRIAGE, "退回待裁定", "triage")


def test_whose_it_is_and_why_are_kept(lives: Lives, county: County) -> None:
    row = lives.returned().returns.get()
    assert (row.reason, row.suggested, row.basis) == ("not_ours", county.housing, WHY["basis"])


def test_the_triage_desk_is_told(lives: Lives, triage: User, handler: User) -> None:
    case = lives.dispatched()
    Notice.objects.all().delete()
    send_away(case, handler)
    assert triage.notices.get().text == f"{case.short_number} 被人社局退回，待裁定"


def test_a_unit_does_not_name_itself_as_the_right_one(
    lives: Lives, county: County, handler: User
) -> None:
    case = lives.dispatched()
    with refused(case, Invalid, "不能还是本单位"):
        return_case(case_id=case.pk, by=handler, suggested=county.human_resources, **WHY)


def test_the_clocks_never_stop(lives: Lives, handler: User) -> None:
    before = fresh(lives.dispatched())
    case = fresh(send_away(before, handler))
    assert (case.claim_due_at, case.handling_due_at) == (
        before.claim_due_at,
        before.handling_due_at,
    )
    assert case.lead is not None
    assert before.lead is not None
    assert case.lead.handling_due_at == before.lead.handling_due_at


def test_after_a_ruling_the_unit_may_not_return_it_again(
    lives: Lives, triage: User, handler: User
) -> None:
    clock.freeze(DISPATCHED)
    case = lives.returned()
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    words = "这件 4月3日 10:44 已经裁定由人社局办，不能再退。有新情况点“申请改派”"
    with refused(case, WrongState, words):
        send_away(case, handler)


def test_the_unit_it_was_ruled_to_may_not_return_it_either(
    lives: Lives, county: County, triage: User, other_handler: User
) -> None:
    case = lives.returned()
    ruling = {"ruling": "reassign", "text": "住建局监管", "lead": county.housing}
    rule_on_return(case_id=case.pk, by=triage, **ruling)
    with refused(case, WrongState, "已经裁定由住建局办，不能再退"):
        send_away(case, other_handler)


@pytest.mark.parametrize("ruled", [True, False])
def test_being_merged_and_unmerged_gives_no_second_return_in_a_round(
    lives: Lives, county: County, triage: User, handler: User, *, ruled: bool
) -> None:
    case = lives.returned()
    if ruled:
        rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    target = lives.registered()
    merge_case(case_id=case.pk, by=triage, into=target.number, text="同一件事")
    unmerge_case(case_id=case.pk, by=triage)
    clock.freeze(clock.now() + timedelta(minutes=1))
    dispatch_case(
        case_id=case.pk,
        by=triage,
        lead=county.human_resources,
        complexity=Complexity.ORDINARY,
        risk=Risk.LOW,
    )
    assert fresh(case).staff_label == "待签收"
    with refused(case, WrongState, "这一轮已经退回过一次，不能再退"):
        send_away(case, handler)


def test_a_merged_case_that_was_never_returned_may_be(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = lives.dispatched()
    merge_case(case_id=case.pk, by=triage, into=lives.registered().number, text="同一件事")
    unmerge_case(case_id=case.pk, by=triage)
    how = {"complexity": Complexity.ORDINARY, "risk": Risk.LOW}
    dispatch_case(case_id=case.pk, by=triage, lead=county.human_resources, **how)
    assert send_away(case, handler).staff_label == "退回待裁定"


def test_while_a_return_waits_nobody_slips_in_another_unit(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.returned()
    with refused(case, WrongState, "已经退回，先裁定"):
        reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")


def test_what_is_returned_is_not_returned_again_while_it_waits(
    lives: Lives, colleague: User
) -> None:
    case = lives.returned()
    with refused(case, AlreadyDone, "已经退回，等分流员裁定"):
        send_away(case, colleague)
    assert "return" not in {act.verb for act in allowed(colleague, fresh(case))}


def test_what_is_claimed_is_not_returned(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "已签收。要换单位点“申请改派”"):
        send_away(case, handler)


def test_the_page_says_why_it_cannot_be_returned(lives: Lives, handler: User) -> None:
    clock.freeze(DISPATCHED)
    sentences = missing(handler, fresh(lives.claimed()))
    assert "不能退回：4月3日 10:44 已签收。要换单位点“申请改派”" in sentences


def test_five_working_days_to_object(lives: Lives, handler: User) -> None:
    clock.freeze(DISPATCHED)
    early, late = lives.dispatched(), lives.dispatched()
    clock.freeze(moment(4, 11, 17, 30))
    send_away(early, handler)
    clock.freeze(clock.now() + timedelta(minutes=1))
    with refused(late, WrongState, "退回要在收到后 5 个工作日内，4月11日 17:30已过"):
        send_away(late, handler)


def test_a_supervised_case_may_be_returned_and_stays_supervised(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.dispatched()
    supervise_case(case_id=case.pk, by=triage, reason="没人签收")
    returned = send_away(case, handler)
    assert (returned.stage, returned.staff_label) == (Stage.SUPERVISION, "督办中 · 退回待裁定")


def test_a_reason_is_one_of_the_list_and_the_basis_is_written(lives: Lives, handler: User) -> None:
    form = ReturnForm(
        {"reason": "不想办", "basis": "不归我"}, case=lives.dispatched(), user=handler
    )
    assert set(form.errors) == {"reason", "basis"}
    assert form.errors["basis"] == ["依据写得太短，至少 10 个字"]


@pytest.mark.parametrize("who", ["clerk", "triage"])
def test_the_centre_does_not_return_to_itself(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    case = lives.dispatched()
    with refused(case, NotAllowed, "由人社局办理，只有人社局能“退回”"):
        send_away(case, request.getfixturevalue(who))


def test_an_assisting_unit_does_not_return_the_case(
    lives: Lives, county: County, other_handler: User
) -> None:
    case = lives.dispatched(assisting=(county.housing,))
    with refused(case, NotAllowed):
        send_away(case, other_handler)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.dispatched()
    with refused(case, NotFound):
        send_away(case, outsider)
