"""约谈记录: what it says, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.composing import SIGN_HERE, Paper
from cases.models import Case
from dispatch.composing import words
from dispatch.models import Commitment, Talk
from zongzhi.lib import clock, dates

_DAY = "　　　年　　月　　日"


def compose_talk(
    talk: Talk,
    cases: Sequence[Case],
    promises: Sequence[Commitment],
    *,
    others: Sequence[str] = (),
    number: str = "",
) -> Paper:
    """The record of a talk; before it is recorded, the form with room to write.

    `others` are the numbers of what else it was about, which not every reader may see.
    """
    about = "；".join([*(words.title(case) for case in cases), *others])
    agreed = "\n".join(_promise(n, row) for n, row in enumerate(promises, start=1))
    return Paper(
        title="约 谈 记 录",
        number=number or f"{talk.center.name}　{talk.unit.name}",
        rows=[
            [("被约谈单位", talk.unit.name), ("约谈时间", _when(talk))],
            [("约谈地点", talk.place), ("约谈人", talk.host)],
            [("被约谈人", talk.present or talk.invited)],
            [("约谈事由", words.unless_silent(talk.reason, cases))],
            [("涉及事项", about or "没有具体事项")],
            [("事实", words.unless_silent(talk.facts, cases))],
            [("谈话内容", words.unless_silent(talk.minutes, cases))],
            [("整改承诺", words.unless_silent(agreed, cases))],
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
