"""协作联系单: from the centre to a unit that assists, about one matter that another leads."""

from __future__ import annotations

from datetime import date

from cases.composing import Paper
from cases.models import Case
from cases.vocabulary import PartyRole
from dispatch.composing import words
from dispatch.composing.words import Part
from zongzhi.lib import dates


def compose_cooperation(case: Case, part: Part, *, number: str, day: date) -> Paper:
    """What help is asked of the assisting unit, by whom, and until when."""
    named = words.may_be_named(case, [part.own.unit])
    lead = part.lead
    phone = f" {lead.unit.phone}" if lead.unit.phone else ""
    return Paper(
        title="协作联系单",
        number=number,
        rows=[
            [("协作单位", part.own.unit.name), ("责任人", words.responsible(part.own))],
            [("主办单位", f"{lead.unit.name}{phone}"), ("责任人", words.responsible(lead))],
            [("事项编号", case.short_number), ("来源", str(case.get_source_display()))],
            [("来访人", words.people(case, PartyRole.APPLICANT, named=named))],
            [("类型和地点", words.kind(case))],
            [("主要事项", words.matter(case, named=named))],
            [("协作内容", part.note or f"配合{lead.unit.name}办理，在系统里反馈协办结果")],
            [("协作时限", words.span(part.own))],
            [("接件时间", words.ON_THE_STUB), ("联系人", words.contact(case, part.own))],
        ],
        tall=["主要事项", "协作内容"],
        signed_by=case.center.name,
        signed_on=dates.document(day),
    )
