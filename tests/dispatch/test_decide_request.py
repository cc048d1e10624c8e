from __future__ import annotations

from datetime import timedelta

import pytest

from cases.acts import allowed
from cases.models import Case
from dispatch.services.asking import decide_request, request_extension, request_pause
from dispatch.services.moving import request_escalation
from orgs.models import Notice, User
from tests.lives import Lives, fresh
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, NotAllowed, NotFound


def decide(case: Case, by: User, *, grant: bool = True, text: str = "同意") -> Case:
    asked = case.requests.latest("pk")
    return decide_request(case_id=case.pk, by=by, request=asked.pk, grant=grant, text=text)


@pytest.fixture
def extension(lives: Lives, handler: User) -> Case:
    case = lives.claimed()
    return request_extension(case_id=case.pk, by=handler, days=3, text="对方外出")


@pytest.fixture
def pause(lives: Lives, handler: User) -> Case:
    until = clock.today() + timedelta(days=5)
    case = lives.claimed()
    return request_pause(case_id=case.pk, by=handler, until=until, text="等司法鉴定")


@pytest.fixture
def escalation(lives: Lives, triage: User) -> Case:
    case = lives.claimed()
    return request_escalation(case_id=case.pk, by=triage, text="跨县，县里协调不动")


DECIDERS = {
    "extension": {"head", "leader"},
    "pause": {"triage", "second_triage"},
    "escalation": {"city_officer"},
}


@pytest.mark.parametrize("kind", DECIDERS)
@pytest.mark.parametrize(
    "who", ["handler", "head", "triage", "second_triage", "leader", "city_officer", "clerk"]
)
def test_whose_decision_it_is(kind: str, who: str, request: pytest.FixtureRequest) -> None:
    user, case = request.getfixturevalue(who), request.getfixturevalue(kind)
    offered = "decide" in {act.verb for act in allowed(user, fresh(case))}
    assert offered == (who in DECIDERS[kind])
    if offered:
        decide(case, user)
        assert case.requests.get().granted
    else:
        with refused(case, NotAllowed):
            decide(case, user)


def test_nobody_decides_what_they_asked_for(lives: Lives, head: User) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=head, days=3, text="对方外出")
    with refused(case, NotAllowed, "自己的申请也不能自己批"):
        decide(case, head)


def test_a_refused_request_changes_nothing_but_itself(extension: Case, head: User) -> None:
    before = fresh(extension)
    case = fresh(decide(extension, head, grant=False, text="按期办"))
    assert (case.label, case.due_at) == (before.label, before.due_at)
    asked = case.requests.get()
    assert (asked.granted, asked.decision_text, asked.decided_by) == (False, "按期办", head)


@pytest.mark.parametrize(("grant", "verdict"), [(True, "同意"), (False, "不同意")])
def test_whoever_asked_hears_the_verdict(
    extension: Case, head: User, handler: User, grant: bool, verdict: str
) -> None:
    Notice.objects.all().delete()
    decide(extension, head, grant=grant)
    assert handler.notices.get().text == f"{extension.short_number} 延期：{verdict}"


def test_decided_is_decided_once(extension: Case, head: User, leader: User) -> None:
    decide(extension, head)
    with refused(extension, AlreadyDone, "已经批过了"):
        decide(extension, leader)


def test_a_request_of_another_case_is_not_there(extension: Case, lives: Lives, head: User) -> None:
    other = lives.claimed()
    with refused(other, NotFound, "没有这个申请"):
        decide_request(case_id=other.pk, by=head, request=extension.requests.get().pk, grant=True)


def test_without_a_request_nothing_is_offered_to_decide(lives: Lives, head: User) -> None:
    assert "decide" not in {act.verb for act in allowed(head, fresh(lives.claimed()))}


def test_a_case_one_cannot_see_is_not_there(extension: Case, outsider: User) -> None:
    with refused(extension, NotFound):
        decide(extension, outsider)
