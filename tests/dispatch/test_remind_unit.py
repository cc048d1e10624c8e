"""提醒 by hand: one click for a unit, at most once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.models import Chase
from dispatch.services.reminding import remind_unit
from tests.lives import Lives, later
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed

MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)
BOARD = reverse("dispatch:supervision")


@pytest.fixture(autouse=True)
def _monday() -> None:
    clock.freeze(MONDAY)


def remind(lives: Lives, by, *cases) -> Chase:
    return remind_unit(
        unit=lives.county.human_resources,
        center=lives.county.county,
        case_ids=[case.pk for case in cases],
        by=by,
    )


def test_each_handler_is_told_of_their_cases(lives: Lives, triage, handler, colleague) -> None:
    mine, nobodys = lives.claimed(), lives.dispatched()
    remind(lives, triage, mine, nobodys)
    told = f"提醒：{mine.short_number} 办理中，抓紧办"
    assert handler.notices.filter(text=told).count() == 1
    assert not colleague.notices.filter(text=told).exists()
    unclaimed = f"提醒：{nobodys.short_number} 待签收，抓紧办"
    assert colleague.notices.filter(text=unclaimed).count() == 1


def test_a_unit_is_reminded_at_most_once_a_day(lives: Lives, triage, second_triage) -> None:
    case = lives.claimed()
    remind(lives, triage, case)
    with pytest.raises(AlreadyDone, match="周敏 10:00 已经提醒过人社局"):
        remind(lives, second_triage, case)
    clock.freeze(MONDAY + timedelta(days=1))
    remind(lives, second_triage, case)
    assert Chase.objects.count() == 2


def test_only_the_supervisor_of_the_centre_reminds(lives: Lives, town_officer, handler) -> None:
    case = lives.claimed()
    for user in (town_officer, handler):
        with pytest.raises(NotAllowed):
            remind(lives, user, case)
    assert not Chase.objects.exists()


def test_nothing_to_remind_of_leaves_nothing(lives: Lives, triage) -> None:
    with pytest.raises(Invalid):
        remind(lives, triage, lives.dispatched(lead=lives.county.housing))
    assert not Chase.objects.exists()


def test_one_click_on_the_board_is_counted_and_found_again(
    client: Client, lives: Lives, triage, handler
) -> None:
    later(lives.claimed().handling_due_at)
    client.force_login(triage)
    client.post(reverse("dispatch:remind"), {"unit": "RS", "view": "overdue"})
    (group,) = client.get(BOARD).context["groups"]
    assert (group.chases_month, group.chased[:2]) == (1, "周敏")
    assert group.cases[0].reminded
    record = client.get(reverse("dispatch:unit_supervision", args=["RS"])).context["record"]
    assert len(record.chases) == group.chases_month
    assert len(record.sheets) == group.sheets_month
    client.force_login(handler)
    assert client.get(reverse("dispatch:unit_supervision", args=["RS"])).status_code == 200


def test_what_the_centre_has_not_done_stands_under_the_centre(
    client: Client, lives: Lives, triage
) -> None:
    case = lives.registered()
    later(case.due_at)
    client.force_login(triage)
    (group,) = client.get(BOARD, {"view": "to_dispatch"}).context["groups"]
    assert (group.name, group.is_unit, group.number) == ("示范县综治中心", False, 1)
    narrowed = client.get(BOARD, {"view": "to_dispatch", "unit": group.code}).context["groups"]
    assert [g.number for g in narrowed] == [1]
    assert client.get(BOARD).context["groups"] == []


def test_a_row_says_why_its_light_is_on(client: Client, lives: Lives, triage) -> None:
    later(lives.claimed().handling_due_at)
    client.force_login(triage)
    (group,) = client.get(BOARD).context["groups"]
    assert "当天不算" in group.cases[0].explained
    assert "为什么亮灯" in client.get(BOARD).content.decode()
