"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.vocabulary import Stage
from dispatch.models import Request, Supervision
from dispatch.services.assigning import settle_requests
from dispatch.services.instructing import put_instructions_away
from dispatch.services.supervising import close_supervision


def put_papers_away(*, change: Change, before: Stage, **_: Any) -> None:
    """A case that ends leaves no 督办单 open and no request waiting."""
    if not change.case.is_open and before != Stage.CLOSED:
        put_instructions_away(change)
    if change.case.is_open or before in (Stage.FOLLOW_UP, Stage.CLOSED):
        return
    close_supervision(change, Supervision.Ending.CASE_ENDED)
    settle_requests(change, *Request.Kind, granted=False)
