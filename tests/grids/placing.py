"""A grid in the county's village and one in a village of another town, and who keeps them."""

from __future__ import annotations

from datetime import date

from grids.models import Grid, GridRole
from orgs.models import Region, User
from orgs.models.places import Level
from tests.county import County

SINCE = date(2024, 1, 1)
# Invented: a division that does not exist, a birth year nobody is left of.
NUMBER, OTHER_NUMBER = "990101190001010018", "990101190001010026"


def grid_of(county: County, serial: str = "001", name: str = "柳湾村第1网格") -> Grid:
    village = county.village.region
    return Grid.objects.create(code=f"{village.code}{serial}", name=name, region=village)


def far_grid(county: County) -> Grid:
    """In another town, out of sight of the village and of the first town."""
    town = Region.objects.create(
        code="990101101000", name="云岭镇", level=Level.TOWN, parent=county.county.region
    )
    village = Region.objects.create(
        code="990101101201", name="上云村", level=Level.VILLAGE, parent=town
    )
    return Grid.objects.create(code="990101101201001", name="上云村第1网格", region=village)


def serve(user: User, grid: Grid, *, until: date | None = None) -> GridRole:
    kind = GridRole.Kind.FULL_TIME
    return GridRole.objects.create(grid=grid, user=user, kind=kind, since=SINCE, until=until)
