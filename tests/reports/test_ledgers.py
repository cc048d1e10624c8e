"""台账和报表: a month written out by hand equals the sheet; what is sealed never moves."""

from __future__ import annotations

import html
import io
import re
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
from reports.models import Ledger, LedgerEntry, LineEdit, Sheet
from reports.services.ledgers import (
    Words,
    correct_sheet,
    keep_sheet,
    mark_entry,
    save_line,
)
from reports.tables import Table
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from zongzhi.lib import clock, paging
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
    f  4-18 其他 (16)             4-18 并入 e，算其他终止
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
        "taken_up_again": "0",
        "found": "4",  # c, d, e, f
        "due": "6",
        "settled": "2",  # a, c
        "ledger_settled_rate": "2/6",
        "succeeded": "1",  # a
        "ledger_success_rate": "1/2",
        "ended": "2",  # d, f
        "carried_on": "2",  # b, e
        "people": "8",
        **empty,
        "found_07": "2",  # 劳资: c, e
        "settled_07": "2",  # a, c
        "found_18": "1",  # 医患: d
        "found_19": "1",  # 其他: f
    }
    assert shown(table, "sum") == shown(table, "county") == written
    year = shown(table, "year")
    assert (year["carried_in"], year["found"], year["settled"]) == ("0", "6", "2")
    assert (year["found_17"], year["found_07"]) == ("1", "3")
    towns = shown(table, "town")
    assert (towns["found"], towns["ledger_settled_rate"]) == ("0", "–")


def test_what_is_carried_over_is_carried_in(april: dict[str, Case], county: County) -> None:
    for period in (APRIL, MAY):
        table = period_table(county.county, span_of(period))
        n = {line.key: line.cells["sum"].number for line in table.lines}
        assert n["carried_in"] + n["taken_up_again"] + n["found"] == n["due"]
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
            if cell.counts is not None and cell.number is not None:
                rows = cell.counts.rows.rows(Scope(county.county), cell.counts.span)
                assert cell.number <= rows.count()
                if cell.number and followed < 12:
                    followed += 1
                    assert f'data-total="{cell.number}"' in client.get(cell.url).text, line.key
    assert followed or kind in {*Ledger.values, "mediation"}  # that has a test of its own


def test_the_types_of_the_report_are_nineteen_and_ours_are_all_among_them() -> None:
    assert len(set(ledger_sets.CATEGORIES)) == 19
    assert {name for _, _, name, _ in TYPES} <= set(ledger_sets.CATEGORIES)


def test_what_each_unit_was_given_adds_up(april: dict[str, Case], county: County) -> None:
    table = table_of("handling", county.county, APRIL)
    assert shown(table, "new")["unit-RS"] == "4"  # c, d, e, f
    own = {key: cell.number for key, cell in table.line("unit-RS").cells.items()}
    assert (own["new_year"], own["new_ever"]) == (6, 6)
    assert own["in_hand"] == 2  # b, e
    assert (own["at_work"], own["late"]) == (None, None)  # April is over
    assert own["done"] + own["done_late"] == own["done_year"] == own["done_ever"] == 2
    assert {key: cell.number for key, cell in table.line("total").cells.items()} == own


def test_whether_work_in_hand_was_late_is_told_of_the_present_only(
    april: dict[str, Case], county: County, leader: User, client: Client
) -> None:
    now = table_of("handling", county.county, MAY).line("unit-RS").cells
    assert (now["in_hand"].number, now["late"].number, now["at_work"].number) == (1, 1, 0)
    past = table_of("handling", county.county, APRIL).line("unit-RS").cells
    assert (past["late"].text, past["late"].url, past["at_work"].text) == ("–", "", "–")
    client.force_login(leader)
    page = client.get(f"{reverse('reports:ledgers')}?kind=handling&period=2025-04").text
    assert "过去哪天超没超期复原不了" in page


def keep(county: County, by: User, *, seal: bool = True, kind: str = "period") -> Sheet:
    words = Words("四月表", "示范县综治中心")
    return keep_sheet(kind=kind, center=county.county, period=APRIL, by=by, words=words, seal=seal)


