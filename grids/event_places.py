"""Where somebody stood when they tapped for it, in words: never finer than a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grids.models import Grid, GridEvent, GridShape
from grids.places import grid_at, holds


@dataclass(frozen=True)
class _Found:
    """The grid a point lies in: one of those asked about, or another, or none that is drawn."""

    own: Grid | None
    there: Grid | None
    holds_own: bool  # one of those asked about lies in it, undrawn: this may be there
    is_drawn: bool  # whether all shapes asked about are known: only then is outside outside


def _find(longitude: float, latitude: float, grids: Sequence[Grid]) -> _Found:
    shapes = {shape.grid_id: shape for shape in GridShape.objects.filter(grid__in=grids)}
    for grid in grids:
        if grid.pk in shapes and holds(shapes[grid.pk].geometry, longitude, latitude):
            return _Found(grid, grid, False, True)
    there = grid_at(longitude, latitude)
    # A micro grid lies in the comprehensive grid around it, drawn or not.
    around = there.parent_id if there is not None else None
    own = next((grid for grid in grids if grid.pk == around), None)
    undrawn = [grid for grid in grids if grid.pk not in shapes]
    holds_own = there is not None and any(grid.parent_id == there.pk for grid in undrawn)
    return _Found(own, there, holds_own, bool(shapes) and not undrawn)


def standing(longitude: float, latitude: float, own: Sequence[Grid]) -> tuple[str, str]:
    """For whoever tapped: where that is, and the code of the grid when it is one of theirs."""
    found = _find(longitude, latitude, own)
    if found.own is not None:
        return f"在{found.own.name}", found.own.code
    if found.there is not None and found.holds_own:
        return f"在{found.there.name}", ""
    if found.there is not None:
        return f"在{found.there.name}，不在自己的网格，在哪要写清", ""
    return ("不在自己的网格，在哪要写清" if found.is_drawn else ""), ""


def elsewhere(event: GridEvent) -> str:
    """For the centre: that the reporter stood in another grid than that of the report."""
    if event.longitude is None or event.latitude is None:
        return ""
    found = _find(event.longitude, event.latitude, [event.grid])
    if found.own is not None or found.holds_own:
        return ""
    if found.there is not None:
        return f"取的位置在{found.there.name}"
    return f"取的位置不在{event.grid.name}" if found.is_drawn else ""
