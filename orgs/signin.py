"""Signing in: who may, how many tries are left, and what a locked account is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate, user_login_failed
from django.contrib.auth.backends import ModelBackend
from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.utils.timezone import localtime

from orgs import factors
from orgs.models import AccessLog, User
from orgs.models.people import reference_revision
from orgs.questions import Question
from orgs.services import log_access
from zongzhi.lib.http import client_address
from zongzhi.lib.prepared import Given, Prepared

QUESTION_AFTER = 3  # failures; the fifth locks


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


@dataclass(frozen=True)
class Answer:
    """What became of a name and a password: whose they are, or the sentence to say."""

    user: User | None = None
    sentence: str = ""
    locked: bool = False


def try_password(request: HttpRequest, username: str, password: str) -> Answer:
    """Check a name and a password; a failure is counted and logged.

    Axes would answer a locked account itself, with a page for every kind of caller: we do.
    """
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User):
        return Answer(user=user)
    shut = bool(getattr(request, "axes_locked_out", False))
    request.axes_locked_out = False  # type: ignore[attr-defined]
    _log_failure(request, username)
    sentence = wrong(request, username)
    return Answer(sentence=sentence, locked=shut or unlocks_at(username) is not None)


def try_code(request: HttpRequest, user: User, code: str) -> Answer:
    """Check the six digits of a person whose password was right; a failure counts like one."""
    if unlocks_at(user.username) is not None:
        return Answer(sentence=locked(user.username), locked=True)
    if factors.check(user=user, code=code):
        return Answer(user=user)
    user_login_failed.send(
        sender=__name__, credentials={"username": user.username}, request=request
    )
    request.axes_locked_out = False  # type: ignore[attr-defined]
    _log_failure(request, user.username)
    left = _tries_left(request, user.username)
    if left <= 0:
        return Answer(sentence=locked(user.username), locked=True)
    return Answer(sentence=f"动态口令不对，看手机上现在的 6 位数，还能试 {left} 次")


def _log_failure(request: HttpRequest, username: str) -> None:
    """A name nobody has is not written down: it may be a password in the wrong field."""
    known = User.objects.filter(username=username).exists()
    log_access(
        AccessLog.Action.SIGN_IN_FAILED,
        user=None,
        address=client_address(request),
        subject=username if known else "",
    )


def _failures(request: HttpRequest, username: str) -> int:
    return int(AxesProxyHandler.get_failures(request, {"username": username}))


def _tries_left(request: HttpRequest, username: str) -> int:
    return int(get_failure_limit(request, {"username": username})) - _failures(request, username)


def wrong(request: HttpRequest, username: str) -> str:
    """What to say after a name and password that do not fit together."""
    left = _tries_left(request, username)
    return f"账号或密码不对，还能试 {left} 次" if left > 0 else locked(username)


def question_for(request: HttpRequest, username: str) -> Question | None:
    """The sum to answer after three failures; None before, and once the account is locked."""
    failures = _failures(request, username) if username else 0
    if not QUESTION_AFTER <= failures < settings.AXES_FAILURE_LIMIT:
        return None
    return Question.number(username, failures)


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
