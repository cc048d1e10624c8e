"""场次: arranged, moved, called off and written down by whoever mediates."""

from __future__ import annotations

from cases.acts import Act, staying
from cases.models import Case
from cases.vocabulary import Stage
from mediation import session_forms as forms
from mediation.policies import mediates
from mediation.procedure.proceedings import is_running
from mediation.proceedings import AT_WORK, mediations_of, open_mediation
from mediation.services import sessions

# What has begun when the case goes back or ends is still written down.
_ANY_TIME = (Stage.TRIAGE, *AT_WORK, Stage.FOLLOW_UP, Stage.CLOSED)
_NONE = "没有安排好、还没记录的调解"


def _is_planned(case: Case) -> str | None:
    mediation = open_mediation(case)
    return is_running(case) or (None if mediation and mediation.has_planned else _NONE)


def _is_unrecorded(case: Case) -> str | None:
    if any(mediation.has_planned for mediation in mediations_of(case)):
        return None
    return is_running(case) or _NONE


ACTS = (
    Act(
        verb="schedule-session",
        label="安排调解",
        who=mediates,
        who_asks=True,
        when=is_running,
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
        when=_is_unrecorded,
        arcs=staying(*_ANY_TIME),
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
