"""Sites from Excel: the columns, which row is which site, and what an import does to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from django.db.models import Q

from grids.base_columns import EXAMPLE_GRIDS, LONGEST, SITE_KINDS
from grids.models import Grid, Site
from orgs.importing import Column, Row, Table, one_of, phone, text
from orgs.imports import Difference, Importer, Snapshot, users_of_many
from orgs.models import Center, Import
from zongzhi.lib.identity import mask_phone

BATCH = 500
_PLAIN = (
    *("kind", "name", "address", "grid_id", "contact", "phone"),
    *("external_ref", "note", "is_active"),
)


def table_of(center: Center) -> Table:
    """The columns; the grids are those of the centre's area."""
    inside = Grid.objects.filter(code__startswith=center.region.stem, is_active=True)
    grids = dict(inside.values_list("code", "pk"))
    return Table(
        (
            Column(
                "name",
                "名称",
                text(LONGEST["名称"]),
                required=True,
                examples=("示例超市", "3 幢 2 单元", "村口变压器"),
                width=22,
            ),
            Column(
                "kind",
                "类别",
                one_of(SITE_KINDS),
                required=True,
                examples=("单位", "房屋", "设施"),
                choices=tuple(SITE_KINDS),
                width=8,
            ),
            Column(
                "grid_id",
                "网格编码",
                _grid(grids),
                required=True,
                examples=EXAMPLE_GRIDS,
                hint="网格名册里的编码",
                width=20,
            ),
            Column(
                "address", "地址", text(LONGEST["地址"]), examples=("文化路 8 号", "", ""), width=26
            ),
            Column("contact", "联系人", text(LONGEST["联系人"]), examples=("示例一", "", "")),
            Column(
                "phone",
                "联系电话",
                phone,
                examples=("0990-2120001", "", ""),
                width=16,
                mask=mask_phone,
            ),
            Column(
                "external_ref",
                "外部系统编号",
                text(LONGEST["外部系统编号"]),
                hint="填了就按它认，没填按网格、类别和名称认",
                width=18,
            ),
            Column("note", "备注", text(LONGEST["备注"]), width=20),
        )
    )


def _grid(grids: dict[str, int]) -> Any:
    def read(cell: str) -> int:
        if cell not in grids:
            raise ValueError(f"本中心辖区里没有编码是“{cell}”的网格")
        return grids[cell]

    return read


class SiteImporter(Importer):
    kind = Import.Kind.SITES

    def __init__(self, center: Center) -> None:
        super().__init__(center)
        self.table = table_of(center)

    def _inside(self) -> Any:
        return Site.objects.filter(grid__code__startswith=self.center.region.stem)

    def load(self) -> None:
        self.there: dict[int, Site] = {}
        self.by_ref: dict[str, int] = {}
        self.by_place: dict[Hashable, list[int]] = defaultdict(list)

    def look_up(self, rows: Sequence[Row]) -> None:
        """Those that the file names, not all of a county: by their number or their place."""
        refs = {ref for row in rows if (ref := row.values.get("external_ref", ""))}
        grids = {row.values["grid_id"] for row in rows}
        names = {row.values["name"] for row in rows}
        named = Q(external_ref__in=refs) | Q(grid__in=grids, name__in=names)
        for one in self._inside().filter(named).select_related("grid").order_by("pk"):
            self.there[one.pk] = one
            if one.external_ref:
                self.by_ref[one.external_ref] = one.pk
            self.by_place[one.grid_id, one.kind, one.name].append(one.pk)

    def match(self, row: Row) -> int | None:
        if (ref := row.values.get("external_ref", "")) and ref in self.by_ref:
            return self.by_ref[ref]
        found = self.by_place.get(_place(row), [])
        if len(found) > 1:
            row.errors["external_ref"] = f"有 {len(found)} 处同名的，填外部系统编号才认得出"
        return found[0] if found else None

    def identities(self, row: Row) -> tuple[set[Hashable], set[Hashable]]:
        known: set[Hashable] = {("place", _place(row))}
        if ref := row.values.get("external_ref", ""):
            known = {("ref", ref)}
        return known, known

    def differences(self, pk: int, row: Row) -> list[Difference]:
        one = self.there[pk]
        return [
            Difference(column.title, _words(one, column), column.shown(row.cells[column.key]))
            for column in self.table.columns
            if column.key in row.values and getattr(one, column.key) != row.values[column.key]
        ]

    def create(self, rows: list[Row]) -> list[int]:
        made = Site.objects.bulk_create(Site(**row.values) for row in rows)
        return [one.pk for one in made]

    def cover(self, pk: int, row: Row) -> None:
        self.cover_many([(pk, row)])

    def cover_many(self, covers: Sequence[tuple[int, Row]]) -> None:
        sites = self._inside().in_bulk([pk for pk, _ in covers])
        for pk, row in covers:
            for key, value in row.values.items():
                setattr(sites[pk], key, value)
        if sites:
            Site.objects.bulk_update(sites.values(), _PLAIN, batch_size=BATCH)

    def snapshots(self, pks: Iterable[int]) -> dict[int, Snapshot]:
        rows = self._inside().select_for_update(of=("self",)).filter(pk__in=list(pks))
        return {one.pk: {key: getattr(one, key) for key in _PLAIN} for one in rows.order_by("pk")}

    def restore(self, pk: int, before: Snapshot, after: Snapshot) -> str:
        if not Grid.objects.filter(pk=before["grid_id"]).exists():
            return "原来的网格已经删了"
        one = self._inside().get(pk=pk)
        for key in _PLAIN:
            setattr(one, key, before[key])
        one.save()
        return ""

    def used(self, pk: int) -> list[str]:
        return self.used_by([pk])[pk]

    def used_by(self, pks: Sequence[int]) -> dict[int, list[str]]:
        return users_of_many(Site, pks, besides=set())

    def remove(self, pk: int) -> None:
        Site.objects.get(pk=pk).delete()


def _place(row: Row) -> tuple[Any, ...]:
    return (row.values["grid_id"], row.values["kind"], row.values["name"])


def _words(one: Site, column: Column) -> str:
    """What stands there now, as a cell would say it."""
    if column.key == "grid_id":
        return one.grid.code
    if column.key == "kind":
        return str(one.get_kind_display())
    return column.shown(str(getattr(one, column.key)))
