from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.timezone import localtime

from cases.models import Case, CaseEvent, Consultation, Visit
from cases.services.registration import PartyInput, record_consultation, register_case
from cases.vocabulary import PartyRole, Source, Special, Stage
from orgs.models import Counter, Notice, User
from tests.county import County
from tests.lib.days import DISPATCHED
from tests.lives import ID_NUMBER, Lives, fresh
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState

CHILD = "990101201501010015"  # invented; ten years old in 2025


def test_a_window_takes_the_matter_in_whole(lives: Lives, clerk: User) -> None:
    case = lives.registered()
    assert (case.stage, case.staff_label) == (Stage.TRIAGE, "待分流")
    assert case.first_receiver == clerk
    assert case.accepted_at == case.registered_at


@pytest.mark.parametrize("source", [s for s in Source if s != Source.WINDOW])
def test_what_comes_by_another_channel_waits_to_be_accepted(lives: Lives, source: Source) -> None:
    case = lives.registered(source=source)
    assert (case.stage, case.staff_label, case.accepted_at) == (Stage.ACCEPTANCE, "待受理", None)
    assert case.first_receiver is None


def test_another_system_does_not_stand_at_a_window(lives: Lives, channel: User) -> None:
    assert lives.registered(by=channel, source=Source.WINDOW).stage == Stage.ACCEPTANCE


def test_the_number_says_county_day_and_serial(lives: Lives) -> None:
    clock.freeze(DISPATCHED)
    lives.registered()
    case = lives.registered()
    assert (case.number, case.short_number) == ("9901012504030002", "0403-002")


def test_a_new_day_starts_a_new_series(lives: Lives) -> None:
    clock.freeze(DISPATCHED)
    lives.registered()
    clock.freeze(DISPATCHED.replace(day=8))
    assert lives.registered().short_number == "0408-001"


def test_all_centres_of_a_county_share_one_series(lives: Lives, town_officer: User) -> None:
    numbers = [lives.registered().number, lives.registered(by=town_officer).number]
    assert [number[-4:] for number in numbers] == ["0001", "0002"]


def test_when_the_numbers_of_a_day_are_used_up_nothing_is_half_registered(
    lives: Lives, county: County
) -> None:
    clock.freeze(DISPATCHED)
    series = f"case {county.county.region.code[:6]} 250403"
    Counter.objects.create(series=series, last=9998)
    assert lives.registered().number.endswith("9999")
    with pytest.raises(WrongState) as refused, transaction.atomic():
        lives.registered()
    assert refused.value.message == "今天的编号用到 9999 了，明天再登记"
    assert Case.objects.count() == Visit.objects.count() == 1


def test_the_token_says_nothing_about_the_case(lives: Lives) -> None:
    case = lives.registered()
    assert len(case.token) == 22
    assert case.short_number not in case.token


def test_one_visit_is_counted_with_its_people(lives: Lives) -> None:
    case = lives.registered(visitors=3)
    assert [visit.visitors for visit in case.visits.all()] == [3]
    assert (case.visits_count, case.visitors_count) == (1, 3)


def test_the_title_masks_people_and_names_organizations(lives: Lives) -> None:
    assert lives.registered().title == "张**与鑫源劳务公司 拖欠农民工工资"


def test_identity_number_and_phone_are_found_by_key_and_not_stored_in_the_open(
    lives: Lives,
) -> None:
    applicant = lives.registered().parties.get(role=PartyRole.APPLICANT)
    stored = type(applicant).objects.filter(pk=applicant.pk).values("id_number_key", "phone_key")
    assert applicant.id_number == ID_NUMBER
    assert ID_NUMBER not in str(stored)
    assert applicant.id_number_key != ""


def test_five_visitors_are_a_group(lives: Lives) -> None:
    assert lives.registered(visitors=5).special == [Special.GROUP]


def test_a_childs_number_makes_the_matter_one_of_a_minor(lives: Lives) -> None:
    clock.freeze(DISPATCHED)
    child = PartyInput(PartyRole.APPLICANT, "张小三", id_number=CHILD)
    assert lives.registered(parties=[child]).special == [Special.MINOR]


def test_special_situations_are_answered_not_skipped(lives: Lives, clerk: User) -> None:
    with pytest.raises(Invalid, match="还没选“特别情况”，没有就选 0"):
        register_case(lives.registration(special=[]), by=clerk)


def test_none_and_something_do_not_go_together(lives: Lives, clerk: User) -> None:
    both = lives.registration(special=[Special.NONE, Special.THREAT])
    with pytest.raises(Invalid, match="都没有"):
        register_case(both, by=clerk)


def test_somebody_must_have_come(lives: Lives, clerk: User) -> None:
    nobody = lives.registration(parties=[PartyInput(PartyRole.RESPONDENT, "鑫源劳务公司")])
    with pytest.raises(Invalid, match="还没填来访人"):
        register_case(nobody, by=clerk)


def test_registering_is_written_down_without_the_citizens_words(lives: Lives, clerk: User) -> None:
    event = lives.registered().events.get()
    assert (event.verb, event.by, event.from_stage) == ("register", clerk, "")
    assert "木工" not in str(event.data)


def test_the_triage_desk_is_told(lives: Lives, triage: User, second_triage: User) -> None:
    case = lives.registered()
    for officer in (triage, second_triage):
        assert officer.notices.get().text == f"新登记 {case.short_number}，待分流"


def test_the_same_submission_gives_the_same_case(lives: Lives, clerk: User) -> None:
    sent = lives.registration(submission_id=uuid4())
    first, new = register_case(sent, by=clerk)
    again, renewed = register_case(sent, by=clerk)
    assert (new, renewed, again) == (True, False, first)
    assert CaseEvent.objects.count() == 1


def test_somebody_elses_submission_is_not_theirs_to_read(
    lives: Lives, clerk: User, triage: User
) -> None:
    sent = lives.registration(submission_id=uuid4())
    register_case(sent, by=clerk)
    with pytest.raises(NotFound):
        register_case(sent, by=triage)


@pytest.mark.parametrize("who", ["handler", "leader", "sysadmin", "auditor"])
def test_without_the_right_nobody_registers(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    with pytest.raises(NotAllowed, match="这个账号不能登记事项，由窗口登记员登记"):
        register_case(lives.registration(), by=user)
    assert not Case.objects.exists()


def test_a_refused_registration_leaves_nothing_not_even_a_number(lives: Lives, clerk: User) -> None:
    with pytest.raises(Invalid):
        register_case(lives.registration(special=[]), by=clerk)
    assert not any(model.objects.exists() for model in (Case, Visit, Notice))
    assert lives.registered().number.endswith("0001")


def test_a_case_belongs_to_the_centre_of_whoever_took_it_in(
    lives: Lives, county: County, town_officer: User
) -> None:
    assert lives.registered(by=town_officer).center == county.town


def test_registered_at_is_the_moment_it_was_taken_in(lives: Lives) -> None:
    clock.freeze(DISPATCHED)
    assert localtime(fresh(lives.registered()).registered_at) == DISPATCHED


def test_a_consultation_is_a_visit_and_no_case(county: County, clerk: User) -> None:
    record_consultation(by=clerk, category="law", text="问怎么申请劳动仲裁", visitors=2)
    assert Consultation.objects.get().visitors == 2
    assert not Case.objects.exists()


def test_a_consultation_needs_the_right_to_register(county: County, handler: User) -> None:
    with pytest.raises(NotAllowed):
        record_consultation(by=handler, category="law", text="问怎么申请劳动仲裁")
