"""法院收案数: entered by the county's centre, month by month, each with its source."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from mediation.services.referrals import receive_referral
from orgs.models import User
from reports.models import CourtIntake
from reports.services.entered import enter_court_intake
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

PAGE, DICTIONARY = reverse("reports:court_intake"), reverse("reports:indicators")
APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _it_is_the_middle_of_may() -> None:
    clock.freeze(datetime(2026, 5, 15, 10, 0, tzinfo=clock.SHANGHAI))


def enter(by: User, number: int = 120, month: date = APRIL, source: str = "立案庭月报") -> None:
    enter_court_intake(month=month, number=number, source=source, by=by)


def test_a_month_is_entered_on_the_page_with_who_and_when(client: Client, triage: User) -> None:
    client.force_login(triage)
    typed = {"month": "2026-04", "number": "120", "source": "立案庭 4 月统计表"}
    assert client.post(PAGE, typed).status_code == 302
    row = CourtIntake.objects.get()
    assert (row.month, row.number, row.source) == (APRIL, 120, "立案庭 4 月统计表")
    assert (row.entered_by, row.entered_at) == (triage, clock.now())
    page = client.get(PAGE).content.decode()
    for words in ("120", "立案庭 4 月统计表", "周敏", "2026-05-15 10:00"):
        assert words in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"month": "2026-05"}, "这个月还没过完"),
        ({"month": "4 月"}, "月份写成 2026-05 这样"),
        ({"month": ""}, "还没选“月份”"),
        ({"number": "-1"}, "件数不能是负数"),
        ({"number": "很多"}, "件数要是整数"),
        ({"source": ""}, "还没写“来源”"),
        ({"source": "   "}, "还没写“来源”"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_as_typed(
    client: Client, triage: User, changed: dict[str, str], says: str
) -> None:
    client.force_login(triage)
    typed = {"month": "2026-04", "number": "120", "source": "立案庭月报", **changed}
    answer = client.post(PAGE, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="120"' in page or "number" in changed
    assert not CourtIntake.objects.exists()


def test_entered_again_the_last_word_holds_and_the_first_can_be_read(
    client: Client, triage: User, leader: User
) -> None:
    enter(triage, 120)
    enter(leader, 121, source="法院来函更正")
    client.force_login(triage)
    (month,) = [one for one in client.get(PAGE).context["months"] if one.first == APRIL]
    assert (month.now.number, [one.number for one in month.before]) == (121, [120])
    assert month.rate.value.whole == 121
    assert "原来 120 件" in client.get(PAGE).content.decode()
    for change in (
        lambda: CourtIntake.objects.update(number=1),
        lambda: CourtIntake.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_numbers_of_a_month_lead_to_their_lists(
    client: Client, triage: User, lives: Lives
) -> None:
    clock.freeze(datetime(2026, 4, 20, 10, 0, tzinfo=clock.SHANGHAI))
    for _ in range(3):
        receive_referral(
            case_id=lives.claimed().pk,
            by=triage,
            kind="commissioned",
            organ="示范县人民法院",
            received_on=clock.today(),
        )
    clock.freeze(datetime(2026, 5, 15, 10, 0, tzinfo=clock.SHANGHAI))
    enter(triage, 12)
    client.force_login(triage)
    (month,) = [one for one in client.get(PAGE).context["months"] if one.first == APRIL]
    assert month.rate.value.shown == "25.0%（3/12）"
    for url, number in ((month.rate.top_url, 3), (month.rate.out_of_url, 12)):
        answer = client.get(url)
        assert answer.context["behind"].number == number
    assert "立案庭月报" in answer.content.decode()


def test_without_an_entry_the_dictionary_says_so(
    client: Client, leader: User, lives: Lives
) -> None:
    client.force_login(leader)
    page = client.get(DICTIONARY).content.decode()
    assert "没有录入法院收案数" in page
    assert PAGE in page


def test_only_the_countys_centre_enters_it(client: Client, town_officer: User, clerk: User) -> None:
    for user in (town_officer, clerk):
        client.force_login(user)
        assert client.get(PAGE).status_code == 403
        with pytest.raises(NotAllowed):
            enter(user)
    client.force_login(town_officer)
    assert PAGE not in client.get(DICTIONARY).content.decode()


def test_a_month_that_is_not_over_has_no_number(triage: User) -> None:
    with pytest.raises(Invalid):
        enter(triage, month=date(2026, 5, 1))
