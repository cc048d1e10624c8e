"""The connection to PostgreSQL is looked at before it is used again, without a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base


@pytest.fixture
def kept(db: None) -> Iterator[Any]:
    """Another connection to the same database, as a thread keeps its own."""
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    other.ensure_connection()
    yield other
    other.close()


def _never(self: Any) -> bool:
    raise AssertionError("the server was asked")


def test_a_connection_that_stands_is_used_without_a_question(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", _never)
    assert kept.is_usable()


def test_a_connection_that_the_server_ended_is_made_anew_before_the_next_query(kept: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    kept.close_if_health_check_failed()
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_connection_that_this_side_closed_is_not_usable(kept: Any) -> None:
    kept.connection.close()
    assert not kept.is_usable()
    kept.connection = None
    assert not kept.is_usable()
