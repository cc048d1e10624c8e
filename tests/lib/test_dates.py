from datetime import UTC, date, datetime

from zongzhi.lib import clock, dates

TODAY = date(2025, 4, 14)


def test_a_day_of_this_year_has_no_year() -> None:
    assert dates.day(date(2025, 4, 3), TODAY) == "4月3日"


def test_a_day_of_another_year_names_it() -> None:
    assert dates.day(date(2024, 12, 3), TODAY) == "2024年12月3日"


def test_a_moment_is_shown_in_shanghai_time() -> None:
    assert dates.moment(datetime(2025, 4, 14, 9, 30, tzinfo=UTC), TODAY) == "4月14日 17:30"


def test_this_year_is_asked_of_the_clock() -> None:
    with clock.at(datetime(2024, 6, 1, tzinfo=UTC)):
        assert dates.day(date(2024, 12, 3)) == "12月3日"


def test_a_document_always_names_the_year() -> None:
    assert dates.document(date(2025, 4, 14)) == "2025年4月14日"
    assert dates.document(datetime(2025, 4, 13, 16, 30, tzinfo=UTC)) == "2025年4月14日"


def test_a_narrow_column_gets_month_and_day() -> None:
    assert dates.short(date(2025, 4, 3)) == "4-3"
