"""人民调解统计: a month equals what a hand counts, and every number is as long as its list."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from mediation.models import Agreement, Mediation
from mediation.periods import period_of
from mediation.statistics import Scope, values_of
from orgs.models import User
from tests.lives import Lives
from tests.mediation_rows import a_body, a_mediation, an_agreement

MARCH, APRIL, MAY = date(2026, 3, 20), date(2026, 4, 15), date(2026, 5, 2)


@pytest.fixture
def april(lives: Lives, triage: User) -> None:
    """Six mediations around April 2026, each case with two parties.

    begun  ended  how       body     origin   more
    March  April  agreed    town     applied  written 38,600, performed in April
    March  April  failed    –        court
    April  April  agreed    village  applied  oral 1,000, performed in May; 3 people kept from crime
    April  May    agreed    town     applied  written 500
    April  –      –         town     police
    March  March  agreed    town     applied  written 700, performed in April
    """
    center = lives.county.county
    town = a_body(center, founder="town")
    village = a_body(center, "柳湾村调委会", founder="village")

    def one(**said: object) -> Mediation:
        return a_mediation(lives.claimed(), by=triage, **said)

    first = one(started_on=MARCH, ended_on=APRIL, body=town)
    an_agreement(first, by=triage, amounts=("38000", "600"), done_on=date(2026, 4, 30))
    one(started_on=MARCH, ended_on=APRIL, ending="failed", origin="court", is_hard=True)
    third = one(started_on=APRIL, ended_on=APRIL, body=village, no_crime_people=3)
    oral = {"form": Agreement.Form.ORAL, "amounts": ("1000",), "done_on": MAY}
    an_agreement(third, by=triage, **oral)
    fourth = one(started_on=APRIL, ended_on=MAY, body=town)
    an_agreement(fourth, by=triage, amounts=("500",))
    one(started_on=APRIL, body=town, origin="police")
    sixth = one(started_on=MARCH, ended_on=MARCH, body=town)
    an_agreement(sixth, by=triage, amounts=("700",), done_on=APRIL)


BY_HAND = {
    "accepted": 3,
    "carried": 2,
    "done": 3,
    "going": 2,
    "parties": 6,
    "agreed": 2,
    "hard": 1,
    "amount": 39600,
    "performed": 2,
    "founder-village": 1,
    "founder-town": 1,
    "founder-none": 1,
    "origin-applied": 2,
    "origin-court": 1,
    "type-10": 3,
    "form-written": 1,
    "form-oral": 1,
    "crime": 1,
    "crime-people": 3,
}


def counted(user: User, period: str) -> dict[str, int]:
    scope = Scope(user, period_of(period))
    return {value.figure.code: int(value.value) for value in values_of(scope)}


def test_a_month_equals_what_a_hand_counts(april, triage) -> None:
    found = counted(triage, "2026-04")
    assert {code: value for code, value in found.items() if value} == BY_HAND


def test_what_is_carried_over_adds_up(april, triage) -> None:
    for period in ("2026-03", "2026-04", "2026-05", "2026-Q2", "2026"):
        found = counted(triage, period)
        assert found["carried"] + found["accepted"] == found["done"] + found["going"]


def test_a_quarter_and_a_year_hold_their_months(april, triage) -> None:
    months = [counted(triage, f"2026-{month:02d}") for month in range(1, 13)]
    for code in ("accepted", "done", "agreed", "performed", "amount"):
        assert counted(triage, "2026")[code] == sum(month[code] for month in months)


def test_every_number_is_as_long_as_its_list(client: Client, april, triage) -> None:
    client.force_login(triage)
    for code, value in BY_HAND.items():
        address = reverse("mediation:statistics_list")
        answer = client.get(address, {"period": "2026-04", "figure": code})
        page = answer.content.decode()
        rows = len(re.findall(r'<th scope="row" class="nowrap">\s*<a', page))
        if code == "amount":
            sums = re.findall(r'<td class="num">([\d.]+)</td>', page)
            assert sum(map(float, sums)) == value
        elif code == "crime-people":
            assert re.findall(r'<td class="num">(\d+)</td>', page) == ["3"]
        else:
            assert (code, rows) == (code, value)


def test_the_page_links_every_number_and_says_how_it_is_counted(
    client: Client, april, triage
) -> None:
    client.force_login(triage)
    page = client.get(reverse("mediation:statistics"), {"period": "2026-Q2"}).content.decode()
    assert "2026年第二季度" in page
    assert "figure=founder-town" in page
    assert "结束日期在本期的" in page


def test_the_sheet_adds_up_by_formulas(client: Client, april, triage) -> None:
    client.force_login(triage)
    answer = client.get(reverse("mediation:export_statistics"), {"period": "2026-04"})
    content = b"".join(answer.streaming_content)
    formulas = load_workbook(io.BytesIO(content)).active
    values = load_workbook(io.BytesIO(content), data_only=True).active
    sums = {
        values.cell(cell.row, 1).value: values.cell(cell.row, 3).value
        for row in formulas
        for cell in row
        if cell.column == 3 and str(cell.value).startswith("=SUM(")
    }
    assert sums["案件来源合计"] == 3
    assert sums["调解主体合计"] == 3


def test_a_centre_counts_what_it_sees(client: Client, april, town_officer) -> None:
    assert counted(town_officer, "2026-04")["done"] == 0


def test_one_body_is_counted_by_itself(client: Client, april, triage) -> None:
    body = Mediation.objects.exclude(body=None).first().body
    scope = Scope(triage, period_of("2026-04"), body=body)
    found = {value.figure.code: value.value for value in values_of(scope)}
    assert (found["accepted"], found["done"]) == (2, 1)


def test_parties_are_listed_without_their_whole_names(client: Client, april, triage) -> None:
    client.force_login(triage)
    asked = {"period": "2026-04", "figure": "parties"}
    page = client.get(reverse("mediation:statistics_list"), asked).content.decode()
    assert "张三丰" not in page


def test_an_address_that_names_no_period_shows_this_month(client: Client, triage) -> None:
    client.force_login(triage)
    for period in ("2026-13", "nonsense", "", "2026-Q5"):
        answer = client.get(reverse("mediation:statistics"), {"period": period, "body": "x"})
        assert answer.status_code == 200


def test_more_mediations_cost_no_more_queries(client: Client, april, lives: Lives, triage) -> None:
    client.force_login(triage)

    def queries(name: str, **asked: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(name), {"period": "2026-04", **asked})
        return len(captured)

    pages: list[tuple[str, dict[str, str]]] = [
        ("mediation:statistics", {}),
        ("mediation:statistics_list", {"figure": "done"}),
    ]
    for name, asked in pages:
        queries(name, **asked)  # what a process keeps is asked once
    few = [queries(name, **asked) for name, asked in pages]
    for _ in range(4):
        a_mediation(lives.claimed(), by=triage, started_on=APRIL, ended_on=APRIL)
    assert [queries(name, **asked) for name, asked in pages] == few
