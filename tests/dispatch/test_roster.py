"""Who stands when: by hand, by template, away, and published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dispatch.models import Half, RosterWeek, Shift, ShiftChange, ShiftTemplate
from dispatch.scheduling import Row
from dispatch.services.rostering import (
    Standing,
    cancel_shift,
    generate_week,
    mark_away,
    mark_back,
    mark_missed,
    publish_week,
    remove_template,
    row_of,
    set_shifts,
    set_template,
)
from orgs.calendars import SUBJECT, revise
from orgs.models import CalendarDay, Notice, User
from tests.county import County
from tests.rosters import (
    AM,
    FRIDAY,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    WHOLE,
    moment,
    put,
    row,
    seat,
    sunday_before,
    window,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

S = Shift.State


@pytest.fixture(autouse=True)
def _sunday(county: County) -> None:
    clock.freeze(sunday_before())
    seat(county.human_resources, county.county)


def told(user: User) -> list[str]:
    return [notice.text for notice in Notice.objects.filter(user=user).order_by("pk")]


# ---------- by hand


def test_a_whole_day_is_two_halves(county: County, handler: User, triage: User) -> None:
    put(county.human_resources, handler, MONDAY, by=triage)
    assert [s.half for s in Shift.objects.all()] == [Half.MORNING, Half.AFTERNOON]


def test_another_person_takes_the_place_and_both_hear_of_it(
    county: County, handler: User, colleague: User, triage: User
) -> None:
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    put(county.human_resources, colleague, MONDAY, AM, by=triage)
    shift = Shift.objects.get()
    assert shift.person == colleague
    changes = list(ShiftChange.objects.values_list("what", "before", "after"))
    assert changes == [("added", "", "李强"), ("person", "李强", "苏梅")]
    assert told(colleague) == ["排班：11月23日上午 人社局 换人"]
    assert told(handler)[-1] == "排班：11月23日上午 人社局 改由苏梅值班"


def test_setting_what_is_so_already_records_nothing(
    county: County, handler: User, triage: User
) -> None:
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    assert ShiftChange.objects.count() == 1


def test_another_window_is_a_change_of_place(county: County, handler: User, triage: User) -> None:
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    put(county.human_resources, handler, MONDAY, AM, by=triage, at=window(county.county))
    assert ShiftChange.objects.latest("pk").what == "place"


def test_nobody_stands_in_two_places_at_once(county: County, handler: User, triage: User) -> None:
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    reception = Row(county.county, duty="reception")
    with pytest.raises(Invalid, match="11月23日上午已经有班"):
        set_shifts(row=reception, day=MONDAY, halves=WHOLE, standing=Standing(handler), by=triage)
    assert not Shift.objects.filter(duty="reception").exists()


def test_the_database_itself_knows_that_nobody_stands_twice(
    county: County, handler: User, triage: User
) -> None:
    put(county.human_resources, handler, MONDAY, AM, by=triage)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(
            center=county.county, duty="lawyer", person=handler, day=MONDAY, half="am"
        )


def test_somebody_without_an_account_stands_by_name_and_telephone(
    county: County, triage: User
) -> None:
    guest = Standing(name="陈老师", phone="15400000001")
    counsel = Row(county.county, duty="counselling")
    set_shifts(row=counsel, day=MONDAY, halves=AM, standing=guest, by=triage)
    shift = Shift.objects.get()
    assert (shift.who, shift.what) == ("陈老师", "心理咨询")


def test_a_head_sets_the_own_unit_and_no_other(
    county: County, head: User, handler: User, other_handler: User
) -> None:
    seat(county.housing, county.county)
    put(county.human_resources, handler, MONDAY, AM, by=head)
    with pytest.raises(NotAllowed, match="住建局的班"):
        put(county.housing, other_handler, MONDAY, AM, by=head)


def test_staff_do_not_set_the_roster(county: County, handler: User) -> None:
    with pytest.raises(NotAllowed):
        put(county.human_resources, handler, MONDAY, AM, by=handler)


def test_the_past_is_not_set_any_more(county: County, handler: User, triage: User) -> None:
    clock.freeze(moment(TUESDAY, 9))
    with pytest.raises(WrongState, match="过去的日子"):
        put(county.human_resources, handler, MONDAY, AM, by=triage)


def test_units_on_call_have_no_row(county: County) -> None:
    seat(county.housing, county.county, "on_call")
    with pytest.raises(NotFound):
        row_of(county.county, "ZJ")
    assert row_of(county.county, "RS").department == county.human_resources


# ---------- away and back


def test_leave_makes_a_gap_and_the_scheduler_hears_of_it(
    county: County, handler: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    shift.refresh_from_db()
    assert (shift.state, shift.reason, shift.is_gap) == (S.AWAY, "看病", True)
    assert told(triage)[-1] == "排班：11月23日上午 人社局 请假，空缺要找人替"


def test_a_colleague_does_not_ask_for_my_leave(
    county: County, handler: User, colleague: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    with pytest.raises(NotAllowed):
        mark_away(shift_id=shift.pk, reason="看病", by=colleague)


def test_leave_is_taken_back_by_the_person(county: County, handler: User, triage: User) -> None:
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    mark_away(shift_id=shift.pk, reason="看病", by=handler)
    mark_back(shift_id=shift.pk, by=handler)
    shift.refresh_from_db()
    assert (shift.state, shift.reason) == (S.PLANNED, "")
    with pytest.raises(AlreadyDone):
        mark_back(shift_id=shift.pk, by=handler)


def test_not_having_come_is_said_afterwards_by_the_scheduler_alone(
    county: County, handler: User, head: User, triage: User
) -> None:
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    with pytest.raises(WrongState, match="还没到时候"):
        mark_missed(shift_id=shift.pk, reason="", by=triage)
    clock.freeze(moment(MONDAY, 9))
    with pytest.raises(NotAllowed):
        mark_missed(shift_id=shift.pk, reason="", by=head)
    mark_missed(shift_id=shift.pk, reason="", by=triage)
    assert Shift.objects.get().state == S.MISSED


def test_another_towns_shift_is_not_there_for_me(
    county: County, handler: User, triage: User, town_officer: User
) -> None:
    [shift] = put(county.human_resources, handler, MONDAY, AM, by=triage)
    with pytest.raises(NotFound):
        mark_away(shift_id=shift.pk, reason="看病", by=town_officer)


# ---------- by template


def usual(county: County, person: User, by: User, days=(1, 2, 3, 4, 5)) -> None:
    set_template(
        row=row(county.human_resources),
        weekdays=days,
        halves=WHOLE,
        standing=Standing(person),
        by=by,
    )


def test_the_template_fills_a_week_once(county: County, handler: User, triage: User) -> None:
    usual(county, handler, triage)
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 10
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 0


def test_holidays_are_skipped(county: County, handler: User, triage: User) -> None:
    usual(county, handler, triage)
    CalendarDay.objects.create(day=FRIDAY, center=county.county, is_workday=False, name="县庆")
    revise(SUBJECT)
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 8
    assert not Shift.objects.filter(day=FRIDAY).exists()


def test_what_was_changed_by_hand_stays(
    county: County, handler: User, colleague: User, triage: User
) -> None:
    usual(county, handler, triage)
    put(county.human_resources, colleague, MONDAY, by=triage)
    [gone] = put(county.human_resources, handler, TUESDAY, AM, by=triage)
    cancel_shift(shift_id=gone.pk, by=triage)
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 7
    assert {s.person for s in Shift.objects.filter(day=MONDAY)} == {colleague}
    gone.refresh_from_db()
    assert gone.state == S.CANCELLED


def test_days_gone_by_are_not_filled(county: County, handler: User, triage: User) -> None:
    usual(county, handler, triage)
    clock.freeze(moment(WEDNESDAY, 9))
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 6


def test_whoever_stands_elsewhere_is_not_put_in_two_places(
    county: County, handler: User, triage: User
) -> None:
    usual(county, handler, triage, days=(1,))
    reception = Row(county.county, duty="reception")
    set_shifts(row=reception, day=MONDAY, halves=AM, standing=Standing(handler), by=triage)
    assert generate_week(center=county.county, monday=MONDAY, by=triage) == 1


def test_the_template_is_changed_day_by_day(
    county: County, handler: User, colleague: User, head: User
) -> None:
    usual(county, handler, head)
    usual(county, colleague, head, days=(3,))
    wednesday = ShiftTemplate.objects.filter(weekday=3)
    assert {t.who for t in wednesday} == {"苏梅"}
    remove_template(row=row(county.human_resources), template_id=wednesday[0].pk, by=head)
    assert ShiftTemplate.objects.count() == 9


def test_only_the_scheduler_fills_the_week(county: County, head: User) -> None:
    with pytest.raises(NotAllowed):
        generate_week(center=county.county, monday=MONDAY, by=head)


# ---------- published


def test_a_week_is_published_once(county: County, handler: User, triage: User) -> None:
    put(county.human_resources, handler, MONDAY, by=triage)
    publish_week(center=county.county, monday=MONDAY, by=triage)
    with pytest.raises(AlreadyDone, match="周敏已经公示"):
        publish_week(center=county.county, monday=MONDAY, by=triage)
    assert RosterWeek.objects.count() == 1


def test_an_empty_week_is_not_published(county: County, triage: User) -> None:
    with pytest.raises(WrongState, match="还没有排班"):
        publish_week(center=county.county, monday=MONDAY, by=triage)


def test_a_gap_is_published_only_with_a_reason(county: County, handler: User, triage: User) -> None:
    shifts = put(county.human_resources, handler, MONDAY, by=triage)
    for shift in shifts:
        mark_away(shift_id=shift.pk, reason="看病", by=handler)
    first, second = shifts
    with pytest.raises(Invalid) as refused:
        publish_week(
            center=county.county, monday=MONDAY, by=triage, gap_reasons={first.pk: "没人可替"}
        )
    assert refused.value.errors["gap_reason"] == ["11月23日下午 人社局空缺，写明原因才能公示"]
    publish_week(
        center=county.county,
        monday=MONDAY,
        by=triage,
        gap_reasons={first.pk: "没人可替", second.pk: "全局开会"},
    )
    second.refresh_from_db()
    assert second.gap_reason == "全局开会"


def test_one_sentence_explains_all_gaps(county: County, handler: User, triage: User) -> None:
    for shift in put(county.human_resources, handler, MONDAY, by=triage):
        mark_away(shift_id=shift.pk, reason="看病", by=handler)
    week = publish_week(
        center=county.county, monday=MONDAY, by=triage, gap_reason="全局下乡，电话联系"
    )
    assert week.gap_reason == "全局下乡，电话联系"


def test_the_week_begins_on_a_monday(county: County, triage: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterWeek.objects.create(
            center=county.county,
            monday=MONDAY + timedelta(days=1),
            published_at=clock.now(),
            published_by=triage,
        )
