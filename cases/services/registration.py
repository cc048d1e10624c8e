"""登记: taking a matter in, and the same person coming again for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from cases import statutory
from cases.clocks import clocks_of, local_day
from cases.door import changing, place
from cases.grid_events import raise_event
from cases.history import digest, next_line
from cases.loading import load_assignments
from cases.models import Case, CaseLink, Consultation, DisputeType, Party, Visit
from cases.numbering import new_token, next_case_id, next_case_numbers
from cases.services.drafting import forget_draft
from cases.services.duties import require_reports
from cases.services.telling import tell_of_registration
from cases.signals import case_registered
from cases.vocabulary import PartyRole, Source, Special, Willing
from grids.models import Grid
from orgs.models import Department, Post, Region, User
from orgs.models.calendar import REFERENCE
from orgs.models.people import Holders
from orgs.permissions import Permission
from orgs.services import notice, notify
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound
from zongzhi.lib.identity import IdKind, is_minor, mask_name
from zongzhi.lib.prepared import Statement, insert
from zongzhi.lib.words import search_document

GROUP_SIZE = 5  # 5人以上, `ux.md` §2.3
MOST_DELEGATES = 5  # 代表, 信访工作条例


@dataclass(frozen=True)
class PartyInput:
    """A party as it was given: numbers already checked, empty meaning not given."""

    role: PartyRole
    name: str
    phone: str = ""
    id_number: str = ""
    address: str = ""
    is_organization: bool = False
    id_kind: IdKind = IdKind.RESIDENT

    def is_minor(self, today: date) -> bool:
        """Only the number of a 身份证 says how old somebody is."""
        has_card = self.id_number and self.id_kind == IdKind.RESIDENT
        return bool(has_card) and is_minor(self.id_number, today)


@dataclass(frozen=True)
class Registration:
    """Everything a registration holds, whichever door it came in by."""

    source: Source
    narrative: str
    type: DisputeType
    occurred_region: Region
    parties: Sequence[PartyInput]
    special: Sequence[Special]
    willing_to_mediate: Willing
    visitors: int = 1
    suggested_unit: Department | None = None
    amount: Decimal | None = None
    grid: Grid | None = None
    submission_id: uuid.UUID = field(default_factory=uuid.uuid4)
    not_secret: bool = False  # somebody has said that a mark in the narrative is none
    no_id_reason: str = ""  # why the window has no identity number: "forgot", "refused"
    separate_from: Sequence[int] = ()  # cases of the same person that this one is not: 另一件事
    group_with: Sequence[int] = ()  # cases of others that the window would handle with this one
    consultation_id: int | None = None  # the question this grew out of
    grid_event: str = ""  # the number of the grid event this is raised from
    direct_rule: str = ""  # 直派: the rule by which the window sends it to `suggested_unit`


def register_case(registration: Registration, *, by: User) -> tuple[Case, bool]:
    """Register a case; (case, whether it is new).

    The same submission id gives the same case again, once, however often it is sent. A window
    takes a case in whole: it goes straight on to 分流. Raises NotAllowed without the right to
    register, Invalid when the parties or the special situations do not hold together.
    """
    post = _registering_post(by)
    registration = _complete(registration)
    try:
        with transaction.atomic():
            return _register(registration, post, by), True
    except IntegrityError:
        existing = Case.objects.filter(submission_id=registration.submission_id).first()
        if existing is None:
            raise
        return _same_again(existing, by)


def _registering_post(by: User) -> Post:
    posts = by.posts_giving(Permission.REGISTER)
    if not posts:
        raise NotAllowed("这个账号不能登记事项，由窗口登记员登记")
    return posts[0]


def _same_again(case: Case, by: User) -> tuple[Case, bool]:
    if case.registered_by_id != by.pk:
        raise NotFound("没有这次登记")
    load_assignments([case], by.reference_revision)
    return case, False


def _complete(registration: Registration) -> Registration:
    """What follows from what was typed: five people are a group, a child's number a minor."""
    special = list(dict.fromkeys(registration.special))
    if not special:
        raise Invalid(errors={"special": ["还没选“特别情况”，没有就选 0"]})
    if Special.NONE in special and len(special) > 1:
        raise Invalid(errors={"special": ["选了“都没有”，就不能再选别的特别情况"]})
    if not any(party.role == PartyRole.APPLICANT for party in registration.parties):
        raise Invalid(errors={"parties": ["还没填来访人"]})
    delegates = sum(party.role == PartyRole.DELEGATE for party in registration.parties)
    if delegates > MOST_DELEGATES:
        said = f"代表最多 {MOST_DELEGATES} 人，现在是 {delegates} 人"
        raise Invalid(errors={"parties": [said]})
    today = local_day(clock.now())
    if registration.visitors >= GROUP_SIZE and Special.GROUP not in special:
        special.append(Special.GROUP)
    if any(party.is_minor(today) for party in registration.parties):
        special = [*dict.fromkeys([*special, Special.MINOR])]
    if len(special) > 1:
        special = [flag for flag in special if flag != Special.NONE]
    return replace(registration, special=special)


