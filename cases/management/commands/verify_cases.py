from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.verification import misplaced


class Command(BaseCommand):
    help = "Work out again where every case stands and compare it with what is written."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for fault in misplaced():
            found += 1
            self.stdout.write(
                f"{fault.number} {fault.column}：写的是 {fault.written}，应是 {fault.worked_out}"
            )
        if found:
            raise CommandError(f"cases do not add up: {found} columns")
        self.stdout.write("每件事项的状态、时限都对得上")
