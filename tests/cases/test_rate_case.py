from __future__ import annotations

import pytest
from django.test import Client

from cases.models import Case, Rating
from cases.services.closing import follow_up_case, rate_case, reopen_case
from cases.services.course import withdraw_case
from cases.timeline import events_of
from cases.vocabulary import (
    Channel,
    Closure,
    Grievance,
    RatedBy,
    Result,
    Satisfaction,
    Settled,
    Stage,
)
from orgs.models import User
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotFound, WrongState


def rate(
    case: Case,
    settled: Settled = Settled.RESOLVED,
    satisfaction: Satisfaction = Satisfaction.SATISFIED,
    **more,
) -> Rating:
    return rate_case(token=case.token, settled=settled, satisfaction=satisfaction, **more)


def complain(case: Case) -> Rating:
    return rate(case, Settled.UNRESOLVED, Satisfaction.VERY_UNSATISFIED, text="没人来过")


def close(case: Case, by: User) -> None:
    """Follow up a complaint: the citizen is content to leave it."""
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.BASICALLY}
    follow_up_case(case_id=case.pk, by=by, **how)


def test_a_satisfied_word_closes_the_case(lives: Lives) -> None:
    case = lives.approved()
    rate(case)
    again = fresh(case)
    assert (again.stage, again.closure) == (Stage.CLOSED, Closure.SUBSTANTIVE)
    assert again.satisfaction == Satisfaction.SATISFIED


def test_the_word_counts_as_the_follow_up(lives: Lives) -> None:
    case = lives.approved()
    rate(case)
    call = case.follow_ups.get()
    assert (call.by, call.channel, call.reached) == (None, Channel.ONLINE, True)


def test_partly_settled_is_not_substantive(lives: Lives) -> None:
    case = lives.approved()
    rate(case, Settled.PARTLY)
    assert fresh(case).closure == Closure.STAGED


def test_a_word_is_worth_no_more_than_the_result(lives: Lives) -> None:
    case = lives.approved(result=Result.UNRESOLVED)
    rate(case)
    assert fresh(case).closure == Closure.PROCEDURAL


@pytest.mark.parametrize(
    "word",
    [
        {"settled": Settled.UNRESOLVED},
        {"satisfaction": Satisfaction.UNSATISFIED},
        {"wants_redo": True},
    ],
)
def test_a_complaint_asks_for_a_call_and_closes_nothing(lives: Lives, word) -> None:
    case = lives.approved()
    rate(case, **word)
    again = fresh(case)
    assert (again.stage, again.due_clock) == (Stage.FOLLOW_UP, "call_back")


def test_whoever_follows_up_hears_of_the_complaint(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    complain(case)
    text = f"{case.short_number} 来访人评了不满意，1 个工作日内回访"
    assert clerk.notices.first().text == text


def test_one_word_in_a_round(lives: Lives) -> None:
    clock.freeze(DISPATCHED)
    case = lives.approved()
    complain(case)
    with refused(case, AlreadyDone, "您已经在 4 月 3 日评过了，谢谢"):
        rate(case)


def test_a_satisfied_citizen_has_said_it_once(lives: Lives) -> None:
    case = lives.approved()
    rate(case)
    with refused(case, AlreadyDone, "评过了，谢谢"):
        rate(case)


def test_one_more_word_once_a_complaint_has_been_put_right(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    complain(case)
    close(case, clerk)
    assert rate(case).is_addition
    with refused(case, AlreadyDone):
        rate(case)


def test_a_word_after_the_call_changes_no_state(lives: Lives) -> None:
    case = lives.closed()
    rating = rate(case)
    assert not rating.is_addition
    assert fresh(case).events.latest("seq").to_stage == Stage.CLOSED


def test_a_second_round_has_a_word_of_its_own(lives: Lives, clerk: User) -> None:
    case = lives.approved()
    complain(case)
    how = {"channel": Channel.PHONE, "satisfaction": Satisfaction.UNSATISFIED, "redo": True}
    follow_up_case(case_id=case.pk, by=clerk, **how)
    with refused(case, WrongState, "现在还没有结果，有结果以后再来评价"):
        rate(case)


@pytest.mark.parametrize("point", ["registered", "dispatched", "claimed", "reported"])
def test_before_there_is_a_result_there_is_nothing_to_rate(lives: Lives, point: str) -> None:
    case = getattr(lives, point)()
    with refused(case, WrongState, "现在还没有结果，有结果以后再来评价"):
        rate(case)


def test_what_ended_without_a_result_is_not_rated(lives: Lives, clerk: User) -> None:
    case = withdraw_case(case_id=lives.registered().pk, by=clerk, text="自己和解了")
    with refused(case, WrongState, "现在还没有结果"):
        rate(case)


def test_a_token_nobody_has_finds_nothing(lives: Lives) -> None:
    case = lives.approved()
    with refused(case, NotFound, "没找到这件事。核对回执上的二维码，或打电话问"):
        rate_case(token="x" * 22, settled=Settled.RESOLVED, satisfaction=Satisfaction.SATISFIED)


def test_why_somebody_is_dissatisfied_is_kept(lives: Lives) -> None:
    case = lives.approved()
    why = [Grievance.SLOW, Grievance.NO_CONTACT]
    rating = rate(case, Settled.UNRESOLVED, Satisfaction.UNSATISFIED, reasons=why)
    assert Rating.objects.get(pk=rating.pk).reasons_said == "拖得久、没人联系"


@pytest.mark.parametrize("way", [RatedBy.SCAN, RatedBy.TABLET])
def test_how_the_word_was_given_goes_with_it(lives: Lives, way: RatedBy) -> None:
    case = lives.approved()
    assert rate(case, rated_by=way).rated_by == way
    assert fresh(case).rated_by == way


def test_what_staff_record_after_a_call_is_no_word_of_the_citizens_own(lives: Lives) -> None:
    assert lives.closed().rated_by == RatedBy.STAFF


def test_a_new_start_forgets_how_it_was_rated(lives: Lives, leader: User) -> None:
    case = reopen_case(case_id=lives.closed().pk, by=leader, text="又没给钱")
    assert fresh(case).rated_by == ""


def test_the_unit_learns_of_a_complaint_only_from_the_call_back(
    lives: Lives, clerk: User, handler: User
) -> None:
    case = lives.approved()
    complain(case)

    def read(reader: User) -> list[str]:
        return [event.verb for event in events_of(fresh(case), reader=reader)]

    assert "rate" in read(clerk)
    assert "rate" not in read(handler)
    close(case, clerk)
    assert "rate" in read(handler)


def test_a_list_does_not_tell_the_unit_of_a_complaint_before_the_call_back(
    client: Client, lives: Lives, clerk: User, handler: User
) -> None:
    case = lives.approved()
    complain(case)

    def listed(reader: User) -> bool:
        client.force_login(reader)
        return case.short_number in client.get("/cases/", {"unhappy": "1"}).content.decode()

    assert listed(clerk)
    assert not listed(handler)


def test_a_unit_reads_the_word_that_closed_its_case(lives: Lives, handler: User) -> None:
    case = lives.approved()
    rate(case)
    assert events_of(fresh(case), reader=handler)[0].verb == "rate"


def test_the_citizens_words_are_kept_apart_from_the_event(lives: Lives) -> None:
    case = lives.approved()
    complain(case)
    event = case.events.get(verb="rate")
    assert (event.by, event.words.text) == (None, "没人来过")
    assert "没人来过" not in str(event.data)
