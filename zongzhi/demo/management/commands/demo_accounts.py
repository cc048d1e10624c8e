from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orgs.models import User
from zongzhi.demo import county


class Command(BaseCommand):
    help = "Print the demo accounts and their password, if this database holds the demo county."

    def handle(self, *args: Any, **options: Any) -> None:
        there = User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True)
        cast = [person for person in county.CAST if person.username in set(there)]
        if not cast:
            return
        rows: list[tuple[str, ...]] = [("account", "name", "place", "role")]
        rows += [(p.username, p.name, place_of(p), p.title) for p in cast]
        self.stdout.write("\n".join(table(rows)))
        self.stdout.write(f"\nPassword of all of them: {settings.DEMO_PASSWORD}")


def place_of(person: county.Person) -> str:
    department = county.DEPARTMENT[person.posts[0].department]
    return department.short


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines with aligned columns; a Chinese character is two columns wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
