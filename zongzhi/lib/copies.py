"""Rows that a process keeps because they hardly ever change: places, types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclass
class _Kept(Generic[M]):
    revision: int | None
    rows: dict[int, M] = field(default_factory=dict)


class Copies(Generic[M]):
    """Rows by id, each loaded once as long as the revision stands.

    All requests share the same instances: they are read and never changed. `most` bounds how
    many are kept.
    """

    def __init__(self, build: Callable[[], QuerySet[M]], *, most: int = 20_000) -> None:
        self._build, self._most = build, most
        self._kept: _Kept[M] = _Kept(None)

    def of(self, ids: Iterable[int | None], revision: int | None) -> dict[int, M]:
        """The rows with these ids, and perhaps others; no query when all are known.

        `revision` stands for what the tables hold; with None nothing is kept.
        """
        kept = self._kept
        if revision is None or kept.revision != revision or len(kept.rows) > self._most:
            kept = _Kept(revision)
            if revision is not None:
                self._kept = kept
        if missing := {pk for pk in ids if pk is not None} - kept.rows.keys():
            kept.rows.update((row.pk, row) for row in self._build().filter(pk__in=missing))
        return kept.rows
