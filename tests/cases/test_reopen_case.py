from __future__ import annotations

from datetime import timedelta

import pytest

from cases.models import Case
from cases.services.closing import reopen_case
from cases.services.course import decline_case, merge_case, withdraw_case
from cases.vocabulary import Source, Stage
from orgs.models import User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def reopen(case: Case, by: User) -> Case:
    return reopen_case(case_id=case.pk, by=by, text="又拖欠了")


@pytest.mark.parametrize("who", ["triage", "leader"])
def test_a_closed_case_starts_a_new_round_under_its_number(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    closed = lives.closed()
    case = reopen(closed, request.getfixturevalue(who))
    assert (case.stage, case.staff_label, case.round) == (Stage.TRIAGE, "待分流", 2)
    assert (case.number, case.token) == (closed.number, closed.token)


def test_how_it_ended_before_is_no_longer_so(lives: Lives, leader: User) -> None:
    case = fresh(reopen(lives.closed(), leader))
    assert (case.closed_at, case.approved_at, case.closure, case.satisfaction) == (
        None,
        None,
        "",
        "",
    )


def test_the_former_unit_is_suggested_and_not_chosen(lives: Lives, leader: User) -> None:
    case = fresh(reopen(lives.closed(), leader))
    assert (case.unit, case.suggested_unit) == (None, lives.county.human_resources)


def test_what_was_withdrawn_or_declined_may_start_again(
    lives: Lives, clerk: User, triage: User
) -> None:
    withdrawn = withdraw_case(case_id=lives.registered().pk, by=clerk, text="自己和解了")
    why = {"reason": "other", "route": "lawsuit", "text": "已经起诉"}
    declined = decline_case(case_id=lives.registered().pk, by=triage, **why)
    assert [reopen(case, triage).stage for case in (withdrawn, declined)] == [Stage.TRIAGE] * 2


def test_what_ended_before_it_was_taken_on_is_taken_on_by_starting_again(
    lives: Lives, triage: User
) -> None:
    untaken = lives.registered(source=Source.HOTLINE)
    assert untaken.accepted_at is None
    why = {"reason": "other", "route": "lawsuit", "text": "已经起诉"}
    declined = decline_case(case_id=untaken.pk, by=triage, **why)
    assert fresh(reopen(declined, triage)).accepted_at is not None


def test_when_it_was_taken_on_stays(lives: Lives, leader: User) -> None:
    closed = lives.closed()
    assert fresh(reopen(closed, leader)).accepted_at == closed.accepted_at


def test_after_180_days_it_is_a_new_matter(lives: Lives, leader: User) -> None:
    case = lives.closed()
    clock.freeze(clock.now() + timedelta(days=180, minutes=1))
    with refused(case, WrongState, "结案超过 180 天，不能重新办理。有新情况重新登记"):
        reopen(case, leader)


def test_a_merged_case_is_unmerged_instead(lives: Lives, triage: User) -> None:
    case, other = lives.registered(), lives.registered()
    merge_case(case_id=case.pk, by=triage, into=other.number, text="同一件事")
    with refused(case, WrongState, "并案的事项点“撤销并案”"):
        reopen(case, triage)


def test_an_open_case_is_open(lives: Lives, leader: User) -> None:
    case = lives.claimed()
    with refused(case, AlreadyDone, "正在办，不用重新办理"):
        reopen(case, leader)


def test_a_clerk_does_not_reopen(lives: Lives, clerk: User) -> None:
    case = lives.closed()
    with refused(case, NotAllowed):
        reopen(case, clerk)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.closed()
    with refused(case, NotFound):
        reopen(case, outsider)
