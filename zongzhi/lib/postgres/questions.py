"""Questions that the server behind a connection keeps parsed and planned.

PostgreSQL takes longer to plan a question by key than to answer it. What nearly every request asks
is planned once for each connection, and asked by its name from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError
from psycopg2.extensions import AsIs  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from zongzhi.lib.postgres.base import DatabaseWrapper

IN_FULL = 2  # so often a connection asks in full words; who comes again is worth a plan
MOST = 100  # plans that a server process holds at once, some 15 MB; the longest unused goes


@dataclass(frozen=True)
class Place:
    """Where among the parameters of a question a value goes, and its type in SQL."""

    name: str
    kind: str


@dataclass(frozen=True, eq=False)
class Question:
    """SQL, and what stands in its places: values, and `Place`s for those that come each time."""

    sql: str
    params: Sequence[Any]

    def filled(self, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """The question in full words. Raises KeyError when a value is missing."""
        return self.sql, tuple(given[p.name] if isinstance(p, Place) else p for p in self.params)

    def places(self) -> list[Place]:
        """The places, each once, in their order."""
        return list(dict.fromkeys(param for param in self.params if isinstance(param, Place)))


def ask(connection: DatabaseWrapper, question: Question, given: Mapping[str, Any]) -> list[Any]:
    """The rows that answer, as the driver gives them; the plan is kept for the next asking."""
    connection.ensure_connection()
    try:
        return fetch(connection, *connection.kept.words(connection, question, given))
    except NotSupportedError:  # a type of its columns has changed since it was planned
        connection.kept.forget()
        if connection.in_atomic_block:
            raise
        return fetch(connection, *question.filled(given))


def fetch(connection: DatabaseWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


class Kept:
    """The questions that one connection's server knows by name."""

    def __init__(self) -> None:
        self._asked: dict[Question, int] = {}
        self._names: dict[Question, str] = {}
        self._numbers = count(1)

    def words(
        self, connection: DatabaseWrapper, question: Question, given: Mapping[str, Any]
    ) -> tuple[str, tuple[Any, ...]]:
        """What to send: the question in full words at first, then by its name."""
        name = self._names.pop(question, None)
        if name is None:
            if not self._comes_again(question):
                return question.filled(given)
            name = self._prepare(connection, question)
        self._names[question] = name  # to the end: asked for just now
        values = tuple(given[place.name] for place in question.places())
        places = f"({', '.join(['%s'] * len(values))})" if values else ""
        return f"EXECUTE {name}{places}", values

    def forget(self) -> None:
        """Ask everything in full words again, as at first."""
        self._asked.clear()
        self._names.clear()

    def _comes_again(self, question: Question) -> bool:
        times = self._asked.pop(question, 0)
        if times >= IN_FULL:
            return True
        self._asked[question] = times + 1
        if len(self._asked) > MOST:
            self._asked.pop(next(iter(self._asked)))
        return False

    def _prepare(self, connection: DatabaseWrapper, question: Question) -> str:
        if len(self._names) >= MOST:
            _send(connection, f"DEALLOCATE {self._names.pop(next(iter(self._names)))}")
        # A name is never used again: after `forget` the server may still know the old ones.
        name, places = f"kept_{next(self._numbers)}", question.places()
        numbers = {place: AsIs(f"${n}") for n, place in enumerate(places, start=1)}
        kinds = f" ({', '.join(place.kind for place in places)})" if places else ""
        values = [numbers[p] if isinstance(p, Place) else p for p in question.params]
        _send(connection, f"PREPARE {name}{kinds} AS {question.sql}", values)
        return name


def _send(connection: DatabaseWrapper, sql: str, params: Sequence[Any] = ()) -> None:
    """Beside Django's own cursors: it asks nothing of the data, and belongs to no request."""
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(sql, params)
