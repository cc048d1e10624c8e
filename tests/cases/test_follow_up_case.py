from __future__ import annotations

from datetime import timedelta

import pytest

from cases.models import Case
from cases.services.closing import follow_up_case, rate_case
from cases.vocabulary import Channel, Closure, Result, Satisfaction, Settled, Stage
from dispatch.services.handling import approve_result, report_result
from orgs.models import User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

SATISFIED, UNSATISFIED = Satisfaction.SATISFIED, Satisfaction.UNSATISFIED


def ask(case: Case, by: User, satisfaction: Satisfaction | None = SATISFIED, **more) -> Case:
    how = {"channel": Channel.PHONE, "satisfaction": satisfaction, "text": "原话", **more}
    return follow_up_case(case_id=case.pk, by=by, **how)


def next_day() -> None:
    clock.freeze(clock.now() + timedelta(days=1))


def test_a_satisfied_citizen_closes_the_case(lives: Lives, clerk: User) -> None:
    case = ask(lives.approved(), clerk)
    assert (case.stage, case.staff_label) == (Stage.CLOSED, "已办结")
    assert (case.closure, case.satisfaction) == (Closure.SUBSTANTIVE, SATISFIED)


@pytest.mark.parametrize(
    ("result", "closure"),
    [
        (Result.RESOLVED, Closure.SUBSTANTIVE),
        (Result.PARTLY, Closure.STAGED),
        (Result.UNRESOLVED, Closure.PROCEDURAL),
        (Result.GUIDED, Closure.PROCEDURAL),
    ],
)
def test_the_accepted_result_says_how_it_counts(
    lives: Lives, clerk: User, result: Result, closure: Closure
) -> None:
    assert ask(lives.approved(result=result), clerk).closure == closure


@pytest.mark.parametrize(
    ("result", "claimed"),
    [
        (Result.PARTLY, Closure.SUBSTANTIVE),
        (Result.UNRESOLVED, Closure.SUBSTANTIVE),
        (Result.UNRESOLVED, Closure.STAGED),
    ],
)
def test_a_case_counts_for_no_more_than_its_result(
    lives: Lives, clerk: User, result: Result, claimed: Closure
) -> None:
    case = lives.approved(result=result)
    with refused(case, Invalid, f"不能按{claimed.label}"):
        ask(case, clerk, closure=claimed)


def test_a_case_may_count_for_less_than_its_result(lives: Lives, clerk: User) -> None:
    assert ask(lives.approved(), clerk, closure=Closure.STAGED).closure == Closure.STAGED


def test_what_the_citizen_denies_is_not_substantive(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    with refused(case, Invalid):
        ask(case, clerk, UNSATISFIED, closure=Closure.SUBSTANTIVE)
    assert ask(case, clerk, UNSATISFIED).closure == Closure.STAGED


def test_what_the_citizen_denied_online_is_not_substantive_either(
    lives: Lives, clerk: User
) -> None:
    case = lives.approved()
    rate_case(token=case.token, settled=Settled.UNRESOLVED, satisfaction=UNSATISFIED)
    assert ask(case, clerk).closure == Closure.STAGED


# 重新办理, once


def test_a_citizen_who_wants_it_done_again_gets_a_second_round_with_the_same_unit(
    lives: Lives, clerk: User, handler: User
) -> None:
    case = fresh(ask(lives.approved(), clerk, UNSATISFIED, redo=True))
    assert (case.stage, case.round, case.staff_label) == (Stage.HANDLING, 2, "办理中")
    assert case.lead is not None
    assert (case.lead.unit, case.lead.handler) == (lives.county.human_resources, handler)


def test_the_unit_hears_that_it_is_to_do_it_again(lives: Lives, clerk: User, handler: User) -> None:
    case = ask(lives.approved(), clerk, UNSATISFIED, redo=True)
    assert handler.notices.first().text == f"{case.short_number} 来访人不满意，第 2 次办理"


def test_a_case_is_done_again_once(lives: Lives, clerk: User, triage: User, handler: User) -> None:
    case = ask(lives.approved(), clerk, UNSATISFIED, redo=True)
    report = {"result": Result.PARTLY, "how": "付清两个月，余下分期", "not_found": "不肯留"}
    report_result(case_id=case.pk, by=handler, **report)
    approve_result(case_id=case.pk, by=triage)
    with refused(case, WrongState, "已经重新办理过一次。要再办由中心领导“重新办理”"):
        ask(case, clerk, UNSATISFIED, redo=True)


def test_a_satisfied_citizen_wants_nothing_again(lives: Lives, clerk: User) -> None:
    assert ask(lives.approved(), clerk, SATISFIED, redo=True).stage == Stage.CLOSED


# 打不通


def test_a_call_nobody_answers_leaves_the_case_to_be_followed_up(lives: Lives, clerk: User) -> None:
    case = ask(lives.approved(), clerk, None)
    assert (case.stage, case.satisfaction) == (Stage.FOLLOW_UP, "")
    assert case.events.get(verb="follow-up").data["attempt"] == 1


def test_the_third_call_on_a_third_day_closes_without_a_rating(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    for _ in range(3):
        case = ask(case, clerk, None)
        next_day()
    assert (case.stage, case.satisfaction) == (Stage.CLOSED, "")


def test_calling_three_times_on_one_day_is_one_day(lives: Lives, clerk: User) -> None:
    clock.freeze(clock.now().replace(hour=9))
    case = lives.approved()
    for _ in range(4):
        case = ask(case, clerk, None)
    assert case.stage == Stage.FOLLOW_UP


def test_a_citizen_nobody_reached_is_never_counted_as_satisfied(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    for _ in range(3):
        ask(case, clerk, None)
        next_day()
    calls = case.follow_ups.values_list("reached", "satisfaction")
    assert list(calls) == [(False, "")] * 3


# Who and when


@pytest.mark.parametrize("who", ["clerk", "triage", "second_triage"])
def test_the_first_receiver_or_any_follow_up_officer_asks(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    assert ask(lives.approved(), request.getfixturevalue(who)).stage == Stage.CLOSED


def test_whoever_handled_it_does_not_ask(lives: Lives, handler: User) -> None:
    case = lives.approved()
    with refused(case, NotAllowed, "“回访”由示范县综治中心的有关岗位办"):
        ask(case, handler)


def test_before_the_result_is_approved_nobody_is_asked(lives: Lives, clerk: User) -> None:
    case = lives.reported()
    with refused(case, WrongState, "“待审核”的事项不能“回访”"):
        ask(case, clerk)


def test_closed_is_closed(lives: Lives, clerk: User) -> None:
    case = lives.closed()
    with refused(case, AlreadyDone, "已经结束（实质性办结），不用再办"):
        ask(case, clerk)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.approved()
    with refused(case, NotFound):
        ask(case, outsider)
