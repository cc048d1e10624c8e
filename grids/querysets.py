"""Who sees which grid and which event, said once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock

if TYPE_CHECKING:
    from grids.models import Grid, GridEvent, GridRole, GridTask  # noqa: F401

NOTHING = Q(pk__in=[])


def stems_of(user: User, permission: Permission = Permission.VIEW_CENTER) -> list[str]:
    """The beginnings of the division codes of everything this person's centres stand for."""
    posts = user.posts_giving(permission)
    return sorted({post.center.region.stem for post in posts})


def within(stems: list[str], column: str) -> Q:
    """The column holds a code that lies in one of these areas."""
    found = NOTHING
    for stem in stems:
        found |= Q(**{f"{column}__startswith": stem})
    return found


class RoleQuerySet(models.QuerySet["GridRole"]):
    def held_on(self, day: date) -> Self:
        """In force on that day; the last day counts."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class GridQuerySet(models.QuerySet["Grid"]):
    def visible_to(self, user: User) -> Self:
        """A centre sees the grids of its area, so does who keeps them; a worker those of today."""
        stems = sorted({*stems_of(user), *stems_of(user, Permission.GRIDS)})
        return self.filter(within(stems, "code") | Q(pk__in=served_by(user)))

    def active(self) -> Self:
        return self.filter(is_active=True)


def served_by(user: User) -> models.QuerySet[GridRole, Any]:
    """The ids of the grids somebody serves today; whoever was moved has others."""
    roles = apps.get_model("grids", "GridRole").objects
    return roles.filter(user=user).held_on(clock.today()).values("grid")


def grids_served(user: User, stems: Iterable[str] = ()) -> list[int]:
    """The same as ids, without those in these areas: a few, which an index can be asked for.

    Whoever reads the list of a whole area already reads that of the grids in it.
    """
    if not user.can(Permission.GRID_WORK):
        return []
    ids = served_by(user)
    for stem in stems:
        ids = ids.exclude(grid__code__startswith=stem)
    return sorted(set(ids.values_list("grid", flat=True)))


def visible_events(user: User) -> Q:
    """A centre sees its area's events, a unit those it was given, a worker their grid's."""
    stems = stems_of(user)
    seen = within(stems, "area")
    units = {post.department_id for post in user.posts_giving(Permission.VIEW_UNIT)} - {None}
    if units:
        seen |= Q(unit__in=units)
    if grids := grids_served(user, stems):
        seen |= Q(grid__in=grids)
    return seen


class EventQuerySet(models.QuerySet["GridEvent"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(visible_events(user))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))

    def open(self) -> Self:
        return self.exclude(stage="done")

    def awaiting(self, user: User) -> Self:
        """Where this person's centre, unit or grid must act next."""
        centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
        units = {post.department_id for post in user.posts_giving(Permission.HANDLE)} - {None}
        found = Q(actor="center", center__in=centers) | Q(actor="unit", unit__in=units)
        if user.can(Permission.GRID_WORK):
            own = Q(actor="worker", stage="handling", worker=user)
            of_grid = Q(actor="worker", grid__in=grids_served(user)) & ~Q(stage="handling")
            found |= own | of_grid
        return self.open().filter(found)

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(due_at__lt=now)

    def with_centers_of(self, user: User) -> Self:
        """Where a centre in which this person looks at events must act next."""
        centers = {post.center_id for post in user.posts_giving(Permission.TRIAGE)}
        return self.filter(actor="center", center__in=centers)

    def done_by_centers_of(self, user: User) -> Self:
        """本中心在办: what the centre handles or checks itself, given to nobody else."""
        return self.with_centers_of(user).filter(stage__in=("handling", "checking"))


def waiting_at_desk(user: User) -> EventQuerySet:
    """What this person's centres still have to verify, or to give to somebody."""
    seen: EventQuerySet = apps.get_model("grids", "GridEvent").objects.visible_to(user)
    return seen.with_centers_of(user).filter(stage__in=("reported", "verified"))


class GridTaskQuerySet(models.QuerySet["GridTask"]):
    def visible_to(self, user: User) -> Self:
        """The area's for a centre, their grid's for a worker."""
        return self.filter(within(stems_of(user), "grid__code") | Q(grid__in=served_by(user)))

    def open(self) -> Self:
        return self.filter(done_at=None, dropped_at=None)
