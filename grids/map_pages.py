"""The map: places with their figures, drawn from our own shapes. Towns first, then grids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from grids.figures import WHOLE, Figure, figures
from grids.map_drawing import Box, Frame, frame_of, hull_of, middle_of, paths_of
from grids.models import Grid, GridShape
from grids.places import Geometry
from grids.querysets import stems_of
from grids.register_rules import stems_kept
from orgs.models import Region, User
from zongzhi.lib.errors import NotFound

TOWN_DIGITS = 9
_DEEPER = {4: 6, 6: TOWN_DIGITS}  # a city shows its counties, a county its towns
SHADES = ((0, "没有"), (1, "1 到 2 件"), (3, "3 到 5 件"), (6, "6 件以上"))


@dataclass(frozen=True)
class Number:
    """One figure of one place, and the list behind it."""

    figure: Figure
    value: int
    url: str


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

    @property
    def total(self) -> int:
        return sum(number.value for number in self.numbers)

    @property
    def shade(self) -> int:
        return max(n for n, (least, _) in enumerate(SHADES) if self.total >= least)

    @property
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
    frame = _draw_hulls(stem, deeper, places) if deeper else _draw_grids(stem, places)
    up = region.parent.stem if region.parent else ""
    return GridMap(
        stem=stem,
        name=region.name,
        up=up if any(up.startswith(one) for one in seen) else "",
        places=places,
        drawn=[place for place in places if place.path],
        frame=frame,
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
            url = figure.url(place.code)
            place.numbers.append(Number(figure, counted.get(place.code, 0), url))


def _draw_grids(stem: str, places: list[Place]) -> Frame | None:
    rows = GridShape.objects.filter(grid__code__startswith=stem, grid__is_active=True)
    shapes: dict[str, tuple[Geometry, Box]] = {
        code: (geometry, (w, s, e, n))
        for code, geometry, w, s, e, n in rows.values_list(
            "grid__code", "geometry", "west", "south", "east", "north"
        )
    }
    places.sort(key=lambda place: (place.is_micro, place.code))  # micro grids lie on top
    return _draw([(place, *shapes[place.code]) for place in places if place.code in shapes])


def _draw_hulls(stem: str, deeper: int, places: Sequence[Place]) -> Frame | None:
    """From afar a place is its villages, a village the hull around its grids."""
    villages: dict[str, list[Box]] = defaultdict(list)
    rows = GridShape.objects.filter(grid__code__startswith=stem, grid__is_active=True)
    for code, *box in rows.values_list("grid__code", "west", "south", "east", "north"):
        villages[code[:12]].append((box[0], box[1], box[2], box[3]))
    hulls: dict[str, list[Geometry]] = defaultdict(list)
    around: dict[str, list[Box]] = defaultdict(list)
    for code, boxes in villages.items():
        hulls[code[:deeper]].append(hull_of(boxes))
        around[code[:deeper]] += boxes
    return _draw(
        [
            (place, _together(hulls[place.code]), _around(around[place.code]))
            for place in places
            if hulls[place.code]
        ]
    )


def _together(polygons: Sequence[Geometry]) -> Geometry:
    return {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in polygons]}


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _draw(found: Sequence[tuple[Place, Geometry, Box]]) -> Frame | None:
    if not found:
        return None
    frame = frame_of([box for _, _, box in found])
    paths = paths_of([geometry for _, geometry, _ in found], frame)
    for (place, geometry, box), path in zip(found, paths, strict=True):
        place.path = path
        place.at = (
            middle_of(geometry, frame) if geometry["type"] == "Polygon" else _middle(box, frame)
        )
    return frame


def _middle(box: Box, frame: Frame) -> tuple[int, int]:
    x, y = frame.place(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
    return round(x), round(y)
