"""What every installation starts with: the roles and the working calendar."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from orgs.calendars import SUBJECT, revise
from orgs.models import CalendarDay, Role
from orgs.permissions import DEFAULT_ROLES
from zongzhi.lib.holidays_cn import confirmed, statutory_days


def ensure_roles() -> None:
    """Create the roles that are missing; what an administrator has edited stays as it is."""
    for code, permissions in DEFAULT_ROLES.items():
        Role.objects.get_or_create(
            code=code.value,
            defaults={"name": code.label, "permissions": [str(p) for p in permissions]},
        )


@transaction.atomic
def ensure_calendar(years: Iterable[int]) -> int:
    """Fill in the national days of years that have none yet; how many days were added.

    A year whose 调休 is not published is filled unconfirmed, so that due dates in it say so.
    """
    added = 0
    for year in years:
        if CalendarDay.objects.filter(center=None, day__year=year).exists():
            continue
        days = [
            CalendarDay(day=day, is_workday=is_workday, name=name, confirmed=confirmed(year))
            for day, is_workday, name in statutory_days([year])
        ]
        CalendarDay.objects.bulk_create(days)
        added += len(days)
    if added:
        revise(SUBJECT)
    return added
