"""Which rule spoke when a case was dispatched: kept with the dispatch, whoever was right."""

from __future__ import annotations

from cases.door import Change
from dispatch.direct import sent_directly
from dispatch.models import RuleHit
from dispatch.rulebook import verdict_of
from orgs.models import Department


def remember_rule(change: Change, lead: Department) -> None:
    """Keep the rule that won at this moment, the unit it named and the one that was chosen.

    The rules are those in force now, whatever a page may have shown before.
    """
    case, by = change.case, change.by
    rule = verdict_of(case, change.reference).winner
    if rule is None or by is None:
        return
    followed = rule.lead_id == lead.pk
    direct = sent_directly(by, case) is not None
    RuleHit.objects.create(
        case=case,
        assignment=change.lead,
        rule_id=rule.pk,
        suggested_id=rule.lead_id,
        chosen=lead,
        followed=followed,
        direct=direct,
        at=change.now,
        by=by,
    )
    change.data["rule"] = rule.code
    if direct:
        change.data["direct"] = True
    if not followed:
        change.data["suggested"] = rule.lead_id
