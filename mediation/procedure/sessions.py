"""场次: arranged, moved, called off and written down by whoever mediates."""

from __future__ import annotations

from cases.acts import Act, staying
from cases.models import Case
from mediation import session_forms as forms
from mediation.policies import mediates
from mediation.proceedings import AT_WORK, open_mediation
from mediation.services import sessions


def _is_running(case: Case) -> str | None:
    return None if open_mediation(case) else "没有在进行的调解，先启动调解"


def _is_planned(case: Case) -> str | None:
    mediation = open_mediation(case)
    if mediation is None:
        return _is_running(case)
    return None if mediation.has_planned else "没有安排好、还没记录的调解"


ACTS = (
    Act(
        verb="schedule-session",
        label="安排调解",
        who=mediates,
        who_asks=True,
        when=_is_running,
        arcs=staying(*AT_WORK),
        service=sessions.schedule_session,
        form=forms.ScheduleForm,
        rank=29,
    ),
    Act(
        verb="record-session",
        label="记调解",
        who=mediates,
        who_asks=True,
        when=_is_planned,
        arcs=staying(*AT_WORK),
        service=sessions.record_session,
        form=forms.RecordForm,
        rank=25,
    ),
    Act(
        verb="move-session",
        label="改期",
        who=mediates,
        who_asks=True,
        when=_is_planned,
        arcs=staying(*AT_WORK),
        service=sessions.move_session,
        form=forms.MoveForm,
        rank=36,
    ),
    Act(
        verb="call-off-session",
        label="取消调解",
        who=mediates,
        who_asks=True,
        when=_is_planned,
        arcs=staying(*AT_WORK),
        service=sessions.call_off_session,
        form=forms.CallOffForm,
        rank=37,
    ),
)
