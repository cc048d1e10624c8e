"""Where a point lies: boxes by the index first, then the shape itself. No other machine is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from grids.models import Grid, GridShape

Geometry = dict[str, Any]
Ring = Sequence[Sequence[float]]

# A grid carved out of others comes before them; a micro grid only where nothing else is, for the
# comprehensive grid around it is whose workers answer.
_FIRST = {Grid.Kind.DEDICATED: 0, Grid.Kind.COMPREHENSIVE: 1, Grid.Kind.MICRO: 2}


def grid_at(longitude: float, latitude: float) -> Grid | None:
    """The grid a point lies in, if its shape is known."""
    boxes = GridShape.objects.filter(
        grid__is_active=True,
        west__lte=longitude,
        east__gte=longitude,
        south__lte=latitude,
        north__gte=latitude,
    ).select_related("grid__region")
    near = sorted(boxes, key=lambda one: (_FIRST[Grid.Kind(one.grid.kind)], one.grid.code))
    return next((one.grid for one in near if holds(one.geometry, longitude, latitude)), None)


def polygons_of(geometry: Geometry) -> Iterator[Sequence[Ring]]:
    """The polygons of a Polygon or a MultiPolygon: each its outer ring and its holes."""
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    else:
        yield from geometry["coordinates"]


def holds(geometry: Geometry, x: float, y: float) -> bool:
    """Whether the point is inside; on a border that two share, inside exactly one of them."""
    return any(
        _in_ring(polygon[0], x, y) and not any(_in_ring(hole, x, y) for hole in polygon[1:])
        for polygon in polygons_of(geometry)
    )


def _in_ring(ring: Ring, x: float, y: float) -> bool:
    """Ray casting: how often a ray to the east crosses the ring."""
    inside = False
    x1, y1 = ring[-1][0], ring[-1][1]
    for corner in ring:
        x2, y2 = corner[0], corner[1]
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


def box_of(geometry: Geometry) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    corners = [corner for polygon in polygons_of(geometry) for corner in polygon[0]]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(xs), min(ys), max(xs), max(ys)
