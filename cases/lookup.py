"""这个人以前来过 n 次: what a phone or an identity number says about the person at the window."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum

from cases.duplicates import same_person
from cases.models import Case, Party
from cases.policies import can_register, can_reveal
from cases.services.revealing import reveal_party
from cases.vocabulary import PartyRole
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import NotAllowed, NotFound
from zongzhi.lib.identity import mask_name

SHOWN = 5


@dataclass(frozen=True)
class Earlier:
    """One earlier matter: day, a line, where it stands, and what can be done with it."""

    case: Case
    party: Party
    day: date
    may_revisit: bool
    submission_id: uuid.UUID = field(default_factory=uuid.uuid4)  # of the form 再次来访


@dataclass(frozen=True)
class Known:
    """Who this is, as far as the person asking may know."""

    times: int = 0
    earlier: list[Earlier] = field(default_factory=list)
    doubt: str = ""  # whose phone this used to be, when the identity number says somebody else

    @property
    def more(self) -> bool:
        return len(self.earlier) > SHOWN


def known_person(user: User, *, phone: str, id_number: str) -> Known:
    """The earlier matters of whoever has this phone or identity number, the newest first."""
    numbers = same_person([phone] if phone else [], [id_number] if id_number else [])
    parties = Party.objects.visible_to(user).filter(numbers, role=PartyRole.APPLICANT)
    by_case: dict[int, Party] = {}
    for party in parties.order_by("-case_id", "pk")[: SHOWN * 10]:
        by_case.setdefault(party.case_id, party)
    if not by_case:
        return Known()
    cases = Case.objects.visible_to(user).filter(pk__in=by_case)
    visits = cases.aggregate(times=Sum("visits_count"))["times"] or 0
    newest = cases.select_related("type", "unit").order_by("-registered_at", "-pk")
    earlier = [_earlier(user, case, by_case[case.pk]) for case in newest[: SHOWN + 1]]
    return Known(visits, earlier, _doubt(list(by_case.values()), phone, id_number))


def _earlier(user: User, case: Case, party: Party) -> Earlier:
    day = clock.local(case.registered_at).date()
    return Earlier(case, party, day, case.is_open and can_register(user, case))


def _doubt(parties: list[Party], phone: str, id_number: str) -> str:
    """「这个手机号以前是李某用的，是同一个人吗？」"""
    if not phone or not id_number:
        return ""
    key = blind_index(id_number, "party.id_number")
    if any(party.id_number_key == key for party in parties):
        return ""
    other = next((p for p in parties if p.id_number_key), None)
    if other is None:
        return ""
    return f"这个手机号以前是{mask_name(other.name, minor=True)}用的，是同一个人吗？"


def person_of(*, user: User, party_id: str, address: str | None) -> dict[str, str]:
    """The person of an earlier matter, to be filled in for another one; remembered as a look.

    Raises NotFound for a party not visible, NotAllowed without the right to look behind masks.
    """
    if not party_id.isdecimal() or len(party_id) > 15:
        raise NotFound("没有这个人")
    party = Party.objects.visible_to(user).filter(pk=party_id).first()
    if party is None:
        raise NotFound("没有这个人")
    case = Case.objects.visible_to(user).for_detail().get(pk=party.case_id)
    if not can_reveal(user, case):
        raise NotAllowed(f"这个账号不能带出 {case.short_number} 来访人的信息，直接填")
    shown = reveal_party(
        case=case,
        party_id=party_id,
        by=user,
        reason="来访人又来，登记另一件事",
        address=address,
    )
    return {
        "phone": shown.phone,
        "name": shown.name,
        "id_kind": shown.id_kind,
        "id_number": shown.id_number,
        "address": shown.address,
    }
