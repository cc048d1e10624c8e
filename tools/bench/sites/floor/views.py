"""The same 25 rows three times: to anybody, to a token, to a session."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import decorator_from_middleware

from bench.sites.floor.models import Row, Token

PAGE = 25
FIELDS = [field.attname for field in Row._meta.concrete_fields]


def rows() -> JsonResponse:
    """Read one page by the index and answer with it."""
    newest = Row.objects.order_by("-registered_at", "-id").values(*FIELDS)[:PAGE]
    return JsonResponse({"results": list(newest)})


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
    """The same for who has a session."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return rows()
