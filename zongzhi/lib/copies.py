"""Rows that a process keeps because they hardly ever change: places, types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclass
class _Kept(Generic[M]):
    revision: int | None
    rows: dict[Any, M] = field(default_factory=dict)


class Copies(Generic[M]):
    """Rows by id or another unique column, each loaded once as long as the revision stands.

    All requests share the same instances: they are read and never changed. `most` bounds how
    many are kept. A `whole` table of no more rows than that is loaded at once when the first of
    them is asked for: a place is named once, and the next registration names another.
    """

    def __init__(
        self,
        build: Callable[[], QuerySet[M]],
        *,
        by: str = "pk",
        most: int = 20_000,
        whole: bool = False,
    ) -> None:
        self._build, self._by, self._most, self._whole = build, by, most, whole
        self._kept: _Kept[M] = _Kept(None)

    def __deepcopy__(self, memo: object) -> Self:
        return self  # a serializer copies its fields each time it is made

    def of(self, keys: Iterable[Any], revision: int | None) -> dict[Any, M]:
        """The rows under these keys, and perhaps others; no query when all are known.

        `revision` stands for what the tables hold; with None nothing is kept.
        """
        kept = self._kept
        if revision is None or kept.revision != revision or len(kept.rows) > self._most:
            kept = _Kept(revision)
            if revision is not None:
                self._kept = kept
        if missing := {key for key in keys if key is not None} - kept.rows.keys():
            rows = self._build()
            if self._whole and not kept.rows and revision is not None:
                self._keep(kept, rows.order_by()[: self._most])
                missing -= kept.rows.keys()
            if missing:
                self._keep(kept, rows.filter(**{f"{self._by}__in": missing}))
        return kept.rows

    def _keep(self, kept: _Kept[M], rows: Iterable[M]) -> None:
        kept.rows.update((getattr(row, self._by), row) for row in rows)
