"""Telling a whole unit, whether it is a bureau or a centre that stands for itself."""

from __future__ import annotations

from orgs.models import Center, Department, User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notify


def tell_unit(unit: Department, *, text: str, url: str, topic: Topic = Topic.GENERAL) -> None:
    """A line for everybody who answers for that unit; see `dispatch.units.own_units`."""
    people = User.objects.holding(Permission.HANDLE, department=unit)
    if unit.runs is not None:
        people = people | User.objects.holding(Permission.TRIAGE, center=unit.runs)
    notify(people, text=text, url=url, topic=topic)


def tell_heads(unit: Department, *, text: str, url: str, topic: Topic = Topic.GENERAL) -> None:
    """A line for the unit's 负责人; of a centre, its leaders."""
    people = User.objects.holding(Permission.HEAD, department=unit)
    if unit.runs is not None:
        people = people | User.objects.holding(Permission.DECIDE, center=unit.runs)
    notify(people, text=text, url=url, topic=topic)


def tell_triage(center: Center, *, text: str, url: str, topic: Topic = Topic.GENERAL) -> None:
    notify(Holders(Permission.TRIAGE, center=center), text=text, url=url, topic=topic)


def tell_leaders(center: Center, *, text: str, url: str, topic: Topic = Topic.GENERAL) -> None:
    notify(Holders(Permission.DECIDE, center=center), text=text, url=url, topic=topic)
