"""How long things may take: the counting rule of `ux.md` §3.2 through the services."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import localtime

from cases.clocks import SUBJECT
from cases.lights import colour_of, light_of
from cases.models import Case, ClockRule, DisputeType
from cases.recalculation import catch_up, set_day
from cases.services.closing import follow_up_case, rate_case
from cases.verification import misplaced
from cases.vocabulary import (
    Channel,
    Clock,
    Complexity,
    Risk,
    Satisfaction,
    Settled,
    Source,
)
from dispatch.services.asking import (
    decide_request,
    request_extension,
    request_pause,
    resume_case,
)
from dispatch.services.assigning import reassign_case, rule_on_return
from dispatch.services.handling import approve_result, claim_case, report_result, send_back
from dispatch.services.moving import push_down
from orgs.calendars import SUBJECT as CALENDAR_SUBJECT
from orgs.calendars import calendar_of, revise
from orgs.models import CalendarDay, User
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from zongzhi.lib import clock

REPORT = {"result": "resolved", "how": "约谈负责人，当场付清工资", "not_found": "不肯留电话"}
DUE = moment(4, 15, 17, 30)
ONE_DAY = moment(4, 7, 17, 30)  # one working day after 3 April: 清明 and a weekend between


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def handling(case: Case) -> datetime:
    """When the lead's handling clock runs out."""
    lead = fresh(case).lead
    assert lead is not None
    return localtime(lead.handling_due_at)


def due(case: Case) -> tuple[str, datetime]:
    """The clock that runs and when it runs out."""
    again = fresh(case)
    assert again.due_at is not None
    return again.due_clock, localtime(again.due_at)


# The worked example


def test_seven_working_days_from_the_third_of_april_end_on_the_fifteenth(lives: Lives) -> None:
    assert handling(lives.dispatched()) == DUE


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (moment(4, 11, 9), "● 剩 2 个工作日"),
        (moment(4, 14, 9), "▲ 剩 1 个工作日"),
        (moment(4, 15, 9), "▲ 今天 17:30 到期"),
        (moment(4, 15, 17, 31), "■ 刚超期"),
        (moment(4, 16, 9), "■ 超 1 个工作日"),
    ],
)
def test_the_light_of_the_worked_example(lives: Lives, now: datetime, shown: str) -> None:
    case = fresh(lives.claimed())
    assert str(light_of(case, calendar_of(case.center), now)) == shown


def test_claiming_late_starts_no_clock(lives: Lives, handler: User) -> None:
    case = lives.dispatched()
    clock.freeze(moment(4, 7, 16))
    claim_case(case_id=case.pk, by=handler)
    assert handling(case) == DUE


def test_one_working_day_to_claim(lives: Lives) -> None:
    assert due(lives.dispatched()) == (Clock.CLAIM, ONE_DAY)


@pytest.mark.parametrize(
    ("complexity", "ends"),
    [
        (Complexity.SIMPLE, ONE_DAY),
        (Complexity.ORDINARY, DUE),
        (Complexity.COMPLEX, moment(5, 6, 17, 30)),  # 27 April is worked, 1–5 May is not
    ],
)
def test_the_complexity_says_how_many_days(
    lives: Lives, complexity: Complexity, ends: datetime
) -> None:
    assert handling(lives.dispatched(complexity=complexity)) == ends


# Pause and extension


@pytest.fixture
def paused(lives: Lives, triage: User, handler: User) -> Case:
    """Paused on Friday 11 April at nine."""
    case = lives.claimed()
    clock.freeze(moment(4, 11, 9))
    request_pause(case_id=case.pk, by=handler, until=date(2025, 4, 30), text="等司法鉴定")
    asked = case.requests.get()
    return decide_request(case_id=case.pk, by=triage, request=asked.pk, grant=True)


def test_the_colour_alone_is_that_of_the_light(paused: Case, lives: Lives) -> None:
    """The API says no more of it: whatever waits, in time, nearly late, late and paused."""
    waiting = [lives.registered(), lives.dispatched(), lives.reported(), lives.approved()]
    seen = set()
    for case in map(fresh, [paused, *waiting]):
        due_at = case.due_at or case.label_since
        for now in (clock.now(), due_at - timedelta(minutes=1), due_at + timedelta(days=9)):
            shown = light_of(case, calendar_of(case.center), now).colour
            assert colour_of(case, now) == shown
            seen.add(shown)
    assert seen == {"green", "amber", "red", "paused"}


def test_a_pause_of_three_working_days_moves_the_due_time_by_three(
    paused: Case, handler: User
) -> None:
    clock.freeze(moment(4, 16, 15))
    resume_case(case_id=paused.pk, by=handler)
    assert handling(paused) == moment(4, 18, 17, 30)


def test_a_pause_within_one_day_moves_nothing(paused: Case, handler: User) -> None:
    clock.freeze(moment(4, 11, 17))
    resume_case(case_id=paused.pk, by=handler)
    assert handling(paused) == DUE


def test_while_paused_nothing_is_due(paused: Case) -> None:
    case = fresh(paused)
    assert (case.due_at, case.near_at, case.handling_due_at) == (None, None, None)


