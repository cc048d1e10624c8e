"""Which units somebody answers for when a unit is asked, and which units a centre may ask."""

from __future__ import annotations

from orgs.models import Center, Department, User
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


def in_reach(center: Center, unit: Department) -> bool:
    """A unit of the centre or of the one right above, a lower centre too; never itself."""
    return unit.center_id in {center.pk, center.parent_id} and unit.runs_id != center.pk


def above_or_own(center: Center, unit: Department) -> bool:
    """A unit of the centre or of any above it: whom something has to be made known to."""
    here: Center | None = center
    while here is not None:
        if unit.center_id == here.pk:
            return True
        here = here.parent
    return False
