"""大屏口令: made and taken back by whoever configures the centre, shown once, good from one place.

A display is nobody: its key opens the wall page and its data, by GET, and no other address.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction

from orgs.gates import centers_of
from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from reports.models import Display
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound

WRITTEN_EVERY = timedelta(minutes=1)
LONGEST = 200  # of what is typed or sent as a key


class NotANetwork(DomainError):
    status, code, title = 422, "not_a_network", "地址写得不对"


def network_of(text: str) -> str:
    """「10.1.2.3」 or 「10.1.2.0/24」 as it is kept. Raises NotANetwork."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise NotANetwork(
            f"“{text}”不是地址。写一个地址（10.1.2.3）或一段（10.1.2.0/24）"
        ) from None


@transaction.atomic
def issue_display(
    *, name: str, center_id: int, network: str, by: User, address: str | None
) -> tuple[Display, str]:
    """A new display and its key, which nobody can read again."""
    center = centers_of(by, Permission.SETTINGS).filter(pk=center_id).first()
    if center is None:
        raise NotFound("没有这个中心")
    plain = secrets.token_urlsafe(24)
    display = Display.objects.create(
        name=name,
        center=center,
        digest=_digest(plain),
        network=network_of(network),
        created_at=clock.now(),
        created_by=by,
    )
    _log(display, by, address, f"做大屏口令，只能从 {display.network} 用")
    return display, plain


@transaction.atomic
def revoke_display(*, display_id: int, by: User, address: str | None) -> Display:
    """Nothing opens with its key from now on; a second time changes nothing."""
    display = Display.objects.visible_to(by).filter(pk=display_id).first()
    if display is None:
        raise NotFound("没有这块大屏")
    taken = Display.objects.in_use().filter(pk=display.pk)
    if taken.update(revoked_at=clock.now(), revoked_by=by):
        _log(display, by, address, "收回大屏口令")
    return display


def display_of(plain: str, *, address: str | None) -> Display | None:
    """The display whose key this is, if it still opens anything from there."""
    if not plain or len(plain) > LONGEST:
        return None
    found = Display.objects.in_use().select_related("center__region")
    display = found.filter(digest=_digest(plain)).first()
    if display is None or not _inside(address, display.network):
        return None
    _touch(display)
    return display


def _inside(address: str | None, network: str) -> bool:
    try:
        return ip_address(address or "") in ip_network(network)
    except ValueError:
        return False


def _touch(display: Display) -> None:
    now = clock.now()
    if display.last_seen_at is None or now - display.last_seen_at > WRITTEN_EVERY:
        Display.objects.filter(pk=display.pk).update(last_seen_at=now)


def _log(display: Display, by: User, address: str | None, purpose: str) -> None:
    log_access(
        AccessLog.Action.TOKEN, user=by, address=address, subject=display.name, purpose=purpose
    )


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()
