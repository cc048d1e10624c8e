"""转录: what a case says in the terms of the national data set (GB/T 31000, `ux.md` §2.3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.models import Assignment, Case, Party, UpperField, UpperPlatform
from cases.presenting import place_of, show_party
from cases.vocabulary import PartyRole, Result, Satisfaction
from orgs.models import Department
from zongzhi.lib import clock, identity

Value = UpperField.Value
GROUP = 5
# What shows a person: behind the mask until somebody says that they are copying.
PERSONAL = (Value.PERSON_NAME, Value.PERSON_ID, Value.PERSON_PHONE, Value.PERSON_ADDRESS)
_METHODS = {Department.Kind.BODY: "人民调解", Department.Kind.BUREAU: "行政调解"}


@dataclass(frozen=True)
class Line:
    """One field of their page: its label there, what is read, and what is copied."""

    label: str
    shown: str
    copied: str
    personal: bool


def lines_of(
    platform: UpperPlatform, case: Case, lead: Assignment | None, *, full: bool
) -> list[Line]:
    """The fields in the order of their page; persons masked unless `full`."""
    said = values_of(case, lead, full=full)
    return [_line(field, said[Value(field.value)], case) for field in platform.fields.all()]


def _line(field: UpperField, word: str, case: Case) -> Line:
    code = field.code_of(word)
    if field.value == Value.CATEGORY and not code:
        code = case.type.upper_code
    return Line(
        label=field.label,
        shown=f"{word}（代码 {code}）" if code else word,
        copied=code or word,
        personal=field.value in PERSONAL,
    )


def in_one_line(lines: Iterable[Line]) -> str:
    """All of it with tabs between, as it goes into a row of a sheet."""
    return "\t".join(" ".join(line.copied.split()) for line in lines)


def values_of(case: Case, lead: Assignment | None, *, full: bool) -> dict[Value, str]:
    """Every value a case can give, as words; empty where there is none yet."""
    return {**_event(case), **_person(case, full=full), **_course(case, lead)}


def _event(case: Case) -> dict[Value, str]:
    organizations = [
        party.name for party in _of(case, PartyRole.RESPONDENT) if party.is_organization
    ]
    return {
        Value.TITLE: case.title,
        Value.OCCURRED_ON: f"{clock.local(case.registered_at):%Y-%m-%d}",
        Value.PLACE: place_of(case),
        Value.SCALE: "群体" if case.visitors_count >= GROUP else "个体",
        Value.CATEGORY: case.type.name,
        Value.PEOPLE: str(case.visitors_count),
        Value.NARRATIVE: case.narrative,
        Value.ORGANIZATION: "、".join(organizations),
    }


def _person(case: Case, *, full: bool) -> dict[Value, str]:
    party = next(iter(_of(case, PartyRole.APPLICANT)), None)
    if party is None:
        return dict.fromkeys((*PERSONAL, Value.PERSON_ID_KIND, Value.PERSON_SEX), "")
    shown = show_party(party, case, open_now=full)
    card = party.resident_number
    return {
        Value.PERSON_NAME: shown.name if full else _masked_name(party),
        Value.PERSON_ID_KIND: identity.IdKind(party.id_kind).label if party.id_number else "",
        Value.PERSON_ID: shown.id_number,
        Value.PERSON_SEX: identity.sex(card) if card else "",
        Value.PERSON_PHONE: shown.phone,
        Value.PERSON_ADDRESS: party.address if full or not party.address else "***",
    }


def _masked_name(party: Party) -> str:
    return identity.mask_name(party.name, organisation=party.is_organization)


def _course(case: Case, lead: Assignment | None) -> dict[Value, str]:
    due = lead.handling_due_at if lead else None
    said = lead if lead and lead.reported_at else None
    handler = lead.handler if lead else None
    return {
        Value.DUE_ON: f"{clock.local(due):%Y-%m-%d}" if due else "",
        Value.METHOD: _METHODS.get(Department.Kind(said.unit.kind), "其他") if said else "",
        Value.UNIT: lead.unit.name if lead else "",
        Value.HANDLER: handler.name if handler else "",
        Value.HANDLER_PHONE: (handler.phone if handler else "")
        or (lead.unit.phone if lead else ""),
        Value.SETTLED: ("是" if said.result == Result.RESOLVED else "否") if said else "",
        Value.RESULT: said.how if said else "",
        Value.JUDGED_ON: f"{clock.local(case.approved_at):%Y-%m-%d}" if case.approved_at else "",
        Value.JUDGEMENT: Satisfaction(case.satisfaction).label if case.satisfaction else "",
    }


def _of(case: Case, role: PartyRole) -> Sequence[Party]:
    return [party for party in case.parties.all() if party.role == role]
