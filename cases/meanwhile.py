"""What others did to a case while somebody was writing: said before anything is saved."""

from __future__ import annotations

from cases.models import Case, CaseEvent
from cases.timeline import title_of
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import WrongState

_WORDS = {
    "dispatch": "改了主办单位",
    "reassign": "改了主办单位",
    "recall": "撤回了派出",
    "rule": "裁定了退回",
    "claim": "签收了这件事",
    "assign": "改了经办人",
    "note": "记了一条进展",
    "amend": "更正了登记的内容",
    "revisit": "记了一次来访",
    "report": "反馈了结果",
    "send-back": "退回补办",
    "supervise": "发了督办单",
    "rate": "评了这件事",
    "give-grid-task": "派了网格任务",
    "grid-arrives": "到了场",
    "grid-answers": "报了网格任务的结果",
    "drop-grid-task": "撤销了网格任务",
}


def refuse_if_changed(case: Case, seen: str, *, by: User) -> None:
    """Raise WrongState when the case has gone on since the page that shows `seen` lines of it.

    Without a number the page did not ask: a button of a list, a program.
    """
    if not seen.isdecimal() or len(seen) > 9 or int(seen) >= case.history_length:
        return
    later = CaseEvent.objects.filter(case=case, seq__gt=int(seen)).select_related("by")
    event = later.order_by("-seq").first()
    if event is not None:
        raise WrongState(
            f"你写的时候，{_who(event, by)} {_when(event)} {_what(event)}。"
            "写的内容还在下面，核对后再保存"
        )


def _who(event: CaseEvent, by: User) -> str:
    if event.by is None:
        return "来访人" if event.verb == "rate" else "系统"
    return f"{event.by.name}在另一页" if event.by_id == by.pk else event.by.name


def _when(event: CaseEvent) -> str:
    at = clock.local(event.at)
    return f"{at:%H:%M}" if at.date() == clock.today() else dates.moment(event.at)


def _what(event: CaseEvent) -> str:
    if event.data.get("attachment"):
        return "添加了材料"
    return _WORDS.get(event.verb) or f"办了“{title_of(event.verb)}”"
