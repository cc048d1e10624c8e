from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.front import export_progress
from zongzhi.lib.errors import Invalid


class Command(BaseCommand):
    help = "Write what citizens may read, changed since the last time, into a sealed file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the one-way transfer picks files up")
        parser.add_argument("--all", action="store_true", help="every case, not only the changed")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            path, rows = export_progress(folder, everything=options["all"])
        except Invalid as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{path}：{rows} 件" if path else "没有变化")
