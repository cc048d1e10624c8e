"""What stands between a signed-in person and every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from orgs import factors, kept, sessions
from orgs.models import User

Handler = Callable[[HttpRequest], HttpResponse]

# What a page asks by itself does not mean that anybody is there.
POLLS = frozenset({"orgs:counts", "orgs:session", "cases:viewers"})
FACTOR = "factor"  # in the session: the second factor is settled


class IdleSession:
    """A session lives until 30 minutes have passed without anybody at the keyboard.

    Each request of a person moves the end on, but the row is written once a minute at most. Pages
    that ask again by themselves (`X-Poll`) do not; a page where somebody types says so
    (`orgs:session`).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        signed_in = session.accessed and not session.is_empty() and SESSION_KEY in session
        if signed_in and _somebody_is_there(request):
            sessions.seen(request)
        return response


def _somebody_is_there(request: HttpRequest) -> bool:
    match = request.resolver_match
    by_itself = request.method == "GET" and match is not None and match.view_name in POLLS
    return not by_itself and "X-Poll" not in request.headers


class FirstThings:
    """What an account must do before anything else: a password of its own, a second factor."""

    OPEN = frozenset(
        {"orgs:change_password", "orgs:logout", "orgs:login", "orgs:choose_font", "orgs:session"}
    )
    FACTOR_OPEN = frozenset({*OPEN, "orgs:second_factor"})

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
        user = request.user
        if not isinstance(user, User):
            return None
        if user.password_is_stale:
            return _elsewhere(request, "orgs:change_password")
        if match.view_name not in self.FACTOR_OPEN and _lacks_factor(request, user):
            return _elsewhere(request, "orgs:second_factor")
        return None


def _lacks_factor(request: HttpRequest, user: User) -> bool:
    """Asked once a session, and again of whoever has none and needs none."""
    if request.session.get(FACTOR) or not factors.must_have(user):
        return False
    if factors.is_set_up(user):
        request.session[FACTOR] = True
        return False
    return True


def _elsewhere(request: HttpRequest, name: str) -> HttpResponse:
    target = reverse(name)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return redirect(target)


def _carries_a_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


class SignedOutMeanwhile:
    """A sign-in that ran out loses nothing: a fragment is told so, a whole form is kept.

    Otherwise htmx would follow the redirect and put the login page into a table cell. A page drawn
    for one person never speaks for another who has signed in beside it in the same browser.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 302:
            target = urlsplit(response.headers.get("Location", "")).path
            if target == settings.LOGIN_URL and request.path != reverse("orgs:logout"):
                return self._signed_out(request, response)
        if request.method == "POST" and response.status_code < 400:
            _drop_what_was_sent_again(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        drawn_for = request.headers.get("X-Account")
        if not drawn_for or not getattr(request, "htmx", False):
            return None
        user = request.user
        if isinstance(user, User) and drawn_for != sessions.mark_of(user):
            match = request.resolver_match
            return None if match and match.view_name == "orgs:sign_in_again" else _sign_in_again()
        return None

    def _signed_out(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if getattr(request, "htmx", False):
            return _sign_in_again()
        if request.method == "POST":
            kept.keep(request)
        return response


def _sign_in_again() -> HttpResponse:
    response = HttpResponse(status=401)
    response["HX-Trigger"] = "relogin"
    return response


def _drop_what_was_sent_again(request: HttpRequest) -> None:
    user = getattr(request, "user", None)
    if kept.FIELD not in request.POST or not isinstance(user, User):
        return
    form = kept.kept_for(user)
    if form is not None and kept.is_the_kept_one(form, request.POST):
        kept.drop(user)


class CountsTogether:
    """After htmx has changed something, the numbers of the menu come with the same answer.

    So the page and the menu cannot disagree.
    """

    MARK = b'id="unread"'
    SWAPPED = (200, 409)  # done, or somebody was faster: both change what waits

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._changed_something(request, response) and self.MARK not in response.content:
            counts = render_to_string("components/counts.html", request=request)
            response.content += response.make_bytes(counts)
        return response

    def _changed_something(self, request: HttpRequest, response: HttpResponse) -> bool:
        if request.method != "POST" or not getattr(request, "htmx", False):
            return False
        if getattr(response, "changes_nothing", False):
            return False
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        drawn = response.status_code in self.SWAPPED and not response.streaming
        return drawn and is_page and isinstance(request.user, User) and bool(response.content)
