"""Days somebody types of what has happened: not before what it follows from, not tomorrow."""

from __future__ import annotations

from datetime import date

from zongzhi.lib import dates
from zongzhi.lib.errors import Invalid


def refuse_outside(field: str, day: date, first: date, today: date, since: str = "") -> None:
    """Raises Invalid for a day before that one or after today; `since` says what was then."""
    if not first <= day <= today:
        said = f"{dates.day(first, today)}{f'（{since}）' if since else ''}"
        raise Invalid(errors={field: [f"日期要在 {said}到今天之间"]})
