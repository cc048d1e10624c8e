"""批示, its answer, 已阅; and a mark taken back."""

from __future__ import annotations

from collections.abc import Sequence

from cases import policies
from cases.acts import Act, always, staying
from cases.loading import OF_CASES
from cases.models import Case
from cases.vocabulary import Stage
from dispatch import supervision_forms as forms
from dispatch.models import Instruction
from dispatch.services import instructing, marking
from dispatch.sheets import is_marked, load_sheets
from orgs.models import User
from zongzhi.lib.prepared import Prepared, grouped

OPEN = (Stage.ACCEPTANCE, Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION, Stage.FOLLOW_UP)
INSTRUCTIONS = "loaded_instructions"  # what `load_what_waits` leaves on a case

_INSTRUCTIONS = Prepared(lambda: Instruction.objects.filter(OF_CASES, noted_at=None))


def load_what_waits(cases: Sequence[Case]) -> None:
    """Load the instructions, sheets and marks of the few cases that have any."""
    load_sheets(cases)
    instructed = [c for c in cases if c.instructed_at is not None and not hasattr(c, INSTRUCTIONS)]
    pks = [case.pk for case in instructed]
    found = grouped(_INSTRUCTIONS(cases=pks), "case_id") if pks else {}
    for case in instructed:
        setattr(case, INSTRUCTIONS, found.get(case.pk, []))


def _instructions(case: Case) -> list[Instruction]:
    if not _was_instructed(case):
        return []
    loaded: list[Instruction] | None = getattr(case, INSTRUCTIONS, None)
    return list(case.instructions.filter(noted_at=None)) if loaded is None else loaded


def _works_on_it(user: User, case: Case) -> bool:
    return policies.takes_part(user, case) or policies.can_triage(user, case)


def _was_instructed(case: Case) -> bool:
    return case.instructed_at is not None


def _was_supervised(case: Case) -> bool:
    return case.supervised_at is not None


def _may_be_answered(case: Case) -> str | None:
    waiting = any(given.answered_at is None for given in _instructions(case))
    return None if waiting else "没有等回复的批示"


def _nothing_of_mine(user: User, case: Case) -> str | None:
    for given in _instructions(case):
        if given.answered_at is None and instructing.may_answer(given, user, case):
            return None
    return "没有等这个账号回复的批示"


def _may_be_noted(case: Case) -> str | None:
    answered = any(given.answered_at is not None for given in _instructions(case))
    return None if answered else "批示还没有回复"


def _may_be_revoked(case: Case) -> str | None:
    return None if is_marked(case) else "没有督办牌"


ACTS = (
    Act(
        verb="instruct",
        label="批示",
        who=policies.leads_the_centre,
        when=always,
        arcs=staying(*OPEN),
        service=instructing.instruct_case,
        form=forms.InstructForm,
        rank=51,
    ),
    Act(
        verb="answer-instruction",
        label="回复批示",
        who=_works_on_it,
        when=_may_be_answered,
        own_part=_nothing_of_mine,
        concerns=_was_instructed,
        arcs=staying(*OPEN),
        service=instructing.answer_instruction,
        form=forms.AnswerInstructionForm,
        main=True,
        rank=11,
    ),
    Act(
        verb="accept-instruction",
        label="已阅",
        who=policies.leads_the_centre,
        when=_may_be_noted,
        concerns=_was_instructed,
        arcs=staying(*OPEN),
        service=instructing.note_instruction,
        form=forms.NoteInstructionForm,
        main=True,
        rank=11,
    ),
    Act(
        verb="revoke-mark",
        label="取消督办牌",
        who=policies.can_supervise,
        when=_may_be_revoked,
        concerns=_was_supervised,
        arcs=staying(*OPEN),
        service=marking.revoke_mark,
        form=forms.RevokeMarkForm,
        rank=58,
    ),
)
