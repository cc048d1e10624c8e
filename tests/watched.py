"""A case about which the centre has done everything that makes a paper of watching."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from cases.models import Case, Document
from cases.vocabulary import Risk
from dispatch.models import JointSession, Supervision, Talk
from dispatch.services.convening import Given, convene, minute
from dispatch.services.supervising import supervise_case
from dispatch.services.talking import Promise, call_talk, propose_talk, record_talk
from orgs.models import Room, User
from tests.lives import Lives, fresh, later
from zongzhi.lib import clock


@dataclass(frozen=True)
class Watched:
    """A 督办单, a talk held with a promise, a session with minutes, and a high risk; the talk and
    the session were about another case too."""

    case: Case
    other: Case
    sheet: Supervision
    talk: Talk
    session: JointSession

    def about(self, kind: Document.Kind) -> int:
        rows = {"supervision": self.sheet, "talk": self.talk, "minutes": self.session}
        return rows[kind].pk if kind in rows else 0

    @classmethod
    def of(cls, lives: Lives, triage: User, leader: User, **changed: Any) -> Self:
        other = lives.claimed(narrative="邻居装修漏水，客厅天花板泡坏了，要求修好")
        case = lives.claimed(risk=Risk.HIGH, **changed)
        _meet(lives, case, other, triage, leader)
        supervise_case(case_id=case.pk, by=triage, reason="来访人说工资一直没人管")
        talk = _talk(lives, case, other, triage, leader)
        return cls(fresh(case), other, Supervision.objects.get(), talk, JointSession.objects.get())


def _meet(lives: Lives, case: Case, other: Case, triage: User, leader: User) -> None:
    county = lives.county
    starts = clock.now() + timedelta(hours=1)
    units = [county.human_resources, county.housing]
    convene(
        case_id=case.pk,
        by=triage,
        kind="leaders",
        chair=leader,
        room=Room.objects.create(center=county.county, name="2号调解室"),
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        agenda="工资专户怎么查",
        units=units,
        others=[other.short_number],
    )
    later(starts + timedelta(hours=1))
    task = Given(county.housing, "查清工资专户余额")
    minute(case_id=case.pk, by=triage, came=units, text="先把工资专户查清", tasks=[task])


def _talk(lives: Lives, case: Case, other: Case, triage: User, leader: User) -> Talk:
    talk = propose_talk(
        unit=lives.county.human_resources,
        center=lives.county.county,
        cases=[case, other],
        reason="拖欠工资没有答复",
        by=triage,
    )
    meet_at = clock.now() + timedelta(minutes=30)
    call_talk(talk_id=talk.pk, by=leader, meet_at=meet_at, place="会议室", invited="分管副局长")
    later(meet_at)
    return record_talk(
        talk_id=talk.pk,
        by=triage,
        held_at=meet_at,
        host="张志远",
        present="郑海",
        facts="工资的事没有联系来访人",
        minutes="说明了拖欠工资的原因",
        promises=[Promise("月底前付清工资", clock.today() + timedelta(days=7))],
    )
