from __future__ import annotations

import pytest

from cases.services.course import withdraw_case
from cases.vocabulary import Closure, Source, Stage
from dispatch.models import Request
from dispatch.services.asking import request_extension
from orgs.models import Notice, User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


@pytest.mark.parametrize(
    "point",
    ["registered", "dispatched", "returned", "claimed", "supervised", "reported", "approved"],
)
def test_the_citizen_may_withdraw_at_any_open_stage(lives: Lives, clerk: User, point: str) -> None:
    case = withdraw_case(case_id=getattr(lives, point)().pk, by=clerk, text="自己和解了")
    assert (case.stage, case.closure, case.staff_label) == (
        Stage.CLOSED,
        Closure.WITHDRAWN,
        "已终止",
    )


def test_the_units_part_ends_and_it_is_told(lives: Lives, clerk: User, handler: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    assert case.assignments.get().ending == "case_ended"
    assert handler.notices.get().text == f"{case.short_number} 已终止（撤回），不用再办"


def test_the_open_sheet_is_closed_with_that(lives: Lives, clerk: User) -> None:
    case = lives.supervised()
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    assert case.supervisions.get().ending == "case_ended"


def test_a_request_that_waited_is_settled(lives: Lives, clerk: User, handler: User) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    asked = Request.objects.get()
    assert (asked.granted, asked.decided_at is None) == (False, False)


def test_whoever_registered_it_may_withdraw_it(lives: Lives, grid_worker: User) -> None:
    case = lives.registered(by=grid_worker, source=Source.GRID)
    withdraw_case(case_id=case.pk, by=grid_worker, text="自己和解了")
    assert fresh(case).closure == Closure.WITHDRAWN


def test_the_unit_cannot_withdraw_it_for_the_citizen(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        withdraw_case(case_id=case.pk, by=handler, text="说不办了")


def test_withdrawn_is_withdrawn_once(lives: Lives, clerk: User) -> None:
    case = withdraw_case(case_id=lives.registered().pk, by=clerk, text="自己和解了")
    with refused(case, AlreadyDone, "已经结束（撤回），不用再办"):
        withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        withdraw_case(case_id=case.pk, by=outsider, text="自己和解了")
