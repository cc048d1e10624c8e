"""约谈: proposed, called or refused by a leader, recorded, its commitments followed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dispatch.composing.talk import compose_talk
from dispatch.models import Commitment, Talk
from dispatch.services.talking import (
    Promise,
    call_off_talk,
    call_talk,
    propose_talk,
    record_talk,
    refuse_talk,
    settle_commitment,
)
from dispatch.tasks import sweep_clocks
from tests.lib.days import DISPATCHED
from tests.lives import Lives, later
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def proposed(lives: Lives, triage, *cases) -> Talk:
    return propose_talk(
        unit=lives.county.human_resources,
        center=lives.county.county,
        cases=list(cases),
        reason="两件超期没有说明",
        by=triage,
    )


def called(talk: Talk, leader) -> Talk:
    meet_at = clock.now() + timedelta(days=1)
    return call_talk(
        talk_id=talk.pk, by=leader, meet_at=meet_at, place="中心三楼会议室", invited="分管副局长"
    )


def recorded(talk: Talk, by, *promises: Promise) -> Talk:
    later(talk.meet_at)
    return record_talk(
        talk_id=talk.pk,
        by=by,
        held_at=clock.now(),
        host="张志远",
        present="郑海",
        facts="两件超期五个工作日",
        minutes="说明了原因，定了专人和时间",
        promises=promises,
    )


def promise(days: int = 7) -> Promise:
    return Promise("派专人办结 0403-001", clock.today() + timedelta(days=days))


def test_what_the_sweep_proposes_about_a_unit_is_one_talk_until_it_is_decided(
    lives: Lives, leader, handler
) -> None:
    first, second = lives.supervised(), lives.supervised()
    later(second.supervisions.get().answer_due_at)
    sweep_clocks()
    sweep_clocks()
    talk = Talk.objects.get()
    assert (talk.proposed_by, talk.unit) == (None, lives.county.human_resources)
    assert set(talk.cases.all()) == {first, second}
    assert handler.notices.filter(text__contains="建议约谈").count() == 1
    refuse_talk(talk_id=talk.pk, by=leader, text="已当面说清")
    third = lives.supervised()
    later(third.supervisions.get().answer_due_at)
    sweep_clocks()
    assert list(Talk.objects.latest("pk").cases.all()) == [third]


def test_the_unit_sees_it_before_and_after_and_others_do_not(
    client: Client, lives: Lives, triage, handler, outsider
) -> None:
    talk = proposed(lives, triage, lives.claimed())
    client.force_login(handler)
    page = client.get(reverse("dispatch:talk", args=[talk.pk]))
    assert "两件超期没有说明" in page.content.decode()
    assert "定约谈" not in page.content.decode()
    client.force_login(outsider)
    assert client.get(reverse("dispatch:talk", args=[talk.pk])).status_code == 404


def test_only_cases_that_the_unit_has_are_talked_about(lives: Lives, triage, county) -> None:
    theirs = lives.dispatched(lead=county.housing)
    with pytest.raises(Invalid):
        proposed(lives, triage, theirs)
    assert not Talk.objects.exists()


def test_a_leader_calls_it_and_the_unit_is_told_when_and_where(
    lives: Lives, triage, leader, head
) -> None:
    talk = proposed(lives, triage)
    with pytest.raises(NotAllowed):
        called(talk, triage)
    assert called(talk, leader).state == "已约，待谈"
    assert head.notices.filter(text__contains="中心三楼会议室").exists()
    with pytest.raises(AlreadyDone, match="张志远"):
        refuse_talk(talk_id=talk.pk, by=leader, text="又不谈了")


def test_a_time_that_is_past_is_refused(lives: Lives, triage, leader) -> None:
    talk = proposed(lives, triage)
    with pytest.raises(Invalid):
        call_talk(talk_id=talk.pk, by=leader, meet_at=clock.now(), place="会议室", invited="局长")


def test_a_refusal_says_why(lives: Lives, triage, leader) -> None:
    talk = refuse_talk(talk_id=proposed(lives, triage).pk, by=leader, text="已当面说清")
    assert (talk.state, talk.refused_for) == ("不约谈", "已当面说清")
    assert triage.notices.filter(text__contains="不约谈人社局").exists()


def test_one_that_was_called_may_be_called_off_until_it_is_recorded(
    lives: Lives, triage, leader, handler
) -> None:
    talk = called(proposed(lives, triage), leader)
    call_off_talk(talk_id=talk.pk, by=leader, text="单位负责人已经到任整改")
    talk.refresh_from_db()
    assert (talk.state, talk.refused_for) == ("不约谈", "单位负责人已经到任整改")
    with pytest.raises(WrongState):
        recorded(talk, triage)
    held = recorded(called(proposed(lives, triage), leader), triage)
    with pytest.raises(WrongState, match="不能取消"):
        call_off_talk(talk_id=held.pk, by=leader, text="不谈了")


def test_a_talk_nobody_has_recorded_is_asked_for_once(lives: Lives, triage, leader) -> None:
    talk = called(proposed(lives, triage), leader)
    later(talk.meet_at + timedelta(days=1))

    def asked() -> int:
        return leader.notices.filter(text__contains="还没有记录").count()

    sweep_clocks()
    sweep_clocks()
    assert asked() == 1


def test_it_is_recorded_once_after_it_was_called(lives: Lives, triage, leader) -> None:
    talk = proposed(lives, triage)
    with pytest.raises(WrongState):
        record_talk(
            talk_id=talk.pk,
            by=triage,
            held_at=clock.now(),
            host="张志远",
            present="郑海",
            facts="两件超期",
            minutes="说明了原因，定了时间",
            promises=[],
        )
    talk = called(talk, leader)
    assert recorded(talk, triage).state == "已结束"
    with pytest.raises(AlreadyDone):
        recorded(talk, triage)


def test_supervisor_and_leader_are_told_once_of_a_promise_that_has_passed(
    lives: Lives, triage, leader, handler
) -> None:
    talk = recorded(called(proposed(lives, triage), leader), triage, promise())
    assert talk.state == "已谈，等兑现"
    clock.freeze(clock.now() + timedelta(days=6))
    sweep_clocks()
    assert not triage.notices.filter(text__contains="到期没核对").exists()
    clock.freeze(clock.now() + timedelta(days=1))
    sweep_clocks()
    sweep_clocks()
    for user in (triage, leader, handler):
        assert user.notices.filter(text__contains="到期没核对").count() == 1


def test_a_promise_settled_in_time_reminds_nobody_and_ends_the_talk(
    lives: Lives, triage, leader
) -> None:
    recorded(called(proposed(lives, triage), leader), triage, promise(), promise(9))
    first, second = Commitment.objects.all()
    settle_commitment(commitment_id=first.pk, by=triage, kept=True)
    assert Talk.objects.get().closed_at is None
    with pytest.raises(Invalid):
        settle_commitment(commitment_id=second.pk, by=triage, kept=False)
    settle_commitment(commitment_id=second.pk, by=triage, kept=False, text="只付了一半")
    assert Talk.objects.get().state == "已结束"
    clock.freeze(clock.now() + timedelta(days=20))
    sweep_clocks()
    assert not leader.notices.filter(text__contains="到期没核对").exists()
    with pytest.raises(AlreadyDone):
        settle_commitment(commitment_id=first.pk, by=triage, kept=False, text="其实没有")


def test_the_unit_does_not_settle_its_own_promises(lives: Lives, triage, leader, handler) -> None:
    recorded(called(proposed(lives, triage), leader), triage, promise())
    with pytest.raises(NotAllowed):
        settle_commitment(commitment_id=Commitment.objects.get().pk, by=handler, kept=True)
    with pytest.raises(NotFound):
        settle_commitment(commitment_id=0, by=triage, kept=True)


def test_the_whole_way_over_the_pages(client: Client, lives: Lives, triage, leader) -> None:
    case = lives.supervised()
    client.force_login(triage)
    client.post(
        reverse("dispatch:propose_talk", args=["RS"]),
        {"cases": [case.number], "reason": "来访人多次反映"},
    )
    talk = Talk.objects.get()
    assert list(talk.cases.all()) == [case]
    client.force_login(leader)
    at = clock.local(clock.now() + timedelta(days=1))
    url = reverse("dispatch:call_talk", args=[talk.pk])
    typed = {"meet_at": f"{at:%Y-%m-%dT%H:%M}", "place": "", "invited": "局长"}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "还没填“约谈地点”" in answer.content.decode()
    client.post(url, {**typed, "place": "会议室"})
    later(Talk.objects.get().meet_at)
    client.force_login(triage)
    url = reverse("dispatch:record_talk", args=[talk.pk])
    record = {
        "held_at": f"{at:%Y-%m-%dT%H:%M}",
        "host": "张志远",
        "present": "郑海",
        "facts": "一直没人联系来访人",
        "minutes": "说明了原因，定了专人",
        "what1": "本周见双方",
    }
    answer = client.post(url, record)
    assert answer.status_code == 422
    assert "还没填什么时候前兑现" in answer.content.decode()
    client.post(url, {**record, "until1": "2025-04-20"})
    promised = Commitment.objects.get()
    client.post(reverse("dispatch:settle_commitment", args=[promised.pk]), {"kept": "yes"})
    assert Talk.objects.get().state == "已结束"
    page = client.get(reverse("dispatch:print_talk", args=[talk.pk])).content.decode()
    for words in (
        "约 谈 记 录",
        "来访人多次反映",
        "本周见双方（2025年4月20日前）",
        case.short_number,
    ):
        assert words in page, words


def test_the_record_says_what_was_said(lives: Lives, triage, leader) -> None:
    case = lives.claimed()
    talk = recorded(called(proposed(lives, triage, case), leader), triage, promise())
    paper = compose_talk(talk, [case], list(talk.commitments.all()))
    said = dict(pair for row in paper.rows for pair in row)
    assert said["涉及事项"].startswith(case.short_number)
    assert said["整改承诺"] == "1. 派专人办结 0403-001（2025年4月10日前）"


def test_more_talks_cost_no_more_queries(client: Client, lives: Lives, triage) -> None:
    client.force_login(triage)
    url = reverse("dispatch:talks")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    proposed(lives, triage)
    queries()
    few = queries()
    for _ in range(4):
        proposed(lives, triage)
    assert queries() == few
