from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from zongzhi.lib.errors import DomainError

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from orgs.models import User


class StaffRequest(HttpRequest):
    """What a view behind @login_required receives."""

    user: User
    htmx: HtmxDetails


def render_page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page for a browser; for htmx, only the part that changed."""
    htmx = getattr(request, "htmx", None)
    wants_fragment = htmx and not htmx.boosted
    response = render(request, fragment if wants_fragment else page, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted"])
    return response


def changes_nothing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that takes a POST only so that nothing personal is part of an address.

    No number of the menu can have moved, so none is counted again for its answer.
    """

    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.changes_nothing = True  # type: ignore[attr-defined]
        return response

    return marked


def client_address(request: HttpRequest) -> str | None:
    """The address the request came from; the proxy's word for it only where there is one."""
    source = "HTTP_X_REAL_IP" if settings.BEHIND_PROXY else "REMOTE_ADDR"
    address: str = request.META.get(source, "")
    return address or None


def is_phone(request: HttpRequest) -> bool:
    """Whether the browser says that it is a telephone's."""
    return "Mobile" in request.headers.get("User-Agent", "")


class NoNul:
    """Takes NUL out of an address: nobody types one, and no database keeps or compares it.

    Views read a tab, a unit or a number straight from the address; none has to think of this.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked or "\x00" in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "").replace("\x00", "")
        request.path_info = request.path_info.replace("\x00", "")
        return self.get_response(request)


class DomainErrorMiddleware:
    """A rule said no and the view had no better place to say so: say it on a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not isinstance(exc, DomainError):
            return None
        return render_page_or_fragment(
            request, "errors/rule.html", "errors/_rule.html", {"error": exc}, status=exc.status
        )
