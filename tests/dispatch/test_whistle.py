"""吹哨报到: call, answer, come, rate; nobody answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.acts import allowed
from cases.door import changing
from cases.models import Case
from cases.services.course import withdraw_case
from cases.vocabulary import Special
from dispatch.contacts import duty_contacts, head_contacts
from dispatch.models import Whistle
from dispatch.services.handling import approve_result, assign_handler
from dispatch.services.moving import move_up
from dispatch.services.whistling import (
    answer_whistle,
    arrive,
    cancel_whistle,
    raise_whistle,
    rate_whistle,
    whistle_for,
)
from dispatch.tasks import sweep_clocks
from orgs.models import Department, Notice, User
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.dispatch.together import costs_the_same
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from tests.rosters import AM, put, seat, window
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def police_head(county: County) -> User:
    return person("gongan_head", "严正", county.county, RoleCode.HEAD, department=county.police)


def blow(case: Case, by: User, county: County, **changed: Any) -> Case:
    given = {
        "unit": county.police,
        "when": "now",
        "place": "3号窗口",
        "text": "来看伤情，先稳住双方",
    }
    return whistle_for(case_id=case.pk, by=by, **{**given, **changed})


# Calling


def test_the_unit_hears_where_to_come_and_until_when_to_answer(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    words = f"{case.short_number} 请马上来 3号窗口，4月3日 11:14前回话"
    assert outsider.notices.get().text == words


def test_calling_moves_nothing_and_is_written_into_the_history(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.registered()
    label = case.label
    blow(case, triage, county)
    event = case.events.get(verb="whistle")
    assert (event.unit, fresh(case).label) == (county.police, label)


def test_now_counts_real_minutes_even_after_hours(
    lives: Lives, county: County, triage: User
) -> None:
    clock.freeze(moment(4, 3, 22, 0))
    case = blow(lives.registered(), triage, county)
    assert case.whistles.get().answer_due_at == moment(4, 3, 22, 30)


def test_today_counts_working_minutes(lives: Lives, county: County, triage: User) -> None:
    clock.freeze(moment(4, 3, 11, 50))
    case = blow(lives.registered(), triage, county, when="today")
    assert case.whistles.get().answer_due_at == moment(4, 3, 14, 20)


def test_an_appointment_is_answered_before_it_takes_place(
    lives: Lives, county: County, triage: User
) -> None:
    case = blow(lives.registered(), triage, county, when="appointed", meet_at=moment(4, 3, 15, 0))
    assert case.whistles.get().answer_due_at == moment(4, 3, 15, 0)


def test_an_appointment_lies_ahead(lives: Lives, county: County, triage: User) -> None:
    case = lives.registered()
    with refused(case, Invalid, "约的时间要晚于现在"):
        blow(case, triage, county, when="appointed", meet_at=moment(4, 2, 9, 0))


def test_a_town_calls_a_unit_of_the_county(
    lives: Lives, county: County, town_officer: User, outsider: User
) -> None:
    case = blow(lives.registered(by=town_officer), town_officer, county)
    assert case.whistles.get().center == county.town
    assert outsider.notices.exists()


def test_a_county_does_not_call_a_unit_of_a_village(
    lives: Lives, county: County, triage: User
) -> None:
    case = lives.registered()
    with refused(case, Invalid, "只能叫示范县综治中心或示范市综治中心的单位"):
        blow(case, triage, county, unit=county.village_unit)


def test_one_open_whistle_for_a_case_and_a_unit(
    lives: Lives, county: County, triage: User, second_triage: User
) -> None:
    case = blow(lives.registered(), triage, county)
    with refused(case, AlreadyDone, "已经吹哨叫了公安局"):
        blow(case, second_triage, county)


def test_the_database_too_knows_only_one_open_whistle(
    lives: Lives, county: County, triage: User
) -> None:
    row = blow(lives.registered(), triage, county).whistles.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_whoever_refused_may_be_called_again(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    answer_whistle(case_id=case.pk, by=outsider, answer="no", text="都在现场处警")
    blow(case, triage, county)
    assert case.whistles.count() == 2


def test_a_clerk_does_not_whistle(lives: Lives, county: County, clerk: User) -> None:
    case = lives.registered()
    with refused(case, NotAllowed):
        blow(case, clerk, county)


def test_a_case_one_cannot_see_is_not_there(
    lives: Lives, county: County, town_officer: User
) -> None:
    case = lives.registered()
    with refused(case, NotFound):
        blow(case, town_officer, county)


# Answering


def test_the_unit_answers_without_seeing_the_case(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    Notice.objects.all().delete()
    answer_whistle(case_id=case.pk, by=outsider, answer="coming")
    row = case.whistles.get()
    assert (row.answer, row.answered_by) == ("coming", outsider)
    assert triage.notices.get().text == f"{case.short_number} 公安局应哨：马上到"
    assert not Case.objects.visible_to(outsider).filter(pk=case.pk).exists()


def test_another_time_is_proposed(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    later = moment(4, 3, 15, 30)
    answer_whistle(case_id=case.pk, by=outsider, answer="later", meet_at=later)
    assert case.whistles.get().meet_at == later


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"answer": "later"}, "改约要写晚于现在的时间"),
        ({"answer": "no"}, "来不了要写原因"),
    ],
)
def test_an_answer_says_what_one_must_know(
    lives: Lives, county: County, triage: User, outsider: User, given: Any, words: str
) -> None:
    case = blow(lives.registered(), triage, county)
    with refused(case, Invalid, words):
        answer_whistle(case_id=case.pk, by=outsider, **given)


def test_another_unit_finds_no_such_case(
    lives: Lives, county: County, triage: User, other_handler: User
) -> None:
    case = blow(lives.registered(), triage, county)
    with refused(case, NotFound):
        answer_whistle(case_id=case.pk, by=other_handler, answer="coming")


def test_who_sees_the_case_does_not_answer_for_the_unit(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = blow(lives.claimed(), triage, county)
    with refused(case, NotAllowed):
        answer_whistle(case_id=case.pk, by=handler, answer="coming")


def test_an_answer_is_given_once(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    answer_whistle(case_id=case.pk, by=outsider, answer="coming")
    with refused(case, WrongState):
        answer_whistle(case_id=case.pk, by=outsider, answer="coming")


# Coming, rating, calling off


def test_who_comes_has_answered(lives: Lives, county: County, triage: User) -> None:
    case = arrive(case_id=blow(lives.registered(), triage, county).pk, by=triage)
    row = case.whistles.get()
    assert (row.answer, row.arrived_at) == ("coming", clock.now())


def test_the_unit_says_itself_that_it_has_come(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = arrive(case_id=blow(lives.registered(), triage, county).pk, by=outsider)
    assert case.whistles.get().arrived_by == outsider


def test_the_unit_is_rated_for_speed_and_work(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = arrive(case_id=blow(lives.registered(), triage, county).pk, by=triage)
    rate_whistle(case_id=case.pk, by=triage, speed="fast", quality="good", text="十分钟到")
    row = case.whistles.get()
    assert (row.speed, row.quality, row.rated_by) == ("fast", "good", triage)


def test_nobody_is_rated_before_coming(lives: Lives, county: County, triage: User) -> None:
    case = blow(lives.registered(), triage, county)
    with refused(case, WrongState, "没有要评的哨"):
        rate_whistle(case_id=case.pk, by=triage, speed="fast", quality="good")


def test_a_unit_does_not_rate_itself(
    lives: Lives, county: County, triage: User, handler: User
) -> None:
    case = blow(lives.claimed(), triage, county, unit=county.human_resources)
    arrive(case_id=case.pk, by=handler)
    with refused(case, NotAllowed):
        rate_whistle(case_id=case.pk, by=handler, speed="fast", quality="good")


def test_calling_off_tells_the_unit(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    cancel_whistle(case_id=case.pk, by=triage, text="来访人走了")
    assert outsider.notices.latest("pk").text == f"{case.short_number} 吹哨已撤，不用来了"


def test_naming_a_handler_calls_nobody_off(
    lives: Lives, county: County, triage: User, head: User, handler: User
) -> None:
    case = blow(lives.claimed(), triage, county)
    assign_handler(case_id=case.pk, by=head, handler=handler)
    assert case.whistles.get().is_open


def test_a_case_that_moves_up_calls_everybody_off(
    lives: Lives, county: County, triage: User
) -> None:
    case = blow(lives.claimed(), triage, county)
    with changing(case.pk, "escalate", by=triage) as change:
        move_up(change)
    assert case.whistles.get().cancelled_at is not None


def test_a_whistle_of_a_closed_case_waits_for_no_rating(
    lives: Lives, county: County, triage: User, clerk: User
) -> None:
    case = arrive(case_id=blow(lives.registered(), triage, county).pk, by=triage)
    assert Whistle.objects.to_rate().exists()
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    assert not Whistle.objects.to_rate().exists()


def test_a_case_that_ends_calls_everybody_off(
    lives: Lives, county: County, triage: User, clerk: User
) -> None:
    case = blow(lives.registered(), triage, county)
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    assert case.whistles.get().cancelled_at is not None


def test_a_result_that_is_approved_calls_everybody_off(
    lives: Lives, county: County, triage: User
) -> None:
    case = blow(lives.reported(), triage, county)
    approve_result(case_id=case.pk, by=triage)
    assert case.whistles.get().cancelled_at is not None


def test_the_buttons_are_those_the_door_would_open(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = fresh(blow(lives.registered(), triage, county))
    verbs = {act.verb for act in allowed(triage, case)}
    assert {"whistle", "arrive", "cancel-whistle"} <= verbs
    assert "rate-whistle" not in verbs
    assert "answer-whistle" in {act.verb for act in allowed(outsider, case)}


# Nobody answers


def test_unanswered_the_head_and_the_desk_hear_it_once(
    lives: Lives, county: County, triage: User, police_head: User
) -> None:
    case = blow(lives.registered(), triage, county)
    Notice.objects.all().delete()
    clock.freeze(DISPATCHED + timedelta(minutes=31))
    sweep_clocks()
    sweep_clocks()
    assert police_head.notices.get().text == f"{case.short_number} 吹哨没人应，请马上来 3号窗口"
    assert (
        triage.notices.get().text
        == f"{case.short_number} 公安局没应哨，打负责人电话：严正 0990-2120002"
    )


@pytest.mark.parametrize("minutes", [29, 30])
def test_in_time_nobody_is_raised(lives: Lives, county: County, triage: User, minutes: int) -> None:
    case = blow(lives.registered(), triage, county)
    clock.freeze(DISPATCHED + timedelta(minutes=minutes))
    sweep_clocks()
    assert case.whistles.get().raised_at is None


def test_an_answer_that_comes_before_the_sweep_wins(
    lives: Lives, county: County, triage: User, outsider: User
) -> None:
    case = blow(lives.registered(), triage, county)
    row = case.whistles.get()
    clock.freeze(DISPATCHED + timedelta(minutes=31))
    answer_whistle(case_id=case.pk, by=outsider, answer="coming")
    assert raise_whistle(whistle_id=row.pk) is False


# The pages


@pytest.fixture
def page(client: Client) -> Any:
    """page(user, url): the text of the page."""

    def get(user: User, url: str) -> str:
        client.force_login(user)
        answer = client.get(url)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return get


def test_the_card_says_what_is_needed_to_come_and_nothing_of_the_people(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    case = blow(lives.registered(), triage, county)
    text = page(outsider, case.whistles.get().get_absolute_url())
    for said in ("3号窗口", "示范县综治中心", "0990-2120000", "周敏", "拖欠农民工工资", "来看伤情"):
        assert said in text
    for hidden in ("张三丰", "鑫源", case.narrative, case.get_absolute_url()):
        assert hidden not in text


def test_of_a_silent_case_the_card_does_not_name_the_type(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    case = blow(lives.registered(special=[Special.VIOLENCE]), triage, county)
    text = page(outsider, case.whistles.get().get_absolute_url())
    assert case.type.name not in text
    assert "不便写明，到了再说" in text


def test_a_unit_that_was_not_called_finds_no_card(
    lives: Lives, county: County, triage: User, other_handler: User, client: Client
) -> None:
    case = blow(lives.registered(), triage, county)
    client.force_login(other_handler)
    assert client.get(case.whistles.get().get_absolute_url()).status_code == 404


def test_the_workbench_of_the_unit_says_it_across_the_page(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    case = blow(lives.registered(), triage, county)
    text = page(outsider, "/")
    assert f"{case.short_number} 请马上来 3号窗口" in text
    assert "马上到" in text


def test_one_press_answers(
    lives: Lives, county: County, triage: User, outsider: User, client: Client
) -> None:
    row = blow(lives.registered(), triage, county).whistles.get()
    client.force_login(outsider)
    answer = client.post(f"{row.get_absolute_url()}answer/", {"answer": "coming"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.answered_by == outsider


def test_a_wrong_answer_keeps_what_was_typed(
    lives: Lives, county: County, triage: User, outsider: User, client: Client
) -> None:
    row = blow(lives.registered(), triage, county).whistles.get()
    client.force_login(outsider)
    given = {"answer": "later", "text": "下午三点行不行"}
    answer = client.post(f"{row.get_absolute_url()}answer/", given)
    assert answer.status_code == 422
    assert "下午三点行不行" in answer.content.decode()


def test_the_number_is_the_length_of_its_list(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    for _ in range(2):
        blow(lives.registered(), triage, county)
    answered = blow(lives.registered(), triage, county)
    answer_whistle(case_id=answered.pk, by=outsider, answer="coming")
    assert "吹哨未应 <b>2</b>" in page(triage, "/")
    assert page(triage, "/dispatch/whistles/?view=unanswered").count("请马上来") == 2


def test_late_the_list_shows_whom_to_call_next(
    lives: Lives, county: County, triage: User, police_head: User, page: Any
) -> None:
    blow(lives.registered(), triage, county)
    clock.freeze(DISPATCHED + timedelta(minutes=31))
    text = page(triage, "/dispatch/whistles/")
    assert "没人应" in text
    assert "打负责人电话：严正 0990-2120002" in text


# Whom to call: the roster says


def form_says(page: Any, triage: User, lives: Lives) -> str:
    text = page(triage, f"/cases/{lives.registered().number}/whistle/")
    assert Whistle.objects.count() == 0
    return str(text)


def test_the_form_names_who_is_on_duty_now_not_the_oldest_of_the_staff(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    second = person("gongan2", "马超", county.county, RoleCode.HANDLER, department=county.police)
    seat(county.police, county.county)
    put(county.police, second, clock.today(), AM, by=triage, at=window(county.county))
    text = form_says(page, triage, lives)
    assert "公安局（轮驻）　在岗 马超 0990-2120002 5号窗口" in text
    assert outsider.name not in text


def test_the_form_says_who_is_away_and_whom_to_ring(
    lives: Lives, county: County, triage: User, outsider: User, page: Any
) -> None:
    seat(county.police, county.county, contact_name="孙立", contact_phone="13800000000")
    put(county.police, outsider, date(2025, 4, 7), by=triage)
    text = form_says(page, triage, lives)
    assert "公安局（轮驻）　今天不在岗，下次 下周一；值班联系人 孙立 13800000000" in text


def test_a_unit_on_call_is_rung_up_and_one_without_a_place_by_its_own_number(
    lives: Lives, county: County, triage: User, police_head: User, page: Any
) -> None:
    seat(county.police, county.county, "on_call", contact=police_head)
    text = form_says(page, triage, lives)
    assert "公安局（随驻）　电话 严正 0990-2120002" in text
    assert "住建局　本单位 0990-2120001" in text


def test_a_town_reads_the_roster_of_the_county_for_a_unit_of_the_county(
    lives: Lives, county: County, town_officer: User, triage: User, outsider: User, page: Any
) -> None:
    seat(county.police, county.county)
    put(county.police, outsider, clock.today(), AM, by=triage)
    blow(lives.registered(by=town_officer), town_officer, county)
    assert "在岗 吴刚 0990-2120002" in page(town_officer, "/dispatch/whistles/")


def test_list_and_card_follow_the_roster_and_then_name_the_head(
    lives: Lives, county: County, triage: User, outsider: User, police_head: User, page: Any
) -> None:
    seat(county.police, county.county)
    put(county.police, outsider, clock.today(), AM, by=triage)
    case = blow(lives.registered(), triage, county)
    pages = ("/dispatch/whistles/", case.whistles.get().get_absolute_url(), case.get_absolute_url())
    for address in pages:
        assert "在岗 吴刚 0990-2120002" in page(triage, address)
    clock.freeze(DISPATCHED + timedelta(minutes=31))
    for address in pages:
        assert "打负责人电话：严正 0990-2120002" in page(triage, address)


def test_without_a_head_the_desk_is_told_to_ring_who_is_on_duty(
    lives: Lives, county: County, triage: User
) -> None:
    seat(county.police, county.county, contact_name="孙立", contact_phone="13800000000")
    case = blow(lives.registered(), triage, county)
    Notice.objects.all().delete()
    clock.freeze(DISPATCHED + timedelta(minutes=31))
    sweep_clocks()
    said = f"{case.short_number} 公安局没应哨，打电话：孙立 13800000000"
    assert triage.notices.get().text == said


def test_a_centre_that_does_not_answer_has_its_leader_for_a_head(
    lives: Lives, county: County, town_officer: User
) -> None:
    leader = person("town_leader", "高远", county.town, RoleCode.LEADER)
    assert head_contacts([county.town_unit])[county.town_unit.pk].name == leader.name


def test_more_whistles_cost_no_more_queries(
    lives: Lives, county: County, triage: User, outsider: User, client: Client
) -> None:
    seat(county.police, county.county)
    put(county.police, outsider, clock.today(), AM, by=triage)

    def more() -> None:
        blow(lives.registered(), triage, county)

    costs_the_same(client, triage, "/dispatch/whistles/", more)
    costs_the_same(client, outsider, "/", more)


def test_more_units_cost_the_roster_no_more_queries(
    county: County, django_assert_num_queries: Any
) -> None:
    calls = [(county.county, unit) for unit in Department.objects.filter(center=county.county)]
    for _, unit in calls:
        seat(unit, county.county, "resident")
    duty_contacts(calls, clock.now())  # the calendar is kept from there on
    with CaptureQueriesContext(connection) as few:
        duty_contacts(calls[:1], clock.now())
    with django_assert_num_queries(len(few)):
        duty_contacts(calls, clock.now())
