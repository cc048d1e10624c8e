"""Who sees which case, and what a list or a page loads. The one place where rows are chosen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Prefetch, Q

from orgs.models import Center, User
from orgs.permissions import Permission

if TYPE_CHECKING:
    from cases.models import Assignment, Case, CaseEvent  # noqa: F401

# Not Q(): an empty Q means "everything" alone, and vanishes under |.
NOTHING = Q(pk__in=[])


def centers_below(stems: list[str]) -> models.QuerySet[Center]:
    """The centres whose region lies inside one of these division-code prefixes."""
    inside = NOTHING
    for stem in stems:
        inside |= Q(region__code__startswith=stem)
    return Center.objects.filter(inside)


def visible_cases(user: User, prefix: str = "") -> Q:
    """Who sees which case, said once. `prefix` leads from a related row to its case.

    A centre sees the cases of its own region and those it had before they moved; a unit sees
    every case it ever had a part in; others see what they registered themselves.
    Subqueries, never joins: a join needs .distinct(), and PostgreSQL will not lock DISTINCT rows.
    """
    seen = NOTHING
    centers = [post.center for post in user.posts_giving(Permission.VIEW_CENTER)]
    if centers:
        below = centers_below([center.region.stem for center in centers])
        formerly = apps.get_model("cases", "CaseCenter").objects.filter(center__in=centers)
        seen |= Q(**{f"{prefix}center__in": below.values("pk")})
        seen |= Q(**{f"{prefix}pk__in": formerly.values("case")})
    units = {post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)} - {None}
    if units:
        parts = apps.get_model("cases", "Assignment").objects.filter(unit__in=units)
        seen |= Q(**{f"{prefix}pk__in": parts.values("case")})
    if user.can(Permission.VIEW_OWN):
        seen |= Q(**{f"{prefix}registered_by": user})
    return seen


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_cases(user))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))

    def open(self) -> Self:
        return self.exclude(stage="closed")

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now)

    def near_due(self, now: datetime) -> Self:
        """Amber: the light has changed, the time is not yet up."""
        return self.open().filter(near_at__lte=now, due_at__gte=now)

    def named(self, number: str) -> Self:
        """By the full number of 16 digits, or by the short one people speak."""
        return self.filter(Q(number=number) | Q(short_number=number)).order_by("-pk")

    def for_list(self) -> Self:
        """Everything a row of a list shows, in a number of queries that does not grow."""
        return self.select_related("type", "unit", "center")

    def with_assignments(self) -> Self:
        """The open assignments, lead first, as `open_assignments`."""
        return self.prefetch_related(open_assignments())

    def for_detail(self) -> Self:
        return self.select_related(
            "type",
            "unit",
            "center",
            "occurred_region__parent",
            "first_receiver",
            "registered_by",
            "window",
            "merged_into",
        ).prefetch_related(open_assignments(), "parties")


def open_assignments() -> Prefetch[str, Any, str]:
    rows = apps.get_model("cases", "Assignment").objects.open().select_related("unit", "handler")
    return Prefetch("assignments", queryset=rows, to_attr="_open_assignments")


class OfCaseQuerySet(models.QuerySet[Any]):
    """Rows that hang from a case: seen by whoever sees the case."""

    def visible_to(self, user: User) -> Self:
        return self.filter(visible_cases(user, prefix="case__"))


class AssignmentQuerySet(OfCaseQuerySet):
    def open(self) -> Self:
        """The parts still running, the lead's first."""
        return self.filter(ended_at=None).order_by("-role", "pk")
