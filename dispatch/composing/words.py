"""Phrases that several papers share, and what none of them may say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cases.composing import UNBROKEN
from cases.models import Assignment, Case
from cases.presenting import place_of
from cases.vocabulary import Complexity, PartyRole
from dispatch.complained import is_complained_of, units_among
from orgs.models import Department
from zongzhi.lib import dates

NOT_ON_PAPER = "按规定不写在纸上，凭编号在系统里看"
ON_THE_STUB = "见签收回执"
BY_THE_UNIT = "由单位指定"
# What a leader writes by hand, on the paper.
OPINION = "意见：\n\n　　　　　　　　　（签名）　　　　　年　　月　　日"


@dataclass(frozen=True)
class Part:
    """A unit's part in a case with what was said when it was dispatched, and who else has one."""

    own: Assignment
    lead: Assignment
    assisting: list[Assignment] = field(default_factory=list)
    note: str = ""


def may_be_named(case: Case, units: Iterable[Department]) -> bool:
    """Not where somebody at home or at school may find the paper, nor to whom is complained of."""
    against = units_among(case.parties.all())
    return not case.is_silent and not any(is_complained_of(unit.name, against) for unit in units)


def people(case: Case, role: PartyRole, *, named: bool) -> str:
    """The people of one side, as far as the paper may name them."""
    found = [party for party in case.parties.all() if party.role == role]
    if not found:
        return "没有填"
    return "、".join(party.name for party in found) if named else NOT_ON_PAPER


def matter(case: Case, *, named: bool) -> str:
    """What it is about, in the words of whoever came: nobody else is likely to tell it so."""
    return case.narrative if named else NOT_ON_PAPER


def title(case: Case) -> str:
    """What the case is called, where anybody may read it."""
    return case.short_number if case.is_silent else f"{case.short_number} {case.title}"


def unless_silent(text: str, cases: Iterable[Case]) -> str:
    """What was typed freely may say what it is about."""
    return NOT_ON_PAPER if text and any(case.is_silent for case in cases) else text


def kind(case: Case) -> str:
    return "按规定不写" if case.is_silent else f"{case.type.name}，{place_of(case)}"


def responsible(part: Assignment) -> str:
    """责任人: who was assigned; the unit says who until somebody is."""
    return part.handler.name if part.handler is not None else BY_THE_UNIT


def span(part: Assignment) -> str:
    """办理时限: from–to, with the days that were given."""
    first, last = dates.document(part.clock_from), dates.document(part.handling_due_at)
    level = Complexity(part.complexity).label if part.complexity else ""
    days = part.clock_days + part.extended_days
    counted = "个工作日" if part.clock_unit == "working" else "天"
    return f"{first}至{last}（{level}{'，' if level else ''}{days} {counted}）"


def contact(case: Case, part: Assignment) -> str:
    """联系人: who dispatched it, by the phone of the centre."""
    name = part.dispatched_by.name if part.dispatched_by is not None else case.center.name
    return f"{name} {case.center.phone}"


def whole(text: str) -> str:
    """The text with hyphens at which no number is torn in two."""
    return text.replace("-", UNBROKEN)
