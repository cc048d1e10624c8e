"""督办牌: a unit's, for its own lateness, once each, and never again when taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.vocabulary import Label
from dispatch.models import Mark
from dispatch.services import asking
from dispatch.services.assigning import reassign_case
from dispatch.services.handling import claim_case
from dispatch.services.marking import revoke_mark
from dispatch.services.supervising import answer_supervision, lift_supervision
from dispatch.tasks import sweep_clocks
from tests.lib.days import DISPATCHED
from tests.lives import Lives, fresh, later
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed, NotFound, WrongState


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def marks(case) -> list[tuple[str, str]]:
    return list(case.marks.values_list("color", "unit__code"))


def test_a_unit_that_is_late_gets_a_yellow_mark_with_its_sheet(lives: Lives) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    sweep_clocks()
    mark = case.marks.get()
    assert (mark.color, mark.due_at, mark.days) == ("yellow", case.handling_due_at, 5)
    assert mark.reason == "办理时限 4月15日 17:30 已过"
    assert case.events.get(verb="supervise").data["mark"] == mark.pk


def test_a_unit_that_goes_on_being_late_gets_a_red_one_once(lives: Lives, handler) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    red_from = case.marks.get().red_from
    clock.freeze(red_from)
    sweep_clocks()
    assert marks(case) == [("yellow", "RS")]
    later(red_from)
    sweep_clocks()
    sweep_clocks()
    assert marks(case) == [("yellow", "RS"), ("red", "RS")]
    assert case.events.get(verb="mark").by is None
    assert handler.notices.filter(text__contains="记红牌").count() == 1


def test_a_sheet_that_is_not_answered_makes_it_red(lives: Lives) -> None:
    case = lives.supervised()
    later(case.supervisions.get().answer_due_at)
    sweep_clocks()
    sweep_clocks()
    mark = case.marks.get()
    assert (mark.color, mark.reason) == ("red", "督办单 4月8日 17:30 前没有答复")


def test_the_centres_own_delay_marks_nobody(lives: Lives) -> None:
    case = lives.reported()
    later(fresh(case).due_at)
    sweep_clocks()
    assert marks(case) == []


def test_time_that_stands_still_marks_nobody(lives: Lives, triage, handler) -> None:
    case = lives.supervised()
    until = clock.today() + timedelta(days=20)
    asking.request_pause(case_id=case.pk, by=handler, until=until, text="等司法鉴定结论")
    request = case.requests.get().pk
    asking.decide_request(case_id=case.pk, by=triage, request=request, grant=True)
    later(case.supervisions.get().answer_due_at)
    sweep_clocks()
    assert fresh(case).label == Label.PAUSED
    assert marks(case) == []


def test_a_unit_that_took_over_is_marked_for_its_own_lateness_only(
    lives: Lives, triage, other_handler, county
) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="归住建局管")
    claim_case(case_id=case.pk, by=other_handler)
    later(case.marks.get().red_from)
    sweep_clocks()
    assert ("red", "RS") not in marks(case)
    later(fresh(case).due_at)
    sweep_clocks()
    assert ("yellow", "ZJ") in marks(case)


def test_a_second_time_let_pass_under_supervision_is_marked_without_a_new_sheet(
    lives: Lives, handler
) -> None:
    case = lives.supervised()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    later(fresh(case).due_at)
    sweep_clocks()
    sweep_clocks()
    assert marks(case) == [("yellow", "RS")]
    assert case.supervisions.count() == 1
    assert case.events.filter(verb="mark").count() == 1


def test_the_supervisor_takes_a_mark_back_with_a_reason(lives: Lives, triage, handler) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    mark = case.marks.get()
    revoke_mark(case_id=case.pk, by=triage, mark=mark.pk, text="中心漏转了补充材料")
    mark.refresh_from_db()
    assert (mark.revoked_by, mark.revoked_for) == (triage, "中心漏转了补充材料")
    with refused(case, WrongState, "没有督办牌"):
        revoke_mark(case_id=case.pk, by=triage, mark=mark.pk, text="再取消一次")


def test_a_mark_taken_back_is_not_given_again_and_does_not_turn_red(lives: Lives, triage) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    mark = case.marks.get()
    revoke_mark(case_id=case.pk, by=triage, mark=mark.pk, text="中心漏转了补充材料")
    later(mark.red_from)
    sweep_clocks()
    assert marks(case) == [("yellow", "RS")]


def test_only_whoever_supervises_takes_a_mark_back(lives: Lives, handler, triage) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    with refused(case, NotAllowed):
        revoke_mark(case_id=case.pk, by=handler, mark=case.marks.get().pk, text="不怪我们")
    with refused(case, NotFound):
        revoke_mark(case_id=case.pk, by=triage, mark=0, text="没有这块牌")


def test_a_mark_stays_after_the_supervision_is_lifted_and_shows_on_the_case(
    client: Client, lives: Lives, triage, handler
) -> None:
    case = lives.claimed()
    later(case.handling_due_at)
    sweep_clocks()
    answer_supervision(case_id=case.pk, by=handler, text="对方外出，下周办完")
    day = clock.today() + timedelta(days=7)
    lift_supervision(case_id=case.pk, by=triage, text="同意", promised=day)
    client.force_login(handler)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "黄牌" in page
    assert Mark.objects.visible_to(handler).count() == 1
