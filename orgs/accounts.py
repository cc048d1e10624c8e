"""What the security administrator does: rights of roles, accounts, and who is what, until when.

Every one of these writes a row into the access log, in the same transaction. Nobody changes
their own rights.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from orgs import signin
from orgs.models import AccessLog, Center, Department, Post, Role, SecondFactor, User, Window
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

# No letters or digits that look alike: a first password is read out or copied by hand.
_KINDS = ("ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789", "@#%+=")


def first_password() -> str:
    """A password of four kinds for somebody else, to be changed at the first sign-in."""
    letters = [secrets.choice(kind) for kind in _KINDS]
    letters += [secrets.choice("".join(_KINDS[:3])) for _ in range(6)]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


@transaction.atomic
def change_roles(*, wanted: dict[int, list[str]], by: User, address: str | None) -> int:
    """Give each role the permissions named; how many roles changed.

    Raises Invalid when nobody could manage rights any more.
    """
    roles = list(Role.objects.select_for_update().order_by("pk"))
    after = [wanted.get(role.pk, role.permissions) for role in roles]
    pairs = zip(roles, after, strict=True)
    changed = [role for role, given in pairs if set(given) != set(role.permissions)]
    if not any(Permission.ROLES.value in permissions for permissions in after):
        raise Invalid("至少要有一个角色能“配置角色权限和账号”，不然没人能再改")
    for role in changed:
        before, role.permissions = set(role.permissions), wanted[role.pk]
        role.save(update_fields=["permissions"])
        data = {
            "added": sorted(set(role.permissions) - before),
            "removed": sorted(before - set(role.permissions)),
        }
        _log(AccessLog.Action.ROLE, by, address, subject=role.name, data=data)
    return len(changed)


def create_person(
    *, username: str, name: str, phone: str, email: str = "", by: User, address: str | None
) -> tuple[User, str]:
    """A new account and its first password, shown once. Raises Invalid for a taken name."""
    password = first_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password, name=name, phone=phone, email=email)
            _log(AccessLog.Action.ACCOUNT, by, address, subject=username, purpose="新建账号")
    except IntegrityError as exc:
        raise Invalid(errors={"username": [f"账号 {username} 已经有人用，换一个"]}) from exc
    return user, password


@transaction.atomic
def reset_password(*, user: User, by: User, address: str | None) -> str:
    """A new first password for somebody who forgot theirs; all their sessions end."""
    _not_oneself(user, by)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.password_set_at = clock.now()
    user.save(update_fields=["password", "must_change_password", "password_set_at"])
    user.api_tokens.all().delete()
    signin.unlock(user.username)
    _log(AccessLog.Action.ACCOUNT, by, address, subject=user.username, purpose="重置密码")
    return password


@transaction.atomic
def set_active(*, user: User, active: bool, by: User, address: str | None) -> None:
    """停用 or 启用 an account; a person who left keeps their name in the history."""
    _not_oneself(user, by)
    user.is_active = active
    user.save(update_fields=["is_active"])
    user.api_tokens.all().delete()
    purpose = "启用账号" if active else "停用账号"
    _log(AccessLog.Action.ACCOUNT, by, address, subject=user.username, purpose=purpose)


@transaction.atomic
def unlock(*, user: User, by: User, address: str | None) -> None:
    """Let somebody try again before the half hour is over."""
    signin.unlock(user.username)
    _log(AccessLog.Action.ACCOUNT, by, address, subject=user.username, purpose="解锁账号")


@transaction.atomic
def reset_factor(*, user: User, by: User, address: str | None) -> None:
    """Somebody's telephone is gone: they set up another at the next sign-in."""
    _not_oneself(user, by)
    SecondFactor.objects.filter(user=user).delete()
    _log(AccessLog.Action.ACCOUNT, by, address, subject=user.username, purpose="解除动态口令")


@transaction.atomic
def give_post(
    *,
    user: User,
    role: Role,
    center: Center,
    since: date,
    by: User,
    address: str | None,
    department: Department | None = None,
    window: Window | None = None,
    until: date | None = None,
) -> Post:
    """Make somebody something, somewhere, from a day on."""
    _not_oneself(user, by)
    post = Post.objects.create(
        user=user,
        role=role,
        center=center,
        department=department,
        window=window,
        since=since,
        until=until,
    )
    data = {"role": role.code, "center": center.pk, "department": department and department.pk}
    data |= {"since": since.isoformat(), "until": until and until.isoformat()}
    purpose = f"给岗位：{role.name}"
    _log(AccessLog.Action.ACCOUNT, by, address, subject=user.username, purpose=purpose, data=data)
    return post


@transaction.atomic
def end_post(*, post: Post, until: date, by: User, address: str | None) -> None:
    """Let a post run out; its last day is given. Raises Invalid for a day before it began."""
    _not_oneself(post.user, by)
    if until < post.since:
        raise Invalid("结束的日子不能早于开始")
    post.until = until
    post.save(update_fields=["until"])
    purpose = f"收回岗位：{post.role.name}，到 {until.isoformat()}"
    _log(AccessLog.Action.ACCOUNT, by, address, subject=post.user.username, purpose=purpose)


def _not_oneself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise NotAllowed("自己的账号和岗位由另一位安全管理员改")


def _log(
    action: AccessLog.Action,
    by: User,
    address: str | None,
    *,
    subject: str,
    purpose: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    log_access(action, user=by, address=address, subject=subject, purpose=purpose, data=data)
