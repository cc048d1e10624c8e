"""The list behind a number is exactly the rows that were counted, for whoever may read them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import DisputeType
from cases.services.registration import revisit_case
from grids.models import Grid
from orgs.models import Center, Department, User
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


def test_links_name_the_center_of_the_table(county: County) -> None:
    center: Center = county.county
    assert f"scope={center.pk}" in behind_url(SETS["closed"], this_month(), scope=center)
