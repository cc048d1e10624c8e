"""The acts of this floor: who may do them, when, from where to where. Read it aloud."""

from __future__ import annotations

from datetime import timedelta

from cases import forms, policies
from cases.acts import Act, always, arcs, staying
from cases.clocks import limit_of
from cases.models import Case
from cases.party_form import AddPartyForm
from cases.services import closing, course, parties, registration
from cases.services.course import said
from cases.thresholds import Threshold
from cases.vocabulary import Closure, Stage
from zongzhi.lib import clock

OPEN = (Stage.ACCEPTANCE, Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION, Stage.FOLLOW_UP)


def _nobody_at_work(case: Case) -> str | None:
    return "已经派出，先撤回派出再办" if case.open_assignments else None


def _may_start_again(case: Case) -> str | None:
    if policies.was_merged(case):
        return "并案的事项点“撤销并案”"
    if case.closed_at is None:
        return None
    days = limit_of(case, Threshold.REOPEN_DAYS, case.closed_at)
    late = clock.now() - case.closed_at > timedelta(days=days)
    return f"结案超过 {days} 天，不能重新办理。有新情况重新登记" if late else None


def _is_merged(case: Case) -> str | None:
    if case.closure != Closure.MERGED or case.closed_at is None:
        return f"{case.short_number} 没有并案"
    days = limit_of(case, Threshold.UNMERGE_DAYS, case.closed_at)
    late = clock.now() - case.closed_at > timedelta(days=days)
    return f"并案超过 {days} 天，不能撤销。有新情况重新登记" if late else None


def _accepted(case: Case) -> str | None:
    if case.accepted_at is None or case.stage == Stage.CLOSED:
        return None
    return f"{case.short_number} {said(case.accepted_at)} 已经受理"


def _closed(case: Case) -> str | None:
    if case.closed_at is None:
        return None
    how = Closure(case.closure).label
    return f"{case.short_number} {said(case.closed_at)} 已经结束（{how}），不用再办"


def _reopened(case: Case) -> str | None:
    return None if case.stage == Stage.CLOSED else f"{case.short_number} 正在办，不用重新办理"


ACTS = (
    Act(
        verb="accept",
        label="受理",
        who=policies.can_triage,
        when=always,
        done=_accepted,
        arcs=arcs((Stage.ACCEPTANCE, Stage.TRIAGE)),
        service=course.accept_case,
        form=forms.NoInput,
        main=True,
        rank=10,
    ),
    Act(
        verb="decline",
        label="不予受理",
        who=policies.can_triage,
        when=_nobody_at_work,
        done=_closed,
        arcs=arcs(((Stage.ACCEPTANCE, Stage.TRIAGE, Stage.SUPERVISION), Stage.CLOSED)),
        service=course.decline_case,
        form=forms.DeclineForm,
        rank=70,
    ),
    Act(
        verb="note",
        label="记进展",
        who=policies.can_note,
        when=always,
        done=_closed,
        arcs=staying(*OPEN),
        service=course.note_case,
        form=forms.NoteForm,
        rank=30,
    ),
    Act(
        verb="amend",
        label="补充更正",
        who=policies.can_note,
        when=always,
        done=_closed,
        arcs=staying(*OPEN),
        service=course.amend_case,
        form=forms.AmendForm,
        rank=60,
    ),
    Act(
        verb="add-party",
        label="补充当事人",
        who=policies.can_note,
        when=always,
        done=_closed,
        arcs=staying(*OPEN),
        service=parties.add_party,
        form=AddPartyForm,
        rank=61,
    ),
    Act(
        verb="revisit",
        label="再次来访",
        who=policies.can_register,
        when=always,
        done=_closed,
        arcs=staying(*OPEN),
        service=registration.revisit_case,
        form=forms.RevisitForm,
        rank=55,
    ),
    Act(
        verb="follow-up",
        label="回访",
        who=policies.can_follow_up,
        when=always,
        done=_closed,
        arcs=arcs((Stage.FOLLOW_UP, (Stage.CLOSED, Stage.HANDLING, Stage.FOLLOW_UP))),
        service=closing.follow_up_case,
        form=forms.FollowUpForm,
        main=True,
        rank=10,
    ),
    Act(
        verb="withdraw",
        label="撤回",
        who=policies.can_register,
        when=always,
        done=_closed,
        arcs=arcs((OPEN, Stage.CLOSED)),
        service=course.withdraw_case,
        form=forms.WithdrawForm,
        rank=80,
    ),
    Act(
        verb="transfer",
        label="移送",
        who=policies.can_triage,
        when=always,
        done=_closed,
        arcs=arcs((OPEN, Stage.CLOSED)),
        service=course.transfer_case,
        form=forms.TransferForm,
        rank=82,
    ),
    Act(
        verb="merge",
        label="并案",
        who=policies.can_triage,
        when=always,
        done=_closed,
        arcs=arcs((OPEN, Stage.CLOSED)),
        service=course.merge_case,
        form=forms.MergeForm,
        rank=75,
    ),
    Act(
        verb="unmerge",
        label="撤销并案",
        who=policies.can_triage,
        when=_is_merged,
        arcs=arcs((Stage.CLOSED, Stage.TRIAGE)),
        service=course.unmerge_case,
        form=forms.NoInput,
        rank=40,
    ),
    Act(
        verb="reopen",
        label="重新办理",
        who=policies.can_reopen,
        when=_may_start_again,
        done=_reopened,
        arcs=arcs((Stage.CLOSED, Stage.TRIAGE)),
        service=closing.reopen_case,
        form=forms.ReopenForm,
        rank=45,
    ),
)
