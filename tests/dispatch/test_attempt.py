"""劝调, 联调, 终调: each attempt is a row; used up, the way up is open."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.acts import allowed
from cases.models import Attempt, Case, ThresholdRule
from cases.services.attempts import add_attempt
from cases.services.ladders import adopt_ladder
from cases.thresholds import Threshold
from cases.vocabulary import Complexity, Risk
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import claim_case
from dispatch.services.moving import request_escalation
from orgs.calendars import revise
from orgs.models import User
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState

HOW = {"complexity": Complexity.SIMPLE, "risk": Risk.LOW}


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def at_the_village(lives: Lives, county: County, village_officer: User) -> Case:
    """Being handled by the village itself."""
    case = lives.registered(by=village_officer)
    dispatch_case(case_id=case.pk, by=village_officer, lead=county.village_unit, **HOW)
    return claim_case(case_id=case.pk, by=village_officer)


def try_(case: Case, by: User, outcome: str = "failed", times: int = 1) -> Case:
    for _ in range(times):
        case = add_attempt(case_id=case.pk, by=by, outcome=outcome, text="差距还很大，没谈拢")
    return case


def up(case: Case, by: User, **more: Any) -> Case:
    return request_escalation(case_id=case.pk, by=by, text="请镇里出面", **more)


def test_attempts_are_numbered_by_level(at_the_village: Case, village_officer: User) -> None:
    try_(at_the_village, village_officer, times=2)
    rows = at_the_village.attempts.values_list("level", "n")
    assert list(rows) == [("village", 1), ("village", 2)]


def test_the_lead_unit_writes_one_down(lives: Lives, handler: User) -> None:
    case = try_(lives.claimed(), handler)
    assert (case.attempts.get().level, case.attempts.get().unit.code) == ("county", "RS")


def test_a_clerk_does_not(lives: Lives, clerk: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        try_(case, clerk)


def test_a_hidden_case_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        try_(case, outsider)


def test_before_anybody_has_claimed_nobody_mediates(lives: Lives, triage: User) -> None:
    case = lives.dispatched()
    with refused(case, WrongState):
        try_(case, triage)


def test_an_attempt_lies_behind(lives: Lives, handler: User) -> None:
    case = lives.claimed()
    with refused(case, Invalid, "谈的时间不能晚于现在"):
        add_attempt(
            case_id=case.pk,
            by=handler,
            outcome="failed",
            text="没谈拢",
            held_at=clock.now() + timedelta(hours=1),
        )


def test_used_up_the_case_moves_at_once(
    at_the_village: Case, county: County, village_officer: User, town_officer: User
) -> None:
    case = up(try_(at_the_village, village_officer, times=3), village_officer)
    assert (case.center, case.staff_label) == (county.town, "待分流")
    asked = case.requests.get()
    assert (asked.granted, asked.decided_by) == (True, None)
    event = case.events.get(verb="escalate")
    assert event.data["because"] == "村里 3 次劝调用完了，可以提级"
    assert town_officer.notices.get().text.endswith("由柳湾村综治中心转来，待分流")


def test_what_the_level_has_tried_goes_with_it(at_the_village: Case, village_officer: User) -> None:
    case = up(try_(at_the_village, village_officer, times=3), village_officer)
    assert case.requests.get().tried.splitlines()[0] == (
        "2025-04-03 第 1 次劝调：没谈成。差距还很大，没谈拢。"
    )


def test_not_used_up_the_centre_above_is_asked(
    at_the_village: Case, county: County, village_officer: User
) -> None:
    case = up(try_(at_the_village, village_officer, times=2), village_officer)
    assert case.center == county.village
    assert case.requests.get().decided_at is None


@pytest.mark.parametrize("outcome", ["put_off", "settled"])
def test_what_was_put_off_or_settled_does_not_open_the_way_up(
    at_the_village: Case, county: County, village_officer: User, outcome: str
) -> None:
    case = try_(at_the_village, village_officer, times=2)
    case = up(try_(case, village_officer, outcome), village_officer)
    assert case.center == county.village


def test_more_than_the_limit_may_still_be_written_down(
    at_the_village: Case, village_officer: User
) -> None:
    assert try_(at_the_village, village_officer, times=4).attempts.count() == 4


def test_level_by_level_up_in_one_round(
    at_the_village: Case, county: County, village_officer: User, town_officer: User
) -> None:
    case = up(try_(at_the_village, village_officer, times=3), village_officer)
    dispatch_case(case_id=case.pk, by=town_officer, lead=county.village_unit, **HOW)
    claim_case(case_id=case.pk, by=village_officer)
    case = up(try_(case, town_officer, times=3), town_officer)
    assert case.center == county.county
    assert list(case.attempts.values_list("level", "n"))[3:] == [
        ("town", 1),
        ("town", 2),
        ("town", 3),
    ]


def test_at_the_county_the_way_leads_to_the_law(
    lives: Lives, county: County, triage: User, handler: User, client: Client
) -> None:
    case = try_(lives.claimed(), handler, times=3)
    client.force_login(handler)
    text = client.get(case.get_absolute_url()).content.decode()
    assert "3 次终调用完，引导到诉讼仲裁等法定途径" in text
    assert "反馈结果：引导到法定途径" in text
    assert up(case, triage).center == county.county


def test_the_page_counts_and_advises(
    at_the_village: Case, village_officer: User, client: Client
) -> None:
    case = try_(at_the_village, village_officer, times=3)
    client.force_login(village_officer)
    text = client.get(case.get_absolute_url()).content.decode()
    assert "村里劝调 3 次，共 3 次" in text
    assert "村里 3 次劝调用完了，可以提级" in text


def test_the_form_begins_with_what_was_tried_and_says_that_it_moves_at_once(
    at_the_village: Case, village_officer: User, client: Client
) -> None:
    case = try_(at_the_village, village_officer, times=3)
    client.force_login(village_officer)
    text = client.get(f"/cases/{case.number}/escalate/").content.decode()
    assert "2025-04-03 第 3 次劝调：没谈成" in text
    assert "提交后马上转到上一级，不用批" in text


def test_days_open_the_way_up_too(
    at_the_village: Case, county: County, village_officer: User
) -> None:
    ThresholdRule.objects.create(name=Threshold.LEVEL_DAYS, level="village", value=7)
    revise("clock_rules")
    clock.freeze(moment(4, 10, 9, 0))
    case = up(at_the_village, village_officer)
    assert case.center == county.town
    assert case.events.get(verb="escalate").data["because"] == "村里 7 天到了，可以提级"


# 三个三, 331


def test_331_lets_the_county_try_once(
    lives: Lives, handler: User, sysadmin: User, client: Client
) -> None:
    adopt_ladder(name="331", effective_from=date(2025, 4, 4), by=sysadmin)
    clock.freeze(moment(4, 7, 9, 0))
    case = try_(lives.claimed(), handler)
    client.force_login(handler)
    assert "1 次终调用完" in client.get(case.get_absolute_url()).content.decode()


def test_a_ladder_leaves_what_came_before_its_day(
    lives: Lives, handler: User, sysadmin: User, client: Client
) -> None:
    case = lives.claimed()
    adopt_ladder(name="331", effective_from=date(2025, 4, 4), by=sysadmin)
    clock.freeze(moment(4, 7, 9, 0))
    try_(case, handler)
    client.force_login(handler)
    assert "县里终调 1 次，共 3 次" in client.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "四个四"}, "没有“四个四”这套次数，可选 三个三、331"),
        ({"effective_from": date(2025, 4, 3)}, "生效日期要从明天起"),
    ],
)
def test_a_ladder_nobody_knows(sysadmin: User, given: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        adopt_ladder(**{"name": "331", "effective_from": date(2025, 4, 4), "by": sysadmin, **given})


def test_the_button_is_there_while_somebody_mediates(lives: Lives, handler: User) -> None:
    case = fresh(lives.claimed())
    assert "attempt" in {act.verb for act in allowed(handler, case)}
    assert Attempt.objects.count() == 0
