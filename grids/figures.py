"""What is counted on the map, by place: open events here, more from the floors above.

A figure counts by the beginnings of grid codes, and knows the address of exactly what it counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Value
from django.db.models.functions import Substr
from django.urls import reverse

from grids.models import GridEvent
from orgs.models import User

WHOLE = 18  # no code is longer
VILLAGE_DIGITS = 12


@dataclass(frozen=True)
class Figure:
    """`count(user, stem, length)`: what lies under the stem, by the first `length` digits."""

    code: str
    label: str
    unit: str
    count: Callable[[User, str, int], dict[str, int]]
    url: Callable[[str], str]


def _open_events(user: User, stem: str, length: int) -> dict[str, int]:
    rows = GridEvent.objects.visible_to(user).open().filter(grid__code__startswith=stem)
    counted = rows.order_by().values(where=Substr("grid__code", Value(1), Value(length)))
    return dict(counted.annotate(n=Count("pk")).values_list("where", "n"))


def open_events_url(stem: str) -> str:
    """The list of the open events in a grid, by its code, or in a place, by its digits."""
    given = {"grid": stem} if len(stem) > VILLAGE_DIGITS else {"area": area_of(stem)}
    return f"{reverse('grids:events')}?{urlencode({**given, 'open': 1})}"


def area_of(stem: str) -> str:
    """The twelve digits of a place, as the select of the list knows it."""
    return stem.ljust(VILLAGE_DIGITS, "0")


_FIGURES = [Figure("events", "没办结的网格事件", "件", _open_events, open_events_url)]


def register_figure(figure: Figure) -> None:
    """A floor above has something to count, too."""
    if all(one.code != figure.code for one in _FIGURES):
        _FIGURES.append(figure)


def figures() -> list[Figure]:
    return list(_FIGURES)
