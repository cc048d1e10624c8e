"""The acts of a grid event on this floor: who may, when, from where to where, what does it."""

from __future__ import annotations

from grids import event_forms as forms
from grids import event_policies as who
from grids.acts import EventAct
from grids.event_centers import manned_above
from grids.event_policies import centers_below
from grids.models import GridEvent
from grids.services import events as services
from grids.vocabulary import EventActor
from grids.vocabulary import EventStage as S

OPEN = (S.REPORTED, S.VERIFIED, S.HANDLING, S.FEEDBACK, S.CHECKING)


def _arcs(*rows: tuple[tuple[S, ...], tuple[S, ...]]) -> frozenset[tuple[S, S]]:
    return frozenset((a, b) for sources, targets in rows for a in sources for b in targets)


def _staying(*stages: S) -> frozenset[tuple[S, S]]:
    return frozenset((stage, stage) for stage in stages)


def _nothing_asked(event: GridEvent) -> str | None:
    if event.asked:
        return f"{event.short_number} 已经退回补充，等网格员补充"
    if not who.serving(event).exists():
        return f"{event.grid.name}今天没有能补充的网格员，打电话问清，或者直接核实"
    return None


def _something_asked(event: GridEvent) -> str | None:
    return None if event.asked else f"{event.short_number} 没有要补充的"


def _not_in_a_case(event: GridEvent) -> str | None:
    if event.actor == EventActor.CASE:
        return f"{event.short_number} 已经转成事项 {event.case_number}，等事项办结"
    return None


def _centres_own(event: GridEvent) -> str | None:
    """While a unit or a worker has it, the centre waits for them or gives it to others."""
    if event.stage == S.HANDLING and event.actor != EventActor.CENTER:
        return f"{event.short_number} 已经交办，等反馈，或者先改派"
    return None


def _has_a_parent(event: GridEvent) -> str | None:
    if manned_above(event.center) is None:
        return f"{event.center.name}上面没有能接的中心，不能报上级"
    return _centres_own(event)


def _has_one_below(event: GridEvent) -> str | None:
    return None if centers_below(event).exists() else "这个网格下面没有别的中心"


ACTS = (
    EventAct(
        verb="verify",
        label="核实",
        done="核实",
        who=who.handles,
        arcs=_arcs(((S.REPORTED,), (S.VERIFIED, S.HANDLING, S.DONE))),
        service=services.verify_event,
        form=forms.VerifyForm,
        main=True,
        rank=10,
    ),
    EventAct(
        verb="ask",
        label="退回补充",
        done="退回补充",
        who=who.handles,
        when=_nothing_asked,
        arcs=_staying(S.REPORTED),
        service=services.ask_event,
        form=forms.AskForm,
        rank=20,
    ),
    EventAct(
        verb="supplement",
        label="补充",
        done="补充",
        who=who.serves,
        when=_something_asked,
        arcs=_staying(S.REPORTED),
        service=services.supplement_event,
        form=forms.SupplementForm,
        main=True,
        rank=11,
    ),
    EventAct(
        verb="assign",
        label="交办",
        done="交办",
        who=who.handles,
        arcs=_arcs(((S.VERIFIED,), (S.HANDLING,))),
        service=services.assign_event,
        form=forms.AssignForm,
        main=True,
        rank=12,
    ),
    EventAct(
        verb="feedback",
        label="反馈",
        done="反馈",
        who=who.answers,
        arcs=_arcs(((S.HANDLING,), (S.FEEDBACK,))),
        service=services.feed_back_event,
        form=forms.FeedbackForm,
        main=True,
        rank=13,
    ),
    EventAct(
        verb="hand-back",
        label="退回中心",
        done="退回中心",
        who=who.was_given,
        arcs=_arcs(((S.HANDLING,), (S.VERIFIED,))),
        service=services.hand_back_event,
        form=forms.ReasonForm,
        rank=30,
    ),
    EventAct(
        verb="reassign",
        label="改派",
        done="改派",
        who=who.handles,
        when=_not_in_a_case,
        arcs=_staying(S.HANDLING),
        service=services.reassign_event,
        form=forms.ReassignForm,
        rank=31,
    ),
    EventAct(
        verb="request-check",
        label="请网格员核查",
        done="请网格员核查",
        who=who.handles,
        arcs=_arcs(((S.FEEDBACK,), (S.CHECKING,))),
        service=services.request_check_event,
        form=forms.RequestCheckForm,
        rank=15,
    ),
    EventAct(
        verb="check",
        label="核查",
        done="核查",
        who=who.checks,
        arcs=_arcs(((S.CHECKING,), (S.DONE, S.HANDLING))),
        service=services.check_event,
        form=forms.CheckForm,
        main=True,
        rank=16,
    ),
    EventAct(
        verb="finish",
        label="办结",
        done="办结",
        who=who.handles,
        when=_centres_own,
        arcs=_arcs(((S.HANDLING, S.FEEDBACK, S.CHECKING), (S.DONE,))),
        service=services.finish_event,
        form=forms.FinishForm,
        main=True,
        rank=17,
    ),
    EventAct(
        verb="send-back",
        label="退回重办",
        done="退回重办",
        who=who.handles,
        arcs=_arcs(((S.FEEDBACK,), (S.HANDLING,))),
        service=services.send_back_event,
        form=forms.SendBackForm,
        rank=18,
    ),
    EventAct(
        verb="pass-up",
        label="报上级",
        done="报上级",
        who=who.handles,
        when=_has_a_parent,
        arcs=_arcs(((S.VERIFIED, S.HANDLING), (S.VERIFIED,))),
        service=services.pass_up_event,
        form=forms.PassUpForm,
        rank=40,
    ),
    EventAct(
        verb="pass-down",
        label="转下级",
        done="转下级",
        who=who.handles,
        when=_has_one_below,
        arcs=_staying(S.REPORTED, S.VERIFIED),
        service=services.pass_down_event,
        form=forms.PassDownForm,
        rank=41,
    ),
    EventAct(
        verb="note",
        label="记一笔",
        done="记了一笔",
        who=who.takes_part,
        arcs=_staying(*OPEN),
        service=services.note_event,
        form=forms.NoteForm,
        rank=60,
    ),
)
