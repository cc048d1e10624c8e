"""复核: a second person's account and password, typed on the first one's page (`ux.md` §3.7)."""

from __future__ import annotations

from django.http import HttpRequest

from orgs import signin
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib.errors import Invalid


def countersign(
    request: HttpRequest, *, by: User, username: str, password: str, permission: Permission
) -> User:
    """The colleague who agrees. Raises Invalid, naming the field.

    Wrong passwords count and lock as at sign-in. The colleague must be another person, hold the
    right, and hold it over a centre the first one works at.
    """
    if username == by.username:
        raise Invalid(errors={"colleague": ["复核要另一个人，填同事的账号"]})
    answer = signin.try_password(request, username, password)
    if answer.user is None:
        raise Invalid(errors={"password": [answer.sentence]})
    colleague = answer.user
    if colleague.pk == by.pk or colleague.password_is_stale:
        raise Invalid(errors={"colleague": ["这个账号要先自己登录改密码，才能复核"]})
    here = {post.center_id for post in by.posts_today}
    reach = {pk for post in colleague.posts_giving(permission) for pk in post.reach}
    if not here & reach:
        raise Invalid(errors={"colleague": [f"{colleague.name}没有复核的权限，换一位同事"]})
    return colleague
