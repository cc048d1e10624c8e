"""What the tests of whistles, sessions and clues share."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgs.models import User


def costs_the_same(client: Client, user: User, url: str, more: Callable[[], object]) -> None:
    """The page costs the same with one row and with six."""
    client.force_login(user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    more()
    queries()  # what a process keeps is there from now on
    few = queries()
    for _ in range(5):
        more()
    assert queries() == few
