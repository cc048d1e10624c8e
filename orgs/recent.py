"""最近打开: the last things a person had on the screen, kept with the session on the server."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

KEY = "recent"
MOST = 8


@dataclass(frozen=True)
class Recent:
    label: str
    url: str


def remember(request: HttpRequest, *, label: str, url: str) -> None:
    """Put something at the head of the list; writes the session only when the head changes."""
    items: list[list[str]] = request.session.get(KEY, [])
    entry = [label, url]
    if items[:1] != [entry]:
        request.session[KEY] = [entry, *(item for item in items if item != entry)][:MOST]


def recently_opened(request: HttpRequest) -> list[Recent]:
    return [Recent(label, url) for label, url in request.session.get(KEY, [])]
