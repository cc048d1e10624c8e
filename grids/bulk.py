"""A whole county's grids and workers from a CSV file: all or nothing, each bad cell named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from orgs.importing import BadSheetError, find_rows
from orgs.imports import Checked, Importer, check_rows
from orgs.models import AccessLog, Center
from orgs.services import log_access

MOST_ROWS = 200_000
MOST_FAULTS = 500  # written out; how many there are is said


class BulkCommand(BaseCommand):
    """Read, look at every row, then write all of it in one transaction."""

    importer: type[Importer]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--center", help="division code of the centre; the highest if not said")
        parser.add_argument("--cover", action="store_true", help="change what is there already")

    def handle(self, *args: Any, **options: Any) -> None:
        center = _center(options["center"])
        importer = self.importer(center)
        try:
            rows = find_rows(importer.table, _lines(options["file"]), MOST_ROWS).rows
        except BadSheetError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            Center.objects.select_for_update(no_key=True).get(pk=center.pk)
            found = check_rows(importer, rows)
            if found.bad:
                raise CommandError(self._faults(importer, found))
            covers = [each for each in found.covers if options["cover"] and each.differences]
            importer.create(found.fresh)
            for each in covers:
                importer.cover(each.pk, each.row)
            log_access(
                AccessLog.Action.IMPORT,
                user=None,
                address=None,
                subject=f"命令行导入{importer.kind.label}",
                data={"created": len(found.fresh), "covered": len(covers)},
            )
        same = len(found.covers) - len(covers)
        self.stdout.write(f"新加 {len(found.fresh)}，更新 {len(covers)}，没动 {same}")

    def _faults(self, importer: Importer, found: Checked) -> str:
        lines = [line for row in found.bad for line in row.sentences(importer.table)]
        shown = "\n".join(lines[:MOST_FAULTS])
        return f"有 {len(lines)} 处要改，一行也没有导入：\n{shown}"


def _center(code: str | None) -> Center:
    rows = Center.objects.select_related("region").order_by("region__code")
    found = rows.filter(region__code=code).first() if code else rows.filter(parent=None).first()
    if found is None:
        raise CommandError("没有这个综治中心，--center 写它的 12 位区划代码")
    return found


def _lines(file: Path) -> Iterator[list[str]]:
    """The rows of a CSV file as Excel writes it: UTF-8, or GB 18030 as it comes from Windows."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(f"文件打不开：{file}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    rows = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), strict=True)
    try:
        for line in rows:
            yield [cell.strip() for cell in line]
    except csv.Error as error:
        at = rows.line_num
        raise CommandError(f"读到第 {at} 行读不下去：有一格太长，或者引号没有成对") from error
