"""The cast. Every test that needs a person uses one of these, so a name tells you the rights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from cases import clocks
from orgs import calendars
from orgs.models import User
from orgs.permissions import RoleCode
from tests.county import County, build_county, ensure_reference, person
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.postgres import questions

APPEND_ONLY = (
    "cases_caseevent",
    "cases_document",
    "grids_eventline",
    "orgs_accesslog",
    "reports_bonus",
    "reports_bulletinrow",
    "reports_correction",
    "reports_countedlist",
    "reports_briefedit",
    "reports_briefmatter",
    "reports_briefparagraph",
    "reports_briefreview",
    "reports_briefrows",
    "reports_formerending",
    "reports_ledgerentry",
    "reports_lineedit",
    "reports_objection",
    "reports_courtintake",
    "reports_sheet",
    "reports_sheetrows",
)


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_history() -> Iterator[None]:
    """Transactional tests empty all tables afterwards; only here may history be truncated."""
    real = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        guarded = [name for name in APPEND_ONLY if name in tables]
        off = [f"ALTER TABLE {name} DISABLE TRIGGER USER;" for name in guarded]
        on = [f"ALTER TABLE {name} ENABLE TRIGGER USER;" for name in guarded]
        return [*off, *real(self, style, tables, **kwargs), *on]

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Roles, calendar, types and clocks are there once for all tests.

    At the end the live server's threads may still hold a connection, which would keep the test
    database from being dropped.
    """
    with django_db_blocker.unblock():
        ensure_reference()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )


@pytest.fixture(autouse=True, scope="session")
def _plans_are_kept_from_the_first_asking() -> Iterator[None]:
    """Or most tests would never meet a kept plan."""
    patch = pytest.MonkeyPatch()
    patch.setattr(questions, "IN_FULL", 0)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _no_copies_of_what_was_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process keeps calendar and rules by revision; a test's revisions never happened."""
    monkeypatch.setattr(calendars, "_copy", calendars._Copy())
    monkeypatch.setattr(clocks, "_rules", (-1, ()))


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _attachments_apart(settings: Any, tmp_path: Any) -> None:
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"
    settings.ANCHOR_FILE = tmp_path / "anchors.jsonl"


@pytest.fixture(autouse=True)
def _clock_runs_again() -> Iterator[None]:
    yield
    clock.unfreeze()


@pytest.fixture
def county(db: None) -> County:
    return build_county()


@pytest.fixture
def clerk(county: County) -> User:
    """王芳 at the county's window."""
    return person("clerk", "王芳", county.county, RoleCode.CLERK)


@pytest.fixture
def triage(county: County) -> User:
    """周敏, who also supervises."""
    return person("triage", "周敏", county.county, RoleCode.TRIAGE)


@pytest.fixture
def second_triage(county: County) -> User:
    return person("triage2", "何静", county.county, RoleCode.TRIAGE)


@pytest.fixture
def handler(county: County) -> User:
    """李强 of 人社局, which leads in `lives`."""
    unit = county.human_resources
    return person("renshe", "李强", county.county, RoleCode.HANDLER, department=unit)


@pytest.fixture
def head(county: County) -> User:
    """郑海, head of 人社局."""
    unit = county.human_resources
    return person("renshe_head", "郑海", county.county, RoleCode.HEAD, department=unit)


@pytest.fixture
def colleague(county: County) -> User:
    """Another handler of 人社局."""
    unit = county.human_resources
    return person("renshe2", "苏梅", county.county, RoleCode.HANDLER, department=unit)


@pytest.fixture
def other_handler(county: County) -> User:
    """周凯 of 住建局, to whom cases are handed on."""
    return person("zhujian", "周凯", county.county, RoleCode.HANDLER, department=county.housing)


@pytest.fixture
def leader(county: County) -> User:
    return person("leader", "张志远", county.county, RoleCode.LEADER)


@pytest.fixture
def city_officer(county: County) -> User:
    """陈立, triage officer of the city above, who decides escalations."""
    return person("city_triage", "陈立", county.city, RoleCode.TRIAGE)


@pytest.fixture
def town_officer(county: County) -> User:
    """Clerk and triage officer of the town in one."""
    return person("town_clerk", "马兰", county.town, RoleCode.CLERK, RoleCode.TRIAGE)


@pytest.fixture
def village_officer(county: County) -> User:
    """One person is the whole village centre."""
    return person(
        "village",
        "杨柳",
        county.village,
        RoleCode.CLERK,
        RoleCode.TRIAGE,
        RoleCode.HANDLER,
        department=county.village_unit,
    )


@pytest.fixture
def grid_worker(county: County) -> User:
    return person("grid", "赵小军", county.village, RoleCode.GRID_WORKER)


@pytest.fixture
def channel(county: County) -> User:
    """Another system that hands in cases."""
    return person("hotline", "热线接入", county.county, RoleCode.CHANNEL)


@pytest.fixture
def sysadmin(county: County) -> User:
    return person("sysadmin", "钱进", county.county, RoleCode.SYSTEM_ADMIN)


@pytest.fixture
def secadmin(county: County) -> User:
    return person("secadmin", "孙宁", county.county, RoleCode.SECURITY_ADMIN)


@pytest.fixture
def auditor(county: County) -> User:
    return person("auditor", "李正", county.county, RoleCode.AUDITOR)


@pytest.fixture
def outsider(county: County) -> User:
    """On the staff of a unit that has nothing to do with the case."""
    return person("gongan", "吴刚", county.county, RoleCode.HANDLER, department=county.police)


@pytest.fixture
def lives(county: County, clerk: User, triage: User, handler: User) -> Lives:
    return Lives(county=county, clerk=clerk, triage=triage, handler=handler)
