"""The numbers a case is known by."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date

from django.db import connection

from orgs.calendars import ALL_REVISIONS
from orgs.models import Center
from orgs.numbering import next_in
from zongzhi.lib.errors import WrongState

MOST_IN_A_DAY = 9999
_NEXT_ID = f"SELECT nextval(pg_get_serial_sequence('cases_case', 'id')), {ALL_REVISIONS}"


@dataclass(frozen=True)
class Numbers:
    """Full: county code 6 + YYMMDD + 4, digits only, so that a scanner's IME cannot spoil it."""

    full: str
    short: str


def next_case_numbers(center: Center, day: date) -> Numbers:
    """Numbers for a case registered that day; one series for all centres of the county.

    Whoever registers next waits for the commit: to be asked as late as can be. Raises WrongState
    when the four digits of that day are used up.
    """
    county = center.region.code[:6]
    serial = next_in(f"case {county} {day:%y%m%d}")
    if serial > MOST_IN_A_DAY:
        raise WrongState(f"今天的编号用到 {MOST_IN_A_DAY} 了，明天再登记")
    return Numbers(full=f"{county}{day:%y%m%d}{serial:04d}", short=f"{day:%m%d}-{serial:03d}")


def next_case_id() -> tuple[int, dict[str, int]]:
    """The id of a case to come, and what `revisions()` would say: one question instead of two.

    The first line of a case's history names it before it is saved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_ID)
        number, revisions = cursor.fetchone()
    return int(number), json.loads(revisions) if isinstance(revisions, str) else revisions


def new_token() -> str:
    """128 random bits for the citizen page, 22 characters; says nothing about the case."""
    return secrets.token_urlsafe(16)
