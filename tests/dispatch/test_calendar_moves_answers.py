"""A corrected calendar moves until when a 督办单 or a 批示 must be answered."""

from __future__ import annotations

from datetime import date

import pytest

from cases.recalculation import catch_up, set_day
from dispatch.services.instructing import instruct_case
from dispatch.services.supervising import answer_supervision
from orgs.models import AccessLog
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives
from zongzhi.lib import clock


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april(db: None) -> None:
    clock.freeze(DISPATCHED)
    catch_up()


def close(sysadmin, county, day: date) -> None:
    set_day(
        center=county.county,
        first=day,
        last=day,
        is_workday=False,
        name="停电",
        by=sysadmin,
        address=None,
    )
    catch_up()


def test_an_open_sheet_and_an_instruction_follow(lives: Lives, sysadmin, leader, county) -> None:
    case = lives.supervised()
    instruct_case(case_id=case.pk, by=leader, to="unit", text="请局长过问", answer_days=2)
    close(sysadmin, county, date(2025, 4, 7))
    assert case.supervisions.get().answer_due_at == moment(4, 9, 17, 30)
    assert case.instructions.get().answer_due_at == moment(4, 9, 17, 30)
    event = case.events.filter(verb="recalculate", data__answer=True).get()
    assert event.data["to"] == "2025-04-09T17:30+08:00"
    logged = AccessLog.objects.filter(action=AccessLog.Action.CALENDAR).latest("pk")
    assert case.number in logged.data["moved"]


def test_what_is_answered_stays_as_it_was(lives: Lives, sysadmin, handler, county) -> None:
    case = lives.supervised()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    close(sysadmin, county, date(2025, 4, 7))
    assert case.supervisions.get().answer_due_at == moment(4, 8, 17, 30)


def test_twice_moves_nothing_more(lives: Lives, sysadmin, county) -> None:
    case = lives.supervised()
    close(sysadmin, county, date(2025, 4, 7))
    before = case.events.count()
    catch_up()
    assert case.events.count() == before
