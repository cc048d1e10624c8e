"""The same 25 rows three times: to anybody, to a token, to a session as a page."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import decorator_from_middleware

from bench_floor.models import Row, Token

PAGE = 25
FIELDS = [field.attname for field in Row._meta.concrete_fields]


def newest() -> QuerySet[Row]:
    """Read one page by the index."""
    return Row.objects.order_by("-registered_at", "-id")[:PAGE]


def rows() -> JsonResponse:
    """Answer with the page."""
    return JsonResponse({"results": list(newest().values(*FIELDS))})


def bare(request: HttpRequest) -> HttpResponse:
    """One indexed query, no sign-in."""
    return rows()


def by_token(request: HttpRequest) -> HttpResponse:
    """The same for who has a token."""
    key = request.headers.get("Authorization", "").removeprefix("Token ")
    token = Token.objects.select_related("user").filter(key=key).first()
    if token is None or not token.user.is_active:
        return HttpResponse(status=401)
    return rows()


@decorator_from_middleware(SessionMiddleware)
@decorator_from_middleware(AuthenticationMiddleware)
def by_session(request: HttpRequest) -> HttpResponse:
    """The same as a page for who has signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return render(request, "floor.html", {"rows": newest(), "user": request.user})
