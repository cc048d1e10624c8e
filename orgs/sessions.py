"""Whose session it is, how long it still lives, and where else the same person is signed in."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from orgs.models import AccessLog, SignIn, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.http import client_address

SEEN = "seen"
SAVE_EVERY = 60  # seconds; a session row is written at most that often
OWNER_COOKIE = "owner"
OWNER_LASTS = 7 * 24 * 3600

_signer = Signer(salt="orgs.sessions.owner")
# The first that fits: every browser says it is several others too.
_BROWSERS = (
    ("QiAnXin|Qaxbrowser", "奇安信"),
    ("360SE|360EE|QIHU", "360"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "安卓"),
    ("iPhone|iPad", "苹果"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux"),
)


def begin(request: HttpRequest, user: User) -> None:
    """Sign somebody in here, and remember where it was."""
    login(request, user, backend="orgs.signin.AccountBackend")
    request.session[SEEN] = int(time.time())
    address = client_address(request)
    SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        at=clock.now(),
        address=address,
        browser=browser_of(request.headers.get("User-Agent", "")),
    )
    log_access(AccessLog.Action.SIGN_IN, user=user, address=address, subject=user.username)


def moved(before: str | None, after: str | None) -> None:
    """The session goes on under another key (a new password gives it one)."""
    if before and after:
        SignIn.objects.filter(session_key=before).update(session_key=after)


def seen(request: HttpRequest) -> None:
    """Somebody is there: the session lives on, written once a minute at most."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) >= SAVE_EVERY:
        request.session[SEEN] = now


def seconds_left(request: HttpRequest) -> int:
    """How long the session still lives if nobody does anything."""
    last = int(request.session.get(SEEN, time.time()))
    return last + settings.SESSION_COOKIE_AGE - int(time.time())


# ---------------------------------------------------------------- whose page it is


def mark_of(user: User) -> str:
    """What a page carries to say for whom it was drawn; nobody can make one up."""
    return _signer.sign(str(user.pk))


def owner_of(mark: str) -> int | None:
    """The person a mark names; None for a false one."""
    try:
        return int(_signer.unsign(mark))
    except (BadSignature, ValueError):
        return None


def remember_owner(response: HttpResponse, user: User) -> None:
    """Let the browser know, after the session has gone, whose it was. It opens nothing."""
    response.set_cookie(
        OWNER_COOKIE,
        mark_of(user),
        max_age=OWNER_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


# ---------------------------------------------------------------- 登录的地方


@dataclass(frozen=True)
class Place:
    """One row of the list: where somebody is signed in, and since when nothing happened there."""

    browser: str
    address: str
    since: datetime
    last: datetime
    here: bool


def places_of(user: User, here: str | None) -> list[Place]:
    """Where the person is signed in now, this browser first."""
    rows = {row.session_key: row for row in SignIn.objects.filter(user=user)}
    alive = Session.objects.filter(session_key__in=rows, expire_date__gt=clock.now())
    idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    places = [
        Place(
            browser=rows[session.session_key].browser,
            address=rows[session.session_key].address or "",
            since=rows[session.session_key].at,
            last=session.expire_date - idle,
            here=session.session_key == here,
        )
        for session in alive
    ]
    return sorted(places, key=lambda place: (place.here, place.last), reverse=True)


@transaction.atomic
def end_others(*, user: User, here: str | None, address: str | None) -> int:
    """退出其它: end every other session of the person, and their tokens; how many sessions."""
    rows = SignIn.objects.filter(user=user).exclude(session_key=here or "")
    keys = list(rows.values_list("session_key", flat=True))
    ended = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).count()
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    user.api_tokens.filter(bound_address=None).delete()
    purpose = f"退出其它 {ended} 处"
    log_access(
        AccessLog.Action.SIGN_OUT,
        user=user,
        address=address,
        subject=user.username,
        purpose=purpose,
    )
    return ended


def forget_ended() -> int:
    """Drop sessions that have run out, and the rows that name sessions no longer there."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    alive = Session.objects.values("session_key")
    return SignIn.objects.exclude(session_key__in=alive).delete()[0]


def browser_of(agent: str) -> str:
    """「Chrome，Windows」 from what a browser says of itself."""
    found = [
        next((name for pattern, name in known if re.search(pattern, agent)), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return "，".join(name for name in found if name) or "未知浏览器"
