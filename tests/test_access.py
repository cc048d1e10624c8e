"""Who may ask for what, on one page. A new address fails here until it has its row.

200/302 open, 403 seen but not theirs, 404 not there or not for them, 401 the API without a token,
409 not now, 422/400 theirs to do but nothing was typed. A page sends who is not signed in to
/login/ (302); an act that a page refuses says so on a page of its own.
"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.models import Case
from grids.models import Grid, GridEvent, GridRole
from grids.services.reporting import Report, report_event
from grids.vocabulary import Category
from orgs.models import User
from orgs.tokens import issue_token
from tests import grid_register_rows
from tests.access_table import CAST, TABLE
from tests.county import LONG_AGO, County
from tests.lives import Lives

# Django's own site: one row stands for it, its pages are all behind the same check.
SITES = ("admin:",)


UNKNOWN = "00000000-0000-4000-8000-000000000000"  # no draft has it


def url_names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    names = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            names |= url_names(pattern.url_patterns, space)
        else:
            names.add(f"{prefix}{pattern.name}")
    return names


def test_every_address_has_a_row() -> None:
    known = {name for name in url_names(get_resolver().url_patterns) if not name.startswith(SITES)}
    assert known == {row.split()[1] for row in TABLE} - {"admin:index"}


@pytest.fixture
def cast(
    clerk: User,
    triage: User,
    handler: User,
    head: User,
    outsider: User,
    leader: User,
    town_officer: User,
    grid_worker: User,
    sysadmin: User,
    secadmin: User,
    auditor: User,
) -> dict[str, User | None]:
    people = [
        ("clerk", clerk),
        ("triage", triage),
        ("handler", handler),
        ("head", head),
        ("outsider", outsider),
        ("leader", leader),
        ("town", town_officer),
        ("grid", grid_worker),
        ("sysadmin", sysadmin),
        ("secadmin", secadmin),
        ("auditor", auditor),
    ]
    return {"anonymous": None, **dict(people)}


def _of_event(name: str) -> str:
    """The address of that name, about the only event there is."""
    number = GridEvent.objects.values_list("number", flat=True).get()
    more: dict[str, list[Any]] = {"grids:event_photo": [1], "grids:event_act": ["note"]}
    if name in ("grids:events", "grids:event_desk", "grids:event_periods", "api:grid-event-list"):
        return reverse(name)
    return reverse(name, args=[number, *more.get(name, [])])


def address(name: str, case: Case, someone: User) -> str:
    """The address by that name, about that case and that person."""
    place = case.center.region.code
    if name.startswith(("grids:event", "api:grid-event")):
        return _of_event(name)
    arguments: dict[str, list[Any]] = {
        "phone:event": ["0"],
        "phone:act": ["0", "feedback"],
        "phone:task": [0],
        "paper:enter": ["0"],
        "paper:sheet": ["0"],
        "cases:attachment": [case.number, 1],
        "cases:preview": [case.number, 1],
        "cases:document": [case.number, 1],
        "cases:sign": [case.number, 1],
        "cases:forget_view": [1],
        "cases:act": [case.number, "note"],
        "cases:delete_draft": [UNKNOWN],
        "cases:draft": [UNKNOWN],
        "grids:do_task": [1, "arrive"],
        "cases:restore_draft": [UNKNOWN],
        "cases:settle_report": [case.number, 1],
        "citizen:progress": [case.token],
        "citizen:rate": [case.token],
        "dispatch:sheet": [1],
        "reports:sheet": [0],
        "reports:sheet_list": [0],
        "reports:sheet_excel": [0],
        "reports:correct_sheet": [0],
        "reports:brief": [0],
        "reports:brief_list": [0],
        "reports:review_brief": [0],
        "reports:brief_matter": [0],
        "reports:print_brief": [0],
        "reports:brief_word": [0],
        "reports:edit_brief": [0, 1],
        "reports:behind": ["registered"],
        "reports:mine_list": ["registered"],
        "reports:opponent": [0],
        "reports:revoke_display": [0],
        "dispatch:answer_swap": [0, "agree"],
        "dispatch:change_shift": [0, "cancel"],
        "dispatch:remove_template": ["duty-lawyer", 0],
        "dispatch:roster_cell": ["2099-11-23", "duty-lawyer"],
        "dispatch:template_row": ["duty-lawyer"],
        "dispatch:add_premises": ["room"],
        "dispatch:change_premises": ["room", 0],
        "dispatch:remove_premises": ["room", 0],
        "mediation:choose": [case.number],
        "mediation:mediator": [0],
        "mediation:leave": [0],
        "mediation:add_row": [0, "hours"],
        "mediation:remove_row": [0, "hours", 0],
        "mediation:body": [0],
        "mediation:choose_print": [case.number],
        "dispatch:answer": [1],
        "dispatch:arrive": [1],
        "dispatch:clue": [1],
        "dispatch:group": [1],
        "dispatch:receive": [1],
        "dispatch:session": [1],
        "dispatch:task": [1],
        "mediation:session": [0],
        "mediation:session_notice": [0],
        "dispatch:whistle": [1],
        **{
            f"dispatch:{name}": [0]
            for name in (
                "call_talk",
                "circular",
                "correct_circular",
                "issue_circular",
                "print_circular",
                "print_talk",
                "record_talk",
                "refuse_talk",
                "call_off_talk",
                "settle_commitment",
                "talk",
            )
        },
        **{
            f"mediation:{name}": [0]
            for name in (
                "agreement",
                "dossier",
                "dossier_zip",
                "import_bad_rows",
                "import_carry_out",
                "import_check",
                "import_undo",
                "inquire",
                "place_file",
                "propose_subsidy",
                "subsidy",
            )
        },
        **{
            f"grids:{name}": [0]
            for name in (
                "import_site_bad_rows",
                "import_site_carry_out",
                "import_site_check",
                "import_site_undo",
                "inspection",
                "inspection_print",
                "resident",
                "resident_remove",
                "site",
                "site_phone",
            )
        },
        "dispatch:propose_talk": ["RS"],
        **{
            f"reports:{name}": [0]
            for name in (
                "bulletin",
                "bulletin_list",
                "recount_bulletin",
                "take_back_bulletin",
                "send_bulletin",
                "seal_bulletin",
                "publish_bulletin",
                "bulletin_bonus",
                "print_bulletin",
                "bulletin_word",
                "bulletin_excel",
            )
        },
        **{
            f"reports:{name}": [0, "RS"]
            for name in ("bulletin_unit", "agree_bulletin", "correct_bulletin")
        },
        **{
            f"reports:{name}": [0, 0]
            for name in ("take_back_bonus", "bonus_file", "answer_objection", "print_correction")
        },
        "reports:scheme": ["departments"],
        "reports:edit_line": ["9901019999999999"],
        "api:bulletin-detail": [0],
        "dispatch:unit_supervision": ["RS"],
        **grid_register_rows.ARGUMENTS,
        "settings:remove_day": [0],
        "orgs:send_again": [0],
        "routing:change": [place, "R-07", "up"],
        "routing:edit": [place, "R-07"],
        "routing:roll_back": [place, 1],
        "orgs:person": [someone.pk],
        "orgs:give_post": [someone.pk],
        "orgs:change_person": [someone.pk, "unlock"],
        "orgs:end_post": [someone.posts.get().pk],
    }
    if name in arguments:
        return reverse(name, args=arguments[name])
    if name.startswith("routing:") and name != "routing:rules":
        return reverse(name, args=[place])
    about_a_case = name.startswith(("cases:", "api:case-")) and name not in {
        "cases:drafts",
        "cases:duplicates",
        "cases:known",
        "cases:list",
        "cases:new",
        "cases:print",
        "cases:person",
        "cases:consultations",
        "cases:legal_terms",
        "cases:export",
        "cases:receipts",
        "cases:reprint",
        "cases:search",
        "cases:transcription_export",
        "cases:transcriptions",
        "cases:views",
        "api:case-list",
    }
    return reverse(name, args=[case.number] if about_a_case else [])


def ask(method: str, url: str, user: User | None) -> int:
    """The status of one request by one person; whatever it changed is undone."""
    client = Client()
    is_api = url.startswith("/api/")
    headers = {}
    if user is not None and is_api:
        headers["Authorization"] = f"Token {issue_token(user=user, address=None)}"
    elif user is not None:
        client.force_login(user)
    media_type = "application/json" if is_api else "application/octet-stream"
    with transaction.atomic():
        answer = client.generic(method, url, "{}" if is_api else "", media_type, headers=headers)
        transaction.set_rollback(True)
    if answer.streaming:
        b"".join(answer.streaming_content)  # read to its end, a file is closed
    return int(answer.status_code)


def _report(worker: User | None, county: County) -> None:
    """A grid event of the village, to be verified by the county: nobody below does."""
    assert worker is not None
    village = county.village.region
    grid = Grid.objects.create(code=f"{village.code}901", name="柳湾村第91网格", region=village)
    kind = GridRole.Kind.FULL_TIME
    GridRole.objects.create(grid=grid, user=worker, kind=kind, since=LONG_AGO)
    report = Report(uuid.uuid4(), grid, Category.FACILITY, "村口路灯不亮三天了")
    report_event(report, by=worker)


def test_who_may_ask_for_what(
    lives: Lives, cast: dict[str, User | None], other_handler: User
) -> None:
    case = lives.claimed()
    _report(cast["grid"], lives.county)
    answers = {
        row: tuple(
            ask(row.split()[0], address(row.split()[1], case, other_handler), cast[who])
            for who in CAST
        )
        for row in TABLE
    }
    wrong = {row: (given, TABLE[row]) for row, given in answers.items() if given != TABLE[row]}
    assert wrong == {}
