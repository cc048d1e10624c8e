"""Numbers without gaps, one series at a time."""

from __future__ import annotations

from django.db import connection

_NEXT = """
INSERT INTO orgs_counter (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = orgs_counter.last + 1
RETURNING last
"""


def next_in(series: str) -> int:
    """The next number of a series, without gaps; the row stays locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        return int(cursor.fetchone()[0])


def short_of(number: str) -> str:
    """How people say the full number of a case: 9901012611190014 is 1119-014; "" of none."""
    return f"{number[8:12]}-{int(number[12:]):03}" if number else ""
