from __future__ import annotations

from datetime import timedelta

import pytest

from cases.acts import allowed
from cases.models import Case
from dispatch.services.asking import decide_request, request_extension
from dispatch.services.handling import report_result, send_back
from orgs.models import Notice, User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound, WrongState


def ask(case: Case, by: User, days: int = 3) -> Case:
    return request_extension(case_id=case.pk, by=by, days=days, text="对方外出")


def test_asking_moves_nothing(lives: Lives, handler: User) -> None:
    before = lives.claimed()
    case = ask(before, handler)
    assert (case.stage, case.due_at) == (before.stage, before.due_at)


def test_the_head_is_told(lives: Lives, handler: User, head: User) -> None:
    case = lives.claimed()
    Notice.objects.all().delete()
    ask(case, handler)
    assert head.notices.get().text == f"{case.short_number} 申请延期 3 个工作日，待批"


def test_after_it_is_due_nobody_asks(lives: Lives, handler: User) -> None:
    case = fresh(lives.claimed())
    assert case.handling_due_at is not None
    clock.freeze(case.handling_due_at + timedelta(minutes=1))
    with refused(case, WrongState, "办理期限 .* 已过，不能再申请延期"):
        ask(case, handler)


def test_at_the_last_moment_one_may_still_ask(lives: Lives, handler: User) -> None:
    case = fresh(lives.claimed())
    assert case.handling_due_at is not None
    clock.freeze(case.handling_due_at)
    assert ask(case, handler).requests.count() == 1


def test_what_waits_for_its_answer_is_not_asked_for_twice(
    lives: Lives, handler: User, colleague: User
) -> None:
    case = ask(lives.claimed(), handler)
    with refused(case, AlreadyDone, "的延期已经申请过，正等批复"):
        ask(case, colleague)


def test_one_extension_in_a_round(lives: Lives, handler: User, head: User) -> None:
    case = ask(lives.claimed(), handler)
    decide_request(case_id=case.pk, by=head, request=case.requests.get().pk, grant=True)
    with refused(case, WrongState, "这一轮已经延过一次期，不能再延"):
        ask(case, handler)
    assert "extend" not in {act.verb for act in allowed(handler, fresh(case))}


def test_a_result_sent_back_earns_no_second_extension(
    lives: Lives, triage: User, handler: User, head: User
) -> None:
    case = ask(lives.claimed(), handler)
    decide_request(case_id=case.pk, by=head, request=case.requests.get().pk, grant=True)
    report = {"result": "resolved", "how": "约谈负责人，当场付清", "not_found": "不肯留"}
    report_result(case_id=case.pk, by=handler, **report)
    send_back(case_id=case.pk, by=triage, text="缺付款凭证")
    with refused(case, WrongState, "这一轮已经延过一次期"):
        ask(case, handler)


def test_after_a_refusal_one_may_ask_again(lives: Lives, handler: User, head: User) -> None:
    case = ask(lives.claimed(), handler)
    decide_request(case_id=case.pk, by=head, request=case.requests.get().pk, grant=False)
    assert ask(case, handler).requests.count() == 2


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ("dispatched", "“待签收”的事项不能“申请延期”"),
        ("supervised", "“督办中 · 办理中”的事项不能“申请延期”"),
        ("reported", "已经反馈结果，正等审核"),
    ],
)
def test_only_what_is_being_handled_and_not_supervised_is_extended(
    lives: Lives, handler: User, point: str, words: str
) -> None:
    case = getattr(lives, point)()
    with refused(case, WrongState, words):
        ask(case, handler)


def test_the_centre_does_not_ask_for_the_unit(lives: Lives, triage: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        ask(case, triage)


def test_a_case_one_cannot_see_is_not_there(lives: Lives, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        ask(case, outsider)
