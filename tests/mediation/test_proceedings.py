"""启动调解, 不愿调解, 终止, 延长: what the law says of a proceeding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.acts import allowed
from cases.models import Case
from cases.services.course import withdraw_case
from cases.vocabulary import Clock, Label, Willing
from dispatch.services.handling import report_result
from mediation.models import Mediation
from mediation.services import proceedings
from orgs.models import User
from tests.county import County
from tests.lives import Lives, fresh
from tests.mediation.people import (
    account,
    applicant,
    body_of,
    mediator_of,
    respondent,
    started,
)
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, WrongState


def running(case: Case) -> Mediation:
    return case.mediations.get(ended_on=None)


def test_a_proceeding_has_the_next_number_of_its_body_and_year(
    lives: Lives, county: County, handler: User
) -> None:
    numbers = [running(started(lives.claimed(), handler)).serial for _ in range(2)]
    assert numbers == [1, 2]


def test_the_body_is_that_of_the_lead_unit(lives: Lives, county: County, triage: User) -> None:
    body = body_of(county, case_word="示劳")
    case = lives.dispatched(lead=body.department)
    Case.objects.filter(pk=case.pk)
    part = case.assignments.get()
    part.claimed_at = clock.now()
    part.save(update_fields=["claimed_at"])
    Case.objects.filter(pk=case.pk).update(claimed_at=clock.now(), stage="handling")
    mediation = running(started(case, triage))
    assert mediation.body == body
    assert mediation.number == f"（{clock.today().year}）示劳人调字第 1 号"


def test_one_party_refusing_forbids_the_start_and_the_other_ways_are_told(
    lives: Lives, handler: User
) -> None:
    case = lives.claimed(willing_to_mediate=Willing.NO)
    with pytest.raises(WrongState, match="不能启动；告知可以走诉讼、仲裁、行政复议"):
        started(case, handler)
    assert not case.mediations.exists()


@pytest.mark.parametrize("willing", [Willing.YES, Willing.UNDECIDED])
def test_who_is_willing_or_still_thinks_may_be_mediated(
    lives: Lives, handler: User, willing: Willing
) -> None:
    assert started(lives.claimed(willing_to_mediate=willing), handler).label == Label.MEDIATING


def test_the_period_begins_with_the_proceeding_and_ends_with_it(
    lives: Lives, handler: User
) -> None:
    case = started(lives.claimed(), handler)
    term = case.statutory_terms.get(clock=Clock.MEDIATION)
    assert term.started_on == clock.today()
    proceedings.stop_mediation(
        case_id=case.pk, by=handler, ending="failed", route="lawsuit", text="差距太大"
    )
    term.refresh_from_db()
    assert (term.met_on, term.met_how) == (clock.today(), "调解不成")


def test_only_one_proceeding_runs_at_a_time(lives: Lives, handler: User) -> None:
    case = started(lives.claimed(), handler)
    with pytest.raises(WrongState, match="正在调解，不用再启动"):
        started(case, handler)


def test_any_party_may_refuse_and_that_ends_it_with_the_way_told(
    lives: Lives, handler: User
) -> None:
    case = started(lives.claimed(), handler)
    proceedings.refuse_mediation(
        case_id=case.pk, by=handler, party=respondent(case), route="arbitration"
    )
    ended = case.mediations.get()
    assert (ended.ending, ended.route) == ("refused", "arbitration")
    assert ended.ended_why == "对方不愿调解"
    after = fresh(case)
    assert (after.label, after.willing_to_mediate) == (Label.HANDLING, Willing.NO)
    with pytest.raises(WrongState):
        started(case, handler)


def test_both_must_agree_to_more_time(lives: Lives, handler: User, client: Client) -> None:
    case = started(lives.claimed(), handler)
    before = case.statutory_terms.get().last_day
    client.force_login(handler)
    url = f"/cases/{case.number}/extend-mediation/"
    answer = client.post(url, {"days": 10, "text": "等账目"})
    assert answer.status_code == 422
    assert "双方都同意才能延长" in answer.content.decode()
    client.post(url, {"days": 10, "text": "等账目", "agreed": "on"})
    term = case.statutory_terms.get()
    assert (term.extended_days, term.last_day >= before + timedelta(days=10)) == (10, True)


def test_rights_are_told_once_and_dated(lives: Lives, handler: User) -> None:
    case = started(lives.claimed(), handler)
    proceedings.tell_rights(case_id=case.pk, by=handler)
    assert running(case).informed_on == clock.today()
    with pytest.raises(WrongState, match="已经告知过"):
        proceedings.tell_rights(case_id=case.pk, by=handler)


def test_a_case_that_ends_otherwise_ends_its_proceeding_and_lets_nobody_stay(
    lives: Lives, county: County, handler: User, triage: User, clerk: User
) -> None:
    user = account(county)
    one = mediator_of(county, user=user)
    case = started(lives.claimed(), handler)
    from mediation.services.choosing import appoint_mediator  # noqa: PLC0415

    appoint_mediator(case_id=case.pk, by=triage, mediator=one.pk)
    assert Case.objects.visible_to(user).filter(pk=case.pk).exists()
    withdraw_case(case_id=case.pk, by=clerk, text="不办了")
    ended = case.mediations.get()
    assert (ended.ending, ended.ended_on) == ("case_ended", clock.today())
    assert not case.admissions.filter(until=None).exists()
    assert not fresh(case).is_mediating


def test_an_approved_result_ends_the_proceeding(lives: Lives, handler: User, triage: User) -> None:
    from dispatch.services.handling import approve_result  # noqa: PLC0415

    case = started(lives.claimed(), handler)
    report_result(
        case_id=case.pk, by=handler, result="resolved", how="当场付清三个月工资", not_found="不肯留"
    )
    assert running(case)
    approve_result(case_id=case.pk, by=triage)
    assert case.mediations.get().ending == "case_ended"


def test_a_later_round_may_be_mediated_again(lives: Lives, handler: User) -> None:
    case = started(lives.claimed(), handler)
    proceedings.stop_mediation(
        case_id=case.pk, by=handler, ending="withdrawn", route="lawsuit", text="申请人撤回"
    )
    started(case, handler)
    assert case.mediations.count() == 2


def test_whoever_has_no_part_in_it_cannot_start_it(
    lives: Lives, handler: User, clerk: User
) -> None:
    with pytest.raises(NotAllowed):
        started(lives.claimed(), clerk)


def test_cases_never_mediated_cost_no_question(
    lives: Lives, handler: User, django_assert_num_queries: Any
) -> None:
    from mediation.proceedings import load_mediations  # noqa: PLC0415

    cases = [fresh(lives.claimed()) for _ in range(3)]
    with django_assert_num_queries(0):
        load_mediations(cases)


def test_many_mediated_cases_cost_one_question(
    lives: Lives, handler: User, django_assert_num_queries: Any
) -> None:
    from mediation.proceedings import load_mediations  # noqa: PLC0415

    cases = [fresh(started(lives.claimed(), handler)) for _ in range(3)]
    with django_assert_num_queries(1):
        load_mediations(cases)


def test_the_history_says_in_words_what_was_done(
    lives: Lives, handler: User, client: Client
) -> None:
    case = started(lives.claimed(), handler)
    proceedings.refuse_mediation(
        case_id=case.pk, by=handler, party=applicant(case), route="lawsuit", text="不想谈了"
    )
    client.force_login(handler)
    page = client.get(f"/cases/{case.number}/timeline/").content.decode()
    assert "来访人不愿调解，告知诉讼" in page
    assert "人调字第 1 号" in page


def test_the_tab_shows_the_proceeding_and_its_light(
    lives: Lives, handler: User, client: Client
) -> None:
    case = started(lives.claimed(), handler)
    client.force_login(handler)
    page = client.get(f"/cases/{case.number}/?tab=mediation").content.decode()
    for words in ("人调字第 1 号", "还没告知", "还没定", "剩 "):
        assert words in page


def test_buttons_offer_what_the_door_lets_through(lives: Lives, handler: User) -> None:
    case = fresh(lives.claimed())
    assert "start-mediation" in {act.verb for act in allowed(handler, case)}
    started(case, handler)
    verbs = {act.verb for act in allowed(handler, fresh(case))}
    assert {"choose-mediator", "refuse-mediation", "end-mediation"} <= verbs
    assert "start-mediation" not in verbs
