"""What the system knows of a period, to begin a report with. Each number links to its list.

Higher floors add what they know at start-up (`register`): this one knows only events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlencode

from django.urls import reverse

from grids.event_filters import EventFilter
from grids.models import GridEvent
from orgs.models import Region, User


@dataclass(frozen=True)
class Asked:
    """Of which area and which days, as this person may see them."""

    user: User
    region: Region
    first: date
    last: date


@dataclass(frozen=True)
class Fact:
    label: str
    count: int
    url: str
    settled: bool = False  # counts as settled, not as found


Source = Callable[[Asked], list[Fact]]
_SOURCES: list[Source] = []


def register(source: Source) -> None:
    if source not in _SOURCES:
        _SOURCES.append(source)


def facts(asked: Asked) -> list[Fact]:
    return [*_events(asked), *(fact for source in _SOURCES for fact in source(asked))]


def _events(asked: Asked) -> list[Fact]:
    params = {
        "area": asked.region.code,
        "received_after": asked.first.isoformat(),
        "received_before": asked.last.isoformat(),
    }
    done = params | {"stage": "done"}
    return [
        Fact("网格上报", _count(params, asked.user), _url(params)),
        Fact("网格上报里已办结的", _count(done, asked.user), _url(done), settled=True),
    ]


def _count(params: dict[str, str], user: User) -> int:
    visible = GridEvent.objects.visible_to(user)
    narrowed = EventFilter(params, queryset=visible, request=SimpleNamespace(user=user))
    return int(narrowed.qs.count())


def _url(params: dict[str, str]) -> str:
    return f"{reverse('grids:events')}?{urlencode(params)}"
