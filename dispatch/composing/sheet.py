"""督办单: what it says, word for word."""

from __future__ import annotations

from datetime import datetime

from cases.composing import Paper
from dispatch.composing import words
from dispatch.models import Supervision
from zongzhi.lib import clock, dates
from zongzhi.lib.worktime import Calendar

DEMAND = "说明没有按时办理的原因，提出办结日期并按期办结；办理情况及时告知来访人。"


def compose_sheet(sheet: Supervision, calendar: Calendar, *, until: datetime) -> Paper:
    """The sheet with its case, centre and unit loaded; `until` is when the lateness is counted."""
    case = sheet.case
    # One that somebody issued by hand is about no time that has passed: the case's is shown.
    due_at = case.handling_due_at if sheet.by_hand else sheet.due_at
    answered = f"（{dates.document(sheet.answered_at)}）" if sheet.answered_at else ""
    return Paper(
        title="督 办 单",
        number=sheet.number,
        rows=[
            [("被督办单位", sheet.unit.name)],
            [("事项编号", case.short_number), ("发出时间", _moment(sheet.opened_at))],
            [("事项", words.unless_silent(case.title, [case]))],
            [("督办事由", words.unless_silent(sheet.reason, [case] if sheet.by_hand else []))],
            [
                ("原时限", _moment(due_at) if due_at else "没有"),
                ("已超天数", _late(calendar, until, due_at)),
            ],
            [("整改要求", DEMAND)],
            [("回复时限", f"{_moment(sheet.answer_due_at)} 前")],
            [("答复", f"{words.unless_silent(sheet.answer, [case])}{answered}")],
        ],
        tall=["答复"],
        signed_by=case.center.name,
        signed_on=dates.document(sheet.opened_at),
    )


def _late(calendar: Calendar, until: datetime, due_at: datetime | None) -> str:
    if due_at is None or until <= due_at:
        return "没有超期"
    days = calendar.overdue_days(until, due_at)
    return f"{days} 个工作日" if days else "不足 1 个工作日"


def _moment(at: datetime) -> str:
    return f"{dates.document(at)} {clock.local(at):%H:%M}"
