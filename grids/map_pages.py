"""The map: places with their figures, drawn from our own shapes. Towns first, then grids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet, Sum
from django.urls import reverse

from grids.figures import VILLAGE_DIGITS, WHOLE, Figure, figures
from grids.map_drawing import Box, Frame, frame_of, hull_of, middle_of, paths_of
from grids.models import Grid, GridShape
from grids.places import Geometry
from grids.querysets import stems_of
from grids.register_rules import stems_kept
from orgs.models import Region, User
from zongzhi.lib.errors import NotFound

TOWN_DIGITS = 9
_MOST_NAMES = 40  # more would lie on top of each other
_KEPT = 86_400  # seconds
_DEEPER = {4: 6, 6: TOWN_DIGITS}  # a city shows its counties, a county its towns
SHADES = ((0, "没有"), (1, "1 到 2 件"), (3, "3 到 5 件"), (6, "6 件以上"))


@dataclass(frozen=True)
class Number:
    """One figure of one place, and the list behind it."""

    figure: Figure
    value: int
    stem: str

    @property
    def url(self) -> str:
        return self.figure.url(self.stem)


@dataclass
class Place:
    """A county, a town or a grid on the map."""

    code: str
    name: str
    url: str
    numbers: list[Number] = field(default_factory=list)
    path: str = ""
    at: tuple[int, int] | None = None
    is_micro: bool = False

    @cached_property
    def total(self) -> int:
        return sum(number.value for number in self.numbers)

    @property
    def shade(self) -> int:
        return max(n for n, (least, _) in enumerate(SHADES) if self.total >= least)

    @cached_property
    def words(self) -> str:
        said = "，".join(
            f"{one.figure.label} {one.value} {one.figure.unit}" for one in self.numbers
        )
        return f"{self.name}：{said}"


@dataclass(frozen=True)
class GridMap:
    stem: str
    name: str
    up: str  # the stem above that may be seen, or nothing
    places: list[Place]
    drawn: list[Place]
    frame: Frame | None
    is_far: bool  # drawn as hulls, which overlap
    figures: list[Figure]

    @property
    def has_room_for_names(self) -> bool:
        return len(self.drawn) < _MOST_NAMES


@dataclass(frozen=True)
class Drawing:
    """What the shapes of a place look like: by code, the path and where a number stands."""

    stamp: tuple[Any, ...]
    frame: Frame | None
    places: dict[str, tuple[str, tuple[int, int]]]


def stems_seen(user: User) -> list[str]:
    return sorted({*stems_of(user), *stems_kept(user)}, key=lambda stem: (len(stem), stem))


def map_of(user: User, area: str) -> GridMap:
    """What somebody may see of a place; of their own when none is named."""
    seen = stems_seen(user)
    stem = area or (seen[0] if seen else "")
    region = _region(stem)
    if region is None or not any(stem.startswith(one) for one in seen):
        raise NotFound("没有这个地方的地图")
    deeper = _DEEPER.get(len(stem))
    places = _places_below(stem, deeper) if deeper else _grids_of(stem)
    _count(user, stem, deeper or WHOLE, places)
    drawing = _drawing_of(stem, deeper)
    for place in places:
        place.path, place.at = drawing.places.get(place.code, ("", None))
    places.sort(key=lambda place: (place.is_micro, place.code))  # micro grids lie on top
    up = region.parent.stem if region.parent else ""
    return GridMap(
        stem=stem,
        name=region.name,
        up=up if any(up.startswith(one) for one in seen) else "",
        places=places,
        drawn=[place for place in places if place.path],
        frame=drawing.frame,
        is_far=deeper is not None,
        figures=figures(),
    )


def _region(stem: str) -> Region | None:
    if len(stem) not in (4, 6, 9, 12) or not stem.isdigit():
        return None
    found = Region.objects.filter(code=stem.ljust(12, "0")).select_related("parent").first()
    return found if found is not None and found.stem == stem else None


def _places_below(stem: str, deeper: int) -> list[Place]:
    rows = Region.objects.filter(code__startswith=stem).order_by("code")
    inside = [row for row in rows.exclude(level="village") if len(row.stem) == deeper]
    return [
        Place(row.stem, row.name, f"{reverse('grids:map')}?{urlencode({'area': row.stem})}")
        for row in inside
    ]


def _grids_of(stem: str) -> list[Place]:
    rows = Grid.objects.active().filter(code__startswith=stem).order_by("code")
    return [
        Place(code, name, reverse("grids:grid", args=[code]), is_micro=kind == Grid.Kind.MICRO)
        for code, name, kind in rows.values_list("code", "name", "kind")
    ]


def _count(user: User, stem: str, length: int, places: Sequence[Place]) -> None:
    for figure in figures():
        counted = figure.count(user, stem, length)
        for place in places:
            place.numbers.append(Number(figure, counted.get(place.code, 0), place.code))


def _drawing_of(stem: str, deeper: int | None) -> Drawing:
    """Drawn once, and again when a shape has changed."""
    shapes = GridShape.objects.filter(grid__code__startswith=stem, grid__is_active=True)
    found = shapes.aggregate(last=Max("updated_at"), n=Count("pk"), which=Sum("pk"))
    key, stamp = f"grids:map:{stem}:{deeper}", tuple(found.values())
    kept: Drawing | None = cache.get(key)
    if kept is None or kept.stamp != stamp:
        parts = _hulls(shapes, deeper) if deeper else _grid_shapes(shapes)
        kept = _draw(stamp, parts)
        cache.set(key, kept, _KEPT)
    return kept


Part = tuple[str, Geometry, Box]


def _grid_shapes(shapes: QuerySet[GridShape]) -> list[Part]:
    rows = shapes.values_list("grid__code", "geometry", "west", "south", "east", "north")
    return [(code, geometry, (w, s, e, n)) for code, geometry, w, s, e, n in rows]


def _hulls(shapes: QuerySet[GridShape], deeper: int) -> list[Part]:
    """From afar a place is its villages, a village the hull around its grids."""
    villages: dict[str, list[Box]] = defaultdict(list)
    for code, *box in shapes.values_list("grid__code", "west", "south", "east", "north"):
        villages[code[:VILLAGE_DIGITS]].append((box[0], box[1], box[2], box[3]))
    hulls: dict[str, list[Geometry]] = defaultdict(list)
    around: dict[str, list[Box]] = defaultdict(list)
    for code, boxes in villages.items():
        hulls[code[:deeper]].append(hull_of(boxes))
        around[code[:deeper]] += boxes
    return [(code, _together(hulls[code]), _around(around[code])) for code in hulls]


def _together(polygons: Sequence[Geometry]) -> Geometry:
    return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in polygons]}


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _draw(stamp: tuple[Any, ...], found: Sequence[Part]) -> Drawing:
    if not found:
        return Drawing(stamp, None, {})
    frame = frame_of([box for _, _, box in found])
    paths = paths_of([geometry for _, geometry, _ in found], frame)
    places = {
        code: (path, middle_of(geometry, frame) if _is_one(geometry) else _middle(box, frame))
        for (code, geometry, box), path in zip(found, paths, strict=True)
    }
    return Drawing(stamp, frame, places)


def _is_one(geometry: Geometry) -> bool:
    return bool(geometry["type"] == "Polygon")


def _middle(box: Box, frame: Frame) -> tuple[int, int]:
    x, y = frame.place(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
    return round(x), round(y)
