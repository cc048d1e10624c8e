"""The numbers a case is known by."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from django.db import connection

from orgs.models import Center

_NEXT = """
INSERT INTO cases_counter (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = cases_counter.last + 1
RETURNING last
"""
_NEXT_CASE = f"{_NEXT.rstrip()}, nextval(pg_get_serial_sequence('cases_case', 'id'))"


@dataclass(frozen=True)
class Numbers:
    """Full: county code 6 + YYMMDD + 4, digits only, so that a scanner's IME cannot spoil it.

    With the id for the row: the first line of history names it before it is saved.
    """

    pk: int
    full: str
    short: str


def next_in(series: str) -> int:
    """The next number of a series, without gaps; the row stays locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series])
        return int(cursor.fetchone()[0])


def next_case_numbers(center: Center, day: date) -> Numbers:
    """Numbers for a case registered that day; one series for all centres of the county."""
    county = center.region.code[:6]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_CASE, [f"case {county} {day:%y%m%d}"])
        serial, pk = cursor.fetchone()
    return Numbers(
        pk=pk,
        full=f"{county}{day:%y%m%d}{serial:04d}",
        short=f"{day:%m%d}-{serial:03d}",
    )


def new_token() -> str:
    """128 random bits for the citizen page, 22 characters; says nothing about the case."""
    return secrets.token_urlsafe(16)
