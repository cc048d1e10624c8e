"""A refused act leaves nothing: no event, no notice, no row, no column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cases.models import (
    Assignment,
    Attempt,
    Case,
    CaseEvent,
    CaseLink,
    CaseText,
    FollowUp,
    Rating,
    Visit,
)
from dispatch.models import (
    Clue,
    Instruction,
    JointSession,
    JointTask,
    Mark,
    Reminder,
    Request,
    Return,
    Supervision,
    Whistle,
)
from mediation.models import (
    Agreement,
    AgreementTerm,
    Confirmation,
    Performance,
    Referral,
    Session,
    Signature,
)
from orgs.models import Booking, Delivery, Notice
from zongzhi.lib.errors import DomainError

TRACES = (
    Agreement,
    AgreementTerm,
    Confirmation,
    Performance,
    Referral,
    Signature,
    Assignment,
    Attempt,
    Booking,
    CaseEvent,
    CaseLink,
    CaseText,
    Clue,
    Delivery,
    FollowUp,
    JointSession,
    JointTask,
    Instruction,
    Mark,
    Notice,
    Rating,
    Reminder,
    Request,
    Return,
    Session,
    Supervision,
    Visit,
    Whistle,
)


def traces(case: Case) -> tuple[object, ...]:
    """Everything an act on this case could have left behind."""
    counts = [model.objects.count() for model in TRACES]
    return (*counts, Case.objects.filter(pk=case.pk).values().get())


@contextmanager
def refused(case: Case, error: type[DomainError], match: str | None = None) -> Iterator[None]:
    """The block is refused with that sentence, and nothing has happened."""
    before = traces(case)
    with pytest.raises(error, match=match):
        yield
    assert traces(case) == before
