"""Lists of the API by a moment: a place in one is a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from rest_framework import exceptions
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.settings import api_settings

from zongzhi.lib.api import Pages

Place = tuple[datetime, int]

_TOO_LARGE = 1 << 63


class PagesByMoment(Pages):
    """`{next, previous, results}`, the latest first, and of one moment the later id first.

    DRF's own place is a moment and how many rows of it to leave out: of an import with one moment
    for all, the way back leaves rows out, and behind the thousandth the way on has no end.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self.request, self.base_url = request, request.build_absolute_uri()
        self.cursor = self.decode_cursor(request)
        place = self._place()
        backward = bool(self.cursor and place and self.cursor.reverse)
        if place is not None:
            near = queryset if backward else self.near(queryset, place)
            queryset = near.filter(self._beyond(place, backward))
        sign = "" if backward else "-"
        size: Any = self.page_size or api_settings.PAGE_SIZE
        found = list(queryset.order_by(f"{sign}{self._field}", f"{sign}pk")[0 : size + 1])
        self.page = found[:size][:: -1 if backward else 1]
        more = len(found) > size
        self.has_next = backward or more
        self.has_previous = more if backward else place is not None
        return self.page

    def near(self, queryset: Any, place: Place) -> Any:
        """Rows that hold all of the screen behind a place, where a shorter way is known."""
        return queryset

    def get_next_link(self) -> str | None:
        return self._link(-1, reverse=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(0, reverse=True) if self.has_previous else None

    @property
    def _field(self) -> str:
        return self.ordering[0].lstrip("-")

    def _place(self) -> Place | None:
        """The row that the screen begins behind; what is no place of a row is not found."""
        position: Any = self.cursor.position if self.cursor else None
        if position is None:
            return None
        at, _, pk = position.partition(",")
        try:
            moment, row = datetime.fromisoformat(at), int(pk or 0)
            if moment.tzinfo is None or not 0 <= row < _TOO_LARGE:
                raise ValueError("no place of a row")
            return moment.astimezone(UTC), row  # a zone that the database knows
        except (ValueError, OverflowError) as exc:
            raise exceptions.NotFound(self.invalid_cursor_message) from exc

    def _beyond(self, place: Place, backward: bool) -> Q:
        moment, row = place
        step = "gt" if backward else "lt"
        near = Q(**{f"{self._field}__{step}e": moment})
        return near & (Q(**{f"{self._field}__{step}": moment}) | Q(**{f"pk__{step}": row}))

    def _link(self, which: int, *, reverse: bool) -> str:
        """Beyond the last row, or the first; on an empty screen from where it was asked for."""
        position: Any = self.cursor.position if self.cursor else None
        if self.page:
            row = self.page[which]
            position = f"{getattr(row, self._field)},{row.pk}"
        link: str = self.encode_cursor(Cursor(offset=0, reverse=reverse, position=position))
        return link
