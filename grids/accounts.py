"""Accounts of people who serve grids: made for who has none, by a rule told on the page.

Nobody can sign in with one before the security administrator has given a first password.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from pypinyin import lazy_pinyin

from grids.models import GridRole
from orgs.models import AccessLog, Center, Post, Role, User
from orgs.permissions import Permission, RoleCode
from zongzhi.lib import clock

RULE = "账号是姓名的全拼，有人用了的后面加数字；安全管理员重置密码、给出首次密码以后才能登录"
# A guide looks after others and reports nothing: no right on the phone comes with it.
REPORTING = frozenset(GridRole.Kind) - {GridRole.Kind.GUIDE}
_LONGEST = 40
_DAY = timedelta(days=1)
Span = tuple[date, date | None]
_NO_NAME = "wanggeyuan"


class Usernames:
    """Hands out names nobody has, also among those it has handed out."""

    def __init__(self) -> None:
        self.taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
        self.last: dict[str, int] = {}

    def for_name(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower())[:_LONGEST] or _NO_NAME
        n = self.last.get(stem, 0) + 1
        while (found := stem if n == 1 else f"{stem}{n}") in self.taken:
            n += 1
        self.last[stem] = n
        self.taken.add(found)
        return found


def make_accounts(people: Iterable[tuple[str, str]]) -> list[User]:
    """One account each for (name, phone)."""
    names, now = Usernames(), clock.now()
    return User.objects.bulk_create(
        [
            User(
                username=names.for_name(name),
                name=name,
                phone=phone,
                password=make_password(None),
                must_change_password=True,
                password_set_at=now,
            )
            for name, phone in people
        ],
        batch_size=1000,
    )


def give_posts(wanted: Iterable[tuple[User, Center, date]], *, by: User | None) -> list[Post]:
    """A post as 网格员 there, from that day on, for every day on which who is named has none.

    Nobody gives one to themselves. A post that ends next month, or begins later, is no post for
    the days beside it.
    """
    asked = [(user, center, since) for user, center, since in wanted if by is None or user != by]
    held = _held({user.pk for user, _, _ in asked})
    role = Role.objects.get(code=RoleCode.GRID_WORKER.value)
    rows = []
    for user, center, since in asked:
        spans = held[user.pk, center.pk]
        for first, last in _uncovered(spans, since):
            if last is not None and last < clock.today():
                continue  # days gone by need no right any more
            rows.append(Post(user=user, role=role, center=center, since=first, until=last))
            spans.append((first, last))
    return Post.objects.bulk_create(rows, batch_size=1000)


def _held(people: set[int]) -> defaultdict[tuple[int, int], list[Span]]:
    """From when to when each may report, by person and centre."""
    posts = Post.objects.filter(
        user__in=people, role__permissions__contains=[Permission.GRID_WORK.value]
    )
    found: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for user, center, since, until in posts.values_list("user", "center", "since", "until"):
        found[user, center].append((since, until))
    return found


def _uncovered(spans: list[Span], since: date) -> list[Span]:
    """What of the days from `since` on lies in none of the spans."""
    gaps: list[Span] = []
    for first, last in sorted(spans, key=lambda span: span[0]):
        if first > since:
            gaps.append((since, first - _DAY))
        if last is None:
            return gaps
        since = max(since, last + _DAY)
    return [*gaps, (since, None)]


def log_accounts(
    users: Iterable[User], posts: Iterable[Post], *, by: User | None, address: str | None
) -> None:
    """Each account and each post, as the security administrator's own pages write them."""
    now = clock.now()

    def line(user: User, purpose: str) -> AccessLog:
        return AccessLog(
            at=now,
            user=by,
            action=AccessLog.Action.ACCOUNT,
            address=address,
            subject=user.username,
            purpose=purpose,
        )

    rows = [line(user, "新建账号（网格员，没有密码）") for user in users]
    rows += [line(post.user, f"给岗位：网格员，{post.since} 起") for post in posts]
    AccessLog.objects.bulk_create(rows, batch_size=1000)


def end_idle_post(
    *, user: User, center: Center, until: date, by: User, address: str | None
) -> None:
    """The last grid there is given up: the post as 网格员 ends with it."""
    if user == by:
        return
    serving = GridRole.objects.filter(user=user, kind__in=REPORTING).exclude(until__lte=until)
    if serving.filter(grid__code__startswith=center.region.stem).exists():
        return
    posts = Post.objects.filter(
        user=user, center=center, role__code=RoleCode.GRID_WORKER.value, since__lte=until
    ).exclude(until__lte=until)
    for post in posts.select_related("role"):
        post.until = until
        post.save(update_fields=["until"])
        _log_post(post, by, address, f"收回岗位：{post.role.name}，到 {until.isoformat()}")


def lengthen_post(
    *, user: User, center: Center, was: date, until: date, by: User, address: str | None
) -> None:
    """The end of a service was put later: the post that ended with it goes on as long."""
    if user == by:
        return
    posts = Post.objects.filter(
        user=user, center=center, role__code=RoleCode.GRID_WORKER.value, until=was
    )
    for post in posts.select_related("role"):
        post.until = until
        post.save(update_fields=["until"])
        _log_post(post, by, address, f"岗位延长：{post.role.name}，到 {until.isoformat()}")


def _log_post(post: Post, by: User, address: str | None, purpose: str) -> None:
    AccessLog.objects.create(
        at=clock.now(),
        user=by,
        action=AccessLog.Action.ACCOUNT,
        address=address,
        subject=post.user.username,
        purpose=purpose,
    )
