"""What the centre has done about a unit: 提醒, 督办单, 督办牌, 约谈, 通报."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, QuerySet

from cases.models import Case
from dispatch.models import Chase, Circular, Mark, Supervision, Talk
from orgs.models import Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock


@dataclass(frozen=True)
class Record:
    """This month's reminders and sheets, and whatever still stands."""

    month: date
    chases: list[Chase]
    sheets: list[Supervision]
    older: list[Supervision]
    marks: list[Mark]
    talks: list[Talk]
    circulars: list[Circular]


def watched_units(user: User) -> QuerySet[Department]:
    """A unit for its own staff; every unit for whoever supervises."""
    if user.can(Permission.SUPERVISE):
        return Department.objects.all()
    posts = user.posts_giving(Permission.VIEW_UNIT)
    mine = {post.department_id for post in posts if post.department_id is not None}
    return Department.objects.filter(pk__in=mine)


def record_of(user: User, unit: Department, today: date) -> Record:
    """As far as this person may see the cases it is about."""
    first = today.replace(day=1)
    begun = datetime.combine(first, time(), clock.SHANGHAI)
    chases = Chase.objects.filter(unit=unit, day__gte=first).select_related("by", "center")
    centers = [post.center_id for post in user.posts_giving(Permission.SUPERVISE)]
    if centers:
        chases = chases.filter(center__in=centers)
    seen = Supervision.objects.visible_to(user).filter(unit=unit).select_related("case")
    if centers:
        seen = seen.filter(case__center__in=centers)
    marks = Mark.objects.visible_to(user).filter(unit=unit).select_related("case", "revoked_by")
    talks = Talk.objects.visible_to(user).filter(unit=unit).select_related("center", "unit")
    named = Circular.objects.visible_to(user).filter(issued_at__isnull=False, rows__unit=unit)
    return Record(
        month=first,
        chases=list(chases.annotate(number=Count("cases")).order_by("-day", "-pk")),
        sheets=list(seen.filter(opened_at__gte=begun).order_by("-opened_at", "-pk")),
        older=list(seen.filter(opened_at__lt=begun, closed_at=None).order_by("opened_at")),
        marks=list(_standing_first(marks)),
        talks=list(talks.order_by("-proposed_at", "-pk")[:MOST]),
        circulars=list(named.order_by("-month", "-pk")[:MOST]),
    )


MOST = 50


def _standing_first(marks: QuerySet[Mark]) -> Iterable[Mark]:
    """Of open cases, newest first; and of this page no more than one can read."""
    still = Case.objects.open().values("pk")
    return marks.filter(case__in=still).order_by("revoked_at", "-at", "-pk")[:MOST]
