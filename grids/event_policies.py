"""Whose turn an event is, and whom it can be given to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from grids.event_centers import above, manned_centers, with_somebody
from grids.models import GridEvent, GridRole
from grids.querysets import RoleQuerySet
from grids.vocabulary import EventActor
from orgs.models import Center, Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock

_SENT = (
    GridRole.Kind.HEAD,
    GridRole.Kind.FULL_TIME,
    GridRole.Kind.PART_TIME,
    GridRole.Kind.INFORMANT,
)


def handles(user: User, event: GridEvent) -> bool:
    """Deals with the events of the centre where it now is."""
    return user.can_at(Permission.TRIAGE, event.center_id)


def serves(user: User, event: GridEvent) -> bool:
    """Serves the event's grid today, with the right to work there."""
    return user.can(Permission.GRID_WORK) and serving(event).filter(pk=user.pk).exists()


def answers(user: User, event: GridEvent) -> bool:
    """The unit, the grid worker or the centre that has it to do."""
    if event.actor == EventActor.UNIT:
        return user.can_for(Permission.HANDLE, [event.unit_id])
    if event.actor == EventActor.WORKER:
        return event.worker_id == user.pk
    return event.actor == EventActor.CENTER and handles(user, event)


def was_given(user: User, event: GridEvent) -> bool:
    """The unit or worker that was given it: the centre does not give back to itself."""
    return event.actor != EventActor.CENTER and answers(user, event)


def checks(user: User, event: GridEvent) -> bool:
    """Who goes and sees: somebody who serves the grid, or the centre."""
    return handles(user, event) or serves(user, event)


def takes_part(user: User, event: GridEvent) -> bool:
    return handles(user, event) or answers(user, event) or serves(user, event)


def workers_of(grid_id: int) -> QuerySet[User]:
    """Who serves a grid today with the right to work there: only they can be asked or told."""
    roles = GridRole.objects.filter(grid=grid_id).held_on(clock.today())
    workers = User.objects.holding(Permission.GRID_WORK)
    return workers.filter(pk__in=roles.values("user")).order_by("pk")


def serving(event: GridEvent) -> QuerySet[User]:
    """The people of the event's grid who can be sent there today."""
    sent = sent_roles().filter(grid=event.grid_id)
    return User.objects.filter(pk__in=sent.values("user")).order_by("pk")


def sent_roles() -> RoleQuerySet:
    """The roles of today whose people are sent: not guides and partners, who see and advise."""
    workers = User.objects.holding(Permission.GRID_WORK)
    return GridRole.objects.filter(kind__in=_SENT, user__in=workers).held_on(clock.today())


# Which units are present in these centres without being theirs: a higher floor knows.
_present: list[Callable[[Iterable[int]], QuerySet[Any, Any]]] = []


def register_present(found: Callable[[Iterable[int]], QuerySet[Any, Any]]) -> None:
    """A floor above knows units that are present in a centre: their ids, by the centres' ids."""
    if found not in _present:
        _present.append(found)


def units_of(center: Center) -> QuerySet[Department]:
    """The units this centre can give an event to: those in which somebody handles what comes.

    Lower centres get theirs by 转下级.
    """
    return with_somebody(units_of_centers([center.pk]))


def units_of_centers(centers: Iterable[int]) -> QuerySet[Department]:
    """Units of these centres, and those of others that are present there (常驻、轮驻、随驻)."""
    ids = list(centers)
    here = Q(center__in=ids)
    for found in _present:
        here |= Q(pk__in=found(ids))
    return Department.objects.filter(here, is_active=True).exclude(kind=Department.Kind.CENTER)


def centers_below(event: GridEvent) -> QuerySet[Center]:
    """Lower centres over the event's grid in which somebody looks at events."""
    area = event.area
    codes = [area[:9].ljust(12, "0"), area[:12], area[:6].ljust(12, "0")]
    deeper = Center.objects.filter(region__code__in=codes).exclude(pk=event.center_id)
    over = [one.pk for one in above(event.center)]
    return deeper.exclude(pk__in=over).filter(pk__in=manned_centers())
