"""约谈记录: what it says, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.composing import SIGN_HERE, Paper
from cases.models import Case
from dispatch.models import Commitment, Talk
from zongzhi.lib import clock, dates

_DAY = "　　　年　　月　　日"


def compose_talk(talk: Talk, cases: Sequence[Case], promises: Sequence[Commitment]) -> Paper:
    """The record of a talk; before it is recorded, the form with room to write."""
    about = "；".join(f"{case.short_number} {case.title}" for case in cases)
    return Paper(
        title="约 谈 记 录",
        number=f"{talk.center.name}　{talk.unit.name}",
        rows=[
            [("被约谈单位", talk.unit.name), ("约谈时间", _when(talk))],
            [("约谈地点", talk.place), ("约谈人", talk.host)],
            [("被约谈人", talk.present or talk.invited)],
            [("约谈事由", talk.reason)],
            [("涉及事项", about or "没有具体事项")],
            [("事实", talk.facts)],
            [("谈话内容", talk.minutes)],
            [("整改承诺", "\n".join(_promise(n, row) for n, row in enumerate(promises, start=1)))],
            [("约谈人签名", f"{SIGN_HERE}{_DAY}"), ("被约谈人签名", f"{SIGN_HERE}{_DAY}")],
        ],
        tall=["事实", "谈话内容", "整改承诺"],
        signed_by=talk.center.name,
        signed_on=dates.document(talk.held_at or talk.meet_at or talk.proposed_at),
    )


def _when(talk: Talk) -> str:
    at = talk.held_at or talk.meet_at
    return _moment(at) if at else ""


def _moment(at: datetime) -> str:
    return f"{dates.document(at)} {clock.local(at):%H:%M}"


def _promise(n: int, promise: Commitment) -> str:
    return f"{n}. {promise.what}（{dates.document(promise.until)}前）"