def test_two_pauses_add_up(paused: Case, triage: User, handler: User) -> None:
    clock.freeze(moment(4, 14, 9))
    resume_case(case_id=paused.pk, by=handler)  # one day
    request_pause(case_id=paused.pk, by=handler, until=date(2025, 4, 30), text="等司法鉴定")
    asked = paused.requests.latest("pk")
    decide_request(case_id=paused.pk, by=triage, request=asked.pk, grant=True)
    clock.freeze(moment(4, 16, 9))
    resume_case(case_id=paused.pk, by=handler)  # two days more
    assert handling(paused) == moment(4, 18, 17, 30)


def test_an_extension_adds_its_days_at_the_end(lives: Lives, handler: User, head: User) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")
    decide_request(case_id=case.pk, by=head, request=case.requests.get().pk, grant=True)
    assert handling(case) == moment(4, 18, 17, 30)


def test_the_head_may_grant_fewer_days_than_were_asked_for(
    lives: Lives, handler: User, head: User
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=10, text="对方外出")
    decide_request(case_id=case.pk, by=head, request=case.requests.get().pk, grant=True, days=1)
    assert handling(case) == moment(4, 16, 17, 30)


def test_a_pause_and_an_extension_add_up(paused: Case, handler: User, head: User) -> None:
    clock.freeze(moment(4, 14, 9))
    resume_case(case_id=paused.pk, by=handler)
    request_extension(case_id=paused.pk, by=handler, days=2, text="对方外出")
    asked = paused.requests.latest("pk")
    decide_request(case_id=paused.pk, by=head, request=asked.pk, grant=True)
    assert handling(paused) == moment(4, 18, 17, 30)


# The centre's own clocks


def test_a_matter_from_another_channel_is_accepted_the_same_working_day(lives: Lives) -> None:
    assert due(lives.registered(source=Source.ONLINE)) == (Clock.ACCEPTANCE, moment(4, 3, 17, 30))


def test_a_matter_that_comes_after_hours_is_accepted_the_next_working_day(lives: Lives) -> None:
    clock.freeze(moment(4, 3, 18))
    assert due(lives.registered(source=Source.ONLINE)) == (Clock.ACCEPTANCE, ONE_DAY)


def test_one_working_day_to_dispatch(lives: Lives) -> None:
    assert due(lives.registered()) == (Clock.DISPATCH, ONE_DAY)


def test_one_working_day_to_rule(lives: Lives) -> None:
    assert due(lives.returned()) == (Clock.RULING, ONE_DAY)


def test_one_working_day_to_approve(lives: Lives) -> None:
    assert due(lives.reported()) == (Clock.APPROVAL, ONE_DAY)


def test_the_units_clocks_run_on_while_a_return_waits(lives: Lives, triage: User) -> None:
    case = lives.returned()
    clock.freeze(moment(4, 8, 9))
    rule_on_return(case_id=case.pk, by=triage, ruling="uphold", text="职责清单写明")
    assert (due(case), handling(case)) == ((Clock.CLAIM, ONE_DAY), DUE)


def test_the_centres_delay_is_never_the_units(lives: Lives, triage: User, handler: User) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 15, 17))
    report_result(case_id=case.pk, by=handler, **REPORT)
    clock.freeze(moment(4, 30, 9))
    approve_result(case_id=case.pk, by=triage)
    lead = case.assignments.get()
    assert lead.reported_at <= lead.handling_due_at


def test_a_case_pushed_down_gives_the_lower_centre_a_clock_of_its_own(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.registered()
    clock.freeze(moment(4, 7, 17))
    push_down(case_id=case.pk, by=triage, center=county.town_unit, text="镇里先调")
    assert due(case) == (Clock.DISPATCH, moment(4, 8, 17, 30))


# 退回补办


def test_what_was_left_when_the_unit_reported_is_given_back(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 8, 9))  # five working days left
    report_result(case_id=case.pk, by=handler, **REPORT)
    clock.freeze(moment(4, 9, 9))
    send_back(case_id=case.pk, by=triage, text="缺付款凭证")
    assert handling(case) == moment(4, 16, 17, 30)


def test_a_result_sent_back_leaves_two_working_days_at_least(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 15, 17))
    report_result(case_id=case.pk, by=handler, **REPORT)
    clock.freeze(moment(4, 16, 9))
    send_back(case_id=case.pk, by=triage, text="缺付款凭证")
    assert handling(case) == moment(4, 18, 17, 30)


# 回访, 重新办理


def test_seven_days_to_ask_the_citizen(lives: Lives) -> None:
    assert due(lives.approved()) == (Clock.FOLLOW_UP, moment(4, 10, 17, 30))


def test_seven_days_that_end_on_a_holiday_end_on_the_next_working_day(lives: Lives) -> None:
    clock.freeze(moment(4, 24, 9))
    assert due(lives.approved()) == (Clock.FOLLOW_UP, moment(5, 6, 17, 30))


