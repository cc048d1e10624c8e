"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.models import Case
from cases.services.registration import Registration
from cases.vocabulary import Stage
from dispatch.models import Request, Supervision
from dispatch.services.assigning import settle_requests
from dispatch.services.direct import send_directly
from dispatch.services.supervising import close_supervision
from orgs.models import User
from zongzhi.lib.errors import DomainError


def put_papers_away(*, change: Change, before: Stage, **_: Any) -> None:
    """A case that ends leaves no 督办单 open and no request waiting."""
    if change.case.is_open or before in (Stage.FOLLOW_UP, Stage.CLOSED):
        return
    close_supervision(change, Supervision.Ending.CASE_ENDED)
    settle_requests(change, *Request.Kind, granted=False)


def send_on_directly(*, case: Case, registration: Registration, by: User, **_: Any) -> Case | None:
    """直派, where the window asked for it; refused, the case is registered all the same."""
    if not registration.direct_rule:
        return None
    try:
        return send_directly(case=case, code=registration.direct_rule, by=by)
    except DomainError as error:
        case.not_sent = error.message
    return None
