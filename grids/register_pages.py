"""What the pages of the register show: a list by code, one grid with all that hangs from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from grids.figures import open_events_url
from grids.map_drawing import Frame, frame_of, paths_of
from grids.models import Grid, GridEvent, GridRole, GridShape
from grids.register_rules import WORKERS, size_hint
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.paging import MOST, Page

SIZE = 50
_CODE = re.compile(r"\d{13,18}")
_SMALL = 420
_ORDER = {kind: n for n, kind in enumerate(GridRole.Kind)}


@dataclass
class Line:
    """A grid in the list."""

    grid: Grid
    events: int = 0
    people: list[GridRole] = field(default_factory=list)

    @property
    def events_url(self) -> str:
        return open_events_url(self.grid.code)

    @property
    def hint(self) -> str:
        return size_hint(self.grid)


def narrowed(rows: QuerySet[Grid], said: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """The rows that the filter asks for."""
    rows = rows.filter(is_active=params.get("closed") != "1")
    if said.get("town"):
        rows = rows.filter(code__startswith=said["town"].stem)
    if said.get("kind"):
        rows = rows.filter(kind=said["kind"])
    if text := said.get("q", "").strip():
        rows = (
            rows.filter(code__startswith=text)
            if text.isdigit()
            else rows.filter(name__icontains=text)
        )
    if params.get("nobody") == "1":
        rows = rows.filter(~Exists(serving().filter(grid=OuterRef("pk"), kind__in=WORKERS)))
        rows = rows.exclude(kind=Grid.Kind.MICRO)
    return rows


def serving(day: date | None = None) -> QuerySet[GridRole]:
    return GridRole.objects.held_on(day or clock.today())


def page_of(rows: QuerySet[Grid], params: Mapping[str, Any]) -> Page[Grid]:
    """By code, and so village by village; keyset both ways."""
    after, before = (_code(params.get(name)) for name in ("after", "before"))
    back = bool(before and not after)
    ordered = rows.order_by("-code" if back else "code")
    if back:
        ordered = ordered.filter(code__lt=before)
    elif after:
        ordered = ordered.filter(code__gt=after)
    found = list(ordered.select_related("region__parent")[: SIZE + 1])
    more, shown = len(found) > SIZE, found[:SIZE]
    if back:
        shown.reverse()
    earlier, later = (more, True) if back else (bool(after), more)
    return Page(
        rows=shown,
        total=rows.order_by().values("pk")[: MOST + 1].count(),
        prev_url=_url(params, "before", shown[0].code) if earlier and shown else "",
        next_url=_url(params, "after", shown[-1].code) if later and shown else "",
    )


def _code(text: Any) -> str:
    return text if isinstance(text, str) and _CODE.fullmatch(text) else ""


def _url(params: Mapping[str, Any], name: str, code: str) -> str:
    kept = [(n, v) for n, v in params.items() if v and n not in ("after", "before")]
    return "?" + urlencode([*kept, (name, code)])


def lines_of(grids: Sequence[Grid], user: User) -> list[Line]:
    """The rows of a page with who serves them and what is open there: two more queries."""
    people: dict[int, list[GridRole]] = {}
    for role in serving().filter(grid__in=grids).select_related("user"):
        people.setdefault(role.grid_id, []).append(role)
    events = GridEvent.objects.visible_to(user).open().filter(grid__in=grids).order_by()
    counted = dict(events.values("grid").annotate(n=Count("pk")).values_list("grid", "n"))
    return [
        Line(grid, counted.get(grid.pk, 0), in_order(people.get(grid.pk, []))) for grid in grids
    ]


def in_order(roles: Sequence[GridRole]) -> list[GridRole]:
    """网格长 first, then by what they are."""
    return sorted(roles, key=lambda role: (_ORDER[GridRole.Kind(role.kind)], role.pk))


@dataclass(frozen=True)
class People:
    """Of one grid: who serves it today or will, and who did."""

    now: list[GridRole]
    former: list[GridRole]


def people_of(grid: Grid) -> People:
    rows = list(grid.roles.select_related("user"))
    today = clock.today()
    now = [role for role in rows if role.until is None or role.until >= today]
    former = [role for role in rows if role.until is not None and role.until < today]
    former.sort(key=lambda role: (role.until or today, role.pk), reverse=True)
    return People(in_order(now), former)


@dataclass(frozen=True)
class Drawing:
    """A grid among its neighbours."""

    width: int
    height: int
    own: str
    others: list[str]
    inside: list[str]


def drawing_of(grid: Grid) -> Drawing | None:
    """The shape of a grid, its village's other grids pale around it, its micro grids within."""
    around = GridShape.objects.filter(grid__region=grid.region_id, grid__is_active=True)
    rows = list(around.select_related("grid")[:300])
    own = next((row for row in rows if row.grid_id == grid.pk), None)
    if own is None:
        return None
    frame: Frame = frame_of(
        [(row.west, row.south, row.east, row.north) for row in rows], width=_SMALL, tallest=_SMALL
    )
    paths = paths_of([row.geometry for row in rows], frame, most=40_000)
    drawn = dict(zip((row.grid_id for row in rows), paths, strict=True))
    micro = {row.grid_id for row in rows if row.grid.parent_id == grid.pk}
    others = [
        drawn[row.grid_id]
        for row in rows
        if row.grid_id not in micro and row.grid_id != grid.pk and row.grid.kind != Grid.Kind.MICRO
    ]
    return Drawing(frame.width, frame.height, drawn[grid.pk], others, [drawn[pk] for pk in micro])


def with_people_and_partners(rows: QuerySet[Grid]) -> QuerySet[Grid]:
    """What a card shows of a grid, in two more queries however many there are."""
    roles = serving().select_related("user")
    return rows.select_related("region__parent").prefetch_related(
        Prefetch("roles", queryset=roles, to_attr="serving"), "partners"
    )
