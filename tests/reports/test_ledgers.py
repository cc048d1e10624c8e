"""台账和报表: a month written out by hand equals the sheet; what is sealed never moves."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cases.models import Case, DisputeType
from cases.reference import TYPES
from cases.services.closing import follow_up_case, reopen_case
from cases.services.course import merge_case, withdraw_case
from cases.vocabulary import Channel, Result, Risk, Satisfaction, Special
from dispatch.services.handling import approve_result, claim_case, report_result
from mediation.periods import period_of
from orgs.models import AccessLog, User
from reports.indicators import ledger_sets
from reports.indicators.counting import Scope
from reports.kept import changes_of
from reports.ledger_sheets import excel_of
from reports.ledgers import period_table, span_of, table_of
from reports.models import Ledger, LedgerEntry, Sheet
from reports.services.ledgers import Words, correct_sheet, keep_sheet, mark_entry
from reports.tables import Table
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, WrongState

APRIL, MAY = period_of("2025-04"), period_of("2025-05")


def on(month: int, day: int, hour: int = 10) -> datetime:
    at = moment(month, day, hour)
    clock.freeze(at)
    return at


def settle(lives: Lives, case: Case, result: Result = Result.RESOLVED) -> None:
    claim_case(case_id=case.pk, by=lives.handler)
    report_result(
        case_id=case.pk,
        by=lives.handler,
        result=result,
        how="约谈双方，当场谈好，签了字",
        not_found="对方不愿留电话",
    )
    approve_result(case_id=case.pk, by=lives.triage)
    follow_up_case(
        case_id=case.pk,
        by=lives.clerk,
        channel=Channel.PHONE,
        satisfaction=Satisfaction.SATISFIED,
        text="知道了",
    )


@pytest.fixture
def april(lives: Lives) -> dict[str, Case]:
    """Two left behind by March; April brings four and ends three; seen from the middle of May.

    a  3-20 劳资 (10)             4-15 实质性
    b  3-25 婚姻家庭邻里 (02)      还开着
    c  4-02 劳资 (10)             4-21 程序性
    d  4-08 医患 (15)             4-22 撤回
    e  4-10 劳资 (10)             5-12 实质性
    f  4-18 其他 (16)             4-18 并入 e，不算
    """
    made = {}

    def comes(name: str, month: int, day: int, code: str) -> None:
        on(month, day)
        made[name] = lives.dispatched(type=DisputeType.objects.get(code=code))

    comes("a", 3, 20, "10")
    comes("b", 3, 25, "02")
    comes("c", 4, 2, "10")
    comes("d", 4, 8, "15")
    comes("e", 4, 10, "10")
    on(4, 15)
    settle(lives, made["a"])
    comes("f", 4, 18, "16")
    merge_case(case_id=made["f"].pk, by=lives.triage, into=made["e"].number, text="同一件事")
    on(4, 21)
    settle(lives, made["c"], Result.UNRESOLVED)
    on(4, 22)
    withdraw_case(case_id=made["d"].pk, by=lives.clerk, text="来访人说不要办了")
    on(5, 12)
    settle(lives, made["e"])
    on(5, 20)
    return made


def shown(table: Table, column: str) -> dict[str, str]:
    return {line.key: line.cells[column].text for line in table.lines}


def test_a_month_written_out_by_hand_equals_the_sheet(
    april: dict[str, Case], county: County
) -> None:
    table = period_table(county.county, span_of(APRIL))
    empty = {f"{name}_{n:02d}": "0" for n in range(1, 20) for name in ("found", "settled")}
    written = {
        "carried_in": "2",  # a, b
        "found": "3",  # c, d, e
        "due": "5",
        "settled": "2",  # a, c
        "ledger_settled_rate": "2/5",
        "succeeded": "1",  # a
        "ledger_success_rate": "1/2",
        "ended": "1",  # d
        "carried_on": "2",  # b, e
        "people": "6",
        **empty,
        "found_07": "2",  # 劳资: c, e
        "settled_07": "2",  # a, c
        "found_18": "1",  # 医患: d
    }
    assert shown(table, "sum") == shown(table, "county") == written
    year = shown(table, "year")
    assert (year["carried_in"], year["found"], year["settled"]) == ("0", "5", "2")
    assert (year["found_17"], year["found_07"]) == ("1", "3")
    towns = shown(table, "town")
    assert (towns["found"], towns["ledger_settled_rate"]) == ("0", "–")


def test_what_is_carried_over_is_carried_in(april: dict[str, Case], county: County) -> None:
    for period in (APRIL, MAY):
        table = period_table(county.county, span_of(period))
        n = {line.key: line.cells["sum"].number for line in table.lines}
        assert n["carried_in"] + n["found"] == n["due"]
        assert n["due"] == n["settled"] + n["ended"] + n["carried_on"]
    april_on = period_table(county.county, span_of(APRIL)).number("carried_on", "sum")
    assert period_table(county.county, span_of(MAY)).number("carried_in", "sum") == april_on


@pytest.mark.parametrize("kind", Sheet.Kind.values)
def test_every_number_is_as_long_as_its_list(
    april: dict[str, Case], county: County, leader: User, client: Client, kind: str
) -> None:
    client.force_login(leader)
    table = table_of(kind, county.county, APRIL)
    followed = 0
    for line in table.lines:
        for cell in line.cells.values():
            if cell.counts is not None:
                rows = cell.counts.rows.rows(Scope(county.county), cell.counts.span)
                assert cell.number <= rows.count()
                if cell.number and followed < 12:
                    followed += 1
                    assert f'data-total="{cell.number}"' in client.get(cell.url).text, line.key
    assert followed or kind in Ledger.values


def test_the_types_of_the_report_are_nineteen_and_ours_are_all_among_them() -> None:
    assert len(set(ledger_sets.CATEGORIES)) == 19
    assert {name for _, _, name, _ in TYPES} <= set(ledger_sets.CATEGORIES)


def test_what_each_unit_was_given_adds_up(april: dict[str, Case], county: County) -> None:
    table = table_of("handling", county.county, APRIL)
    assert shown(table, "new")["unit-RS"] == "4"  # c, d, e, f
    own = {key: cell.number for key, cell in table.line("unit-RS").cells.items()}
    assert (own["new_year"], own["new_ever"]) == (6, 6)
    assert own["at_work"] + own["late"] == 2  # b, e
    assert own["late"] == 2
    assert own["done"] + own["done_late"] == own["done_year"] == own["done_ever"] == 2
    assert {key: cell.number for key, cell in table.line("total").cells.items()} == own


def keep(
    county: County, by: User, *, seal: bool = True, kind: str = "period", **cells: str
) -> Sheet:
    words = Words("四月表", "示范县综治中心", "", cells)
    return keep_sheet(kind=kind, center=county.county, period=APRIL, by=by, words=words, seal=seal)


def test_a_sealed_sheet_does_not_move(
    april: dict[str, Case], county: County, lives: Lives, leader: User, client: Client
) -> None:
    sheet = keep(county, leader)
    before = Sheet.objects.values("table", "behind").get(pk=sheet.pk)
    on(5, 21)
    reopen_case(case_id=april["a"].pk, by=leader, text="又欠了")
    merge_case(case_id=april["b"].pk, by=lives.triage, into=april["a"].number, text="同一件事")
    assert Sheet.objects.values("table", "behind").get(pk=sheet.pk) == before
    now = period_table(county.county, span_of(APRIL))
    assert (now.number("settled", "sum"), now.number("carried_in", "sum")) == (1, 1)
    client.force_login(leader)
    page = client.get(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=settled.sum")
    assert 'data-total="2"' in page.text
    assert april["a"].short_number in page.text
    correction = correct_sheet(sheet_id=sheet.pk, by=leader, reason="a 又重新办理")
    changed = {(c.line, c.column): (c.before, c.after) for c in changes_of(correction)}
    assert changed["总况 调处数", "小计"] == ("2", "1")
    with pytest.raises(AlreadyDone):
        correct_sheet(sheet_id=sheet.pk, by=leader, reason="再来一次")


@pytest.mark.parametrize("how", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_kept(
    april: dict[str, Case], county: County, leader: User, how: str
) -> None:
    rows = Sheet.objects.filter(pk=keep(county, leader).pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(title="别的") if how == "update" else rows.delete()


def test_a_period_is_sealed_once_and_only_when_it_is_over(
    april: dict[str, Case], county: County, leader: User
) -> None:
    on(4, 30)
    with pytest.raises(WrongState, match="还没过完"):
        keep(county, leader)
    on(5, 20)
    keep(county, leader)
    with pytest.raises(AlreadyDone, match="已由张志远封存"):
        keep(county, leader)
    assert keep(county, leader, seal=False).version == 2


def test_who_does_not_supervise_the_centre_keeps_nothing(
    april: dict[str, Case], county: County, town_officer: User
) -> None:
    with pytest.raises(NotAllowed):
        keep(county, town_officer)


def test_words_are_adjusted_and_numbers_are_not(
    april: dict[str, Case], county: County, lives: Lives, leader: User, client: Client
) -> None:
    case = lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    query = "?kind=salient&period=2025-05"
    key = f"{case.number}.brief"
    page = client.get(f"{reverse('reports:edit_sheet')}{query}")
    assert f'name="{key}"' in page.text
    assert f'name="{case.number}.off"' not in page.text
    given = {"title": "台账", "reporter": "县中心", key: "工资纠纷", f"{case.number}.off": "已销号"}
    client.post(f"{reverse('reports:edit_sheet')}{query}", given)
    cells = Sheet.objects.get().table["lines"][0]["cells"]
    assert (cells["brief"]["text"], cells["off"]["text"]) == ("工资纠纷", "未销号")
    assert table_of("salient", county.county, MAY).lines[0].cells["brief"].text != "工资纠纷"
    other = {"title": "x", "reporter": "y", "found.sum": "99"}
    client.post(f"{reverse('reports:edit_sheet')}?kind=period&period=2025-05", other)
    kept = Sheet.objects.get(kind="period").table
    assert all(cell["text"] != "99" for line in kept["lines"] for cell in line["cells"].values())


def on_ledger(ledger: Ledger, county: County) -> set[str]:
    return {line.key for line in table_of(ledger.value, county.county, MAY).lines}


def test_the_rules_choose_and_a_supervisor_overrules_them(
    lives: Lives, county: County, triage: User
) -> None:
    on(5, 20)
    high = lives.dispatched(risk=Risk.HIGH)
    group = lives.dispatched(risk=Risk.LOW, special=[Special.GROUP], visitors=6)
    both = lives.dispatched(risk=Risk.HIGH, special=[Special.THREAT])
    plain = lives.dispatched()
    assert on_ledger(Ledger.SALIENT, county) == {high.number, group.number, both.number}
    assert on_ledger(Ledger.MAJOR, county) == {both.number}

    def mark(case: Case, is_on: bool, reason: str = "县里定的") -> LedgerEntry:
        clock.freeze(clock.now() + timedelta(minutes=1))
        return mark_entry(
            ledger=Ledger.SALIENT,
            center=county.county,
            number=case.number,
            is_on=is_on,
            reason=reason,
            by=triage,
        )

    mark(high, is_on=False)
    mark(plain, is_on=True)
    assert on_ledger(Ledger.SALIENT, county) == {plain.number, group.number, both.number}
    with pytest.raises(Invalid, match="理由"):
        mark(high, is_on=True, reason=" ")
    with pytest.raises(AlreadyDone):
        mark(plain, is_on=True)
    mark(high, is_on=True)
    assert high.number in on_ledger(Ledger.SALIENT, county)


def test_striking_off_follows_the_case(lives: Lives, county: County, leader: User) -> None:
    on(5, 20)
    case = lives.closed(risk=Risk.HIGH)

    def off() -> str:
        return table_of("salient", county.county, MAY).lines[0].cells["off"].text

    assert off() == "2025年5月20日销号（实质性办结）"
    reopen_case(case_id=case.pk, by=leader, text="又欠了")
    assert off() == "未销号"


def test_a_silent_case_is_on_the_ledger_without_its_story(lives: Lives, county: County) -> None:
    on(5, 20)
    lives.dispatched(risk=Risk.HIGH, special=[Special.VIOLENCE])
    cells = table_of("salient", county.county, MAY).lines[0].cells
    assert cells["brief"].text == "（按规定不写情况）"


def test_totals_in_excel_are_formulas(april: dict[str, Case], county: County) -> None:
    words = {"title": "表", "reporter": "县", "note": "=1+1"}

    def page(kind: str) -> Any:
        file = excel_of(table_of(kind, county.county, APRIL), words, "测试")
        return load_workbook(io.BytesIO(file.read())).active

    period = {(row[0].value, row[1].value): row for row in page("period").iter_rows(min_row=4)}
    found, rate = period["总况", "排查数"], period["总况", "调处率"]
    assert found[2].value.startswith("=SUM(")
    assert period["总况", "上期转入"][5].value == "=SUM(C4:E4)"
    assert rate[2].value.startswith("=IF(")
    handling = list(page("handling").iter_rows(values_only=True))
    assert next(row for row in handling if row[0] == "合计")[1].startswith("=SUM(B4")
    salient = list(page("salient").iter_rows(values_only=True))
    assert any(row[0] == "合计（件）" for row in salient)


def test_another_towns_ledger_is_not_there(
    april: dict[str, Case], county: County, leader: User, town_officer: User, client: Client
) -> None:
    sheet = keep(county, leader)
    client.force_login(town_officer)
    for url in (
        f"{reverse('reports:ledgers')}?center={county.county.pk}",
        f"{reverse('reports:edit_sheet')}?center={county.county.pk}",
        f"{reverse('reports:ledger_excel')}?center={county.county.pk}",
        reverse("reports:sheet", args=[sheet.pk]),
        reverse("reports:sheet_excel", args=[sheet.pk]),
        f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=found.sum",
    ):
        assert client.get(url).status_code == 404, url
    assert client.get(reverse("reports:ledgers")).status_code == 200


def test_exports_are_logged(april: dict[str, Case], leader: User, client: Client) -> None:
    client.force_login(leader)
    assert client.get(f"{reverse('reports:ledger_excel')}?period=2025-04").status_code == 200
    assert AccessLog.objects.filter(action=AccessLog.Action.EXPORT).count() == 1


def test_more_cases_cost_the_table_no_more_queries(
    lives: Lives, leader: User, client: Client
) -> None:
    client.force_login(leader)

    def queries(kind: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{reverse('reports:ledgers')}?kind={kind}")
        return len(captured)

    lives.dispatched(risk=Risk.HIGH)
    queries("period")  # what a process keeps is kept from here on
    few = {kind: queries(kind) for kind in Sheet.Kind.values}
    for _ in range(3):
        lives.dispatched(risk=Risk.HIGH)
    assert {kind: queries(kind) for kind in Sheet.Kind.values} == few