def _register(registration: Registration, post: Post, by: User) -> Case:
    now = clock.now()
    center = post.center
    whole = registration.source == Source.WINDOW and post.gives(Permission.VIEW_CENTER)
    case = Case(
        submission_id=registration.submission_id,
        token=new_token(),
        center=center,
        label_since=now,
        title=title_of(registration),
        narrative=registration.narrative,
        type=registration.type,
        source=registration.source,
        occurred_region=registration.occurred_region,
        grid=registration.grid,
        special=[str(flag) for flag in registration.special],
        willing_to_mediate=registration.willing_to_mediate,
        amount=registration.amount,
        suggested_unit=registration.suggested_unit,
        visitors_count=registration.visitors,
        registered_by=by,
        first_receiver=by if whole else None,
        window=post.window,
        registered_at=now,
    )
    case._open_assignments = []
    if whole:
        case.accept()
        case.accepted_at = now
    case.pk, revisions = next_case_id()
    clocks = clocks_of(center, revisions)
    place(case, clocks, now=now)
    facts: dict[str, Any] = {
        "source": registration.source,
        "narrative": digest(registration.narrative),
    }
    if registration.no_id_reason:
        facts["no_id_number"] = registration.no_id_reason
    if registration.not_secret:
        facts["not_secret"] = True
    event = next_line(case, "register", by=by, data=facts)
    case.loaded_parties = parties_of(case, registration.parties)
    visit = Visit(
        case=case,
        center=center,
        at=now,
        visitors=registration.visitors,
        received_by=by,
        window=post.window,
    )
    words = words_of(case, [party.name for party in registration.parties])
    insert([event], case.loaded_parties, [visit], beside=[words])
    numbers = next_case_numbers(center, local_day(now))
    case.number, case.short_number = numbers.full, numbers.short
    ordered = statutory.ON_ARRIVAL.get(registration.source)
    case.statutory_since = now if ordered else None
    what = "待分流" if whole else "待受理"
    # With the case, not after it: everybody who registers here waits for this centre's counter.
    told = notice(
        Holders(Permission.TRIAGE, center=center),
        text=f"新登记 {case.short_number}，{what}",
        url=case.get_absolute_url(),
        revision=revisions.get(REFERENCE),
    )
    insert([case], beside=[told])
    if ordered:
        statutory.begin(case, ordered, local_day(now))
    _link(case, registration)
    require_reports(case, clocks, now=now)
    tell_of_registration(case, case.loaded_parties)
    if registration.grid_event:
        raise_event(registration.grid_event, case, by=by)
    return _sent_on(case, registration, by)


def _sent_on(case: Case, registration: Registration, by: User) -> Case:
    """The case as it is after a higher floor has moved it on, where one has."""
    told: list[Any] = case_registered.send(Case, case=case, registration=registration, by=by)
    moved = [answer for _, answer in told if isinstance(answer, Case)]
    return moved[0] if moved else case


def _link(case: Case, registration: Registration) -> None:
    """Keep what the window said about other cases, and about the question this grew out of."""
    said = {
        CaseLink.Kind.SEPARATE: registration.separate_from,
        CaseLink.Kind.GROUP: registration.group_with,
    }
    links = [
        CaseLink(kind=kind, source=case, target_id=pk, at=case.registered_at)
        for kind, others in said.items()
        for pk in others
    ]
    if links:
        CaseLink.objects.bulk_create(links)
    if registration.consultation_id is not None:
        asked = Consultation.objects.filter(pk=registration.consultation_id, became=None)
        asked.filter(center=case.center).update(became=case)


