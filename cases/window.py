"""The window somebody registers at: their post, and the reader of identity cards on its desk."""

from __future__ import annotations

import re
from typing import TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse

from orgs.models import Center, DutyPhone, Post, User, Window
from orgs.permissions import Permission
from zongzhi.lib.errors import NotAllowed

Response = TypeVar("Response", bound=HttpResponse)
_ORIGIN = re.compile(r"\w+://[^/]+")


def registering_post(user: User) -> Post:
    """The post by which this person registers. Raises NotAllowed when there is none."""
    posts = user.posts_giving(Permission.REGISTER)
    if not posts:
        raise NotAllowed("这个账号不能登记事项，由窗口登记员登记")
    return posts[0]


def danger_phones(center: Center) -> QuerySet[DutyPhone]:
    """Whom to call when somebody is in danger: 派出所, 妇联, 医院."""
    kinds = DutyPhone.Kind
    return center.duty_phones.filter(kind__in=[kinds.POLICE, kinds.WOMEN, kinds.HOSPITAL])


def with_reader(response: Response, window: Window | None) -> Response:
    """Let this one page speak to the reader of its window, and to nothing else outside."""
    origin = _ORIGIN.match(window.reader_address) if window else None
    if origin:
        response._csp_update = {"connect-src": ["'self'", origin[0]]}  # type: ignore[attr-defined]
    return response
