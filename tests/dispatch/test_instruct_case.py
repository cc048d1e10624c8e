"""批示: given by a leader, answered by whom it went to, on the list until a leader has read it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.services.course import withdraw_case
from dispatch.models import Instruction
from dispatch.services.assigning import reassign_case
from dispatch.services.instructing import answer_instruction, instruct_case, note_instruction
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, WrongState

TEXT = "请局长过问，一周内见双方"


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def instruct(case, leader, to: str = "unit") -> Instruction:
    instruct_case(case_id=case.pk, by=leader, to=to, text=TEXT, answer_days=2)
    return case.instructions.latest("pk")


def test_the_unit_and_the_desk_are_told_and_the_stage_stays(
    lives: Lives, leader, handler, triage
) -> None:
    case = lives.claimed()
    given = instruct(case, leader)
    assert (given.unit, given.answer_due_at) == (case.lead.unit, moment(4, 8, 17, 30))
    assert (fresh(case).stage, fresh(case).instructed_at) == (case.stage, clock.now())
    told = f"{case.short_number} 有领导批示，4月8日 17:30前回复"
    assert handler.notices.filter(text=told).exists()
    assert triage.notices.filter(text=told).exists()


def test_only_a_leader_instructs(lives: Lives, triage, handler) -> None:
    case = lives.claimed()
    for user in (triage, handler):
        with refused(case, NotAllowed):
            instruct_case(case_id=case.pk, by=user, to="unit", text=TEXT, answer_days=2)


def test_a_case_that_no_unit_has_is_for_the_centre_to_answer(lives: Lives, leader, triage) -> None:
    case = lives.registered()
    with refused(case, Invalid):
        instruct_case(case_id=case.pk, by=leader, to="unit", text=TEXT, answer_days=2)
    given = instruct(case, leader, to="center")
    answer_instruction(case_id=case.pk, by=triage, instruction=given.pk, text="今天派给人社局")
    assert case.instructions.get().answered_by == triage


def test_it_is_done_when_a_leader_has_read_the_answer(
    lives: Lives, leader, handler, triage
) -> None:
    case = lives.claimed()
    given = instruct(case, leader)
    with refused(case, WrongState, "还没有回复"):
        note_instruction(case_id=case.pk, by=leader, instruction=given.pk)
    with refused(case, NotAllowed):
        answer_instruction(case_id=case.pk, by=triage, instruction=given.pk, text="中心代答")
    answer_instruction(case_id=case.pk, by=handler, instruction=given.pk, text="周三见双方")
    assert leader.notices.filter(text__contains="已回复批示").exists()
    assert fresh(case).instructed_at is not None
    with refused(case, WrongState):
        answer_instruction(case_id=case.pk, by=handler, instruction=given.pk, text="再答一次")
    note_instruction(case_id=case.pk, by=leader, instruction=given.pk)
    assert fresh(case).instructed_at is None
    with refused(case, WrongState):
        note_instruction(case_id=case.pk, by=leader, instruction=given.pk)


def test_one_of_two_being_done_keeps_the_case_on_the_list(lives: Lives, leader, handler) -> None:
    case = lives.claimed()
    first, second = instruct(case, leader), instruct(case, leader)
    answer_instruction(case_id=case.pk, by=handler, instruction=first.pk, text="周三见双方")
    note_instruction(case_id=case.pk, by=leader, instruction=first.pk)
    assert fresh(case).instructed_at == second.at
    with refused(case, WrongState):
        answer_instruction(case_id=case.pk, by=handler, instruction=first.pk, text="再答一次")


def test_the_desk_answers_for_a_unit_that_has_the_case_no_more(
    lives: Lives, leader, triage, county
) -> None:
    case = lives.claimed()
    given = instruct(case, leader)
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="归住建局管")
    answer_instruction(case_id=case.pk, by=triage, instruction=given.pk, text="已改派住建局")
    assert case.instructions.get().answered_by == triage


def test_a_case_that_ends_needs_no_more_answers(lives: Lives, leader, clerk) -> None:
    case = lives.claimed()
    instruct(case, leader)
    withdraw_case(case_id=case.pk, by=clerk, text="来访人说已经自己解决了")
    assert fresh(case).instructed_at is None
    assert case.instructions.get().noted_by is None
    assert leader.notices.filter(text__contains="批示不用再回复").exists()


def test_the_buttons_follow_the_person(
    client: Client, lives: Lives, leader, handler, triage
) -> None:
    case = lives.claimed()
    instruct(case, leader)
    for user, offered in ((leader, "批示"), (handler, "回复批示")):
        client.force_login(user)
        page = client.get(case.get_absolute_url()).content.decode()
        assert TEXT in page
        assert offered in page
    client.force_login(handler)
    form = client.get(reverse("cases:act", args=[case.number, "answer-instruction"]))
    assert TEXT in form.content.decode()
