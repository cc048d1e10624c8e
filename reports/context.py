"""The frame of every page: who is here, the menu with its numbers, what was opened last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from orgs.models import User
from orgs.recent import Recent, recently_opened
from orgs.sessions import mark_of
from reports.menu import UNREAD, Entry, menu_of
from zongzhi.lib import clock


@dataclass(frozen=True)
class Item:
    """A line of the menu as it is drawn."""

    label: str
    url: str
    key: str
    sub: bool
    count: int | None
    current: bool


@dataclass(frozen=True)
class Frame:
    """What base.html draws around a page."""

    center_name: str
    help_phone: str
    person: str
    account: str  # whose page it is, for the requests it makes
    font: str
    is_demo: bool
    menu: list[Item]
    recent: list[Recent]
    unread: int
    counted_at: datetime


def frame(request: HttpRequest) -> dict[str, Any]:
    """Offer the frame to templates; nothing is asked of the database until one draws it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    if user.password_is_stale:  # nothing else is open to them yet
        return _draw(request, user, (), {})
    menu = menu_of(user)
    return _draw(request, user, menu.entries, menu.counted.numbers())


def _draw(
    request: HttpRequest, user: User, entries: Sequence[Entry], counts: dict[str, int]
) -> Frame:
    posts = user.posts_today
    center = posts[0].center if posts else None
    window = next((post.window for post in posts if post.window), None)
    here = _current(entries, request)
    return Frame(
        center_name=center.name if center else "综治中心",
        help_phone=center.phone if center else "",
        person=f"{user.name}·{window}" if window else user.name,
        account=mark_of(user),
        font=user.font_size,
        is_demo=user.is_demo,
        menu=[
            Item(e.label, e.url, e.key, e.sub, counts.get(e.url), e.url == here) for e in entries
        ],
        recent=recently_opened(request),
        unread=counts.get(UNREAD, 0),
        counted_at=clock.now(),
    )


def _current(entries: Sequence[Entry], request: HttpRequest) -> str:
    """The entry this page belongs to: same path, and as much of its query as the page has."""
    best, score = "", -1
    for entry in entries:
        parts = urlsplit(entry.url)
        wanted = parse_qs(parts.query)
        given = all(request.GET.get(name) == value[0] for name, value in wanted.items())
        if parts.path == request.path and given and len(wanted) > score:
            best, score = entry.url, len(wanted)
    return best
