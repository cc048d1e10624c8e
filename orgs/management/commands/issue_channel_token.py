from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.models import User
from orgs.tokens import issue_channel_token


class Command(BaseCommand):
    help = "Give another system its key to the API, bound to its address; the former one dies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--address", required=True, help="the address it will call from")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"no active account {options['username']}")
        try:
            token = issue_channel_token(user=user, address=options["address"])
        except ValueError as exc:
            raise CommandError(f"not an address: {options['address']}") from exc
        self.stdout.write(token)
