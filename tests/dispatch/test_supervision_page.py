from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case
from cases.services.course import note_case
from dispatch.models import Supervision
from dispatch.services.supervising import answer_supervision, supervise_case
from dispatch.supervision import VIEWS, groups_of, moments_for, numbers_of, watched_cases
from tests.county import County
from tests.lives import Lives, later
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI

PAGE = reverse("dispatch:supervision")
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _monday() -> None:
    clock.freeze(MONDAY)


def groups(client: Client, **params: str):
    return client.get(PAGE, params).context["groups"]


def test_late_cases_stand_under_their_unit_the_worst_first(
    client: Client, county: County, triage, lives: Lives
) -> None:
    simple = lives.claimed(complexity="simple")
    later(lives.claimed().handling_due_at)
    client.force_login(triage)
    (group,) = groups(client)
    assert (group.name, group.number, group.red) == ("人社局", 2, 2)
    assert group.cases[0].row.number == simple.number
    assert group.cases[0].acts == ("supervise",)


def test_the_centres_own_delay_is_not_the_units(client: Client, triage, lives: Lives) -> None:
    later(lives.reported().due_at)
    client.force_login(triage)
    assert groups(client) == []


def test_a_standstill_is_five_working_days_without_anybodys_doing(
    client: Client, triage, handler, lives: Lives
) -> None:
    quiet, busy = lives.claimed(complexity="complex"), lives.claimed(complexity="complex")
    clock.freeze(MONDAY + timedelta(days=4))
    note_case(case_id=busy.pk, by=handler, text="约了双方周五见面")
    client.force_login(triage)
    assert groups(client, view="still") == []
    clock.freeze(MONDAY + timedelta(days=7, hours=1))
    (group,) = groups(client, view="still")
    assert [item.row.number for item in group.cases] == [quiet.number]


def test_a_case_is_put_under_supervision_and_lifted_from_here(
    client: Client, triage, handler, lives: Lives
) -> None:
    case = lives.supervised()
    client.force_login(triage)
    (group,) = groups(client, view="supervised")
    assert group.cases[0].acts == ()
    assert group.cases[0].sheet is not None
    answer_supervision(case_id=case.pk, by=handler, text="人手不够，本周五办完")
    (group,) = groups(client, view="supervised")
    assert group.cases[0].acts == ("lift",)


def test_every_number_is_the_length_of_its_list(county: County, triage, lives: Lives) -> None:
    lives.claimed(complexity="simple")
    lives.dispatched()
    lives.supervised()
    lives.dispatched(lead=county.housing)
    clock.freeze(MONDAY + timedelta(days=3))
    moments = moments_for(county.county, clock.now())
    cases = watched_cases(triage)
    numbers = numbers_of(cases, moments)
    for view in VIEWS:
        found = groups_of(triage, cases, view, moments)
        assert sum(group.number for group in found) == numbers[view], view
        for group in found:
            if not group.is_unit:
                continue
            for name, of in (
                (group.red, "overdue"),
                (group.amber, "near"),
                (group.still, "still"),
                (group.sheets, "supervised"),
            ):
                narrowed = groups_of(triage, cases, of, moments, unit=group.code)
                assert sum(len(g.cases) for g in narrowed) == name, (view, of)


def test_only_what_may_be_seen_is_watched(triage, town_officer, lives: Lives) -> None:
    lives.claimed()
    assert watched_cases(triage).count() == 1
    assert watched_cases(town_officer).count() == 0


def test_more_cases_cost_no_more_queries(client: Client, triage, lives: Lives) -> None:
    client.force_login(triage)
    lives.supervised()
    supervise_case(case_id=lives.claimed().pk, by=triage, reason="来访人一直在问")
    client.get(PAGE, {"view": "supervised"})

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE, {"view": "supervised"})
        return len(captured)

    few = queries()
    for _ in range(3):
        lives.supervised()
    assert queries() == few


def test_the_sheet_prints_all_its_fields(client: Client, triage, lives: Lives) -> None:
    lives.supervised()
    sheet = Supervision.objects.get()
    client.force_login(triage)
    page = client.get(reverse("dispatch:sheet", args=[sheet.pk])).content.decode()
    for words in (sheet.number, "督办事由", "来访人说一直没人联系", "原时限", "已超天数"):
        assert words in page, words
    for words in ("整改要求", "回复时限", "签收"):
        assert words in page, words


def test_a_sheet_of_another_unit_is_not_there(
    client: Client, outsider, handler, lives: Lives
) -> None:
    lives.supervised()
    url = reverse("dispatch:sheet", args=[Supervision.objects.get().pk])
    client.force_login(outsider)
    assert client.get(url).status_code == 404
    client.force_login(handler)
    assert client.get(url).status_code == 200


def test_the_days_a_closed_sheet_was_late_do_not_grow(client: Client, triage, lives: Lives) -> None:
    lives.supervised()
    sheet = Supervision.objects.get()
    late = MONDAY - timedelta(days=3)
    Supervision.objects.update(due_at=late, closed_at=MONDAY, opened_by=None)
    clock.freeze(MONDAY + timedelta(days=30))
    client.force_login(triage)
    page = client.get(reverse("dispatch:sheet", args=[sheet.pk]))
    assert "1 个工作日" in page.content.decode()
    assert Case.objects.count() == 1
