from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from dispatch.services.learning import centers_that_learn, learn


class Command(BaseCommand):
    help = "Learn from the dispatches of every centre anew, as every night does."

    def handle(self, *args: Any, **options: Any) -> None:
        for center_id in centers_that_learn():
            learned = learn(center_id=center_id)
            if learned is not None:
                words = learned.words.values("mark").distinct().count()
                self.stdout.write(f"{learned.center.name}：{learned.cases} 件，{words} 个词")
