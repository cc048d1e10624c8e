"""Which units somebody answers for when a unit is asked: a bureau's, or their own centre's."""

from __future__ import annotations

from orgs.models import Department, User
from orgs.permissions import Permission


def own_units(user: User) -> frozenset[int]:
    """The ids of the units whose staff this person is: a lower centre's 分流员 answers for it."""
    known: frozenset[int] | None = vars(user).get("_own_units")
    if known is None:
        known = _own_units(user)
        vars(user)["_own_units"] = known
    return known


def _own_units(user: User) -> frozenset[int]:
    units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
    centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
    if centers:
        run = Department.objects.filter(runs__in=centers).values_list("pk", flat=True)
        units |= set(run)
    return frozenset(pk for pk in units if pk is not None)
