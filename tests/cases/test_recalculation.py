"""A corrected calendar moves what still runs, and writes down what it moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, ClockRule
from cases.recalculation import add_rule, catch_up, recalculate_open_clocks, set_day
from cases.vocabulary import Clock
from orgs.models import AccessLog, CalendarDay
from tests.county import County
from tests.lives import Lives, fresh
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.errors import Invalid

MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)
CALENDAR, CLOCKS = reverse("settings:calendar"), reverse("settings:clocks")


@pytest.fixture(autouse=True)
def _monday() -> None:
    clock.freeze(MONDAY)


def holiday(county: County, sysadmin, day: int = 2) -> None:
    first = datetime(2026, 6, day, tzinfo=SHANGHAI).date()
    set_day(
        center=county.county,
        first=first,
        last=first,
        is_workday=False,
        name="防汛停工",
        by=sysadmin,
        address=None,
    )


def due(case: Case) -> tuple[int, int]:
    lead = fresh(case).lead
    assert lead is not None
    return clock.local(lead.claim_due_at).day, clock.local(lead.handling_due_at).day


def test_a_new_holiday_moves_both_clocks_of_a_unit(county: County, sysadmin, lives: Lives) -> None:
    case = lives.dispatched()
    assert due(case) == (2, 10)
    holiday(county, sysadmin)
    moved = recalculate_open_clocks()
    assert [found.number for found in moved] == [case.number]
    assert due(case) == (3, 11)
    assert clock.local(fresh(case).due_at).day == 3


def test_a_claim_in_time_is_not_judged_anew(county: County, sysadmin, lives: Lives) -> None:
    case = lives.claimed()
    holiday(county, sysadmin)
    recalculate_open_clocks()
    assert due(case) == (2, 11)


def test_the_centres_own_clock_moves_too(county: County, sysadmin, lives: Lives) -> None:
    case = lives.registered()
    holiday(county, sysadmin)
    recalculate_open_clocks()
    assert clock.local(fresh(case).due_at).day == 3


def test_pauses_and_extensions_stay_counted(county: County, sysadmin, lives: Lives) -> None:
    case = lives.claimed()
    lead = fresh(case).lead
    assert lead is not None
    lead.paused_days, lead.extended_days = 1, 2
    lead.save()
    holiday(county, sysadmin)
    recalculate_open_clocks()
    assert due(case)[1] == 16  # 7 + 2 + 1 working days after the 1st, one holiday and a weekend


def test_a_closed_case_and_another_centre_stay_as_they_were(
    county: County, sysadmin, town_officer, lives: Lives
) -> None:
    closed, towns = lives.closed(), lives.registered(by=town_officer)
    before = {case.pk: case.due_at for case in Case.objects.all()}
    holiday(county, sysadmin)
    assert recalculate_open_clocks() == []
    after = {case.pk: case.due_at for case in Case.objects.all()}
    assert before == after == {closed.pk: None, towns.pk: before[towns.pk]}


def test_the_promise_to_the_citizen_never_moves_silently(
    county: County, sysadmin, lives: Lives
) -> None:
    case = lives.dispatched()
    promised = fresh(case).promised_at
    holiday(county, sysadmin)
    recalculate_open_clocks()
    assert fresh(case).promised_at == promised


def test_the_history_says_what_moved_and_running_again_moves_nothing(
    county: County, sysadmin, lives: Lives
) -> None:
    case = lives.dispatched()
    holiday(county, sysadmin)
    recalculate_open_clocks()
    event = case.events.get(verb="recalculate")
    assert event.by is None
    assert event.data == {"from": "2026-06-02T17:30+08:00", "to": "2026-06-03T17:30+08:00"}
    assert recalculate_open_clocks() == []
    assert case.events.filter(verb="recalculate").count() == 1


def test_catching_up_happens_once_for_each_change(county: County, sysadmin, lives: Lives) -> None:
    lives.dispatched()
    catch_up()
    holiday(county, sysadmin)
    assert (catch_up(), catch_up()) == (1, 0)
    log = AccessLog.objects.filter(action=AccessLog.Action.CALENDAR, user=None).get()
    assert log.data["moved"] == list(Case.objects.values_list("number", flat=True))


def test_one_row_that_fails_does_not_stop_the_rest(
    county: County, sysadmin, lives: Lives, monkeypatch
) -> None:
    first, second = lives.dispatched(), lives.dispatched()
    holiday(county, sysadmin)
    from cases import recalculation  # noqa: PLC0415 - the module itself is patched

    real = recalculation._recalculate

    def fails_once(pk: int):
        if pk == first.pk:
            raise RuntimeError("no")
        return real(pk)

    monkeypatch.setattr(recalculation, "_recalculate", fails_once)
    assert [found.number for found in recalculate_open_clocks()] == [second.number]


# ---------------------------------------------------------------- the pages


def test_the_page_adds_a_local_day_moves_cases_and_says_so(
    client: Client, county: County, sysadmin, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(sysadmin)
    given = {"first": "2026-06-02", "is_workday": "no", "name": "防汛停工"}
    response = client.post(CALENDAR, given, follow=True)
    assert "1 件在办事项的到期时间跟着变了" in response.content.decode()
    assert due(case) == (3, 11)
    row = CalendarDay.objects.get(center=county.county)
    removed = client.post(reverse("settings:remove_day", args=[row.pk]), follow=True)
    assert "本地例外已删" in removed.content.decode()
    assert due(case) == (2, 10)


def test_a_day_that_cannot_be_keeps_what_was_typed(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    given = {"first": "2026-06-09", "last": "2026-06-02", "is_workday": "no", "name": "停工"}
    response = client.post(CALENDAR, given)
    page = response.content.decode()
    assert response.status_code == 422
    assert "结束的日子要在开始以后" in page
    assert 'value="停工"' in page


def test_a_day_of_another_centre_cannot_be_removed(
    client: Client, county: County, sysadmin
) -> None:
    day = CalendarDay.objects.create(
        day=MONDAY.date(), center=county.town, is_workday=False, name="赶集"
    )
    client.force_login(sysadmin)
    assert client.post(reverse("settings:remove_day", args=[day.pk])).status_code == 404


def test_a_year_nobody_has_checked_says_so_from_november_on(client: Client, sysadmin) -> None:
    CalendarDay.objects.filter(day__year=2027).update(confirmed=False)
    clock.freeze(datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI))
    type(sysadmin).objects.update(password_set_at=clock.now())
    client.force_login(sysadmin)
    assert "2027 年日历没核对" in client.get(CALENDAR).content.decode()
    assert "2027 年工作日历没核对" in client.get("/").content.decode()
    client.post(reverse("settings:confirm_year"), {"year": "2027"})
    assert "没核对" not in client.get(CALENDAR).content.decode()


def test_a_rule_works_from_its_day_on_and_never_backwards(
    client: Client, sysadmin, lives: Lives
) -> None:
    client.force_login(sysadmin)
    given = {"clock": "claim", "days": "3", "unit": "working"}
    refused = client.post(CLOCKS, {**given, "effective_from": "2026-06-01"})
    assert (refused.status_code, "从明天起" in refused.content.decode()) == (422, True)
    assert client.post(CLOCKS, {**given, "effective_from": "2026-06-02"}).status_code == 302
    assert due(lives.dispatched())[0] == 2
    clock.freeze(MONDAY + timedelta(days=1))
    assert due(lives.dispatched())[0] == 5
    assert AccessLog.objects.get(action=AccessLog.Action.RULE).user == sysadmin


def test_the_same_rule_on_the_same_day_is_the_same_rule(sysadmin) -> None:
    tomorrow = MONDAY.date() + timedelta(days=1)
    for days in (3, 4):
        add_rule(
            clock_name=Clock.CLAIM,
            days=days,
            unit="working",
            effective_from=tomorrow,
            by=sysadmin,
            address=None,
        )
    assert ClockRule.objects.get(effective_from=tomorrow).days == 4
    with pytest.raises(Invalid):
        add_rule(
            clock_name=Clock.CLAIM,
            days=1,
            unit="working",
            effective_from=MONDAY.date(),
            by=sysadmin,
            address=None,
        )


def test_a_trial_says_when_and_which_days_do_not_count(client: Client, sysadmin) -> None:
    """Journey 11: 派出 2025-04-03 10:44, 一般 7 工作日, over 清明."""
    client.force_login(sysadmin)
    asked = {"start": "2025-04-03T10:44", "complexity": "ordinary"}
    page = client.get(reverse("settings:try_clock"), asked).content.decode()
    assert "4月15日 17:30 到期" in page
    assert "清明" in page
