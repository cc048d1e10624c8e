from datetime import datetime

import pytest
from hypothesis import given

from tests.lib.days import AHEAD, CALENDAR, DISPATCHED, moment, moments
from zongzhi.lib.light import NO_LIGHT, light

DUE = CALENDAR.due(DISPATCHED, 7)
NEAR = CALENDAR.near(DISPATCHED, DUE, 7, AHEAD)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (moment(4, 3, 10, 44), "● 剩 7 个工作日"),
        (moment(4, 11, 9), "● 剩 2 个工作日"),
        (moment(4, 13, 23, 59), "● 剩 2 个工作日"),
        (moment(4, 14), "▲ 剩 1 个工作日"),
        (moment(4, 15, 9), "▲ 今天 17:30 到期"),
        (moment(4, 15, 13, 30), "▲ 今天 17:30 到期"),
        (moment(4, 15, 14, 20), "▲ 剩 3 小时"),
        (moment(4, 15, 17, 5), "▲ 剩 25 分钟"),
        (moment(4, 15, 17, 30), "▲ 剩 1 分钟"),
        (moment(4, 15, 17, 31), "■ 刚超期"),
        (moment(4, 16, 8), "■ 超 1 个工作日"),
        (moment(4, 20, 8), "■ 超 3 个工作日"),
    ],
)
def test_the_worked_example_of_the_counting_rule(now: datetime, shown: str) -> None:
    assert str(light(now, DUE, NEAR, CALENDAR)) == shown


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (moment(4, 15, 17, 31), "● 剩 3 个工作日"),
        (moment(4, 17, 9), "▲ 剩 1 个工作日"),
        (moment(4, 18, 17, 31), "■ 刚超期"),
    ],
)
def test_a_pause_of_three_days_moves_the_light_by_three_days(now: datetime, shown: str) -> None:
    due = CALENDAR.shift(DUE, 3)
    assert str(light(now, due, CALENDAR.near(DISPATCHED, due, 7, AHEAD), CALENDAR)) == shown


def test_a_paused_clock_is_grey_even_when_it_is_past_due() -> None:
    shown = light(moment(4, 20, 9), DUE, NEAR, CALENDAR, paused_since=moment(4, 14, 16))
    assert (shown.colour, str(shown)) == ("paused", "Ⅱ 暂停（已停 6 天）")


def test_a_paused_clock_may_say_what_it_waits_for() -> None:
    shown = light(
        moment(4, 20, 9), DUE, NEAR, CALENDAR, paused_since=moment(4, 14), paused_for="等鉴定"
    )
    assert shown.words == "暂停（等鉴定，已停 6 天）"


@pytest.mark.parametrize(
    ("finished", "shown"),
    [
        (moment(4, 15, 17, 30), "✓ 按时办结"),
        (moment(4, 15, 17, 31), "✓ 刚超期办结"),
        (moment(4, 17, 9), "✓ 超 2 日办结"),
    ],
)
def test_a_finished_clock_says_whether_it_was_in_time(finished: datetime, shown: str) -> None:
    assert str(light(moment(6, 1), DUE, NEAR, CALENDAR, finished_at=finished)) == shown


def test_a_clock_without_a_due_moment_has_no_light() -> None:
    assert light(moment(4, 3), None, None, CALENDAR) == NO_LIGHT
    assert str(NO_LIGHT) == ""


def test_a_clock_due_on_a_day_nobody_works_names_the_day() -> None:
    assert light(moment(4, 4, 9), moment(4, 6, 12), None, CALENDAR).words == "4月6日 12:00 到期"


def test_a_clock_of_real_minutes_counts_them_past_midnight() -> None:
    assert light(moment(4, 4, 23, 50), moment(4, 5, 0, 20), None, CALENDAR).words == "剩 30 分钟"


@given(moments, moments)
def test_the_light_is_red_exactly_when_the_clock_is_past_due(now: datetime, due: datetime) -> None:
    assert (light(now, due, None, CALENDAR).colour == "red") == (now > due)
