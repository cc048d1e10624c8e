"""会商纪要 on paper. Pure: a session with its minutes and tasks in, words out."""

from __future__ import annotations

from cases.composing import Paper
from cases.models import Case
from dispatch.composing import words
from dispatch.models import JointSession, SessionUnit
from zongzhi.lib import clock, dates


def compose_minutes(session: JointSession, *, of: Case) -> Paper:
    """The paper about one case of a session that has been held, with the fields of a 交办单.

    Of the other cases it has the numbers: whoever sees this one need not see those.

    Raises LookupError before the minutes have been taken.
    """
    if session.held_at is None:
        raise LookupError(f"no minutes of {session}")
    seats = list(session.seats.select_related("unit"))
    starts, ends = clock.local(session.starts_at), clock.local(session.ends_at)
    others = list(session.cases.exclude(pk=of.pk).order_by("pk"))
    about = [words.title(of), *(case.short_number for case in others)]
    cases = [of, *others]
    return Paper(
        title="会 商 纪 要",
        number=f"{session.get_kind_display()} {session.number}",
        rows=[
            [("会议期数", session.number), ("会议类型", str(session.get_kind_display()))],
            [
                ("时间", f"{dates.document(starts)} {starts:%H:%M}–{ends:%H:%M}"),
                ("地点", f"{session.center.name}{session.room.name}"),
            ],
            [("主持", session.chair.name), ("记录", _name(session))],
            [("到会单位", _units(seats, came=True)), ("没到单位", _units(seats, came=False))],
            [("主要事项", "；".join(about))],
            [("议题", words.unless_silent(session.agenda, cases))],
            [("议定事项", words.unless_silent(session.conclusions, cases))],
            [("交办任务", words.unless_silent(_tasks(session, several=bool(others)), cases))],
            [("联系电话", session.center.phone)],
        ],
        tall=["议定事项", "交办任务"],
        signed_by=session.center.name,
        signed_on=dates.document(clock.local(session.held_at)),
    )


def _name(session: JointSession) -> str:
    return session.minuted_by.name if session.minuted_by else ""


def _units(seats: list[SessionUnit], *, came: bool) -> str:
    return "、".join(seat.unit.name for seat in seats if seat.came == came) or "无"


def _tasks(session: JointSession, *, several: bool) -> str:
    """「住建局：查清专户余额，2025年4月10日前」, one a line; which case where there are several."""
    lines = []
    for task in session.tasks.select_related("unit", "case").order_by("pk"):
        about = f"（{task.case.short_number}）" if several else ""
        due = dates.document(clock.local(task.due_at))
        lines.append(f"{task.unit.name}：{task.what}{about}，{due}前")
    return "\n".join(lines) or "没有交办任务"
