"""委托调处函 to a mediation body, and 调处回复函 back from it."""

from __future__ import annotations

from datetime import date

from cases.composing import Paper
from cases.models import Assignment, Case
from cases.vocabulary import PartyRole, Result
from dispatch.composing import words
from dispatch.composing.words import Part
from zongzhi.lib import dates


def compose_entrustment(case: Case, part: Part, *, number: str, day: date) -> Paper:
    """委托调处函: what the body is asked to settle, between whom, until when."""
    named = words.may_be_named(case, [part.lead.unit])
    last = dates.document(part.lead.handling_due_at)
    points = [
        f"当事人。来访人：{words.people(case, PartyRole.APPLICANT, named=named)}；"
        f"对方：{words.people(case, PartyRole.RESPONDENT, named=named)}。",
        f"主要情况。{words.matter(case, named=named).rstrip('。')}。",
        *([f"要求。{part.note.rstrip('。')}。"] if part.note else []),
        f"期限。请于 {last} 前调处，调解要双方自愿，不得强迫。",
        "回复。调处结束后以《调处回复函》书面回复本中心，调成的附协议书，没调成的写明原因。",
    ]
    return _letter(
        case,
        "委 托 调 处 函",
        number,
        day,
        to=part.lead.unit.name,
        opening=f"现将编号 {case.short_number} 的{_called(case)}委托你单位调处，有关事项如下：",
        points=points,
        closing=f"联系人：{words.contact(case, part.lead)}。",
        signed_by=case.center.name,
    )


def compose_mediation_reply(
    case: Case, lead: Assignment, *, entrusted: str, number: str, day: date
) -> Paper:
    """调处回复函: what came of it. `entrusted` is the number of the letter it answers."""
    named = words.may_be_named(case, [lead.unit])
    result = Result(lead.result)
    reported = dates.document(lead.reported_at) if lead.reported_at else dates.document(day)
    points = [
        f"当事人。来访人：{words.people(case, PartyRole.APPLICANT, named=named)}；"
        f"对方：{words.people(case, PartyRole.RESPONDENT, named=named)}。",
        f"结果。{reported}反馈：{result.label}。",
    ]
    if not case.is_silent:
        points.append(f"经过。{lead.how.rstrip('。')}。")
    if case.amount is not None and not case.is_silent:
        points.append(f"涉及金额。{case.amount:,.2f} 元。")
    letter = f"《委托调处函》（{entrusted}）收悉。" if entrusted else ""
    return _letter(
        case,
        "调 处 回 复 函",
        number,
        day,
        to=case.center.name,
        opening=f"{letter}现将编号 {case.short_number} 的{_called(case)}的调处情况回复如下：",
        points=points,
        closing=f"联系电话：{lead.unit.phone}。" if lead.unit.phone else "特此函复。",
        signed_by=lead.unit.name,
    )


def _called(case: Case) -> str:
    return "事项" if case.is_silent else f"{case.type.name}一事"


def _letter(
    case: Case,
    title: str,
    number: str,
    day: date,
    *,
    to: str,
    opening: str,
    points: list[str],
    closing: str,
    signed_by: str,
) -> Paper:
    numbered = [f"{'一二三四五六'[index]}、{text}" for index, text in enumerate(points)]
    return Paper(
        title=title,
        number=number,
        to=to,
        paragraphs=[words.whole(text) for text in (opening, *numbered, closing)],
        signed_by=signed_by,
        signed_on=dates.document(day),
    )
