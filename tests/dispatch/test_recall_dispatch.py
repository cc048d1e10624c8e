from __future__ import annotations

from datetime import timedelta

from dispatch.services.assigning import recall_dispatch
from dispatch.services.supervising import supervise_case
from orgs.models import Notice, User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def test_recalling_takes_the_case_back(lives: Lives, triage: User) -> None:
    case = recall_dispatch(case_id=lives.dispatched().pk, by=triage)
    assert (case.staff_label, case.unit, case.dispatched_at) == ("待分流", None, None)
    assert case.assignments.get().ending == "recalled"


def test_the_citizen_was_promised_nothing_yet(lives: Lives, triage: User) -> None:
    case = recall_dispatch(case_id=lives.dispatched().pk, by=triage)
    assert fresh(case).promised_at is None


def test_the_unit_hears_that_it_need_not_claim(lives: Lives, triage: User, handler: User) -> None:
    case = lives.dispatched()
    Notice.objects.all().delete()
    recall_dispatch(case_id=case.pk, by=triage)
    assert handler.notices.get().text == f"{case.short_number} 已撤回，不用签收"


def test_after_five_minutes_another_unit_is_found_by_reassigning(
    lives: Lives, triage: User
) -> None:
    case = lives.dispatched()
    clock.freeze(clock.now() + timedelta(minutes=5, seconds=1))
    with refused(case, WrongState, "派出超过 5 分钟，不能撤回。要换单位点“改派”"):
        recall_dispatch(case_id=case.pk, by=triage)


def test_only_whoever_dispatched_recalls(lives: Lives, second_triage: User) -> None:
    case = lives.dispatched()
    with refused(case, NotAllowed):
        recall_dispatch(case_id=case.pk, by=second_triage)


def test_what_is_claimed_stays(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, WrongState, "“办理中”的事项不能“撤回派出”"):
        recall_dispatch(case_id=case.pk, by=triage)


def test_what_was_returned_is_ruled_on(lives: Lives, triage: User) -> None:
    case = lives.returned()
    with refused(case, WrongState, "已经退回，先裁定"):
        recall_dispatch(case_id=case.pk, by=triage)


def test_recalled_is_recalled_once(lives: Lives, triage: User) -> None:
    case = recall_dispatch(case_id=lives.dispatched().pk, by=triage)
    with refused(case, AlreadyDone, "现在待分流，没有要撤回的派出"):
        recall_dispatch(case_id=case.pk, by=triage)


def test_the_sheet_of_the_unit_it_was_taken_from_is_closed(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    supervise_case(case_id=case.pk, by=triage, reason="没人签收")
    recall_dispatch(case_id=case.pk, by=triage)
    assert case.supervisions.get().ending == "reassigned"


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.dispatched()
    with refused(case, NotFound):
        recall_dispatch(case_id=case.pk, by=outsider)
