from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.front import import_ratings
from zongzhi.lib.errors import Invalid


class Command(BaseCommand):
    help = "Take the ratings in a sealed file of the front end; the same file twice is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            result = import_ratings(file)
        except (Invalid, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"收下 {result.taken} 条，以前收过 {result.known} 条")
        if result.bad:
            raise CommandError(f"{len(result.bad)} 条没有收：\n" + "\n".join(result.bad))
