from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.models import AccessLog, SecondFactor
from orgs.services import log_access


class Command(BaseCommand):
    help = "Let an administrator whose telephone is gone set up another at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        factor = SecondFactor.objects.filter(user__username=username).first()
        if factor is None:
            raise CommandError(f"no second factor of {username}")
        factor.delete()
        log_access(
            AccessLog.Action.FACTOR,
            user=None,
            address=None,
            subject=username,
            purpose="在服务器上解除动态口令",
        )
        self.stdout.write(f"{username} 的动态口令已解除，下次登录重新绑定")
