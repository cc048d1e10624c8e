from collections import Counter
from datetime import date

import pytest

from zongzhi.lib.holidays_cn import confirmed, statutory_days


@pytest.mark.parametrize(("year", "free", "worked"), [(2025, 28, 5), (2026, 33, 6)])
def test_the_days_are_those_of_the_notice(year: int, free: int, worked: int) -> None:
    kinds = Counter(work for _, work, _ in statutory_days([year]))
    assert kinds == {False: free, True: worked}


def test_a_weekend_inside_a_holiday_carries_its_name() -> None:
    days = {day: name for day, _, name in statutory_days([2025])}
    assert {days[date(2025, 4, day)] for day in (4, 5, 6)} == {"清明节"}
    assert days[date(2025, 1, 28)] == "春节"
    assert days[date(2025, 2, 4)] == "春节"


def test_a_weekend_in_exchange_is_a_working_day() -> None:
    assert (date(2025, 4, 27), True, "调休上班") in statutory_days([2025])


def test_the_end_of_december_may_belong_to_new_year() -> None:
    assert (date(2023, 12, 30), False, "元旦") in statutory_days([2023])


def test_only_the_years_asked_for_are_answered() -> None:
    assert {day.year for day, _, _ in statutory_days([2024, 2026])} == {2024, 2026}
    assert statutory_days([]) == []


def test_a_year_without_a_notice_is_not_confirmed() -> None:
    assert [confirmed(year) for year in (2025, 2026, 2035)] == [True, True, False]
