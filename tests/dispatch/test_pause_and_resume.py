from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.models import Case
from cases.vocabulary import Stage
from dispatch.services.asking import (
    decide_request,
    request_pause,
    resume_case,
    resume_when_due,
)
from orgs.models import Notice, User
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

UNTIL = date(2025, 4, 18)


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def ask(case: Case, by: User, until: date = UNTIL) -> Case:
    return request_pause(case_id=case.pk, by=by, until=until, text="等司法鉴定")


@pytest.fixture
def paused(lives: Lives, triage: User, handler: User) -> Case:
    case = ask(lives.claimed(), handler)
    return decide_request(case_id=case.pk, by=triage, request=case.requests.get().pk, grant=True)


def test_asking_stops_no_clock(lives: Lives, handler: User) -> None:
    case = ask(lives.claimed(), handler)
    assert (case.staff_label, case.due_at is None) == ("办理中", False)


def test_the_triage_desk_is_told(lives: Lives, triage: User, handler: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    ask(case, handler)
    assert triage.notices.get().text == f"{case.short_number} 申请暂停计时，待批"


def test_a_granted_pause_stops_the_clock(paused: Case) -> None:
    assert (paused.stage, paused.staff_label) == (Stage.HANDLING, "暂停计时")
    assert (paused.due_at, paused.actor) == (None, "unit")


@pytest.mark.parametrize("days", [0, 31])
def test_a_pause_ends_after_today_and_within_thirty_days(
    lives: Lives, handler: User, days: int
) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "要晚于今天，最长 30 天"):
        ask(case, handler, DISPATCHED.date() + timedelta(days=days))


@pytest.mark.parametrize("days", [1, 30])
def test_the_shortest_and_the_longest_pause(lives: Lives, handler: User, days: int) -> None:
    until = DISPATCHED.date() + timedelta(days=days)
    assert ask(lives.claimed(), handler, until).requests.get().until == until


def test_what_waits_for_its_answer_is_not_asked_for_twice(
    lives: Lives, handler: User, colleague: User
) -> None:
    case = ask(lives.claimed(), handler)
    with refused(case, AlreadyDone, "的暂停计时已经申请过，正等批复"):
        ask(case, colleague)


def test_what_is_paused_is_resumed_first(paused: Case, handler: User) -> None:
    with refused(paused, WrongState, "正在暂停计时，先恢复"):
        ask(paused, handler)


def test_what_nobody_has_claimed_is_not_paused(lives: Lives, handler: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "“待签收”的事项不能“申请暂停计时”"):
        ask(case, handler)


def test_the_centre_does_not_ask_for_the_unit(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        ask(case, triage)


def test_a_hidden_case_cannot_be_paused(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        ask(case, outsider)


# 恢复计时


def test_the_unit_may_resume_before_the_day(paused: Case, handler: User) -> None:
    clock.freeze(moment(4, 8, 9))
    case = resume_case(case_id=paused.pk, by=handler)
    assert (case.staff_label, case.due_clock) == ("办理中", "handling")


def test_how_many_working_days_it_stood_still_is_written_down(paused: Case, handler: User) -> None:
    clock.freeze(moment(4, 8, 9))
    case = resume_case(case_id=paused.pk, by=handler)
    assert case.events.get(verb="resume").data == {"days": 2}


def test_resumed_is_resumed_once(paused: Case, handler: User) -> None:
    resume_case(case_id=paused.pk, by=handler)
    with refused(paused, WrongState, "没有暂停计时"):
        resume_case(case_id=paused.pk, by=handler)


def test_the_sweep_resumes_on_the_day_once(paused: Case) -> None:
    clock.freeze(moment(4, 18, 0, 5))
    assert (resume_when_due(case_id=paused.pk), resume_when_due(case_id=paused.pk)) == (
        True,
        False,
    )
    assert fresh(paused).staff_label == "办理中"


def test_the_sweep_comes_too_early_and_does_nothing(paused: Case) -> None:
    clock.freeze(moment(4, 17, 23, 55))
    before = fresh(paused).version
    assert not resume_when_due(case_id=paused.pk)
    assert fresh(paused).version == before


def test_the_centre_does_not_resume(paused: Case, triage: User) -> None:
    with refused(paused, NotAllowed):
        resume_case(case_id=paused.pk, by=triage)
