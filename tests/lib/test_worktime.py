from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lib.days import AHEAD, CALENDAR, DISPATCHED, calendars, days_of_life, moment, moments
from zongzhi.lib.worktime import Calendar, rights_due, statutory_due

# --- due ------------------------------------------------------------------------------------------


def test_seven_working_days_from_before_qingming_end_on_15_april() -> None:
    assert CALENDAR.due(DISPATCHED, 7) == moment(4, 15, 17, 30)


def test_a_pause_of_three_days_moves_the_due_date_by_three_working_days() -> None:
    assert CALENDAR.shift(moment(4, 15, 17, 30), 3) == moment(4, 18, 17, 30)


def test_a_weekend_that_is_worked_counts() -> None:
    assert CALENDAR.due(moment(4, 25, 9), 2) == moment(4, 28, 17, 30)  # 27 April, a Sunday


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (moment(4, 3, 10), moment(4, 3, 17, 30)),
        (moment(4, 3, 7), moment(4, 3, 17, 30)),
        (moment(4, 3, 17, 30), moment(4, 7, 17, 30)),
        (moment(4, 5, 10), moment(4, 7, 17, 30)),
    ],
)
def test_the_same_day_is_the_next_working_day_when_it_is_over_or_free(start, due) -> None:
    assert CALENDAR.due(start, 0) == due


@given(calendars, moments, st.integers(0, 40))
def test_a_clock_is_due_after_its_start_at_closing_time_of_a_working_day(calendar, start, n):
    due = calendar.due(start, n)
    assert due > start
    assert due == calendar.closes(due.date())
    assert calendar.is_workday(due.date())


@given(calendars, moments, st.integers(1, 30), st.integers(0, 30))
def test_days_given_later_come_to_the_same_as_days_given_at_once(calendar, start, n, more):
    assert calendar.shift(calendar.due(start, n), more) == calendar.due(start, n + more)


@given(calendars, moments, st.integers(1, 40))
def test_the_days_counted_are_the_days_granted(calendar, start, n):
    due = calendar.due(start, n)
    assert calendar.remaining_days(start, due) == n
    assert calendar.explain(start, due).counted == n


@given(calendars, moments, moments)
def test_a_clock_has_never_both_days_left_and_days_over(calendar, now, due):
    assert 0 in (calendar.remaining_days(now, due), calendar.overdue_days(now, due))


@given(calendars, days_of_life, days_of_life, days_of_life)
def test_working_days_add_up(calendar, a, b, c):
    a, b, c = sorted((a, b, c))
    between = calendar.workdays_between
    assert between(a, b) + between(b, c) == between(a, c)


# --- near -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "near"),
    [(7, moment(4, 14)), (20, moment(4, 27)), (5, moment(4, 10)), (2, moment(4, 7))],
)
def test_a_long_clock_is_near_from_midnight_of_its_last_fifth(days, near) -> None:
    assert CALENDAR.near(DISPATCHED, CALENDAR.due(DISPATCHED, days), days, AHEAD) == near


def test_a_clock_of_a_day_is_near_four_working_hours_before() -> None:
    assert CALENDAR.near(DISPATCHED, moment(4, 7, 17, 30), 1, AHEAD) == moment(4, 7, 11, 30)


def test_a_clock_is_never_near_before_it_starts() -> None:
    start = moment(4, 3, 16)
    assert CALENDAR.near(start, CALENDAR.due(start, 0), 0, AHEAD) == start


