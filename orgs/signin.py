"""Signing in: who may, how many tries are left, and what a locked account is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from orgs.forms import SignInForm
from orgs.models import User
from orgs.models.people import reference_revision
from zongzhi.lib.prepared import Given, Prepared


class AccountBackend(ModelBackend):
    """Names and passwords; the invented people of the demo county only where it is a rehearsal."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if not isinstance(user, User) or (user.is_demo and not settings.DEBUG):
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        """Whose session it is; how the posts stand comes with the same query."""
        user = _SIGNED_IN.first(id=user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.reference_revision = user.revision  # type: ignore[attr-defined]
        return user


_SIGNED_IN = Prepared(
    lambda: User.objects.filter(pk=Given("id", BigIntegerField())).annotate(
        revision=reference_revision()
    )
)


def wrong(request: HttpRequest, username: str) -> str:
    """What to say after a name and password that do not fit together."""
    credentials = {"username": username}
    left = get_failure_limit(request, credentials) - int(
        AxesProxyHandler.get_failures(request, credentials)
    )
    if left <= 0:
        return locked(username)
    return f"账号或密码不对，还能试 {left} 次"


def locked(username: str) -> str:
    """What to say to whoever knocks at a locked account; it says when it opens again."""
    at = unlocks_at(username)
    when = f"，{localtime(at):%H:%M} 自动解锁" if at else ""
    return f"密码错得太多，账号已锁{when}。等不及找本单位管理员解锁"


def unlocks_at(username: str) -> datetime | None:
    """When the account opens again by itself; None when it is not locked."""
    cool_off = get_cool_off()
    attempt = (
        AccessAttempt.objects.filter(
            username=username, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
        )
        .order_by("-attempt_time")
        .first()
    )
    if attempt is None or cool_off is None:
        return None
    at: datetime = attempt.attempt_time + cool_off
    return at if at > localtime() else None


def locked_usernames() -> set[str]:
    """The accounts that nobody can sign in to now."""
    cool_off = get_cool_off()
    if cool_off is None:
        return set()
    return set(
        AccessAttempt.objects.filter(
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gt=localtime() - cool_off,
        ).values_list("username", flat=True)
    )


def unlock(username: str) -> int:
    """Forget the failed tries of an account; how many rows there were."""
    return int(reset(username=username))


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The answer to a request that tried a locked account (AXES_LOCKOUT_CALLABLE)."""
    username = str((credentials or {}).get("username") or "")
    sentence = locked(username)
    if request.path.startswith("/api/"):
        problem = {
            "type": "about:blank",
            "title": "账号已锁",
            "status": 403,
            "code": "locked",
            "detail": sentence,
        }
        return JsonResponse(problem, status=403, content_type="application/problem+json")
    form = SignInForm(request, data={"username": username})
    form.refuse(sentence)
    context = {"form": form, "next": request.POST.get("next", "")}
    return render(request, "orgs/login.html", context, status=403)