def kept_of(sheet: Sheet) -> tuple[Any, ...]:
    return Sheet.objects.values("table").get(pk=sheet.pk), [*sheet.kept_rows.values()]


def test_a_sealed_sheet_does_not_move(
    april: dict[str, Case], county: County, lives: Lives, leader: User, client: Client
) -> None:
    sheet = keep(county, leader)
    before = kept_of(sheet)
    on(5, 21)
    c = april["c"]
    Case.objects.filter(pk=c.pk).update(type=DisputeType.objects.get(code="15"))
    assert kept_of(sheet) == before
    now = period_table(county.county, span_of(APRIL))
    assert (now.number("settled_07", "sum"), now.number("settled_18", "sum")) == (1, 1)
    client.force_login(leader)
    page = client.get(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=settled.sum")
    assert 'data-total="2"' in page.text
    assert april["a"].short_number in page.text
    correction = correct_sheet(sheet_id=sheet.pk, by=leader, reason="c 的类型登错了")
    changed = {(c.line, c.column): (c.before, c.after) for c in changes_of(correction)}
    assert changed["劳资 调处数", "小计"] == ("2", "1")
    with pytest.raises(AlreadyDone):
        correct_sheet(sheet_id=sheet.pk, by=leader, reason="再来一次")


def test_the_file_of_a_kept_list_has_what_was_counted_then(
    april: dict[str, Case], county: County, leader: User, client: Client
) -> None:
    sheet = keep(county, leader)
    Case.objects.filter(pk=april["c"].pk).update(type=DisputeType.objects.get(code="15"))
    client.force_login(leader)
    answer = client.post(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=settled.sum")
    book: Any = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    column = [str(row[0] or "") for row in book.active.iter_rows(values_only=True)]
    numbers = {april[name].short_number for name in "ac"}
    assert {text for text in column if text in numbers} == numbers
    assert client.post(f"{reverse('reports:sheet_list', args=[0])}?cell=x").status_code == 404


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


LEDGER = "?kind=salient&period=2025-05"


def line_url(case: Case) -> str:
    return f"{reverse('reports:edit_line', args=[case.number])}{LEDGER}"


def posted(page: str, case: Case, **typed: str) -> dict[str, str]:
    """What a browser sends of one line: what the page showed, and what was typed over it."""
    form = re.search(
        f'<form class="card stacked ledger-line"\\s+id="line-{case.number}".*?</form>', page, re.S
    )
    assert form is not None
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    sent = {name: html.unescape(value) for name, value in found if "csrf" not in name}
    areas = re.findall(r'<textarea name="([^"]+)".*?>\n?(.*?)</textarea>', form[0], re.S)
    sent |= {name: html.unescape(text).strip() for name, text in areas}
    for name in re.findall(r'name="(initial-[^"]+)"', form[0]):
        sent.setdefault(name, "")
    assert set(typed) <= {*sent, "restore"}
    return {**sent, **typed}


def cells_of(case: Case, county: County) -> dict[str, str]:
    line = table_of("salient", county.county, MAY).line(case.number)
    return {key: cell.text for key, cell in line.cells.items()}


def test_words_are_adjusted_line_by_line_and_numbers_are_not(
    april: dict[str, Case], county: County, lives: Lives, leader: User, client: Client
) -> None:
    case, other = lives.dispatched(risk=Risk.HIGH), lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    edit = f"{reverse('reports:edit_sheet')}{LEDGER}"
    computed = cells_of(case, county)
    sent = posted(client.get(edit).text, case, brief="工资纠纷")
    answer = client.post(line_url(case), {**sent, "off": "已销号", "due": "没有"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#line-{case.number}")
    assert cells_of(case, county) == {**computed, "brief": "工资纠纷"}
    assert cells_of(other, county)["brief"] != "工资纠纷"
    client.post(edit, {"title": "台账", "reporter": "县中心"})
    kept = Sheet.objects.get().table["lines"][0]
    assert (kept["cells"]["brief"]["text"], kept["cells"]["off"]["text"]) == ("工资纠纷", "未销号")
    given = {"title": "x", "reporter": "y", "found.sum": "99"}
    client.post(f"{reverse('reports:edit_sheet')}?kind=period&period=2025-05", given)
    kept = Sheet.objects.get(kind="period").table
    assert all(cell["text"] != "99" for line in kept["lines"] for cell in line["cells"].values())


def test_a_line_answers_alone_and_says_that_it_is_saved(
    lives: Lives, county: County, leader: User, client: Client
) -> None:
    on(5, 20)
    case = lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    page = client.get(f"{reverse('reports:edit_sheet')}{LEDGER}").text
    sent = posted(page, case, state="已约双方，周五再谈")
    answer = client.post(line_url(case), sent, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "已保存" in answer.text
    back = posted(answer.text, case, restore="on")
    client.post(line_url(case), back, headers={"HX-Request": "true"})
    assert cells_of(case, county)["state"] == "待签收"
    long = posted(
        client.get(f"{reverse('reports:edit_sheet')}{LEDGER}").text, case, duty="长" * 501
    )
    refused = client.post(line_url(case), long)
    assert refused.status_code == 422
    assert "长" * 501 in refused.text


def test_a_case_that_came_while_the_page_was_open_keeps_its_words(
    lives: Lives, county: County, leader: User, client: Client
) -> None:
    on(5, 20)
    lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    edit = f"{reverse('reports:edit_sheet')}{LEDGER}"
    client.get(edit)
    came = lives.dispatched(risk=Risk.HIGH)
    before = cells_of(came, county)
    assert before["brief"]
    client.post(edit, {"title": "台账", "reporter": "县中心"})
    client.post(line_url(came), {"seen": "0"})
    client.post(line_url(came), {"seen": "0", "brief": "", "state": ""})
    assert LineEdit.objects.count() == 0
    assert cells_of(came, county) == before
    line = next(x for x in Sheet.objects.get().table["lines"] if x["key"] == came.number)
    assert {key: cell["text"] for key, cell in line["cells"].items()} == before


def test_words_that_were_not_touched_follow_the_case(
    lives: Lives, county: County, leader: User, client: Client
) -> None:
    on(5, 20)
    case = lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    sent = posted(client.get(f"{reverse('reports:edit_sheet')}{LEDGER}").text, case, duty="李局长")
    claim_case(case_id=case.pk, by=lives.handler)
    client.post(line_url(case), sent)
    cells = cells_of(case, county)
    assert (cells["duty"], cells["state"]) == ("李局长", "办理中")


def test_who_has_not_seen_what_another_wrote_does_not_write_over_it(
    lives: Lives, county: County, leader: User, triage: User, client: Client
) -> None:
    on(5, 20)
    case = lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    sent = posted(client.get(f"{reverse('reports:edit_sheet')}{LEDGER}").text, case, brief="我写的")
    save_line(
        ledger=Ledger.SALIENT,
        center=county.county,
        period=MAY,
        number=case.number,
        cells={"brief": "她写的"},
        restore=False,
        seen=0,
        by=triage,
    )
    answer = client.post(line_url(case), sent)
    assert answer.status_code == 409
    assert "周敏刚改过这一行" in answer.text
    assert "现在是：她写的" in answer.text
    assert cells_of(case, county)["brief"] == "她写的"
    again = posted(answer.text, case)
    assert again["brief"] == "我写的"
    client.post(line_url(case), again)
    assert cells_of(case, county)["brief"] == "我写的"


def test_a_long_ledger_is_shown_a_screen_at_a_time_and_kept_whole(
    lives: Lives, county: County, leader: User, client: Client
) -> None:
    on(5, 20)
    for _ in range(paging.SIZE + 2):
        lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    for name in ("ledgers", "edit_sheet"):
        first = client.get(f"{reverse(f'reports:{name}')}{LEDGER}")
        numbers = re.findall(r">(\d{4}-\d{3})</a>", first.text)
        assert len(set(numbers)) == paging.SIZE
        onward = re.search(r'href="(\?[^"]+)" rel="next"', first.text)
        assert onward is not None
        second = client.get(f"{reverse(f'reports:{name}')}{html.unescape(onward[1])}")
        rest = set(re.findall(r">(\d{4}-\d{3})</a>", second.text))
        assert len(rest) == 2
        assert rest.isdisjoint(numbers)
    shown = client.get(f"{reverse('reports:ledgers')}{html.unescape(onward[1])}").text
    assert re.search(rf"<th scope=\"row\">\s*{paging.SIZE + 1}\s", shown)
    client.post(f"{reverse('reports:edit_sheet')}{LEDGER}", {"title": "台账", "reporter": "县中心"})
    assert len(Sheet.objects.get().table["lines"]) == paging.SIZE + 2


def test_a_kept_ledger_keeps_the_number_and_the_link_of_each_line(
    lives: Lives, county: County, leader: User, client: Client
) -> None:
    on(5, 20)
    case = lives.dispatched(risk=Risk.HIGH)
    words = Words("台账", "县中心")
    sheet = keep_sheet(kind="salient", center=county.county, period=MAY, by=leader, words=words)
    client.force_login(leader)
    page = client.get(reverse("reports:sheet", args=[sheet.pk])).text
    assert f'href="{case.get_absolute_url()}">{case.short_number}</a>' in page
    assert "责任单位、化解情况按：2025年5月20日 10:00的记录" in page


def test_a_correction_keeps_words_that_nobody_wrote_anew(
    lives: Lives, county: County, leader: User
) -> None:
    on(5, 20)
    case, other = lives.dispatched(risk=Risk.HIGH), lives.dispatched(risk=Risk.HIGH)

    def write(one: Case, text: str) -> None:
        edit = LineEdit.objects.filter(case=one).order_by("-pk").first()
        save_line(
            ledger=Ledger.SALIENT,
            center=county.county,
            period=MAY,
            number=one.number,
            cells={"brief": text},
            restore=False,
            seen=edit.pk if edit else 0,
            by=leader,
        )

    write(case, "写错了")
    on(6, 2)
    words = Words("台账", "县中心")
    sealed = keep_sheet(
        kind="salient", center=county.county, period=MAY, by=leader, words=words, seal=True
    )
    on(6, 3)
    claim_case(case_id=other.pk, by=lives.handler)
    write(case, "写对了")
    changes = changes_of(correct_sheet(sheet_id=sealed.pk, by=leader, reason="简况写错"))
    said = {(c.line, c.column): (c.before, c.after) for c in changes}
    assert said == {(case.number, "矛盾纠纷简要情况"): ("写错了", "写对了")}


def test_a_refusal_keeps_what_was_typed(
    april: dict[str, Case], county: County, lives: Lives, leader: User, client: Client
) -> None:
    case = lives.dispatched(risk=Risk.HIGH)
    client.force_login(leader)
    on_it = {"number": case.number, "is_on": "1", "reason": "县里挂牌"}
    answer = client.post(f"{reverse('reports:mark_entry')}{LEDGER}", on_it)
    assert answer.status_code == 409
    assert "已经在台账上" in answer.text
    assert "县里挂牌" in answer.text
    sheet = keep(county, leader)
    correct_sheet(sheet_id=sheet.pk, by=leader, reason="改过一次")
    url = reverse("reports:correct_sheet", args=[sheet.pk])
    answer = client.post(url, {"reason": "又发现一处"})
    assert answer.status_code == 409
    assert "这一版已经更正过" in answer.text
    assert "又发现一处" in answer.text


def test_a_list_of_a_kept_number_loads_no_other(
    april: dict[str, Case], county: County, leader: User, client: Client
) -> None:
    sheet = keep(county, leader)
    total = sheet.kept_rows.get(cell="found.sum")
    assert (total.ids, total.parts[0]) == ([], "found.county")
    client.force_login(leader)
    page = client.get(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=found.sum")
    assert 'data-total="4"' in page.text
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("reports:sheet", args=[sheet.pk]))
    assert not any("reports_sheetrows" in query["sql"] for query in captured)
    assert client.get(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell=x").status_code == 404


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
