from __future__ import annotations

import io
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from orgs import exporting
from orgs.models import AccessLog, User
from orgs.permissions import RoleCode
from tests.county import PASSWORD, County, person
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib.sheets import Column, plain, write_sheet

EXPORT = reverse("cases:export")
MASKED = {"content": "masked"}


@pytest.fixture
def second(county: County) -> User:
    """Another triage officer, with a password to type."""
    return person("second", "何静", county.county, RoleCode.TRIAGE, password=PASSWORD)


def full(**changed: str) -> dict[str, str]:
    given = {"content": "full", "reason": "报县委政法委核查", "colleague": "second"}
    return {**given, "password": PASSWORD, **changed}


def sheet(response) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [tuple(cell or "" for cell in row) for row in book.active.iter_rows(values_only=True)]


def test_an_export_is_masked_and_says_who_made_it(client: Client, triage, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(triage)
    rows = sheet(client.post(EXPORT, MASKED))
    assert "导出人 周敏（triage）" in rows[0][0]
    assert "已脱敏" in rows[0][0]
    assert rows[-1][0] == rows[0][0]
    row = dict(zip(rows[1], rows[2], strict=True))
    assert (row["编号"], row["来访人"]) == (case.number, "张**")
    assert (row["电话"], row["身份证号"]) == ("199****5621", "110105********002X")
    assert row["对方"] == "鑫源劳务公司"
    everything = str(rows)
    for private in (PHONE, ID_NUMBER, "张三丰", "三个月工资"):
        assert private not in everything


def test_an_export_holds_exactly_the_list_it_came_from(
    client: Client, triage, lives: Lives
) -> None:
    lives.registered()
    dispatched = lives.dispatched()
    client.force_login(triage)
    rows = sheet(client.post(f"{EXPORT}?label=待签收", MASKED))
    assert [row[0] for row in rows[2:-1]] == [dispatched.number]


def test_an_export_never_holds_what_may_not_be_seen(
    client: Client, county: County, head, lives: Lives
) -> None:
    mine, others = lives.dispatched(), lives.dispatched(lead=county.housing)
    client.force_login(head)
    numbers = [row[0] for row in sheet(client.post(EXPORT, MASKED))]
    assert mine.number in numbers
    assert others.number not in numbers


def test_who_may_not_export_is_told(client: Client, clerk, lives: Lives) -> None:
    lives.registered()
    client.force_login(clerk)
    assert client.post(EXPORT, MASKED).status_code == 403
    assert "导出" not in client.get(reverse("cases:list")).content.decode().split("<main")[1]


def test_every_export_is_logged_with_how_many_and_by_what(
    client: Client, triage, lives: Lives
) -> None:
    lives.registered()
    client.force_login(triage)
    sheet(client.post(f"{EXPORT}?q=张三丰&view=all", MASKED))
    logged = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (logged.user, logged.subject) == (triage, "事项列表 1 件")
    assert logged.data["asked"]["filters"] == ["view"]
    assert "张三丰" not in str(logged.data)


def test_whole_numbers_leave_only_with_a_reason_and_a_second_person(
    client: Client, triage, second, lives: Lives
) -> None:
    lives.registered()
    client.force_login(triage)
    rows = sheet(client.post(EXPORT, full()))
    row = dict(zip(rows[1], rows[2], strict=True))
    assert (row["来访人"], row["电话"], row["身份证号"]) == ("张三丰", PHONE, ID_NUMBER)
    assert "三个月工资" in row["事情和要求"]
    assert "未脱敏，复核人 何静" in rows[0][0]
    logged = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert logged.purpose == "报县委政法委核查（复核 何静）"
    assert (logged.data["colleague"], logged.data["full"]) == (second.pk, True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": "无"}, "写清事由"),
        ({"colleague": "triage"}, "复核要另一个人"),
        ({"colleague": ""}, "还没填复核人账号"),
        ({"password": ""}, "还没填复核人密码"),
        ({"password": "wrong"}, "账号或密码不对，还能试 4 次"),
        ({"colleague": "nobody"}, "账号或密码不对"),
    ],
)
def test_whole_numbers_stay_where_something_is_missing(
    client: Client, triage, second, lives: Lives, changed, sentence
) -> None:
    lives.registered()
    client.force_login(triage)
    response = client.post(EXPORT, full(**changed))
    page = response.content.decode()
    assert (response.status_code, sentence in page) == (422, True)
    assert PASSWORD not in page
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


