"""Whom to call in a unit: somebody who works there, and the head when nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orgs.models import Department, Post
from orgs.permissions import Permission
from zongzhi.lib import clock


@dataclass(frozen=True)
class Contact:
    """A name and a number; the unit's own number where the person has none."""

    name: str
    phone: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.phone) if part)


def staff_contacts(units: Iterable[Department]) -> dict[int, Contact]:
    """Who works there, by unit; one query for however many."""
    return _contacts(list(units), Permission.HANDLE)


def head_contacts(units: Iterable[Department]) -> dict[int, Contact]:
    """负责人, by unit; a unit where nobody holds the post is left out."""
    return _contacts(list(units), Permission.HEAD, or_unit=False)


def _contacts(
    units: list[Department], permission: Permission, *, or_unit: bool = True
) -> dict[int, Contact]:
    posts = Post.objects.held_on(clock.today()).filter(
        role__permissions__contains=[permission.value],
        department__in=units,
        user__is_active=True,
    )
    people = {}
    for post in posts.select_related("user").order_by("-pk"):
        people[post.department_id] = post.user
    found = {}
    for unit in units:
        person = people.get(unit.pk)
        if person is not None:
            found[unit.pk] = Contact(person.name, person.phone or unit.phone)
        elif or_unit:
            found[unit.pk] = Contact("", unit.phone)
    return found