@given(calendars, moments, st.integers(2, 40))
def test_near_is_the_first_day_with_at_most_a_fifth_left(calendar, start, n):
    due = calendar.due(start, n)
    near = calendar.near(start, due, n, AHEAD)
    allowed = max(1, n // 5)
    assert calendar.remaining_days(near, due) <= allowed
    assert calendar.remaining_days(near - timedelta(days=1), due) > allowed


# --- hours ----------------------------------------------------------------------------------------


def test_hours_pass_over_lunch_night_and_holiday() -> None:
    assert CALENDAR.minus_hours(moment(4, 7, 9, 30), 4) == moment(4, 3, 14, 30)
    assert CALENDAR.plus_minutes(moment(4, 3, 11, 30), 60) == moment(4, 3, 14, 30)
    assert CALENDAR.plus_minutes(moment(4, 3, 17, 0), 60) == moment(4, 7, 9, 0)


@given(calendars, moments, st.integers(1, 3000))
def test_minutes_added_can_be_taken_away_again(calendar, start, minutes):
    later = calendar.plus_minutes(start, minutes)
    back = calendar.minus_hours(later, minutes / 60)
    assert back >= start
    assert calendar.plus_minutes(back, minutes) == later


@pytest.mark.parametrize("hours", [(), ((time(12), time(8)),), ((time(8), time(12)),) * 2])
def test_hours_that_do_not_follow_each_other_are_refused(hours) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Calendar(hours=hours)


# --- explain --------------------------------------------------------------------------------------


def test_the_explanation_names_every_day_skipped() -> None:
    explanation = CALENDAR.explain(DISPATCHED, moment(4, 15, 17, 30))
    assert explanation.counted == 7
    assert explanation.sentence() == (
        "派出 4月3日 10:44，当天不算；跳过 4月4日—4月6日 清明节、4月12日—4月13日 周末；暂停 0 天"
    )


def test_the_explanation_tells_of_pauses_and_extensions() -> None:
    sentence = CALENDAR.explain(DISPATCHED, moment(4, 7, 17, 30), 3, 5).sentence("登记")
    assert sentence.startswith("登记 4月3日 10:44，当天不算；")
    assert sentence.endswith("；暂停 3 天；延期 5 天")


def test_a_clock_of_the_same_day_says_so() -> None:
    sentence = CALENDAR.explain(DISPATCHED, moment(4, 3, 17, 30)).sentence()
    assert sentence == "派出 4月3日 10:44，当天到期；暂停 0 天"


def test_a_day_of_an_unknown_year_counts_monday_to_friday_and_says_so() -> None:
    start = moment(12, 30, 10, year=2026)
    due = CALENDAR.due(start, 3)
    assert due.date() == date(2027, 1, 4)
    assert CALENDAR.explain(start, due).sentence() == (
        "派出 12月30日 10:00，当天不算；跳过 2027年1月2日—2027年1月3日 周末；暂停 0 天；"
        "2027 年日历未设置，按周一至周五计算"
    )


def test_a_single_day_decided_in_an_unknown_year_is_known() -> None:
    calendar = Calendar({date(2027, 1, 1): (False, "元旦")})
    assert calendar.known(date(2027, 1, 1))
    assert not calendar.known(date(2027, 1, 2))


@given(calendars, moments, st.integers(0, 40))
def test_every_day_is_either_counted_or_skipped(calendar, start, n):
    explanation = calendar.explain(start, calendar.due(start, n))
    skipped = sum((run.last - run.first).days + 1 for run in explanation.skipped)
    assert explanation.counted + skipped == (explanation.due.date() - start.date()).days


# --- statutory ------------------------------------------------------------------------------------


def test_a_statutory_period_counts_calendar_days_without_the_first() -> None:
    assert statutory_due(date(2025, 4, 7), 30, CALENDAR) == date(2025, 5, 7)


def test_a_statutory_period_ending_on_a_holiday_ends_on_the_next_working_day() -> None:
    assert statutory_due(date(2025, 4, 3), 30, CALENDAR) == date(2025, 5, 6)


def test_a_right_is_warned_of_from_its_unextended_date() -> None:
    assert rights_due(date(2025, 4, 3), 30) == date(2025, 5, 3)


def test_a_statutory_period_in_working_days_skips_holidays() -> None:
    assert statutory_due(date(2025, 4, 3), 7, CALENDAR, unit="working") == date(2025, 4, 15)
