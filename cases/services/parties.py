"""Who else the matter is about, told after the registration."""

from __future__ import annotations

from cases.clocks import local_day
from cases.door import changing
from cases.models import Case, Party
from cases.services.registration import (
    MOST_DELEGATES,
    PartyInput,
    index_words,
    parties_of,
)
from cases.vocabulary import PartyRole, Special
from orgs.models import User
from zongzhi.lib.errors import Invalid
from zongzhi.lib.identity import mask_name
from zongzhi.lib.prepared import insert


def add_party(*, case_id: int, by: User, party: PartyInput) -> Case:
    """补充当事人: a 对方 nobody knew at the window, a 代理人, a 代表.

    A child's identity number makes the case one that touches a minor, as at registration. Raises
    Invalid for somebody who is there already, and for one 代表 too many.
    """
    with changing(case_id, "add-party", by=by) as change:
        case = change.case
        known = list(case.parties.all())
        (row,) = parties_of(case, [party])
        if any(_is_same(row, other) for other in known):
            raise Invalid(errors={"name": [f"“{row.name}”已经是这件事的{row.get_role_display()}"]})
        delegates = sum(other.role == PartyRole.DELEGATE for other in known)
        if row.role == PartyRole.DELEGATE and delegates >= MOST_DELEGATES:
            raise Invalid(errors={"role": [f"代表最多 {MOST_DELEGATES} 人"]})
        insert([row])
        if party.is_minor(local_day(change.now)) and Special.MINOR not in case.special:
            kept = [flag for flag in case.special if flag != Special.NONE]
            case.special = [*kept, Special.MINOR.value]
        shown = _shown(case, row)
        if row.role == PartyRole.RESPONDENT and not _against(known):
            who, _, about = case.title.rpartition(" ")
            case.title = f"{who}与{shown[:40]} {about}"[:100]
        index_words(case, [other.name for other in (*known, row)])
        change.on_behalf_of(by)
        change.text = f"{row.get_role_display()}：{shown}"
        change.data = {"role": row.role}
    return change.case


def _is_same(row: Party, other: Party) -> bool:
    if row.id_number_key and other.id_number_key:
        return row.role == other.role and row.id_number_key == other.id_number_key
    return (row.role, row.name) == (other.role, other.name)


def _against(parties: list[Party]) -> bool:
    return any(party.role == PartyRole.RESPONDENT for party in parties)


def _shown(case: Case, row: Party) -> str:
    if row.is_organization:
        return row.name
    return mask_name(row.name, minor=Special.MINOR in case.special)
