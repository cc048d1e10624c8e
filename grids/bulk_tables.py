"""What a file of many rows looks like: its template and the examples in it."""

from __future__ import annotations

from grids.base_columns import EXAMPLE_GRIDS, LONGEST
from grids.models import BulkImport
from grids.site_importing import table_of as table_of_sites
from orgs.importing import Column, Table, id_number, text
from orgs.models import Center


def table_of(kind: str, center: Center) -> Table:
    """The columns of the template, the same words as `bulk_base` reads."""
    if kind == BulkImport.Kind.SITES:
        return table_of_sites(center)
    return Table(
        (
            Column(
                "name",
                "姓名",
                text(LONGEST["姓名"]),
                required=True,
                examples=("示例一", "示例二", "示例三"),
            ),
            Column(
                "number",
                "身份证号",
                id_number,
                examples=("990101190001010018", "990101190001010026", ""),
                hint="只用来认出是同一个人，号码本身不保存；没有的不填",
                width=22,
            ),
            Column(
                "grid",
                "网格编码",
                text(18),
                required=True,
                examples=EXAMPLE_GRIDS,
                hint="网格名册里的编码",
                width=22,
            ),
            Column(
                "ref",
                "外部系统编号",
                text(LONGEST["外部系统编号"]),
                examples=("", "", "H-1"),
                hint="没有身份证号的，填了就按它认",
                width=18,
            ),
        )
    )


def examples_of(kind: str, center: Center) -> list[dict[str, str]]:
    """The template's own rows, by the headings."""
    table = table_of(kind, center)
    titles = {column.key: column.title for column in table.columns}
    return [{titles[key]: cell for key, cell in table.example(n).items() if cell} for n in range(3)]
