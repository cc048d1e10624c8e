from __future__ import annotations

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import Case
from orgs.models import User
from zongzhi.demo.loading import CASES, load


class Command(BaseCommand):
    help = "Fill an empty database with the demo county 示范县 and a year of its cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it although DEBUG is off")
        parser.add_argument("--cases", type=int, default=CASES, help="about how many cases")

    def handle(self, *args: Any, yes: bool, cases: int, **options: Any) -> None:
        if not settings.DEBUG and not yes:
            raise CommandError(
                "The demo county has a known password. Say --yes to load it without DEBUG."
            )
        if User.objects.exists():
            raise CommandError("There are people in this database: the demo county needs it empty.")
        begun = monotonic()
        load(cases=cases)
        number = Case.objects.count()
        self.stdout.write(f"demo county loaded: {number} cases in {monotonic() - begun:.0f} s")
