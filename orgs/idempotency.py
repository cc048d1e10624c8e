"""The same POST, sent again, is done once: its first answer is kept and repeated.

The key's row and what the POST does stand in one transaction. A twin that comes meanwhile waits
at the INSERT until the first has committed, and then reads its answer. What fails leaves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from orgs.models import IdempotencyKey, User
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError

Answer = tuple[int, Any]

_CLAIM = """
INSERT INTO orgs_idempotencykey (user_id, key, fingerprint, status, created_at)
VALUES (%s, %s, %s, 0, %s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""
_KEEP = "UPDATE orgs_idempotencykey SET status = %s, body = %s WHERE id = %s"


class KeyReused(DomainError):
    """The key has been used before for something else."""

    code, title = "idempotency_mismatch", "键重复"

    def __init__(self) -> None:
        super().__init__("这个 Idempotency-Key 已经用在另一个请求上，换一个键")


class _NotKept(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def answer_once(*, user: User, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    """The answer of `act`, done now or by whoever sent this key first.

    Only an answer of 2xx is kept. Raises KeyReused when the key came with something else.
    """
    try:
        with transaction.atomic():
            row = _claim(user, key, fingerprint)
            if row is None:
                return _first_answer(user, key, fingerprint)
            status, body = act()
            if not 200 <= status < 300:
                raise _NotKept((status, body))
            _keep(row, status, body)
            return status, body
    except _NotKept as refused:
        return refused.answer


def _claim(user: User, key: str, fingerprint: str) -> IdempotencyKey | None:
    """A row of our own for the key; None when somebody has been there, and has committed."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [user.pk, key, fingerprint, clock.now()])
        found = cursor.fetchone()
    return IdempotencyKey(pk=found[0]) if found else None


def _keep(row: IdempotencyKey, status: int, body: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [status, json.dumps(body), row.pk])


def _first_answer(user: User, key: str, fingerprint: str) -> Answer:
    row = IdempotencyKey.objects.filter(user=user, key=key).first()
    if row is None or row.fingerprint != fingerprint:
        raise KeyReused
    return row.status, row.body


def forget_keys(*, before: datetime) -> int:
    """Drop the answers nobody will ask for again; how many there were."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]
