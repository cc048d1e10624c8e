from __future__ import annotations

from datetime import date

import pytest

from cases.acts import allowed
from cases.models import Case
from cases.vocabulary import Stage
from dispatch.services.assigning import reassign_case
from dispatch.services.supervising import answer_supervision, lift_supervision, supervise_case
from orgs.models import Notice, User
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState

PROMISED = date(2025, 4, 11)


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def answer(case: Case, by: User) -> Case:
    return answer_supervision(case_id=case.pk, by=by, text="对方外出，4 月 11 日前办完")


def lift(case: Case, by: User, promised: date = PROMISED) -> Case:
    return lift_supervision(case_id=case.pk, by=by, text="同意", promised=promised)


# 答复督办


def test_the_unit_answers_why_it_is_late(lives: Lives, handler: User) -> None:
    case = answer(lives.supervised(), handler)
    sheet = case.supervisions.get()
    assert (sheet.answer, sheet.answered_by) == ("对方外出，4 月 11 日前办完", handler)
    assert case.stage == Stage.SUPERVISION


def test_the_supervisors_hear_of_the_answer(
    lives: Lives, triage: User, leader: User, handler: User
) -> None:
    case = lives.supervised()
    Notice.objects.all().delete()
    answer(case, handler)
    texts = {notice.user: notice.text for notice in Notice.objects.all()}
    words = f"{case.short_number} 人社局已答复督办"
    assert texts == {triage: words, leader: words}


def test_the_centre_does_not_answer_itself(lives: Lives, triage: User) -> None:
    case = lives.supervised()
    with refused(case, NotAllowed):
        answer(case, triage)


def test_what_is_not_supervised_needs_no_answer(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "“办理中”的事项不能“答复督办”"):
        answer(case, handler)


def test_a_unit_that_took_over_has_no_sheet_to_answer_yet(
    lives: Lives, county: County, triage: User, other_handler: User
) -> None:
    case = lives.supervised()
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    with refused(case, WrongState, "改派以后还没有新的督办单"):
        answer(case, other_handler)
    assert "answer" not in {act.verb for act in allowed(other_handler, fresh(case))}


def test_a_hidden_case_has_nothing_to_answer(lives: Lives, outsider: User) -> None:
    case = lives.supervised()
    with refused(case, NotFound):
        answer(case, outsider)


# 解除督办


def test_lifting_a_claimed_case_goes_back_to_handling(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lift(answer(lives.supervised(), handler), triage)
    assert (case.stage, case.staff_label) == (Stage.HANDLING, "办理中")


def test_lifting_an_unclaimed_case_goes_back_to_triage(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.dispatched()
    supervise_case(case_id=case.pk, by=triage, reason="没人签收")
    case = lift(answer(case, handler), triage)
    assert (case.stage, case.staff_label) == (Stage.TRIAGE, "待签收")


def test_the_promised_day_stands_on_the_sheet(lives: Lives, triage: User, handler: User) -> None:
    case = lift(answer(lives.supervised(), handler), triage)
    sheet = case.supervisions.get()
    assert (sheet.promised_on, sheet.ending) == (PROMISED, "lifted")


def test_the_unit_hears_what_it_has_promised(lives: Lives, triage: User, handler: User) -> None:
    case = answer(lives.supervised(), handler)
    Notice.objects.all().delete()
    lift(case, triage)
    assert handler.notices.get().text == f"{case.short_number} 已解除督办，答应 04-11 前办结"


def test_lifting_moves_no_clock(lives: Lives, triage: User, handler: User) -> None:
    before = answer(lives.supervised(), handler)
    assert lift(before, triage).handling_due_at == before.handling_due_at


def test_without_an_answer_nothing_is_lifted(lives: Lives, triage: User) -> None:
    case = lives.supervised()
    with refused(case, WrongState, "人社局还没答复，答复以后才能解除督办"):
        lift(case, triage)
    assert "lift" not in {act.verb for act in allowed(triage, fresh(case))}


def test_the_promised_day_is_not_past(lives: Lives, triage: User, handler: User) -> None:
    case = answer(lives.supervised(), handler)
    with refused(case, Invalid, "答应办结的日子不能早于今天"):
        lift(case, triage, date(2025, 4, 2))


def test_the_unit_does_not_lift_its_own(lives: Lives, handler: User) -> None:
    case = answer(lives.supervised(), handler)
    with refused(case, NotAllowed):
        lift(case, handler)


def test_a_lifted_case_may_be_supervised_again(lives: Lives, triage: User, handler: User) -> None:
    case = lift(answer(lives.supervised(), handler), triage)
    clock.freeze(DISPATCHED.replace(day=14))
    supervise_case(case_id=case.pk, by=triage, reason="答应的日子到了还没办完")
    assert case.supervisions.count() == 2
