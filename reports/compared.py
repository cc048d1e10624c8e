"""What is compared with each other: the units of a group within a centre, or its grids.

A grid is a place; its row must not be a person's (国办函〔2026〕12 号 bars 积分排名). It has one
only where what is counted was reported by several and not all handled by the same grid worker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from grids.models import Grid, GridEvent
from orgs.models import Center, Department
from orgs.models.places import STEM_LENGTHS, Level
from reports.indicators.counting import Dimension
from reports.models import Scheme

Group = Scheme.Group
_LEVELS = {Group.TOWNS: Level.TOWN, Group.VILLAGES: Level.VILLAGE}
_REPORTERS = 2  # of fewer, what is counted is one person's


@dataclass(frozen=True)
class Compared:
    """One of those that are compared; `grid` is None for a unit."""

    unit: Department  # of a grid, the one that answers for it
    name: str
    grid: Grid | None = None

    @property
    def id(self) -> int:
        return self.unit.pk if self.grid is None else self.grid.pk

    @property
    def of(self) -> dict[str, Department | Grid | None]:
        """As the fields of whatever is said of it."""
        return {"unit": self.unit, "grid": self.grid}


def dimension_of(group: str) -> Dimension:
    """By what rows are told apart when a group is compared."""
    return Dimension.GRID if group == Group.GRIDS else Dimension.UNIT


def compared_in(center: Center, group: str) -> list[Compared]:
    """Everyone of a group within a centre and all below it, by code.

    Micro grids are not compared, nor grids for which no unit answers: their villages and towns
    have no unit.
    """
    if group != Group.GRIDS:
        return [Compared(unit, unit.name) for unit in _units(center, group)]
    inside = Grid.objects.filter(is_active=True, region__code__startswith=center.region.stem)
    grids = inside.exclude(kind=Grid.Kind.MICRO).select_related("region").order_by("code")
    answering = _answering(center)
    found = ((_who_answers(grid, answering), grid) for grid in grids)
    return [Compared(unit, full_name(grid), grid) for unit, grid in found if unit is not None]


def full_name(grid: Grid) -> str:
    """With its village before it, once: there is a first grid in every village."""
    village = grid.region.name
    return grid.name if grid.name.startswith(village) else f"{village}{grid.name}"


def _units(center: Center, group: str) -> QuerySet[Department]:
    units = Department.objects.filter(is_active=True).order_by("code")
    stem = center.region.stem
    if group == Group.DEPARTMENTS:
        return units.filter(kind=Department.Kind.BUREAU, center=center)
    if group == Group.BODIES:
        return units.filter(kind=Department.Kind.BODY, center__region__code__startswith=stem)
    inside = {"runs__region__code__startswith": stem}
    return units.filter(runs__level=_LEVELS[Group(group)], **inside).exclude(runs=center)


def _answering(center: Center) -> dict[str, Department]:
    """The units that villages and towns are, by the stem of their division code."""
    units = Department.objects.filter(
        is_active=True,
        runs__level__in=[Level.TOWN, Level.VILLAGE],
        runs__region__code__startswith=center.region.stem,
    ).select_related("runs__region")
    return {unit.runs.region.stem: unit for unit in units if unit.runs is not None}


def _who_answers(grid: Grid, answering: dict[str, Department]) -> Department | None:
    """Its village; its town where the village is no unit."""
    stems = (grid.region.code[: STEM_LENGTHS[level]] for level in (Level.VILLAGE, Level.TOWN))
    return next((answering[stem] for stem in stems if stem in answering), None)


def of_several(events: Iterable[Collection[int]]) -> set[int]:
    """The grids whose row is nobody's own, among those with these events.

    `events`: the ids of what is counted, in any portions.
    """
    ids = {one for some in events for one in some}
    grids = (
        GridEvent.objects.filter(pk__in=ids)
        .order_by()
        .values("grid")
        .annotate(
            reporters=Count("reported_by", distinct=True),
            workers=Count("worker", distinct=True),
            by_center=Count("pk", filter=Q(worker=None)),
        )
    )
    return {
        one["grid"]
        for one in grids
        if one["reporters"] >= _REPORTERS and (one["workers"] != 1 or one["by_center"])
    }