def test_the_second_person_needs_the_right_and_over_this_centre(
    client: Client, county: County, triage, second, lives: Lives
) -> None:
    lives.registered()
    person("clerk9", "赵云", county.county, RoleCode.CLERK, password=PASSWORD)
    person("town9", "马岱", county.town, RoleCode.TRIAGE, password=PASSWORD)
    client.force_login(triage)
    for username in ("clerk9", "town9"):
        page = client.post(EXPORT, full(colleague=username)).content.decode()
        assert "没有复核的权限" in page


def test_guessing_the_second_password_locks_that_account(
    client: Client, triage, second, lives: Lives
) -> None:
    lives.registered()
    client.force_login(triage)
    for _ in range(5):
        response = client.post(EXPORT, full(password="wrong"))
    assert "账号已锁" in response.content.decode()
    assert AccessAttempt.objects.get().username == "second"
    assert "账号已锁" in client.post(EXPORT, full()).content.decode()
    assert client.get(EXPORT).status_code == 200  # the first one is still signed in


def test_who_has_no_right_to_whole_numbers_gets_none(
    client: Client, head, second, lives: Lives
) -> None:
    lives.dispatched()
    client.force_login(head)
    assert client.post(EXPORT, full()).status_code in (403, 422)
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


def test_a_minor_is_never_exported_by_name(client: Client, triage, second, lives: Lives) -> None:
    lives.registered(special=[Special.MINOR])
    client.force_login(triage)
    rows = sheet(client.post(EXPORT, full()))
    row = dict(zip(rows[1], rows[2], strict=True))
    assert row["来访人"] == "张某"
    for private in (PHONE, ID_NUMBER, "张三丰", "三个月工资"):
        assert private not in str(rows)


def test_a_formula_stays_a_text(client: Client, triage, lives: Lives) -> None:
    respondent = PartyInput(PartyRole.RESPONDENT, "=cmd|' /C calc'!A0", is_organization=True)
    lives.registered(parties=[PartyInput(PartyRole.APPLICANT, "李四"), respondent])
    client.force_login(triage)
    rows = sheet(client.post(EXPORT, MASKED))
    row = dict(zip(rows[1], rows[2], strict=True))
    assert row["对方"] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    assert plain(f"{start}1") == f"'{start}1"
    assert plain(f"1{start}1") == f"1{start}1"


def test_too_many_are_told_instead_of_cut_off(
    client: Client, triage, lives: Lives, monkeypatch
) -> None:
    for _ in range(3):
        lives.registered()
    monkeypatch.setattr(exporting, "MOST", 2)
    client.force_login(triage)
    response = client.post(EXPORT, MASKED)
    assert (response.status_code, "最多导出 2 件" in response.content.decode()) == (422, True)


def test_an_empty_list_is_not_exported(client: Client, triage) -> None:
    client.force_login(triage)
    assert "没有符合条件的，不用导出" in client.post(EXPORT, MASKED).content.decode()


def test_more_rows_cost_no_more_queries(client: Client, triage, lives: Lives) -> None:
    client.force_login(triage)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            sheet(client.post(EXPORT, MASKED))
        return len(captured)

    lives.dispatched()
    queries()
    few = queries()
    for _ in range(4):
        lives.dispatched()
    assert queries() == few


def test_a_long_sheet_is_written_row_by_row() -> None:
    out = io.BytesIO()
    rows = ([str(n), "x" * 40_000] for n in range(200))
    count = write_sheet(out, title="长", mark="谁", columns=[Column("a"), Column("b")], rows=rows)
    book = load_workbook(out, read_only=True)
    assert (count, book.active.max_row) == (200, 203)
