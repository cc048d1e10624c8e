from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dispatch.measuring import Measured, Score, measure
from dispatch.services.learning import centers_that_learn
from orgs.models import Center, User


class Command(BaseCommand):
    help = "How often rules and learning would have named the unit that ended the matter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--held-out",
            type=int,
            default=20,
            help="percent of the cases that are asked, the newest",
        )

    def handle(self, *args: Any, held_out: int, **options: Any) -> None:
        if not 1 <= held_out <= 90:
            raise CommandError("--held-out is a percentage between 1 and 90")
        found = Measured()
        for center in Center.objects.filter(pk__in=centers_that_learn()).order_by("pk"):
            measure(center, held_out=held_out, into=found)
        asked = next(iter(found.scores.values())).cases
        self.stdout.write(f"学的 {found.trained} 件，考的 {asked} 件（最新的 {held_out}%）")
        for way, score in found.scores.items():
            self.stdout.write(f"{way}：{_said(score)}")
        if User.objects.filter(is_demo=True).exists():
            self.stdout.write("虚构数据，不代表效果")


def _said(score: Score) -> str:
    return (
        f"第一个就对 {score.first}/{score.cases}，前三个里有 {score.among_three}/{score.cases}，"
        f"有话说的 {score.said}/{score.cases}"
    )
