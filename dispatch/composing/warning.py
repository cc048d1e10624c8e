"""预警函: tells the unit that has a high-risk case what it must look to, and by when."""

from __future__ import annotations

from datetime import date

from cases.composing import Paper
from cases.models import Case
from cases.vocabulary import Risk, Special
from zongzhi.lib import clock, dates


def why_no_warning(case: Case) -> str:
    """Why there is no warning for the case now; "" when there can be."""
    if case.risk != Risk.HIGH:
        return f"{case.short_number} 不是高风险，不用预警函"
    if case.lead is None:
        return f"{case.short_number} 还没派出，派出后才有预警函"
    return ""


def compose_warning(case: Case, *, number: str, day: date) -> Paper:
    """The warning about a case that a unit has; parties are not named in it."""
    lead = case.lead
    assert lead is not None  # `why_no_warning` has been asked
    due = dates.document(clock.local(lead.handling_due_at))
    flags = [] if case.is_silent else case.special
    special = [Special(flag).label for flag in flags if flag != Special.NONE]
    signs = f"，登记时有特别情况：{'、'.join(special)}" if special else ""
    what = "事项" if case.is_silent else f"{case.type.name}一事"
    return Paper(
        title="预 警 函",
        number=number,
        to=lead.unit.name,
        paragraphs=[
            f"你单位主办的{what}（编号 {case.short_number}）经研判为高风险{signs}。现函告如下：",
            "一、由单位负责人过问，当天和来访人见面或通话，稳住情绪，防止矛盾激化。",
            "二、有扬言过激、可能民转刑的，立即报告公安机关，同时告诉本中心。",
            f"三、办理期限 {due}；办理中有新情况随时报本中心，结果出来当天反馈。",
            f"联系电话：{case.center.phone}。",
        ],
        signed_by=case.center.name,
        signed_on=dates.document(day),
    )
