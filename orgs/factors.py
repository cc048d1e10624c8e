"""The second factor of administrators: six digits that a telephone makes anew every half minute."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction

from orgs.models import AccessLog, SecondFactor, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock

ISSUER = "综治中心"
STEP = 30  # seconds, and SHA-1 with six digits: what every authenticator app understands
DRIFT = (0, -1, 1)  # a telephone's clock may be half a minute off
ADMINISTRATION = (Permission.SETTINGS, Permission.ROLES, Permission.LOGS)


def must_have(user: User) -> bool:
    """Whether this person may do nothing before a second factor is set up."""
    if not settings.SECOND_FACTOR or user.is_demo:
        return False
    return any(user.can(permission) for permission in ADMINISTRATION)


def is_set_up(user: User) -> bool:
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def start(user: User) -> SecondFactor:
    """The secret to show to the telephone; the same one until it is confirmed."""
    factor, _ = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret": base64.b32encode(secrets.token_bytes(20)).decode()}
    )
    return factor


def address_of(factor: SecondFactor) -> str:
    """What the QR code says (otpauth://)."""
    return _totp(factor).get_provisioning_uri(factor.user.username, ISSUER)


@transaction.atomic
def confirm(*, user: User, code: str, address: str | None) -> bool:
    """Set it up for good, once the telephone has shown that it knows the secret."""
    if not _opens(user, code):
        return False
    SecondFactor.objects.filter(user=user).update(confirmed_at=clock.now())
    log_access(AccessLog.Action.FACTOR, user=user, address=address, subject=user.username)
    return True


def check(*, user: User, code: str) -> bool:
    """Whether these are the six digits of now; each opens once."""
    return is_set_up(user) and _opens(user, code)


@transaction.atomic
def _opens(user: User, code: str) -> bool:
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    typed = "".join(code.split())
    if factor is None or len(typed) != 6 or not typed.isascii() or not typed.isdecimal():
        return False
    totp, step = _totp(factor), int(clock.now().timestamp()) // STEP
    for near in (step + drift for drift in DRIFT):
        if near > factor.last_step and _fits(totp, typed, near):
            factor.last_step = near
            factor.save(update_fields=["last_step"])
            return True
    return False


def _fits(totp: TOTP, typed: str, step: int) -> bool:
    try:
        totp.verify(typed.encode(), step * STEP)
    except InvalidToken:
        return False
    return True


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), 6, SHA1(), STEP)
