from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.anchors import forged_anchors
from cases.history import faults
from cases.models import CaseEvent


class Command(BaseCommand):
    help = "Prove that no row of history was changed, removed, reordered or cut off."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for fault in faults():
            found += 1
            self.stdout.write(f"{fault.number} 第 {fault.seq} 条：{fault.what}")
        for line in forged_anchors():
            found += 1
            self.stdout.write(f"每日校验文件第 {line} 行签名不对")
        if found:
            raise CommandError(f"history does not add up: {found} faults")
        self.stdout.write(f"{CaseEvent.objects.count()} 条经过，全部对得上")
