"""What the three import commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grids.services.bulk import BadFile, Bulk, import_file
from zongzhi.lib.errors import Invalid


class ImportCommand(BaseCommand):
    """Reads a CSV file (UTF-8 or GB18030) whose first row names the columns."""

    bulk: ClassVar[type[Bulk]]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有这个文件：{path}")
        try:
            outcome = import_file(
                self.bulk(), path, dry_run=options["dry_run"], tell=self.stdout.write
            )
        except BadFile as error:
            for fault in error.faults.first:
                self.stdout.write(str(fault))
            raise CommandError(error.message) from None
        except Invalid as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{'试算，没有导入：' if options['dry_run'] else ''}{outcome}")
