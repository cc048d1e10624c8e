"""Who may open a page that hangs on no case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase

from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib.errors import NotAllowed
from zongzhi.lib.http import StaffRequest

View = Callable[Concatenate[StaffRequest, ...], HttpResponseBase]


def needs(*permissions: Permission) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Open the page to whoever holds one of the permissions; others read why they cannot."""

    def gate(view: View) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.can(permission) for permission in permissions):
                raise NotAllowed("这一页不由这个账号用。要用，找本单位管理员开通")
            return view(request, *args, **kwargs)

        return guarded

    return gate


def centers_of(user: User, permission: Permission) -> QuerySet[Center]:
    """The centres a permission reaches: the post's own and all below it."""
    inside = Q(pk__in=[])
    for post in user.posts_giving(permission):
        inside |= Q(region__code__startswith=post.center.region.stem)
    return Center.objects.filter(inside)
