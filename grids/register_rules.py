"""Who keeps the register of grids, and what a grid's code says."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from grids.models import Grid, GridRole
from grids.querysets import stems_of, within
from orgs.models import Center, Region, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound

SERIALS = {
    # First and last serial of a village's grids by kind: three digits behind the village's twelve.
    Grid.Kind.COMPREHENSIVE: (1, 100),
    Grid.Kind.DEDICATED: (101, 200),
    Grid.Kind.MICRO: (201, 999),
}
# 网格规模: what the local rules usually ask for; told on the page, never enforced.
SIZES = {
    Grid.Kind.COMPREHENSIVE: (300, 500),
    Grid.Kind.MICRO: (50, 80),
}
WORKERS = (GridRole.Kind.FULL_TIME, GridRole.Kind.PART_TIME)  # 网格员 in the narrow sense
_STEMS = ((4, Level.CITY), (6, Level.COUNTY), (9, Level.TOWN), (12, Level.VILLAGE))


def stems_kept(user: User) -> list[str]:
    """The beginnings of the codes of all grids this person keeps the register of."""
    return stems_of(user, Permission.GRIDS)


def keeps(user: User, code: str) -> bool:
    return any(code.startswith(stem) for stem in stems_kept(user))


def must_keep(user: User, code: str) -> None:
    if not keeps(user, code):
        raise NotAllowed("网格由管网格的岗位改，这个账号只能看")


def grid_of(user: User, code: str) -> Grid:
    """The grid by its code, for whoever may see it."""
    rows = Grid.objects.visible_to(user).select_related("region__parent", "parent")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotFound("没有这个网格")
    return found


def villages_kept(user: User) -> QuerySet[Region]:
    return Region.objects.filter(within(stems_kept(user), "code"), level=Level.VILLAGE)


def towns_seen(user: User) -> QuerySet[Region]:
    """The towns of somebody's area; a village centre's own town too."""
    stems = {*stems_of(user), *stems_kept(user)}
    return Region.objects.filter(within(sorted({stem[:9] for stem in stems}), "code")).filter(
        level=Level.TOWN
    )


def centers_over(code: str) -> list[Center]:
    """The centres a place lies under, lowest first."""
    codes = [code[:length].ljust(12, "0") for length, _ in _STEMS]
    rows = Center.objects.filter(region__code__in=codes).select_related("region")
    return sorted(rows, key=lambda row: len(row.region.stem), reverse=True)


def lowest_center(code: str) -> Center:
    """The centre next above a grid: of its village, or else the town's or the county's."""
    over = centers_over(code)
    if not over:
        raise Invalid("这个网格上面还没有综治中心，先在“单位与字典”里建")
    return over[0]


def next_code(village: Region, kind: str) -> str:
    """Village and the next serial of the kind: numbers are never used twice."""
    first, last = SERIALS[Grid.Kind(kind)]
    low, high = f"{village.code}{first:03d}", f"{village.code}{last:03d}"
    used = Grid.objects.filter(region=village, code__gte=low, code__lte=high)
    newest = used.aggregate(newest=Max("code"))["newest"]
    serial = int(newest[12:15]) + 1 if newest else first
    if serial > last:
        raise Invalid(errors={"kind": [f"{village.name}的{Grid.Kind(kind).label}编号用完了"]})
    return f"{village.code}{serial:03d}"


def size_hint(grid: Grid) -> str:
    """Whether a grid is larger or smaller than is usual; a hint and no more."""
    usual = SIZES.get(Grid.Kind(grid.kind))
    if usual is None or not grid.households:
        return ""
    least, most = usual
    if least <= grid.households <= most:
        return ""
    return f"一般 {least} 到 {most} 户"
