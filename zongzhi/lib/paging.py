"""Paging (上一页 / 下一页): by keyset, so that the thousandth screen costs what the first one does.

What is in memory anyway goes by the number of the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

SIZE = 25
MOST = 1000  # counted exactly up to here
CURSORS = ("after", "before")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"(-?\d{1,17})?_(\d{1,18})")

Cursor = tuple[datetime | None, int]
# Rows that hold all of a screen, out of (rows, behind which one, how many it has).
Window = Callable[[Any, Cursor | None, int], Any]


@dataclass(frozen=True)
class Order:
    """By a moment and then by id, both in one direction; rows without the moment come last.

    An empty `field` orders by id alone. Only an ascending order may have rows without the moment.
    """

    field: str = ""
    descending: bool = False
    nullable: bool = False

    def key(self, row: Model) -> Cursor:
        return (getattr(row, self.field) if self.field else None), row.pk


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One screen of a list. The addresses are empty where there is no such screen."""

    rows: list[Item]
    total: int
    prev_url: str = ""
    next_url: str = ""
    is_exact: bool = False

    @property
    def is_whole(self) -> bool:
        """There is no other screen."""
        return not self.prev_url and not self.next_url

    @property
    def total_text(self) -> str:
        """「83」, or 「1000+」 beyond a thousand where nobody has counted on."""
        return str(self.total) if self.is_exact or self.total <= MOST else f"{MOST}+"


def paginate(
    rows: QuerySet[Row],
    order: Order,
    params: Mapping[str, Any],
    *,
    size: int = SIZE,
    window: Window | None = None,
    total: int | None = None,
) -> Page[Row]:
    """The screen that the address asks for, and the addresses of its neighbours: two queries.

    `window` may know a shorter way to the rows of a screen of a descending list; `total` is how
    many there are, where somebody has counted them all.
    """
    after, before = (_read(str(params.get(name, ""))) for name in CURSORS)
    backward = before is not None and after is None
    cursor = before if backward else after
    near = rows
    if window is not None and order.descending and not backward:
        near = window(rows, cursor, size + 1)
    found = _fetch(_parts(near, order, cursor, backward=backward), size + 1)
    more, shown = len(found) > size, found[:size]
    if backward:
        shown.reverse()
    earlier = more if backward else cursor is not None
    later = True if backward else more
    return Page(
        rows=shown,
        total=rows.order_by().values("pk")[: MOST + 1].count() if total is None else total,
        prev_url=_url(params, "before", order.key(shown[0])) if earlier and shown else "",
        next_url=_url(params, "after", order.key(shown[-1])) if later and shown else "",
        is_exact=total is not None,
    )


def _fetch(parts: list[QuerySet[Row]], size: int) -> list[Row]:
    found: list[Row] = []
    for part in parts:
        if len(found) < size:
            found += part[: size - len(found)]
    return found


def _parts(
    rows: QuerySet[Row], order: Order, cursor: Cursor | None, *, backward: bool
) -> list[QuerySet[Row]]:
    """What lies beyond the cursor, in the order it is read.

    Two ranges of an index where the moment may be missing: an OR between them could not use it.
    """
    down = order.descending != backward
    minus, step = ("-", "lt") if down else ("", "gt")
    by_id = rows.order_by(f"{minus}pk")
    if not order.field:
        return [by_id if cursor is None else by_id.filter(**{f"pk__{step}": cursor[1]})]
    ordered = rows.order_by(f"{minus}{order.field}", f"{minus}pk")
    if cursor is None:
        return [ordered]
    moment, pk = cursor
    without = by_id.filter(**{f"{order.field}__isnull": True})
    if moment is None:
        beyond = without.filter(**{f"pk__{step}": pk})
        dated = ordered.filter(**{f"{order.field}__isnull": False})
        return [beyond, dated] if backward else [beyond]
    beyond = ordered.filter(
        Q(**{f"{order.field}__{step}": moment}) | Q(**{f"pk__{step}": pk}),
        **{f"{order.field}__{step}e": moment},
    )
    return [beyond, without] if order.nullable and not backward else [beyond]


def _url(params: Mapping[str, Any], name: str, cursor: Cursor) -> str:
    moment, pk = cursor
    micro = "" if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
    return "?" + urlencode([*_kept(params), (name, f"{micro}_{pk}")])


def _kept(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    lists = getattr(params, "lists", None)
    pairs = lists() if lists else [(name, [value]) for name, value in params.items()]
    return [(n, v) for n, values in pairs for v in values if v and n not in CURSORS]


def _read(text: str) -> Cursor | None:
    """The cursor as it was written; an address that was tampered with shows the first screen."""
    match = _CURSOR.fullmatch(text)
    if match is None:
        return None
    try:
        moment = None if match[1] is None else _EPOCH + timedelta(microseconds=int(match[1]))
    except OverflowError:
        return None
    return moment, int(match[2])


def numbered(
    rows: Sequence[Item], asked: str | None, address: Callable[[int], str], *, size: int = SIZE
) -> Page[Item]:
    """A screen of what is in memory, by its number; the nearest one of an impossible number.

    `address` says where the screen of a number is.
    """
    screen = Paginator(rows, size).get_page(asked)
    return Page(
        rows=list(screen.object_list),
        total=len(rows),
        prev_url=address(screen.number - 1) if screen.has_previous() else "",
        next_url=address(screen.number + 1) if screen.has_next() else "",
        is_exact=True,
    )
