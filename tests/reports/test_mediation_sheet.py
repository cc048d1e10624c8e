"""人民调解统计 as a table of a centre: the same numbers as the page, kept and corrected."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from mediation.models import Mediation
from mediation.periods import period_of
from mediation.statistics import Scope, values_of
from orgs.models import User
from reports.kept import changes_of
from reports.ledgers import table_of
from reports.services.ledgers import Words, correct_sheet, keep_sheet
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from tests.mediation.test_statistics import april  # noqa: F401 - a fixture
from zongzhi.lib import clock

APRIL = period_of("2026-04")


@pytest.fixture(autouse=True)
def _in_june(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("april")
    clock.freeze(moment(6, 3, 10).replace(year=2026))


def test_it_says_what_the_page_says(county: County, triage: User) -> None:
    table = table_of("mediation", county.county, APRIL)
    page = {value.figure.code: value.shown for value in values_of(Scope(triage, APRIL))}
    for column in ("county", "sum"):
        assert {line.key: line.cells[column].text for line in table.lines} == page
    year = {line.key: line.cells["year"].text for line in table.lines}
    assert (year["done"], year["amount"]) == ("4", "40,300")  # from January to the end of April


def test_every_number_is_as_long_as_its_list(county: County, leader: User, client: Client) -> None:
    client.force_login(leader)
    for line in table_of("mediation", county.county, APRIL).lines:
        cell = line.cells["sum"]
        if cell.number:
            assert f'data-total="{cell.number}"' in client.get(cell.url).text, line.key


def test_it_is_kept_with_its_lists_and_corrected(
    county: County, leader: User, client: Client
) -> None:
    sheet = keep_sheet(
        kind="mediation",
        center=county.county,
        period=APRIL,
        by=leader,
        words=Words("四月", "县中心"),
        seal=True,
    )
    client.force_login(leader)
    page = client.get(reverse("reports:sheet", args=[sheet.pk])).text
    assert "39,600" in page
    for cell, total in (("done.sum", 3), ("crime-people.sum", 3), ("type-10.sum", 3)):
        listed = client.get(f"{reverse('reports:sheet_list', args=[sheet.pk])}?cell={cell}").text
        assert re.search(rf'data-total="{total}"', listed), cell
    Mediation.objects.filter(is_hard=True).update(is_hard=False)
    changed = changes_of(correct_sheet(sheet_id=sheet.pk, by=leader, reason="疑难标错了"))
    said = {(c.line, c.column): (c.before, c.after) for c in changed}
    assert said["总数 疑难复杂数（件）", "小计"] == ("1", "0")


def test_another_centre_has_its_own(county: County, lives: Lives) -> None:
    table = table_of("mediation", county.town, APRIL)
    assert {line.cells["sum"].number for line in table.lines} <= {0, None}
