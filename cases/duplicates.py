"""疑似重复: 同人 + 同事, as petition practice has it. Found and asked about, never merged alone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Q

from cases.models import Case, Party
from cases.searching import search
from cases.services.registration import Registration
from cases.vocabulary import PartyRole
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.prepared import Given, IsAny, Prepared

CLOSED_WITHIN = timedelta(days=180)
SAME_OPPONENT_WITHIN = timedelta(days=90)
SHOWN = 5
LOOKED_AT = 50
TOWN = 9  # digits of a division code that name the town

# What people leave off when they name a company.
_LEGAL_FORM = re.compile("(?:有限责任公司|股份有限公司|有限公司|公司)$")


@dataclass(frozen=True)
class Sketch:
    """What is known of a matter while it is still being typed; empty is not known yet."""

    phones: Sequence[str] = ()
    id_numbers: Sequence[str] = ()
    type_code: str = ""
    opponents: Sequence[str] = ()
    region_code: str = ""
    submission_id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Duplicate:
    """An earlier case that may be the same matter, with the question to ask."""

    case: Case
    question: str


def sketch_of(registration: Registration) -> Sketch:
    """What duplicates are found by, in a registration that is complete."""
    applicants = [p for p in registration.parties if p.role == PartyRole.APPLICANT]
    return Sketch(
        phones=[p.phone for p in applicants if p.phone],
        id_numbers=[p.id_number for p in applicants if p.id_number],
        type_code=registration.type.code,
        opponents=[p.name for p in registration.parties if p.role == PartyRole.RESPONDENT],
        region_code=registration.occurred_region.code,
        submission_id=registration.submission_id,
    )


def duplicates_of(registration: Registration, *, by: User) -> list[Case]:
    """The strong duplicates of a registration; see `strong`."""
    return strong(sketch_of(registration), by=by)


def same_person(phones: Sequence[str], id_numbers: Sequence[str]) -> Q:
    """Parties with one of these numbers, which must be normalised."""
    found = Q(pk__in=[])
    for phone in phones:
        found |= Q(phone_key=blind_index(phone, "party.phone"))
    for id_number in id_numbers:
        found |= Q(id_number_key=blind_index(id_number, "party.id_number"))
    return found


_KEYS = ArrayField(CharField())
_KNOWN = Prepared(
    lambda: (
        Party.objects.filter(
            IsAny(F("phone_key"), Given("phones", _KEYS))
            | IsAny(F("id_number_key"), Given("id_numbers", _KEYS)),
            role=PartyRole.APPLICANT,
        )
        .order_by()
        .only("pk")[:1]
    ),
    planned=False,  # mostly there is nobody: made for any number, a plan might look at everybody
)


def _have_been_here(sketch: Sketch) -> bool:
    """Whether anybody with these numbers has: mostly not, and then there is nothing to look for."""
    return bool(
        _KNOWN(
            phones=[blind_index(phone, "party.phone") for phone in sketch.phones],
            id_numbers=[blind_index(number, "party.id_number") for number in sketch.id_numbers],
        )
    )


def strong(sketch: Sketch, *, by: User) -> list[Case]:
    """The same phone or identity number, and the same type or the same opponent.

    Open, or closed within 180 days; only such as this person may see.
    """
    if not _have_been_here(sketch):
        return []
    person = same_person(sketch.phones, sketch.id_numbers)
    theirs = Party.objects.filter(person, role=PartyRole.APPLICANT)
    against = Party.objects.filter(role=PartyRole.RESPONDENT, name__in=sketch.opponents)
    same_matter = Q(type__code=sketch.type_code)
    if sketch.opponents:
        same_matter |= Q(pk__in=against.filter(case__in=theirs.values("case")).values("case"))
    recent = Q(closed_at=None) | Q(closed_at__gte=clock.now() - CLOSED_WITHIN)
    found = Case.objects.visible_to(by).filter(
        same_matter, recent, pk__in=theirs.values("case"), merged_into=None
    )
    others = found.exclude(submission_id=sketch.submission_id)
    return list(others.for_list().order_by("-pk")[:SHOWN])


def weak(sketch: Sketch, *, by: User) -> list[Case]:
    """Other people against the same opponent in the same town, within 90 days."""
    if not sketch.opponents or not sketch.region_code:
        return []
    person = same_person(sketch.phones, sketch.id_numbers)
    theirs = Party.objects.filter(person, role=PartyRole.APPLICANT).values("case")
    near = Case.objects.visible_to(by).filter(
        registered_at__gte=clock.now() - SAME_OPPONENT_WITHIN,
        occurred_region__code__startswith=sketch.region_code[:TOWN],
        merged_into=None,
    )
    near = near.exclude(submission_id=sketch.submission_id).exclude(pk__in=theirs)
    found: dict[int, Case] = {}
    for name in sketch.opponents:
        core = core_name(name)
        named = Party.objects.filter(role=PartyRole.RESPONDENT, name__contains=core)
        rows = search(near, core).order_by("-registered_at", "-pk")[:LOOKED_AT]
        about = set(
            named.filter(case__in=[case.pk for case in rows]).values_list("case", flat=True)
        )
        found |= {case.pk: case for case in rows if case.pk in about}
    return list(found.values())


def core_name(name: str) -> str:
    """「鑫源劳务公司」 as it is found in every spelling: 鑫源劳务."""
    return _LEGAL_FORM.sub("", name) or name


def ask_about(found: list[Case], name: str) -> list[Duplicate]:
    """「张某某 2 月 11 日来说过同一件事（办理中）。是“再次来访”还是“另一件事”？」"""
    return [Duplicate(case, _question(case, name)) for case in found]


def _question(case: Case, name: str) -> str:
    day = dates.day(clock.local(case.registered_at).date())
    state = case.staff_label
    return f"{name or '来访人'} {day}来说过同一件事（{state}）。是“再次来访”还是“另一件事”？"
