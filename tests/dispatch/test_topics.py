"""What a notice is about, so that whoever wants to hear of it elsewhere does."""

from __future__ import annotations

import pytest

from dispatch.services.instructing import instruct_case
from dispatch.services.reminding import remind_unit
from dispatch.services.talking import propose_talk
from orgs.models import Notice, User
from orgs.models.notices import Topic
from tests.lib.days import DISPATCHED
from tests.lives import Lives, later
from zongzhi.lib import clock


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def topics(user: User) -> set[str]:
    return set(Notice.objects.filter(user=user).values_list("topic", flat=True))


def test_a_reminder_by_hand_is_about_what_is_near_or_overdue(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.claimed()
    given = {"unit": lives.county.human_resources, "center": lives.county.county}
    Notice.objects.all().delete()
    remind_unit(**given, case_ids=[case.pk], by=triage)
    assert topics(handler) == {Topic.NEAR}
    Notice.objects.all().delete()
    later(case.handling_due_at)
    remind_unit(**given, case_ids=[case.pk], by=triage)
    assert topics(handler) == {Topic.OVERDUE}


def test_an_instruction_supervises_whom_it_goes_to(
    lives: Lives, leader: User, triage: User, handler: User
) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    instruct_case(case_id=case.pk, by=leader, to="unit", text="抓紧办结，报结果", answer_days=3)
    assert (topics(handler), topics(triage)) == ({Topic.SUPERVISED}, {Topic.GENERAL})
    Notice.objects.all().delete()
    instruct_case(case_id=case.pk, by=leader, to="center", text="中心盯住", answer_days=3)
    assert (topics(handler), topics(triage)) == (set(), {Topic.SUPERVISED})


def test_a_talk_supervises_the_unit_and_not_the_leader_who_decides(
    lives: Lives, leader: User, triage: User, handler: User
) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    propose_talk(
        unit=lives.county.human_resources,
        center=lives.county.county,
        cases=[case],
        reason="三次提醒没有动静",
        by=triage,
    )
    assert topics(handler) == {Topic.SUPERVISED}
    assert topics(leader) == {Topic.GENERAL}
