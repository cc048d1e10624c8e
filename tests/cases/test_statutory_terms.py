"""法定期限: what the law gives time for, beside the centre's own clocks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.models import Case, ClockRule, StatutoryTerm, ThresholdRule
from cases.services.course import accept_case, decline_case, withdraw_case
from cases.services.statutory import extend_term, inform, recalculate_terms
from cases.statutory import begin, shown
from cases.thresholds import Threshold
from cases.vocabulary import Clock, Source, Stage
from dispatch.models import Request
from dispatch.services.asking import decide_request, request_pause
from dispatch.services.assigning import dispatch_case
from dispatch.services.handling import approve_result, claim_case, report_result
from dispatch.supervision import condition, moments_for
from dispatch.tasks import sweep_clocks
from orgs.calendars import revise
from orgs.models import CalendarDay, Notice, User
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives, fresh
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, WrongState

REPORT = {"result": "resolved", "how": "约谈负责人，当场付清工资", "not_found": "不肯留电话"}


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(moment(4, 3, 10, 44))


@pytest.fixture
def petition(lives: Lives) -> Case:
    """Handed over by the petition office on 3 April."""
    return lives.registered(source=Source.PETITION)


def running(case: Case) -> dict[str, date]:
    terms = StatutoryTerm.objects.filter(case=case, met_on=None, dropped_at=None)
    return {term.clock: term.last_day for term in terms}


def told(user: User) -> list[str]:
    return [n.text for n in user.notices.unread().order_by("pk") if "法定期限" in n.text]


def to_the_desk_of(unit_case: Case, lives: Lives, triage: User, handler: User) -> Case:
    """Accepted, dispatched, claimed and reported."""
    accept_case(case_id=unit_case.pk, by=triage)
    lead = lives.county.human_resources
    dispatch_case(case_id=unit_case.pk, by=triage, lead=lead, complexity="ordinary", risk="low")
    claim_case(case_id=unit_case.pk, by=handler)
    return report_result(case_id=unit_case.pk, by=handler, **REPORT)


def test_a_petition_is_answered_in_writing_within_15_days_the_first_not_counted(petition) -> None:
    assert running(petition) == {Clock.PETITION_NOTICE: date(2025, 4, 18)}


def test_the_60_days_begin_when_it_is_accepted_and_a_holiday_moves_the_last_day(
    petition, triage
) -> None:
    clock.freeze(moment(4, 4, 9))
    accept_case(case_id=petition.pk, by=triage)
    term = StatutoryTerm.objects.get(case=petition, clock=Clock.PETITION)
    assert term.last_day == date(2025, 6, 3)  # 60 days from 4 April
    clock.freeze(moment(4, 2, 9))
    moved = begin(petition, Clock.PETITION_NOTICE, date(2025, 4, 16), about=7)
    assert moved.last_day == date(2025, 5, 6)  # 1 May begins a holiday that ends on the 5th


def test_other_channels_have_no_statutory_period(lives: Lives) -> None:
    case = lives.registered()
    assert case.statutory_since is None
    assert not StatutoryTerm.objects.exists()


def test_telling_the_petitioner_in_writing_meets_the_15_days(petition, triage) -> None:
    clock.freeze(moment(4, 10, 9))
    inform(case_id=petition.pk, by=triage, on=date(2025, 4, 9), how="邮寄", text="已受理")
    term = StatutoryTerm.objects.get(case=petition)
    assert (term.met_on, term.met_how) == (date(2025, 4, 9), "邮寄")
    assert shown(term, date(2025, 4, 30)).words.endswith("按时办到")
    with pytest.raises(WrongState):
        inform(case_id=petition.pk, by=triage, on=date(2025, 4, 10), how="邮寄")


@pytest.mark.parametrize("day", [date(2025, 4, 2), date(2025, 4, 4)])
def test_nobody_was_told_before_it_came_or_in_the_future(petition, triage, day) -> None:
    with pytest.raises(Invalid, match="4月3日 到今天之间"):
        inform(case_id=petition.pk, by=triage, on=day, how="邮寄")
    assert running(petition)


def test_a_unit_does_not_tell_for_the_centre(petition, lives, triage, handler) -> None:
    case = to_the_desk_of(petition, lives, triage, handler)
    with pytest.raises(NotAllowed):
        inform(case_id=case.pk, by=handler, on=date(2025, 4, 3), how="邮寄")


def test_a_refusal_is_the_written_answer(petition, triage) -> None:
    decline_case(
        case_id=petition.pk, by=triage, reason="other", route="lawsuit", text="已经起诉，法院在办"
    )
    term = StatutoryTerm.objects.get(case=petition)
    assert term.met_on == date(2025, 4, 3)


def test_an_approved_result_ends_the_60_days(petition, lives, triage, handler, second_triage):
    case = to_the_desk_of(petition, lives, triage, handler)
    assert Clock.PETITION in running(case)
    approve_result(case_id=case.pk, by=second_triage)
    assert running(case) == {Clock.PETITION_NOTICE: date(2025, 4, 18)}


def test_a_case_that_ends_otherwise_leaves_nothing_running(petition, lives, triage) -> None:
    withdraw_case(case_id=petition.pk, by=triage, text="当事人自己和解了")
    assert running(petition) == {}
    assert fresh(petition).stage == Stage.CLOSED


# ---------- 延长


def extended(case: Case, by: User, **given: object) -> Case:
    words = {"days": 20, "text": "要等工程量鉴定结果", "told": True}
    return extend_term(case_id=case.pk, by=by, **{**words, **given})


def test_a_leader_extends_once_and_the_petitioner_is_told(petition, triage, leader) -> None:
    accept_case(case_id=petition.pk, by=triage)
    with pytest.raises(Invalid, match="告知来访人"):
        extended(petition, leader, told=False)
    extended(petition, leader)
    term = StatutoryTerm.objects.get(case=petition, clock=Clock.PETITION)
    assert term.last_day == date(2025, 6, 23)  # 3 April and 80 days are 22 June, a Sunday
    assert "延长 20 天" in shown(term, date(2025, 4, 30)).explained
    with pytest.raises(WrongState, match="延长过一次"):
        extended(petition, leader)


def test_who_triages_does_not_extend(petition, triage) -> None:
    accept_case(case_id=petition.pk, by=triage)
    with pytest.raises(NotAllowed):
        extended(petition, triage)


def test_more_than_30_days_are_refused_and_nothing_typed_is_lost(
    petition, triage, leader, client
) -> None:
    accept_case(case_id=petition.pk, by=triage)
    client.force_login(leader)
    url = f"/cases/{petition.number}/extend-term/"
    answer = client.post(url, {"days": "31", "text": "要等工程量鉴定结果", "told": "on"})
    assert answer.status_code == 422
    assert "最多延长 30 天" in answer.content.decode()
    assert "要等工程量鉴定结果" in answer.content.decode()


# ---------- rules are data; what runs keeps its own


def test_a_new_rule_touches_new_periods_only(petition, lives) -> None:
    ClockRule.objects.create(
        clock=Clock.PETITION_NOTICE, days=10, unit="calendar", effective_from=date(2025, 4, 4)
    )
    revise("clock_rules")
    clock.freeze(moment(4, 7, 9))
    later = lives.registered(source=Source.PETITION)
    assert running(petition)[Clock.PETITION_NOTICE] == date(2025, 4, 18)
    assert running(later)[Clock.PETITION_NOTICE] == date(2025, 4, 17)


def test_a_calendar_correction_moves_a_last_day_that_became_a_holiday(petition, county) -> None:
    CalendarDay.objects.create(
        center=county.county, day=date(2025, 4, 18), is_workday=False, name="县庆"
    )
    revise("calendar")
    moved = recalculate_terms()
    assert [one.number for one in moved] == [petition.number]
    assert running(petition)[Clock.PETITION_NOTICE] == date(2025, 4, 21)
    assert recalculate_terms() == []


# ---------- who is told, once


def test_near_and_past_are_told_once_each_however_often_it_is_swept(
    petition, triage, leader
) -> None:
    Notice.objects.update(read_at=clock.now())
    clock.freeze(moment(4, 14, 9))
    sweep_clocks()
    assert told(triage) == []
    clock.freeze(moment(4, 15, 9))  # a fifth of 15 days is left
    for _ in range(2):
        sweep_clocks()
    assert len(told(triage)) == 1
    assert told(leader) == []
    clock.freeze(moment(4, 19, 9))
    for _ in range(2):
        sweep_clocks()
    assert len(told(triage)) == 2
    assert len(told(leader)) == 1


def test_the_supervision_board_lists_what_is_near_or_past(
    petition, county: County, triage, client
) -> None:
    def listed() -> list[int]:
        found = Case.objects.filter(condition("statutory", moments_for(county.county, clock.now())))
        return list(found.values_list("pk", flat=True))

    assert listed() == []
    clock.freeze(moment(4, 16, 9))
    assert listed() == [petition.pk]
    client.force_login(triage)
    page = client.get("/supervision/?view=statutory").content.decode()
    assert "信访书面告知" in page
    assert "剩 2 天" in page


def test_the_page_says_how_the_last_day_came_about(petition, triage, client) -> None:
    client.force_login(triage)
    page = client.get(f"/cases/{petition.number}/").content.decode()
    assert "法定期限" in page
    assert "剩 15 天" in page
    assert "4月3日 起算，当天不算，15 个自然日" in page


def test_a_list_asks_nothing_for_cases_without_a_period(
    lives: Lives, triage, client, django_assert_max_num_queries
) -> None:
    for n in range(3):
        lives.registered(visitors=n + 1)
    client.force_login(triage)
    with django_assert_max_num_queries(60) as asked:
        client.get("/cases/")
    assert not [q for q in asked.captured_queries if "cases_statutoryterm" in q["sql"]]


def test_a_pause_of_the_unit_moves_no_statutory_day(petition, lives, triage, handler) -> None:
    accept_case(case_id=petition.pk, by=triage)
    before = running(petition)
    case = fresh(petition)
    dispatch_case(
        case_id=case.pk,
        by=triage,
        lead=lives.county.human_resources,
        complexity="ordinary",
        risk="low",
    )
    claim_case(case_id=case.pk, by=handler)
    request_pause(
        case_id=case.pk, by=handler, text="等鉴定结果", until=clock.today() + timedelta(days=10)
    )
    asked = Request.objects.get(case=case)
    decide_request(case_id=case.pk, by=triage, request=asked.pk, grant=True)
    assert running(case) == before


def test_the_history_says_how_and_when_and_by_how_much(petition, triage, leader, client) -> None:
    accept_case(case_id=petition.pk, by=triage)
    inform(case_id=petition.pk, by=triage, on=date(2025, 4, 3), how="邮寄", text="已受理")
    extended(petition, leader)
    client.force_login(triage)
    page = client.get(f"/cases/{petition.number}/timeline/").content.decode()
    assert "4月3日 邮寄。已受理" in page
    assert "延长 20 天。要等工程量鉴定结果" in page


def test_a_period_that_runs_keeps_the_longest_extension_of_its_day(
    petition, triage, leader
) -> None:
    accept_case(case_id=petition.pk, by=triage)
    ThresholdRule.objects.create(
        name=Threshold.PETITION_MORE_DAYS, value=10, effective_from=date(2025, 4, 4)
    )
    revise("clock_rules")
    clock.freeze(moment(4, 7, 9))
    extended(petition, leader, days=20)
    assert running(petition)[Clock.PETITION] == date(2025, 6, 23)


def test_nobody_extends_by_more_than_the_rule_by_any_door(petition, triage, leader) -> None:
    accept_case(case_id=petition.pk, by=triage)
    with pytest.raises(Invalid, match="延长 1 到 30 天"):
        extended(petition, leader, days=31)


def test_a_right_nobody_uses_is_no_delay_of_the_centre(petition, county: County) -> None:
    begin(petition, Clock.CONFIRMATION, date(2025, 3, 1), about=1)
    found = Case.objects.filter(condition("statutory", moments_for(county.county, clock.now())))
    assert not found.exists()
