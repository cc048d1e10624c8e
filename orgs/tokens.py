"""Keys to the API: given out once, stored as a hash, dead when nobody uses them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from ipaddress import ip_address

from django.db import transaction
from django.db.models import CharField

from orgs.models import AccessLog, ApiToken, User
from orgs.models.people import reference_revision
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError
from zongzhi.lib.prepared import Given, Prepared

LIVES_IDLE = timedelta(minutes=30)  # as long as a session
WRITTEN_EVERY = timedelta(minutes=1)


class TokenRefused(DomainError):
    """The key opens nothing, or no longer, or not from there."""

    status, code, title = 401, "token_refused", "令牌不能用"


@transaction.atomic
def issue_token(*, user: User, address: str | None) -> str:
    """A new key for a person who has just proved who they are; their dead ones go."""
    dead = clock.now() - LIVES_IDLE
    user.api_tokens.filter(bound_address=None, last_used_at__lt=dead).delete()
    log_access(AccessLog.Action.TOKEN, user=user, address=address, subject=user.username)
    return _issue(user, None)


@transaction.atomic
def issue_channel_token(*, user: User, address: str) -> str:
    """The one key of another system: good until the next is issued, and only from its address.

    Raises ValueError for what is no address.
    """
    bound = str(ip_address(address))
    user.api_tokens.all().delete()
    purpose = f"只能从 {bound} 用"
    log_access(
        AccessLog.Action.TOKEN, user=user, address=None, subject=user.username, purpose=purpose
    )
    return _issue(user, bound)


def _issue(user: User, bound: str | None) -> str:
    plain = secrets.token_urlsafe(32)
    now = clock.now()
    ApiToken.objects.create(
        digest=_digest(plain), user=user, created_at=now, last_used_at=now, bound_address=bound
    )
    return plain


def holder_of(plain: str, *, address: str | None) -> User:
    """Whose key it is, if it still opens anything from there. Raises TokenRefused."""
    token = _held(_digest(plain))
    if token is None or not token.user.is_active:
        raise TokenRefused("没有这个令牌，用账号和密码重新取")
    if token.bound_address is not None:
        _refuse_elsewhere(token, address)
    elif clock.now() - token.last_used_at > LIVES_IDLE:
        raise TokenRefused("令牌 30 分钟没有用，已经失效，用账号和密码重新取")
    elif token.user.password_is_stale:
        raise StalePassword
    _touch(token)
    return token.user


_HELD = Prepared(
    lambda: (
        ApiToken.objects.select_related("user")
        .filter(digest=Given("digest", CharField()))
        .annotate(revision=reference_revision())
    )
)


def _held(digest: str) -> ApiToken | None:
    """The key and its holder, who need not ask how the posts stand any more."""
    token = _HELD.first(digest=digest)
    if token is not None:
        token.user.reference_revision = token.revision  # type: ignore[attr-defined]
    return token


class StalePassword(DomainError):
    """A first password, or one older than 90 days: it is changed on the page before anything."""

    status, code, title = 403, "password_stale", "先改密码"

    def __init__(self) -> None:
        super().__init__("密码要先改：在网页上登录一次，改好再取令牌")


def _refuse_elsewhere(token: ApiToken, address: str | None) -> None:
    try:
        known = ip_address(address or "") == ip_address(str(token.bound_address))
    except ValueError:
        known = False
    if not known:
        raise TokenRefused("这个令牌只能从登记的地址用")


def _touch(token: ApiToken) -> None:
    now = clock.now()
    if now - token.last_used_at > WRITTEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
