"""What stands between a signed-in person and every page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

Handler = Callable[[HttpRequest], HttpResponse]

SEEN = "seen"
SAVE_EVERY = 60  # seconds; a session row is written at most that often
# The menu asks for its numbers every minute: that alone does not mean that anybody is there.
ASLEEP_UNLESS_ACTIVE = "orgs:counts"


class IdleSession:
    """A session lives until 30 minutes have passed without anybody at the keyboard.

    Each request moves the end on, but the row is written once a minute at most.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if session.accessed and not session.is_empty() and SESSION_KEY in session:
            now = int(time.time())
            if _somebody_is_there(request) and now - session.get(SEEN, 0) >= SAVE_EVERY:
                session[SEEN] = now
        return response


def _somebody_is_there(request: HttpRequest) -> bool:
    match = request.resolver_match
    polling = match is not None and match.view_name == ASLEEP_UNLESS_ACTIVE
    return not polling or request.headers.get("X-Active") == "1"


def seconds_left(request: HttpRequest) -> int:
    """How long the session still lives if nobody does anything."""
    seen = int(request.session.get(SEEN, time.time()))
    return seen + settings.SESSION_COOKIE_AGE - int(time.time())


class StalePassword:
    """A first password, or one older than 90 days, is changed before anything else is done."""

    OPEN = frozenset({"orgs:change_password", "orgs:logout", "orgs:login", "orgs:choose_font"})

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in self.OPEN or not _carries_a_session(request):
            return None
        if not request.user.is_authenticated or not request.user.password_is_stale:
            return None
        target = reverse("orgs:change_password")
        if getattr(request, "htmx", False):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = target
            return response
        return redirect(target)


def _carries_a_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


class LoginUnderHtmx:
    """A sign-in that has run out answers a fragment with 401; the page goes to sign in itself.

    Otherwise htmx would follow the redirect and put the login page into a table cell.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False) and response.status_code == 302:
            target = urlsplit(response.headers.get("Location", "")).path
            if target == settings.LOGIN_URL:
                refused = HttpResponse(status=401)
                refused["HX-Trigger"] = "relogin"
                return refused
        return response
