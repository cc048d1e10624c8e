"""The closing checklist: what must be known before a result counts (`ux.md` §2.5)."""

from __future__ import annotations

from cases.models import Case
from cases.vocabulary import PartyRole


def missing_facts(case: Case) -> list[str]:
    """What the closing checklist still lacks, by name; empty when explained by 查不到的原因."""
    if case.not_found:
        return []
    lacking = []
    respondents = [p for p in case.parties.all() if p.role == PartyRole.RESPONDENT]
    if not respondents:
        lacking.append("对方")
    elif not any(p.phone for p in respondents):
        lacking.append("对方电话")
    if case.amount is None:
        lacking.append("涉及金额")
    return lacking
