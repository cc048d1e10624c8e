"""What this floor keeps of a change of a case, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.models import Case, CaseEvent, FollowUp
from cases.vocabulary import Closure, Stage
from reports.models import FormerEnding

# How a case ended without a result, by the act that ended it.
_WITHOUT_A_RESULT = {
    "withdraw": Closure.WITHDRAWN,
    "decline": Closure.DECLINED,
    "transfer": Closure.TRANSFERRED,
    "merge": Closure.MERGED,
}


def keep_the_former_ending(*, change: Change, before: Stage, **_: Any) -> None:
    """A case that is taken up again forgets how it had ended; the tables of then do not."""
    case = change.case
    if before != Stage.CLOSED or not case.is_open:
        return
    endings = CaseEvent.objects.filter(case=case, to_stage=Stage.CLOSED)
    ended = endings.exclude(from_stage=Stage.CLOSED).order_by("-seq").first()
    if ended is not None:
        FormerEnding.objects.create(
            case=case,
            closed_at=ended.at,
            closure=_WITHOUT_A_RESULT.get(ended.verb) or _said_at_the_end(case),
            reopened_at=change.now,
        )


def _said_at_the_end(case: Case) -> str:
    """As the call-back or the citizen's rating that closed it has it."""
    said = FollowUp.objects.filter(case=case).exclude(closure="").order_by("-pk")
    return said.values_list("closure", flat=True).first() or Closure.PROCEDURAL
