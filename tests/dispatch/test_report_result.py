from __future__ import annotations

from decimal import Decimal

import pytest

from cases.acts import allowed, missing
from cases.models import Case
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Result, Stage
from dispatch.forms import ReportForm
from dispatch.services.asking import decide_request, request_extension, request_pause
from dispatch.services.handling import claim_case, report_result
from orgs.models import Notice, User
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

HOW = "约谈劳务公司负责人，当场付清"


def report(case: Case, by: User, **more) -> Case:
    return report_result(case_id=case.pk, by=by, **{"result": Result.RESOLVED, "how": HOW, **more})


def test_a_reported_result_waits_for_approval(lives: Lives, handler: User) -> None:
    case = report(lives.claimed(), handler)
    assert (case.stage, case.staff_label, case.actor) == (Stage.HANDLING, "待审核", "triage")


def test_what_was_done_is_kept_with_who_and_when(lives: Lives, handler: User) -> None:
    clock.freeze(DISPATCHED)
    part = report(lives.claimed(), handler).assignments.get()
    assert (part.result, part.how) == ("resolved", HOW)
    assert (part.reported_by, part.reported_at) == (handler, DISPATCHED)


def test_a_colleague_may_report_what_another_claimed(lives: Lives, colleague: User) -> None:
    assert report(lives.claimed(), colleague).staff_label == "待审核"


def test_the_triage_desk_is_told(lives: Lives, triage: User, handler: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    report(case, handler)
    assert triage.notices.get().text == f"{case.short_number} 人社局已反馈结果，待审核"


def test_what_is_not_claimed_is_not_reported(lives: Lives, handler: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "待签收的事项还不能反馈结果，先签收"):
        report(case, handler)


def test_the_page_says_why_it_cannot_be_reported(lives: Lives, handler: User) -> None:
    sentences = missing(handler, fresh(lives.dispatched()))
    assert "不能反馈结果：待签收的事项还不能反馈结果，先签收" in sentences


def test_what_is_paused_is_resumed_first(lives: Lives, triage: User, handler: User) -> None:
    clock.freeze(DISPATCHED)
    case = lives.claimed()
    request_pause(case_id=case.pk, by=handler, until=moment(4, 20).date(), text="等司法鉴定")
    decide_request(case_id=case.pk, by=triage, request=case.requests.get().pk, grant=True)
    with refused(case, WrongState, "正在暂停计时，先恢复"):
        report(case, handler)


def test_reported_is_reported_once(lives: Lives, colleague: User) -> None:
    case = lives.reported()
    with refused(case, AlreadyDone, "已经反馈结果，正等审核"):
        report(case, colleague)


def test_what_was_asked_for_and_not_decided_is_settled_by_the_result(
    lives: Lives, handler: User
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")
    report(case, handler)
    assert not case.requests.filter(decided_at=None).exists()


def test_the_centre_does_not_report_for_the_unit(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed, "只有人社局能“反馈结果”"):
        report(case, triage)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        report(case, outsider)


# 协办


@pytest.fixture
def shared(lives: Lives, county: County, other_handler: User) -> Case:
    """人社局 leads, 住建局 assists, both have claimed."""
    case = lives.claimed(assisting=(county.housing,))
    return claim_case(case_id=case.pk, by=other_handler)


def test_the_lead_waits_for_every_assisting_unit(shared: Case, handler: User) -> None:
    with refused(shared, WrongState, "协办单位住建局还没反馈，等反馈了再报结果"):
        report(shared, handler)


def test_while_the_lead_waits_the_page_says_for_whom(shared: Case, handler: User) -> None:
    case = fresh(shared)
    assert "report" not in {act.verb for act in allowed(handler, case)}
    assert "不能反馈结果：协办单位住建局还没反馈，等反馈了再报结果" in missing(handler, case)


def test_an_assisting_units_answer_moves_nothing(
    shared: Case, handler: User, other_handler: User
) -> None:
    Notice.objects.all().delete()
    report(shared, other_handler)
    assert fresh(shared).staff_label == "办理中"
    assert handler.notices.get().text == f"{shared.short_number} 住建局已反馈协办结果"


def test_the_case_moves_with_the_leads_answer(
    shared: Case, handler: User, other_handler: User
) -> None:
    report(shared, other_handler)
    assert report(shared, handler).staff_label == "待审核"


def test_an_assisting_unit_answers_once(shared: Case, other_handler: User) -> None:
    report(shared, other_handler)
    with refused(shared, AlreadyDone, "住建局 .* 已经反馈过了"):
        report(shared, other_handler)


# The closing checklist


def test_what_was_missing_is_filled_in(lives: Lives, handler: User) -> None:
    facts = {"amount": Decimal("38600"), "respondent_phone": "0990-2120099"}
    case = fresh(report(lives.claimed(), handler, **facts))
    respondent = case.parties.get(role=PartyRole.RESPONDENT)
    assert (case.amount, respondent.phone) == (Decimal(38_600), "0990-2120099")
    assert case.events.get(verb="report").data["missing"] == []


def test_why_it_cannot_be_found_will_do(lives: Lives, handler: User) -> None:
    case = report(lives.claimed(), handler, not_found="对方不愿留电话")
    assert case.events.get(verb="report").data["missing"] == []


def test_by_api_what_is_missing_is_recorded_and_not_refused(lives: Lives, handler: User) -> None:
    case = report(lives.claimed(), handler)
    assert case.events.get(verb="report").data["missing"] == ["对方电话", "涉及金额"]


def test_on_the_page_what_is_missing_is_named(lives: Lives, handler: User) -> None:
    typed = {"result": "resolved", "how": HOW}
    form = ReportForm(typed, case=fresh(lives.claimed()), user=handler, on_page=True)
    words = "还缺“对方电话”“涉及金额”，补上才能办结，或写明查不到的原因"
    assert form.errors["not_found"] == [words]


def test_a_phone_of_nobody_is_refused(lives: Lives, handler: User) -> None:
    alone = [PartyInput(PartyRole.APPLICANT, "张三丰")]
    case = lives.claimed(parties=alone)
    with refused(case, Invalid, "还没登记对方"):
        report(case, handler, respondent_phone="0990-2120099")


def test_how_it_was_solved_is_told_in_ten_characters(lives: Lives, handler: User) -> None:
    form = ReportForm(
        {"result": "resolved", "how": "办完了"}, case=fresh(lives.claimed()), user=handler
    )
    assert form.errors["how"] == ["怎么解决的写得太短，至少 10 个字"]
