from __future__ import annotations

from cases.models import Case
from cases.vocabulary import Result, Stage
from dispatch.services.handling import report_result, send_back
from orgs.models import Notice, User
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, NotFound, WrongState


def back(case: Case, by: User) -> Case:
    return send_back(case_id=case.pk, by=by, text="缺付款凭证")


def test_a_result_sent_back_is_with_the_unit_again(lives: Lives, triage: User) -> None:
    case = fresh(back(lives.reported(), triage))
    assert (case.stage, case.staff_label) == (Stage.HANDLING, "办理中")
    assert case.lead is not None
    assert case.lead.reported_at is None


def test_the_unit_hears_until_when_it_has_to_report_again(
    lives: Lives, triage: User, handler: User
) -> None:
    clock.freeze(moment(4, 15, 17))
    case = lives.reported()
    Notice.objects.all().delete()
    back(case, triage)
    words = f"{case.short_number} 退回补办，4月24日 17:30前再反馈"
    assert handler.notices.get().text == words


def test_what_is_missing_is_written_down(lives: Lives, triage: User) -> None:
    event = back(lives.reported(), triage).events.get(verb="send-back")
    assert (event.words.text, event.is_public) == ("缺付款凭证", False)


def test_on_time_is_judged_by_the_report_finally_accepted(
    lives: Lives, triage: User, handler: User
) -> None:
    clock.freeze(DISPATCHED)
    case = back(lives.reported(), triage)
    clock.freeze(moment(4, 30, 9))
    report = {"result": Result.RESOLVED, "how": "补上了付款凭证和收条", "not_found": "不肯留"}
    report_result(case_id=case.pk, by=handler, **report)
    lead = fresh(case).lead
    assert lead is not None
    assert lead.reported_at > lead.handling_due_at


def test_in_supervision_the_case_stays_there(lives: Lives, triage: User, handler: User) -> None:
    case = lives.supervised()
    report = {"result": Result.RESOLVED, "how": "约谈负责人，当场付清", "not_found": "不肯留"}
    report_result(case_id=case.pk, by=handler, **report)
    assert back(case, triage).stage == Stage.SUPERVISION


def test_without_a_result_there_is_nothing_to_send_back(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "还没反馈结果"):
        back(case, triage)


def test_a_clerk_does_not_send_back(lives: Lives, clerk: User) -> None:
    case = lives.reported()
    with refused(case, NotAllowed):
        back(case, clerk)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.reported()
    with refused(case, NotFound):
        back(case, outsider)
