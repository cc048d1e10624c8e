"""The list behind a number is exactly the rows that were counted, for whoever may read them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import DisputeType
from cases.services.registration import revisit_case
from grids.models import Grid
from orgs import exporting
from orgs.models import AccessLog, Center, Department, User
from reports import behind_page
from reports.indicators.counting import Dimension, Scope, Span, counted
from reports.indicators.dictionary import SETS
from reports.indicators.links import NONE, behind_url
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock


def this_month() -> Span:
    today = clock.today()
    return Span.of_days(today.replace(day=1), today)


def codes(by: Dimension, groups: list[object]) -> Iterator[tuple[object, str]]:
    """How an address names a group."""
    units = dict(Department.objects.values_list("pk", "code"))
    grids = dict(Grid.objects.values_list("pk", "code"))
    types = dict(DisputeType.objects.values_list("pk", "code"))
    for group in groups:
        match by:
            case Dimension.UNIT:
                yield group, NONE if group is None else units[group]
            case Dimension.TYPE:
                yield group, types[group]
            case Dimension.GRID:
                yield group, grids[group]
            case _:
                yield group, str(group)


@pytest.fixture
def lived(lives: Lives, clerk: User, town_officer: User) -> None:
    lives.registered(by=town_officer)
    case = lives.registered(visitors=3)
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进度")
    lives.dispatched()
    lives.returned()
    lives.claimed()
    lives.closed()


@pytest.mark.parametrize("by", Dimension)
@pytest.mark.parametrize("official", [False, True])
def test_the_list_of_every_group_is_as_long_as_its_number(
    by: Dimension, official: bool, client: Client, leader: User, county: County, lived: None
) -> None:
    center = county.county if official else None
    span = this_month()
    found = counted(SETS.values(), Scope(center or leader), span, by)
    client.force_login(leader)
    for group, code in codes(by, list(found)):
        for key, number in found[group].items():
            url = behind_url(SETS[key], span, scope=center, **{by.value: code})
            assert client.get(url).context["behind"].number == number, url


def test_a_list_shows_what_decided(client: Client, leader: User, lives: Lives) -> None:
    case = lives.closed()
    client.force_login(leader)
    page = client.get(behind_url(SETS["accepted_in_time"], this_month()))
    (line,) = page.context["behind"].lines
    assert (line.url, line.unit) == (case.get_absolute_url(), "人社局")
    assert page.context["behind"].headings == ("办理到期", "反馈")
    assert "–" not in line.facts
    assert case.get_absolute_url() in page.content.decode()


def test_the_moment_of_the_number_is_kept(client: Client, leader: User, lives: Lives) -> None:
    lives.registered()
    url = behind_url(SETS["registered"], this_month())
    lives.registered()
    client.force_login(leader)
    assert client.get(url).context["behind"].number == 1


def test_a_reader_sees_only_their_own_rows(
    client: Client, town_officer: User, handler: User, lives: Lives
) -> None:
    lives.registered()
    lives.dispatched()
    url = behind_url(SETS["registered"], this_month())
    client.force_login(town_officer)
    assert client.get(url).context["behind"].number == 0
    client.force_login(handler)
    assert client.get(url).context["behind"].number == 1


def test_the_table_of_a_center_above_is_not_there(
    client: Client, town_officer: User, handler: User, county: County, lives: Lives
) -> None:
    lives.dispatched()
    url = behind_url(SETS["registered"], this_month(), scope=county.county)
    for user in (town_officer, handler):
        client.force_login(user)
        assert client.get(url).status_code == 404


def test_a_unit_reads_its_own_row_of_the_official_table(
    client: Client, handler: User, county: County, lives: Lives
) -> None:
    lives.closed()
    client.force_login(handler)
    own = behind_url(SETS["accepted"], this_month(), scope=county.county, unit="RS")
    assert client.get(own).context["behind"].number == 1
    other = behind_url(SETS["accepted"], this_month(), scope=county.county, unit="ZJ")
    assert client.get(other).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-02-30"},
        {"since": "2026-05-02", "until": "2026-05-01"},
        {"since": "2026-05-01"},
        {"unit": "NOBODY"},
        {"town": "99"},
        {"center": "x" * 30},
        {"type": "77"},
        {"source": "nowhere"},
        {"scope": "0"},
    ],
)
def test_an_address_that_names_nothing_is_not_there(
    asked: dict[str, str], client: Client, leader: User
) -> None:
    client.force_login(leader)
    url = reverse("reports:behind", args=["registered"])
    assert client.get(f"{url}?{urlencode(asked)}").status_code == 404
    assert client.get(reverse("reports:behind", args=["nothing"])).status_code == 404


def test_a_moment_that_is_none_means_the_end_or_now(client: Client, leader: User) -> None:
    client.force_login(leader)
    url = reverse("reports:behind", args=["registered"])
    for text in ("nonsense", "2026-01-01T00:00:00", "9999-01-01T00:00:00+08:00"):
        assert client.get(url, {"as_of": text}).status_code == 200


def test_more_rows_cost_no_more_queries(client: Client, leader: User, lives: Lives) -> None:
    lives.closed()
    client.force_login(leader)
    url = behind_url(SETS["accepted"], this_month())
    client.get(url)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(behind_url(SETS["accepted"], this_month()))
        return len(captured)

    few = queries()
    for _ in range(4):
        lives.closed()
    assert queries() == few


def test_the_second_screen_goes_on_where_the_first_ended(
    client: Client, leader: User, lives: Lives
) -> None:
    for _ in range(27):
        lives.registered()
    client.force_login(leader)
    url = behind_url(SETS["registered"], this_month())
    first = client.get(url).context["behind"]
    second = client.get(url.split("?")[0] + first.page.next_url).context["behind"]
    numbers = [line.number for line in (*first.lines, *second.lines)]
    assert (first.number, second.number, len(set(numbers))) == (27, 27, 27)


# --- as an Excel file -----------------------------------------------------------------------------


def sheet(answer: Any) -> list[tuple[str, ...]]:
    book: Any = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [tuple(cell or "" for cell in row) for row in book.active.iter_rows(values_only=True)]


def test_the_file_of_a_list_has_the_rows_of_the_page(
    client: Client, triage: User, lives: Lives
) -> None:
    """All of them, however many screens; masked as the page is, marked, and in the log."""
    for _ in range(27):
        lives.registered()
    client.force_login(triage)
    url = behind_url(SETS["registered"], this_month())
    shown = client.get(url)
    assert "导出" in shown.content.decode()
    mark, heads, *rows, last = sheet(client.post(url))
    assert heads == ("编号", "事项", "单位", "发生地", "登记时间", "来源", "状态")
    assert rows[0][0] == shown.context["behind"].lines[0].number
    assert len([row for row in rows if row[0]]) == 27
    assert mark[0] == last[0]
    assert f"导出人 {triage.name}" in mark[0]
    assert SETS["registered"].said in mark[0]
    assert "张三丰" not in str(rows)
    assert "张**" in str(rows)
    logged = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert (logged.user, logged.subject, logged.data["rows"]) == (triage, "清单 27 行", 27)
    assert logged.data["asked"] == ["registered", "as_of", "since", "until"]


def test_a_unit_has_its_own_row_as_a_file_and_no_others(
    client: Client, head: User, county: County, lives: Lives
) -> None:
    lives.closed()
    client.force_login(head)
    url = behind_url(SETS["accepted"], this_month(), scope=county.county, unit="RS")
    lines = client.get(url).context["behind"].lines
    rows = sheet(client.post(url))[2:-1]
    assert rows
    assert [row[:2] for row in rows] == [(line.number, line.title) for line in lines]
    other = behind_url(SETS["accepted"], this_month(), scope=county.county, unit="ZJ")
    assert client.post(other).status_code == 404


def test_a_list_too_long_for_a_file_says_so(
    client: Client, triage: User, lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    monkeypatch.setattr(behind_page, "MOST", 1)
    lives.registered()
    lives.registered()
    client.force_login(triage)
    url = behind_url(SETS["registered"], this_month())
    answer = client.post(url, follow=True)
    assert "一次最多导出 1 行" in answer.content.decode()
    assert answer.context["behind"].number == 2
    assert not AccessLog.objects.filter(action=AccessLog.Action.EXPORT).exists()


def test_who_may_not_export_sees_no_button(client: Client, handler: User, lives: Lives) -> None:
    lives.dispatched()
    client.force_login(handler)
    url = behind_url(SETS["registered"], this_month())
    assert "data-download" not in client.get(url).content.decode()
    assert client.post(url).status_code == 403


def test_links_name_the_center_of_the_table(county: County) -> None:
    center: Center = county.county
    assert f"scope={center.pk}" in behind_url(SETS["closed"], this_month(), scope=center)
