"""The papers of this floor: what the centre sends to units, and what they send back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cases.composing import Paper
from cases.models import Assignment, Case, CaseText, Document
from cases.paper_kinds import About, PaperKind
from cases.policies import can_triage, leads
from dispatch.composing.assignment import compose_assignment, compose_transfer_note
from dispatch.composing.cooperation import compose_cooperation
from dispatch.composing.mediation_letter import compose_entrustment, compose_mediation_reply
from dispatch.composing.words import Part
from dispatch.papers_of_watching import WATCHING
from orgs.models import Department


def _with_a_lead(case: Case) -> str:
    return "" if case.lead is not None else f"{case.short_number} 还没派出，派出后才有"


def _assisted(case: Case) -> str:
    if any(not part.is_lead for part in case.open_assignments):
        return ""
    return f"{case.short_number} 没有协办单位，不用协作联系单"


def _with_a_body(case: Case) -> str:
    if case.lead is not None and case.lead.unit.kind == Department.Kind.BODY:
        return ""
    return f"{case.short_number} 没有派给调解组织，不用委托调处函"


def _answered(case: Case) -> str:
    if _reported(case) is None:
        return f"{case.short_number} 调解组织还没反馈结果，反馈后才有回复函"
    return ""


def _reported(case: Case) -> Assignment | None:
    """The part of the mediation body that has reported last."""
    if case.unit is None or case.unit.kind != Department.Kind.BODY:
        return None
    parts = case.assignments.filter(role=Assignment.Role.LEAD, unit=case.unit)
    return parts.exclude(reported_at=None).select_related("unit").order_by("-pk").first()


def _noted(case: Case, about: About) -> Part:
    """The part, with what was said to the units when the case was dispatched this round."""
    said = CaseText.objects.filter(
        event__case=case, event__verb="dispatch", event__round=case.round
    ).order_by("-event__seq")
    part: Part = about.row
    return replace(part, note=said.values_list("text", flat=True).first() or "")


def _parts(case: Case) -> tuple[Assignment, list[Assignment]] | None:
    lead = case.lead
    if lead is None:
        return None
    return lead, [part for part in case.open_assignments if not part.is_lead]


def _of_the_lead(case: Case) -> Sequence[About]:
    if (parts := _parts(case)) is None:
        return ()
    lead, assisting = parts
    return (About(lead.pk, row=Part(lead, lead, assisting)),)


def _of_each_assisting(case: Case) -> Sequence[About]:
    if (parts := _parts(case)) is None:
        return ()
    lead, assisting = parts
    return [About(one.pk, one.unit.name, Part(one, lead, assisting)) for one in assisting]


def _of_the_body(case: Case) -> Sequence[About]:
    part = _reported(case)
    return (About(part.pk, row=part),) if part is not None else ()


def _all_units(case: Case, about: About) -> Sequence[Department]:
    part: Part = about.row
    return [part.lead.unit, *(one.unit for one in part.assisting)]


def _lead_unit(case: Case, about: About) -> Sequence[Department]:
    return [about.row.lead.unit]


def _own_unit(case: Case, about: About) -> Sequence[Department]:
    return [about.row.own.unit]


def _the_centre(case: Case, about: About) -> Sequence[Department]:
    return list(Department.objects.filter(runs=case.center).select_related("runs"))


def _assignment(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_assignment(case, _noted(case, about), number=number, day=day)


def _transfer_note(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_transfer_note(case, _noted(case, about), number=number, day=day)


def _cooperation(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_cooperation(case, _noted(case, about), number=number, day=day)


def _entrustment(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_entrustment(case, _noted(case, about), number=number, day=day)


def _mediation_reply(case: Case, about: About, number: str, day: date) -> Paper:
    letter = case.documents.filter(kind=Document.Kind.ENTRUSTMENT, about=about.pk).first()
    entrusted = letter.number if letter is not None else ""
    return compose_mediation_reply(case, about.row, entrusted=entrusted, number=number, day=day)


_DESK = "分流员出具"

PAPERS = (
    PaperKind(
        Document.Kind.ASSIGNMENT,
        _assignment,
        can_triage,
        maker=_DESK,
        why_not=_with_a_lead,
        abouts=_of_the_lead,
        signers=_all_units,
        series="综交办",
    ),
    PaperKind(
        Document.Kind.TRANSFER_NOTE,
        _transfer_note,
        can_triage,
        maker=_DESK,
        why_not=_with_a_lead,
        abouts=_of_the_lead,
        signers=_lead_unit,
        series="综转办",
    ),
    PaperKind(
        Document.Kind.COOPERATION,
        _cooperation,
        can_triage,
        maker=_DESK,
        why_not=_assisted,
        abouts=_of_each_assisting,
        signers=_own_unit,
        series="综协作",
    ),
    PaperKind(
        Document.Kind.ENTRUSTMENT,
        _entrustment,
        can_triage,
        maker=_DESK,
        why_not=_with_a_body,
        abouts=_of_the_lead,
        signers=_lead_unit,
        series="综委调",
    ),
    PaperKind(
        Document.Kind.MEDIATION_REPLY,
        _mediation_reply,
        leads,
        maker="调解组织出具",
        why_not=_answered,
        abouts=_of_the_body,
        signers=_the_centre,
        series="综调复",
    ),
    *WATCHING,
)