def test_one_day_to_ask_where_the_risk_is_high(lives: Lives) -> None:
    assert due(lives.approved(risk=Risk.HIGH)) == (Clock.FOLLOW_UP, ONE_DAY)


def test_one_working_day_to_call_a_citizen_who_complained(lives: Lives) -> None:
    case = lives.approved()
    clock.freeze(moment(4, 8, 9))
    rate_case(
        token=case.token,
        settled=Settled.UNRESOLVED,
        satisfaction=Satisfaction.UNSATISFIED,
    )
    assert due(case) == (Clock.CALL_BACK, moment(4, 9, 17, 30))


def test_fifteen_working_days_to_do_it_again(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    follow_up_case(
        case_id=case.pk,
        by=clerk,
        channel=Channel.PHONE,
        satisfaction=Satisfaction.UNSATISFIED,
        redo=True,
        text="钱没到账",
    )
    assert due(case) == (Clock.HANDLING, moment(4, 25, 17, 30))


# Another unit, another clock; one promise


def test_another_unit_has_clocks_of_its_own(lives: Lives, county: County, triage: User) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 11, 9))
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="应由住建局办")
    assert due(case) == (Clock.CLAIM, moment(4, 14, 17, 30))
    assert handling(case) == moment(4, 22, 17, 30)


def test_what_the_citizen_was_promised_does_not_move(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.claimed()
    clock.freeze(moment(4, 11, 9))
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="应由住建局办")
    promised = fresh(case).promised_at
    assert promised is not None
    assert localtime(promised) == DUE


# Rules and calendars


def add_rule(**given: object) -> None:
    ClockRule.objects.create(clock=Clock.HANDLING, **given)
    revise(SUBJECT)


def test_a_new_rule_touches_new_clocks_only(lives: Lives) -> None:
    before = lives.dispatched()
    add_rule(complexity=Complexity.ORDINARY, days=3, effective_from=date(2025, 4, 8))
    same_day = lives.dispatched()
    clock.freeze(moment(4, 8, 9))
    after = lives.dispatched()
    assert (handling(before), handling(same_day)) == (DUE, DUE)
    assert handling(after) == moment(4, 11, 17, 30)


def test_a_rule_for_the_type_goes_before_the_general_one(lives: Lives) -> None:
    add_rule(type=DisputeType.objects.get(code="10"), days=2)
    assert handling(lives.dispatched()) == moment(4, 8, 17, 30)
    other = lives.dispatched(type=DisputeType.objects.get(code="17"))
    assert handling(other) == DUE


def test_a_rule_for_the_level_goes_before_one_for_the_complexity(lives: Lives) -> None:
    add_rule(level="county", days=4)
    add_rule(level="town", days=1)
    assert handling(lives.dispatched()) == moment(4, 10, 17, 30)


def test_a_day_off_in_one_centre_counts_there_only(
    lives: Lives, county: County, triage: User, town_officer: User
) -> None:
    CalendarDay.objects.create(
        day=date(2025, 4, 7), center=county.town, is_workday=False, name="赶集"
    )
    revise(CALENDAR_SUBJECT)
    here, there = lives.registered(), lives.registered(by=town_officer)
    assert (due(here)[1], due(there)[1]) == (ONE_DAY, moment(4, 8, 17, 30))


# A corrected calendar


@pytest.fixture
def day_off(county: County, sysadmin: User):
    """Call it: 14 April turns out to be a day off at the county, and the clocks catch up."""

    def correct() -> int:
        day = date(2025, 4, 14)
        set_day(
            center=county.county,
            first=day,
            last=day,
            is_workday=False,
            name="停水",
            by=sysadmin,
            address=None,
        )
        return catch_up()

    return correct


def test_a_corrected_calendar_moves_what_is_running(lives: Lives, day_off) -> None:
    case = lives.claimed()
    day_off()
    assert handling(case) == moment(4, 16, 17, 30)
    assert due(case) == (Clock.HANDLING, moment(4, 16, 17, 30))


def test_a_corrected_calendar_writes_down_whom_it_moved(lives: Lives, day_off) -> None:
    moved, untouched = lives.claimed(), lives.registered()
    assert day_off() == 1
    assert moved.events.filter(verb="recalculate", by=None).count() == 1
    assert not untouched.events.filter(verb="recalculate").exists()


def test_a_corrected_calendar_leaves_a_stopped_clock_alone(lives: Lives, day_off) -> None:
    case = lives.reported()
    day_off()
    assert handling(case) == DUE


def test_a_corrected_calendar_does_not_move_the_promise(lives: Lives, day_off) -> None:
    case = lives.claimed()
    day_off()
    assert localtime(fresh(case).promised_at) == DUE


def test_catching_up_twice_moves_nothing_twice(lives: Lives, day_off) -> None:
    lives.claimed()
    assert (day_off(), catch_up()) == (1, 0)


def test_after_a_corrected_calendar_every_column_adds_up(lives: Lives, day_off) -> None:
    for point in ("registered", "dispatched", "claimed", "returned", "reported", "approved"):
        getattr(lives, point)()
    day_off()
    assert list(misplaced()) == []
