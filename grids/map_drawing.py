"""Shapes as SVG paths: projected, simplified until the page is small. Pure; no tiles, no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grids.places import Geometry, box_of, polygons_of

WIDTH = 1100
MOST_BYTES = 200_000  # of paths on one page
_TALLEST = 560
_COARSEST = 64.0
_LEAST_CORNERS = 3

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """From degrees to the units of the drawing: north is up, a metre is a metre both ways."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    width: int
    height: int

    def place(self, corner: Sequence[float]) -> Point:
        return ((corner[0] - self.west) * self.x_scale, (self.north - corner[1]) * self.y_scale)


def frame_of(boxes: Iterable[Box], *, width: int = WIDTH, tallest: int = _TALLEST) -> Frame:
    """The frame around these boxes, with a little room."""
    given = list(boxes)
    west, south = min(box[0] for box in given), min(box[1] for box in given)
    east, north = max(box[2] for box in given), max(box[3] for box in given)
    room = max(east - west, north - south) * 0.02 or 0.001
    west, south, east, north = west - room, south - room, east + room, north + room
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min(width / ((east - west) * narrow), tallest / (north - south))
    x_scale = scale * narrow
    across, down = round((east - west) * x_scale), round((north - south) * scale)
    return Frame(west, north, x_scale, scale, max(1, across), max(1, down))


def paths_of(geometries: Sequence[Geometry], frame: Frame, *, most: int = MOST_BYTES) -> list[str]:
    """One path each; the corners are thinned out until all together are small enough."""
    tolerance = 0.5
    paths = [_path(one, frame, tolerance) for one in geometries]
    while sum(map(len, paths)) > most and tolerance < _COARSEST:
        tolerance *= 2
        paths = [_path(one, frame, tolerance) for one in geometries]
    return paths


def _path(geometry: Geometry, frame: Frame, tolerance: float) -> str:
    rings = [ring for polygon in polygons_of(geometry) for ring in polygon]
    return "".join(_ring([frame.place(corner) for corner in ring], tolerance) for ring in rings)


def _ring(points: list[Point], tolerance: float) -> str:
    """A closed ring as relative steps of whole units; a spot keeps its box."""
    kept = _thin(points, tolerance)
    whole = [(round(x), round(y)) for x, y in kept[:-1]]
    distinct = [p for n, p in enumerate(whole) if p != whole[n - 1]] or whole[:1]
    if len(distinct) < _LEAST_CORNERS:
        x, y = distinct[0]
        return f"M{x} {y}h1v1h-1z"
    steps, (x, y) = [f"M{distinct[0][0]} {distinct[0][1]}l"], distinct[0]
    for nx, ny in distinct[1:]:
        steps.append(f"{nx - x} {ny - y} ")
        x, y = nx, ny
    return "".join(steps).rstrip() + "z"


def _thin(points: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker, without recursion: a corner stays when the line would miss it."""
    last = len(points) - 1
    # A ring begins where it ends: it is cut at its farthest corner.
    cut = max(range(len(points)), key=lambda n: _distance(points[0], points[n]))
    keep, open_ends = {0, cut, last}, [(0, cut), (cut, last)]
    while open_ends:
        first, end = open_ends.pop()
        inside = range(first + 1, end)
        far = max(inside, key=lambda n: _off(points[n], points[first], points[end]), default=None)
        if far is not None and _off(points[far], points[first], points[end]) > tolerance:
            keep.add(far)
            open_ends += [(first, far), (far, end)]
    return [points[n] for n in sorted(keep)]


def _distance(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def _off(point: Point, a: Point, b: Point) -> float:
    """How far a point is from the line through two others."""
    length = _distance(a, b)
    if not length:
        return _distance(point, a)
    return abs((b[0] - a[0]) * (a[1] - point[1]) - (a[0] - point[0]) * (b[1] - a[1])) / length


def hull_of(boxes: Iterable[Box]) -> Geometry:
    """The convex hull of some boxes: a place drawn from afar."""
    corners = sorted(
        {corner for w, s, e, n in boxes for corner in ((w, s), (w, n), (e, s), (e, n))}
    )
    ring = [*_half(corners), *_half(corners[::-1])]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _half(corners: Iterable[Point]) -> list[Point]:
    kept: list[Point] = []
    for corner in corners:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], corner) <= 0:
            kept.pop()
        kept.append(corner)
    return kept[:-1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def middle_of(geometry: Geometry, frame: Frame) -> tuple[int, int]:
    """Where a number may be written: the middle of the box of the largest part."""
    parts = [box_of({"type": "Polygon", "coordinates": p}) for p in polygons_of(geometry)]
    west, south, east, north = max(parts, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]))
    x, y = frame.place(((west + east) / 2, (south + north) / 2))
    return round(x), round(y)
