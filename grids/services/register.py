"""The register of grids: made, changed, drawn, closed. Every change is in the access log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from grids.models import Grid, GridEvent, GridPartner, GridRole, GridShape, GridTask
from grids.places import Geometry, box_of
from grids.register_rules import must_keep, next_code, stems_kept
from grids.shapes import MOST_FAULTS, Feature
from orgs.models import AccessLog, Region, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, WrongState

FACTS = ("name", "households", "population", "extent", "phone", "note")


def create_grid(
    *,
    village: Region,
    kind: str,
    by: User,
    address: str | None,
    parent: Grid | None = None,
    **facts: Any,
) -> Grid:
    """A grid with the next number of its village. Two at once get two numbers."""
    must_keep(by, village.code)
    _check_parent(kind, village, parent)
    try:
        with transaction.atomic():
            Region.objects.select_for_update(no_key=True).get(pk=village.pk)
            code = next_code(village, kind)
            grid = Grid.objects.create(
                code=code, region=village, kind=kind, parent=parent, **_known(facts)
            )
            _log(by, address, grid, "新建")
    except IntegrityError as error:
        raise WrongState("编号刚被别人用了，再保存一次") from error
    return grid


def _check_parent(kind: str, village: Region, parent: Grid | None) -> None:
    if kind != Grid.Kind.MICRO:
        if parent is not None:
            raise Invalid(errors={"parent": ["只有微网格在综合网格里，别的不选"]})
    elif parent is None:
        raise Invalid(errors={"parent": ["微网格要选所属的综合网格"]})
    elif parent.region_id != village.pk or parent.kind != Grid.Kind.COMPREHENSIVE:
        raise Invalid(errors={"parent": [f"所属综合网格要在{village.name}里"]})


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in FACTS if name in facts}


def change_grid(*, grid: Grid, by: User, address: str | None, **facts: Any) -> None:
    must_keep(by, grid.code)
    known = _known(facts)
    for name, value in known.items():
        setattr(grid, name, value)
    with transaction.atomic():
        grid.save(update_fields=list(known))
        _log(by, address, grid, "改资料")


def set_active(*, grid: Grid, active: bool, by: User, address: str | None) -> None:
    """撤并 or 恢复. A grid that somebody serves, or in which something is open, stays."""
    must_keep(by, grid.code)
    with transaction.atomic():
        row = Grid.objects.select_for_update().get(pk=grid.pk)
        if row.is_active == active:
            return
        why = "" if active else "；".join(why_not_close(row))
        if why:
            raise WrongState(f"现在不能停用：{why}")
        row.is_active = active
        row.save(update_fields=["is_active"])
        _log(by, address, row, "恢复" if active else "停用")


def why_not_close(grid: Grid) -> list[str]:
    """What must end first, in words."""
    found = []
    roles = GridRole.objects.filter(grid=grid)
    if serving := roles.exclude(until__lt=clock.today()).count():
        found.append(f"还有 {serving} 个人在服务，先结束")
    if GridEvent.objects.filter(grid=grid).open().exists():
        found.append("还有没办结的网格事件")
    if GridTask.objects.filter(grid=grid).open().exists():
        found.append("还有没完成的任务")
    if grid.micro_grids.filter(is_active=True).exists():
        found.append("里面还有微网格，先停用")
    return found


def set_partners(
    *, grid: Grid, partners: Mapping[str, Mapping[str, str]], by: User, address: str | None
) -> None:
    """四个一, all of them as typed: a kind without a name goes."""
    must_keep(by, grid.code)
    with transaction.atomic():
        Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
        for kind, said in partners.items():
            if said.get("name"):
                GridPartner.objects.update_or_create(grid=grid, kind=kind, defaults=dict(said))
            else:
                GridPartner.objects.filter(grid=grid, kind=kind).delete()
        _log(by, address, grid, "改四个一")


def set_shape(*, grid: Grid, geometry: Geometry | None, by: User, address: str | None) -> None:
    """Draw the grid anew, or take its shape away."""
    must_keep(by, grid.code)
    with transaction.atomic():
        if geometry is None:
            GridShape.objects.filter(grid=grid).delete()
        else:
            _put([(grid.pk, geometry)])
        _log(by, address, grid, "换边界" if geometry else "删边界")


def set_shapes(*, features: Iterable[Feature], by: User, address: str | None) -> int:
    """The shapes of an area in one go. Raises Invalid that names every feature that is wrong."""
    given = list(features)
    stems = stems_kept(by)
    codes = {
        code: pk
        for code, pk in Grid.objects.filter(code__in=[one.code for one in given]).values_list(
            "code", "pk"
        )
        if any(code.startswith(stem) for stem in stems)
    }
    faults = [
        f"第 {one.at} 个要素：辖区里没有编码是 {one.code} 的网格"
        for one in given
        if one.code not in codes
    ]
    if faults:
        raise Invalid("边界没有导入", errors={"file": faults[:MOST_FAULTS]})
    with transaction.atomic():
        _put([(codes[one.code], one.geometry) for one in given])
        log_access(
            AccessLog.Action.IMPORT, user=by, address=address, subject=f"网格边界 {len(given)} 个"
        )
    return len(given)


def _put(pairs: list[tuple[int, Geometry]]) -> None:
    now = clock.now()
    rows = []
    for pk, geometry in pairs:
        west, south, east, north = box_of(geometry)
        rows.append(
            GridShape(
                grid_id=pk,
                geometry=geometry,
                west=west,
                south=south,
                east=east,
                north=north,
                updated_at=now,
            )
        )
    GridShape.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["grid"],
        update_fields=["geometry", "west", "south", "east", "north", "updated_at"],
    )


def _log(by: User, address: str | None, grid: Grid, what: str) -> None:
    subject = f"网格 {grid.code} {what}"
    log_access(AccessLog.Action.REFERENCE, user=by, address=address, subject=subject)