def title_of(registration: Registration) -> str:
    """「张某某与鑫源劳务公司 拖欠农民工工资」: people masked, so that a list may show it."""
    minor = Special.MINOR in registration.special
    names = {
        role: [
            p.name if p.is_organization else mask_name(p.name, minor=minor)
            for p in registration.parties
            if p.role == role
        ]
        for role in PartyRole
    }
    applicants, respondents = names[PartyRole.APPLICANT], names[PartyRole.RESPONDENT]
    who = applicants[0] + (f"等{registration.visitors}人" if registration.visitors > 1 else "")
    against = f"与{respondents[0][:40]}" if respondents else ""
    return f"{who}{against} {registration.type.name}"[:100]


def parties_of(case: Case, parties: Sequence[PartyInput]) -> list[Party]:
    """Their rows, not yet in the database."""
    return [
        Party(
            case=case,
            role=party.role,
            name=party.name,
            is_organization=party.is_organization,
            phone=party.phone,
            phone_key=blind_index(party.phone, "party.phone") if party.phone else "",
            id_kind=party.id_kind,
            id_number=party.id_number,
            id_number_key=(
                blind_index(party.id_number, "party.id_number") if party.id_number else ""
            ),
            address=party.address,
        )
        for party in parties
    ]


_INDEX = """
INSERT INTO cases_casewords (case_id, words) VALUES (%s, to_tsvector('simple', %s))
ON CONFLICT (case_id) DO UPDATE SET words = excluded.words
"""


def words_of(case: Case, names: Sequence[str]) -> Statement:
    """What the search box finds the case by, to be written."""
    return _INDEX, [case.pk, search_document(case.narrative, case.type.name, *names)]


def index_words(case: Case, names: Sequence[str]) -> None:
    """Write what the search box finds the case by."""
    with connection.cursor() as cursor:
        cursor.execute(*words_of(case, names))


class _CountedAlready(Exception):
    """This very form has been counted before: nothing more is to happen."""


def revisit_case(
    *, case_id: int, by: User, visitors: int, text: str, submission_id: uuid.UUID | None = None
) -> Case:
    """再次来访: the same people come again for the same matter; it keeps its number.

    The same submission id is one visit, however often it is sent.
    """
    try:
        return _revisit(case_id, by, visitors, text, submission_id)
    except _CountedAlready:
        return Case.objects.visible_to(by).get(pk=case_id)


@transaction.atomic
def revisit_for_event(
    *,
    case_id: int,
    by: User,
    visitors: int,
    text: str,
    event: str,
    submission_id: uuid.UUID | None = None,
) -> Case:
    """转为事项 where the matter is known already: one visit more, and the event goes with it."""
    case = revisit_case(
        case_id=case_id, by=by, visitors=visitors, text=text, submission_id=submission_id
    )
    if event:
        raise_event(event, case, by=by)
    return case


def _revisit(
    case_id: int, by: User, visitors: int, text: str, submission_id: uuid.UUID | None
) -> Case:
    with changing(case_id, "revisit", by=by) as change:
        case = change.case
        if submission_id and Visit.objects.filter(submission_id=submission_id).exists():
            raise _CountedAlready
        windows = [post.window for post in by.posts_giving(Permission.REGISTER)]
        Visit.objects.create(
            case=case,
            center=case.center,
            at=change.now,
            visitors=visitors,
            received_by=by,
            window=next(iter(windows), None),
            submission_id=submission_id,
        )
        case.visits_count += 1
        case.visitors_count += visitors
        change.data, change.text = {"visitors": visitors}, text
        if case.unit is not None:
            notify(
                Holders(Permission.HANDLE, department=case.unit),
                text=f"{case.short_number} 来访人又来了一次",
                url=case.get_absolute_url(),
            )
    return change.case


@transaction.atomic
def record_consultation(
    *,
    by: User,
    category: str,
    text: str,
    name: str = "",
    phone: str = "",
    visitors: int = 1,
    draft: uuid.UUID | None = None,
    submission_id: uuid.UUID | None = None,
) -> tuple[Consultation, bool]:
    """只是咨询，记一笔: one visit, no case; (the line, whether it is new).

    The registration it was typed in first is over. The same submission id is one line, however
    often it is sent; NotFound when somebody else has sent it.
    """
    post = _registering_post(by)
    given = {
        "center": post.center,
        "category": Consultation.Category(category),
        "text": text,
        "name": name,
        "phone": phone,
        "visitors": visitors,
        "at": clock.now(),
        "received_by": by,
    }
    line, is_new = Consultation.objects.get_or_create(
        submission_id=submission_id or uuid.uuid4(), defaults=given
    )
    if line.received_by_id != by.pk:
        raise NotFound("没有这笔咨询")
    if draft is not None:
        forget_draft(submission_id=draft, by=by)
    return line, is_new
