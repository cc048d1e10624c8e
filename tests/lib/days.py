"""The days the tests of clocks live in: the real 2025 and 2026, and any others."""

from datetime import date, datetime

from hypothesis import strategies as st

from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.holidays_cn import statutory_days
from zongzhi.lib.worktime import Ahead, Calendar

YEARS = frozenset({2025, 2026})
CALENDAR = Calendar({day: (work, name) for day, work, name in statutory_days(YEARS)}, years=YEARS)
AHEAD = Ahead(percent=20, days=1, hours=4)
DISPATCHED = datetime(2025, 4, 3, 10, 44, tzinfo=SHANGHAI)


def moment(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


days_of_life = st.dates(date(2024, 11, 1), date(2027, 3, 1))
moments = st.builds(datetime.combine, days_of_life, st.times(), st.just(SHANGHAI))
calendars = st.builds(
    Calendar, st.dictionaries(days_of_life, st.tuples(st.booleans(), st.just("放假")), max_size=60)
) | st.just(CALENDAR)
