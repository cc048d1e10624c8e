"""Who is on duty: one answer for every page that shows or offers a unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.duty import duty_of, on_duty
from dispatch.models import Shift
from dispatch.services.rostering import cancel_shift, mark_away, mark_missed
from orgs.calendars import SUBJECT, revise
from orgs.models import CalendarDay, Department, User
from tests.county import County
from tests.rosters import (
    AM,
    FRIDAY,
    MONDAY,
    PM,
    THURSDAY,
    TUESDAY,
    moment,
    put,
    seat,
    sunday_before,
    window,
)
from zongzhi.lib import clock


@pytest.fixture(autouse=True)
def _sunday() -> None:
    clock.freeze(sunday_before())


def said(county: County, day=MONDAY, hour: int = 10, minute: int = 0) -> str:
    duty = duty_of(county.human_resources, county.county, moment(day, hour, minute))
    assert duty is not None
    return duty.sentence


def test_a_resident_unit_is_there_with_its_person_and_window(
    county: County, handler: User, triage: User
) -> None:
    seat(county.human_resources, county.county, "resident")
    put(county.human_resources, handler, MONDAY, by=triage, at=window(county.county))
    assert said(county) == "常驻，今天在岗 李强，5号窗口"


def test_a_resident_unit_without_a_shift_is_there_all_the_same(county: County) -> None:
    seat(county.human_resources, county.county, "resident", window=window(county.county))
    assert said(county) == "常驻，今天在岗，5号窗口"


def test_a_resident_unit_marked_away_is_not_there(
    county: County, handler: User, triage: User
) -> None:
    seat(county.human_resources, county.county, "resident")
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="开会", by=handler)
    assert said(county).startswith("今天不在岗（本人请假）")


def test_a_rotating_unit_says_off_duty_when_it_comes_and_whom_to_ring(
    county: County, handler: User, triage: User, head: User
) -> None:
    seat(county.human_resources, county.county, contact_name="孙立", contact_phone="13800000000")
    put(county.human_resources, handler, THURSDAY, by=triage)
    sentence = "今天不在岗，下次 周四；可吹哨或派给值班联系人 孙立 13800000000"
    assert said(county) == sentence
    put(county.human_resources, handler, TUESDAY, AM, by=triage)
    assert "下次 周二上午；" in said(county)


def test_a_unit_on_call_is_rung_up(county: County, head: User) -> None:
    seat(county.human_resources, county.county, "on_call", contact=head)
    assert said(county) == "随驻，电话：郑海 0990-2120002（30 分钟内回应）"
    duty = duty_of(county.human_resources, county.county, moment(MONDAY, 10))
    assert duty is not None
    assert not duty.away


def test_the_half_day_decides(county: County, handler: User, triage: User) -> None:
    seat(county.human_resources, county.county)
    put(county.human_resources, handler, MONDAY, PM, by=triage)
    assert said(county, hour=10).startswith("现在不在岗，下次 今天下午；")
    assert said(county, hour=12, minute=30).startswith("现在不在岗，下次 今天下午；")
    assert said(county, hour=14) == "轮驻，今天在岗 李强"
    assert said(county, hour=18).startswith("现在不在岗")


def test_nobody_is_on_duty_on_a_holiday_unless_put_there_by_hand(
    county: County, handler: User, triage: User
) -> None:
    seat(county.human_resources, county.county, "resident")
    Shift.objects.create(
        center=county.county,
        department=county.human_resources,
        person=handler,
        day=FRIDAY,
        half="am",
    )
    CalendarDay.objects.create(day=FRIDAY, center=county.county, is_workday=False, name="县庆")
    revise(SUBJECT)
    assert said(county, FRIDAY).startswith("今天休息")
    Shift.objects.update(by_hand=True)
    assert said(county, FRIDAY) == "常驻，今天在岗 李强"


def test_what_is_taken_off_or_did_not_come_is_not_there(
    county: County, handler: User, triage: User
) -> None:
    seat(county.human_resources, county.county)
    [morning] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    [later] = put(county.human_resources, handler, THURSDAY, AM, by=triage)
    cancel_shift(shift_id=later.pk, by=triage)
    clock.freeze(moment(MONDAY, 9))
    mark_missed(shift_id=morning.pk, reason="", by=triage)
    assert said(county).startswith("今天不在岗（没来）；")


def test_a_turn_of_next_week_says_so(county: County, handler: User, triage: User) -> None:
    seat(county.human_resources, county.county)
    put(county.human_resources, handler, TUESDAY + timedelta(days=7), by=triage)
    assert "下次 下周二；" in said(county)


def test_a_unit_without_a_place_here_has_no_answer(county: County) -> None:
    assert duty_of(county.housing, county.county, moment(MONDAY, 10)) is None


def test_more_units_cost_no_more_queries(county: County, handler: User, triage: User) -> None:
    seat(county.human_resources, county.county)
    put(county.human_resources, handler, MONDAY, by=triage)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            on_duty(county.county, moment(MONDAY, 10))
        return len(captured)

    queries()  # the calendar is kept from the first time on
    few = queries()
    for n in range(5):
        unit = Department.objects.create(code=f"X{n}", name=f"第{n}局", center=county.county)
        seat(unit, county.county, contact=triage, window=window(county.county, n + 10))
        Shift.objects.create(
            center=county.county, department=unit, name=f"赵{n}", day=MONDAY, half="am"
        )
    assert queries() == few
