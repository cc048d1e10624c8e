"""疑似重复: 同人 + 同事, as petition practice has it. Found and asked about, never merged alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from cases.models import Case, Party
from cases.services.registration import Registration
from cases.vocabulary import PartyRole
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.crypto import blind_index

CLOSED_WITHIN = timedelta(days=180)
SHOWN = 5


@dataclass(frozen=True)
class Duplicate:
    """An earlier case that may be the same matter, with the question to ask."""

    case: Case
    question: str


def duplicates_of(registration: Registration, *, by: User) -> list[Case]:
    """Strong ones: the same phone or identity number, and the same type or the same opponent.

    Open, or closed within 180 days; only such as this person may see.
    """
    applicants = [p for p in registration.parties if p.role == PartyRole.APPLICANT]
    same_person = Q(pk__in=[])
    for party in applicants:
        if party.phone:
            same_person |= Q(phone_key=blind_index(party.phone, "party.phone"))
        if party.id_number:
            key = blind_index(party.id_number, "party.id_number")
            same_person |= Q(id_number_key=key)
    theirs = Party.objects.filter(same_person, role=PartyRole.APPLICANT)
    if not theirs.exists():
        return []
    opponents = [p.name for p in registration.parties if p.role == PartyRole.RESPONDENT]
    against = Party.objects.filter(role=PartyRole.RESPONDENT, name__in=opponents)
    same_matter = Q(type=registration.type)
    if opponents:
        same_matter |= Q(pk__in=against.filter(case__in=theirs.values("case")).values("case"))
    recent = Q(closed_at=None) | Q(closed_at__gte=clock.now() - CLOSED_WITHIN)
    found = Case.objects.visible_to(by).filter(
        same_matter, recent, pk__in=theirs.values("case"), merged_into=None
    )
    others = found.exclude(submission_id=registration.submission_id)
    return list(others.for_list().order_by("-pk")[:SHOWN])


def ask_about(found: list[Case], name: str) -> list[Duplicate]:
    """「张某某 2 月 11 日来说过同一件事（办理中）。是“再次来访”还是“另一件事”？」"""
    return [Duplicate(case, _question(case, name)) for case in found]


def _question(case: Case, name: str) -> str:
    day = dates.day(clock.local(case.registered_at).date())
    state = case.staff_label
    return f"{name} {day}来说过同一件事（{state}）。是“再次来访”还是“另一件事”？"
