from __future__ import annotations

import pytest

from cases.forms import DeclineForm
from cases.models import Case
from cases.services.course import decline_case
from cases.vocabulary import Closure, Source, Stage
from dispatch.services.assigning import recall_dispatch
from dispatch.services.supervising import supervise_case
from orgs.models import User
from tests.lives import Lives
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState

WHY = {"reason": "litigation", "route": "lawsuit", "text": "法院已经立案"}


def decline(case: Case, by: User) -> Case:
    return decline_case(case_id=case.pk, by=by, **WHY)


@pytest.mark.parametrize("source", [Source.WINDOW, Source.ONLINE])
def test_declining_ends_the_case(lives: Lives, triage: User, source: Source) -> None:
    case = decline(lives.registered(source=source), triage)
    assert (case.stage, case.staff_label) == (Stage.CLOSED, "已终止")
    assert case.closure == Closure.DECLINED


def test_the_reason_and_the_route_told_are_written_down(lives: Lives, triage: User) -> None:
    event = decline(lives.registered(), triage).events.get(verb="decline")
    assert event.data == {"reason": "litigation", "route": "lawsuit"}
    assert (event.words.text, event.is_public) == ("法院已经立案", True)


def test_a_reason_is_one_of_the_list(lives: Lives, triage: User) -> None:
    form = DeclineForm({**WHY, "reason": "不想办"}, case=lives.registered(), user=triage)
    assert form.errors["reason"] == ["“不想办”不在可选的里面"]


def test_a_clerk_does_not_decline(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed):
        decline(case, clerk)


def test_what_is_with_a_unit_is_recalled_first(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState, "已经派出，先撤回派出再办"):
        decline(case, triage)


def test_what_is_being_handled_is_not_declined(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "“办理中”的事项不能“不予受理”"):
        decline(case, triage)


def test_a_supervised_case_that_nobody_has_may_be_declined(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    supervise_case(case_id=case.pk, by=triage, reason="没人签收")
    recall_dispatch(case_id=case.pk, by=triage)
    assert decline(case, triage).stage == Stage.CLOSED


def test_declined_is_declined_once(lives: Lives, triage: User) -> None:
    case = decline(lives.registered(), triage)
    with refused(case, AlreadyDone, "已经结束（不予受理），不用再办"):
        decline(case, triage)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        decline(case, outsider)
