from __future__ import annotations

from typing import Any

import environ
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from cases.reference import (
    ensure_clock_rules,
    ensure_thresholds,
    ensure_types,
    ensure_upper_platform,
)
from grids.duty_lists import ensure_duties
from grids.reference import ensure_event_periods
from orgs.models import User
from orgs.reference import ensure_calendar, ensure_roles
from reports.services.schemes import ensure_schemes
from zongzhi.lib import clock

HISTORY = (
    "cases_caseevent",
    "cases_document",
    "grids_eventline",
    "orgs_accesslog",
    "reports_briefedit",
    "reports_briefmatter",
    "reports_briefparagraph",
    "reports_briefreview",
    "reports_briefrows",
    "reports_bulletinrow",
    "reports_correction",
    "reports_courtintake",
    "reports_formerending",
    "reports_ledgerentry",
    "reports_lineedit",
    "reports_sheet",
    "reports_sheetrows",
)


class Command(BaseCommand):
    help = "Bring the database up to date: migrate, grant rights, reference data, demo county."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="leave an empty database without the demo county"
        )

    def handle(self, *args: Any, no_demo: bool, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        grant_rights()
        caches["shared"].clear()  # of another release: its numbers may have had another shape
        ensure_roles()
        year = clock.today().year
        ensure_calendar(range(year - 2, year + 3))
        ensure_types()
        ensure_clock_rules()
        ensure_thresholds()
        ensure_upper_platform()
        ensure_event_periods()
        if settings.DEBUG and not no_demo and not User.objects.exists():
            call_command("load_demo", stdout=self.stdout)
        ensure_duties()
        ensure_schemes()


def grant_rights() -> None:
    """Let the application's role work with the tables its owner made; history only grows."""
    role = application_role()
    if role is None:
        return
    quoted = connection.ops.quote_name(role)
    tables = ", ".join(HISTORY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"GRANT USAGE ON SCHEMA public TO {quoted};"
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted};"
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted};"
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {quoted};"
        )


def application_role() -> str | None:
    """The role the application signs in with, if it is not the one that owns the tables."""
    role: str = environ.Env.db_url_config(environ.Env().str("DATABASE_URL", default=""))["USER"]
    owner = connection.settings_dict["USER"]
    return role if role and role != owner else None
