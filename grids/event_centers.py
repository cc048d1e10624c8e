"""Which centres and units have somebody today: an event never goes where nobody is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from orgs.models import Center, Department, Post
from orgs.permissions import Permission
from zongzhi.lib import clock


def _posts(permission: Permission) -> QuerySet[Post]:
    """The posts of today of active people that give this."""
    posts = Post.objects.held_on(clock.today()).filter(user__is_active=True)
    return posts.filter(role__permissions__contains=[permission.value])


def manned_centers() -> QuerySet[Post, Any]:
    """The ids of the centres where somebody looks at events today."""
    return _posts(Permission.TRIAGE).values("center")


def manned_units() -> QuerySet[Post, Any]:
    """The ids of the units where somebody handles what they are given."""
    return _posts(Permission.HANDLE).exclude(department=None).values("department")


def with_somebody(units: QuerySet[Department]) -> QuerySet[Department]:
    return units.filter(pk__in=manned_units())


def above(center: Center) -> list[Center]:
    """The centres above, the nearest first."""
    found, parent = [], center.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found


def manned_above(center: Center) -> Center | None:
    """The nearest centre above in which somebody looks at events; None when there is none."""
    over = above(center)
    manned = set(_posts(Permission.TRIAGE).filter(center__in=over).values_list("center", flat=True))
    return next((one for one in over if one.pk in manned), None)
