"""What this floor does when a case changes, inside the transaction that changes it."""

from __future__ import annotations

from typing import Any

from cases.door import Change
from cases.models import Case
from cases.services.registration import Registration
from cases.vocabulary import Stage
from dispatch.models import Request, Supervision
from dispatch.services.assigning import settle_requests
from dispatch.services.convening import drop_tasks, leave_sessions
from dispatch.services.direct import send_directly
from dispatch.services.instructing import put_instructions_away
from dispatch.services.supervising import close_supervision
from dispatch.services.whistling import call_off_whistles
from orgs.models import User
from zongzhi.lib.errors import DomainError


def put_papers_away(*, change: Change, before: Stage, **_: Any) -> None:
    """A case that ends leaves no 督办单 open, no request waiting, nobody on the way to it."""
    _call_off(change, before)
    if not change.case.is_open and before != Stage.CLOSED:
        put_instructions_away(change)
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


def _call_off(change: Change, before: Stage) -> None:
    """Whoever was called or asked to sit together for work that is over stays where they are."""
    over = (Stage.FOLLOW_UP, Stage.CLOSED)
    if change.case.stage in over and before not in over:
        call_off_whistles(change)
        leave_sessions(change, f"{change.case.short_number} 不用再议")
    if not change.case.is_open and before != Stage.CLOSED:
        drop_tasks(change)
