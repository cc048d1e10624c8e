"""Writes that every floor needs: telling people, and remembering who looked at what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from orgs.hurrying import hurry
from orgs.models import AccessLog, Notice, User
from orgs.models.notices import Topic
from orgs.models.people import Holders
from zongzhi.lib import clock
from zongzhi.lib.prepared import Statement

_NOTIFY = """
INSERT INTO orgs_notice (user_id, text, url, created_at, topic)
SELECT reader.id, %s, %s, %s, %s FROM ({readers}) reader
"""
_THESE = "SELECT unnest(%s::bigint[]) AS id"


def notify(
    users: Iterable[User] | Holders, *, text: str, url: str = "", topic: Topic = Topic.GENERAL
) -> None:
    """Write a line for each of them, in the caller's transaction: it stands or falls with it.

    What a topic may also go out by is written later, from the row (`orgs.delivering`), and only
    hurried here: the notice is the promise.
    """
    line = _Line(text, url, clock.now(), topic)
    if topic != Topic.GENERAL:
        hurry()
    if isinstance(users, Holders):
        _run(_statement(*users.sql(), line))
        return
    if isinstance(users, QuerySet):
        try:
            readers = users.order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            return
        _run(_statement(*readers, line))
        return
    Notice.objects.bulk_create([Notice(user=user, **asdict(line)) for user in users])


def notice(users: Holders, *, text: str, url: str = "", revision: int | None = None) -> Statement:
    """What `notify` would write, as a statement to stand beside other rows in `insert`.

    `revision` is that of the reference data, where this transaction has just read it: then the
    database need not look again for who they are.
    """
    asked: Statement = (_THESE, [list(users.ids(revision))]) if revision else users.sql()
    return _statement(*asked, _Line(text, url, clock.now(), Topic.GENERAL))


@dataclass(frozen=True)
class _Line:
    """What is told, whoever reads it."""

    text: str
    url: str
    created_at: datetime
    topic: str


def _statement(readers: str, asked: Sequence[Any], line: _Line) -> Statement:
    """The same for people who need not be loaded first."""
    said: list[Any] = [line.text, line.url, line.created_at, str(line.topic)]
    return _NOTIFY.format(readers=readers), [*said, *asked]


def _run(statement: Statement) -> None:
    with connection.cursor() as cursor:
        cursor.execute(*statement)


def mark_notices_read(*, user: User) -> int:
    """Mark all of a person's notices read; how many there were."""
    return user.notices.unread().update(read_at=clock.now())


def log_access(
    action: AccessLog.Action,
    *,
    user: User | None,
    address: str | None,
    subject: str = "",
    purpose: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Remember who did what with the system, whatever becomes of the request."""
    AccessLog.objects.create(
        at=clock.now(),
        user=user,
        action=action,
        address=address,
        subject=subject,
        purpose=purpose,
        data=data or {},
    )


def set_password(*, user: User, password: str, address: str | None) -> None:
    """Give the person a new password of their own; it lasts 90 days. Their API tokens die."""
    user.set_password(password)
    user.must_change_password = False
    user.password_set_at = clock.now()
    user.save(update_fields=["password", "must_change_password", "password_set_at"])
    user.api_tokens.filter(bound_address=None).delete()
    log_access(AccessLog.Action.PASSWORD, user=user, address=address)


def choose_font_size(*, user: User, size: str) -> None:
    """Keep the person's choice of text size with the account."""
    user.font_size = User.FontSize(size)
    user.save(update_fields=["font_size"])
