"""显示: looking behind the mask, which is remembered."""

from __future__ import annotations

from cases.models import Case, Party
from cases.policies import can_reveal
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound


def reveal_party(*, case: Case, party_id: str, by: User, reason: str, address: str | None) -> Party:
    """The party whose numbers may now be read once; who, whom and why is in the access log.

    `case` is one that this person sees. Raises NotAllowed without the right, Invalid without a
    reason, NotFound for a party of another case.
    """
    if not can_reveal(by, case):
        raise NotAllowed(f"这个账号不能显示 {case.short_number} 当事人的电话和身份证号")
    if not reason.strip():
        raise Invalid(errors={"reason": ["还没选“为什么看”"]})
    party: Party | None = next((p for p in case.parties.all() if str(p.pk) == party_id), None)
    if party is None:
        raise NotFound("没有这个当事人")
    log_access(
        AccessLog.Action.REVEAL,
        user=by,
        address=address,
        subject=f"case {case.number} party {party.pk}",
        purpose=reason.strip()[:200],
        data={"case": case.pk, "party": party.pk},
    )
    return party
