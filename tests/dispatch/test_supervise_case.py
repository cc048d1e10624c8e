from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from cases.models import Case
from cases.timeline import entries_of, events_of
from cases.vocabulary import Stage
from dispatch.services.asking import request_extension
from dispatch.services.assigning import reassign_case
from dispatch.services.supervising import (
    answer_supervision,
    lift_supervision,
    supervise_case,
)
from orgs.models import Notice, User
from tests.county import County
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def supervise(case: Case, by: User, **more) -> Case:
    return supervise_case(case_id=case.pk, by=by, reason="来访人说没人联系", **more)


@pytest.mark.parametrize("who", ["triage", "leader"])
@pytest.mark.parametrize(
    ("point", "label"),
    [("dispatched", "待签收"), ("claimed", "办理中"), ("reported", "待审核")],
)
def test_a_supervised_case_keeps_its_place_and_is_watched(
    lives: Lives, who: str, point: str, label: str, request: pytest.FixtureRequest
) -> None:
    case = supervise(getattr(lives, point)(), request.getfixturevalue(who))
    assert (case.stage, case.staff_label) == (Stage.SUPERVISION, f"督办中 · {label}")


def test_sheets_are_numbered_through_the_year(lives: Lives, triage: User) -> None:
    clock.freeze(DISPATCHED)
    numbers = [supervise(lives.claimed(), triage).supervisions.get().number for _ in range(2)]
    assert numbers == ["示范县综督〔2025〕1号", "示范县综督〔2025〕2号"]


def test_the_unit_has_two_working_days_to_answer(lives: Lives, triage: User) -> None:
    clock.freeze(DISPATCHED)
    sheet = supervise(lives.claimed(), triage).supervisions.get()
    assert localtime(sheet.answer_due_at) == moment(4, 8, 17, 30)


def test_the_supervisor_may_give_more_days(lives: Lives, triage: User) -> None:
    clock.freeze(DISPATCHED)
    sheet = supervise(lives.claimed(), triage, answer_days=5).supervisions.get()
    assert localtime(sheet.answer_due_at) == moment(4, 11, 17, 30)


def test_the_unit_is_told(lives: Lives, triage: User, handler: User) -> None:
    clock.freeze(DISPATCHED)
    case = lives.claimed()
    Notice.objects.all().delete()
    supervise(case, triage)
    assert handler.notices.get().text == f"{case.short_number} 已督办，4月8日 17:30前答复"


def test_the_sheet_names_unit_reason_and_who_issued_it(
    lives: Lives, county: County, leader: User
) -> None:
    sheet = supervise(lives.claimed(), leader).supervisions.get()
    assert (sheet.unit, sheet.reason) == (county.human_resources, "来访人说没人联系")
    assert sheet.opened_by == leader


def test_a_sheet_issued_by_hand_answers_for_when_its_answer_is_due(
    client: Client, lives: Lives, triage: User
) -> None:
    clock.freeze(DISPATCHED)
    sheet = supervise(lives.claimed(), triage).supervisions.get()
    assert localtime(sheet.due_at) == moment(4, 8, 17, 30)
    client.force_login(triage)
    page = client.get(reverse("dispatch:sheet", args=[sheet.pk])).content.decode()
    assert "2025年4月8日 17:30 前" in page


def test_a_second_sheet_by_hand_may_be_due_at_the_same_time(
    lives: Lives, triage: User, handler: User
) -> None:
    clock.freeze(DISPATCHED)
    case = supervise(lives.claimed(), triage)
    answer_supervision(case_id=case.pk, by=handler, text="明天就办")
    promised = localtime(clock.now()).date()
    lift_supervision(case_id=case.pk, by=triage, text="同意", promised=promised)
    supervise(case, triage)
    assert case.supervisions.count() == 2


def test_an_extension_nobody_decided_lapses_when_supervision_begins(
    lives: Lives, triage: User, handler: User
) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="户数多，丈量没做完")
    Notice.objects.all().delete()
    supervise(case, triage)
    asked = case.requests.get()
    assert (asked.granted, asked.decided_by) == (False, None)
    assert asked.decided_at is not None
    assert f"{case.short_number} 已督办，没批的延期申请失效" in handler.notices.values_list(
        "text", flat=True
    )
    (line,) = entries_of(events_of(fresh(case), reader=triage)[:1])
    assert "没批的延期申请失效" in line.text


def test_without_a_request_nothing_lapses(lives: Lives, triage: User) -> None:
    case = supervise(lives.claimed(), triage)
    assert "lapsed" not in case.events.get(verb="supervise").data


def test_watching_stops_no_clock(lives: Lives, triage: User) -> None:
    before = lives.claimed()
    case = supervise(before, triage)
    assert (case.due_clock, case.due_at) == (before.due_clock, before.due_at)


def test_supervised_is_supervised_once(lives: Lives, triage: User, leader: User) -> None:
    case = supervise(lives.claimed(), triage)
    with refused(case, AlreadyDone, "已经督办"):
        supervise(case, leader)


def test_a_unit_that_has_taken_over_may_be_given_a_sheet_of_its_own(
    lives: Lives, county: County, triage: User
) -> None:
    case = supervise(lives.claimed(), triage)
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="住建局监管")
    supervise(case, triage)
    assert [(s.unit, s.ending) for s in case.supervisions.order_by("pk")] == [
        (county.human_resources, "reassigned"),
        (county.housing, ""),
    ]


def test_without_a_unit_there_is_nobody_to_supervise(lives: Lives, triage: User) -> None:
    case = lives.registered()
    with refused(case, WrongState, "还没派出，没有可督办的单位"):
        supervise(case, triage)


def test_what_waits_for_the_citizen_is_not_supervised(lives: Lives, triage: User) -> None:
    case = lives.approved()
    with refused(case, WrongState, "“待回访”的事项不能“督办”"):
        supervise(case, triage)


@pytest.mark.parametrize("who", ["clerk", "handler"])
def test_only_supervisors_and_leaders_supervise(
    lives: Lives, who: str, request: pytest.FixtureRequest
) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        supervise(case, request.getfixturevalue(who))


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        supervise(case, outsider)
