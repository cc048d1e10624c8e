"""交办单 and 转办通知单, with the fields of the county forms (domain.md §1.8)."""

from __future__ import annotations

from datetime import date

from cases.composing import Pair, Paper
from cases.models import Case
from cases.vocabulary import PartyRole, Result
from dispatch.composing import words
from dispatch.composing.words import Part
from zongzhi.lib import dates


def compose_assignment(case: Case, part: Part, *, number: str, day: date) -> Paper:
    """交办单: to the lead unit and those that assist, what is to be done until when."""
    units = [part.lead, *part.assisting]
    named = words.may_be_named(case, [one.unit for one in units])
    return Paper(
        title="矛盾纠纷交办单",
        number=number,
        rows=[
            [("事项编号", case.short_number), ("交办依据", _basis(case))],
            [("来访人", words.people(case, PartyRole.APPLICANT, named=named))],
            [("类型和地点", words.kind(case))],
            [("主要事项", words.matter(case, named=named))],
            [("交办要求", part.note or "依法依规办理，按期反馈结果")],
            [("主办单位", part.lead.unit.name), ("责任人", words.responsible(part.lead))],
            *[
                [("协办单位", one.unit.name), ("责任人", words.responsible(one))]
                for one in part.assisting
            ],
            [("办理时限", words.span(part.lead))],
            _received(case, part),
        ],
        tall=["主要事项"],
        signed_by=case.center.name,
        signed_on=dates.document(day),
    )


def compose_transfer_note(case: Case, part: Part, *, number: str, day: date) -> Paper:
    """转办通知单: the same to one unit, with room for what leaders say and for the result."""
    named = words.may_be_named(case, [part.lead.unit])
    return Paper(
        title="转办事项通知单",
        number=number,
        rows=[
            [("承办单位", part.lead.unit.name), ("责任人", words.responsible(part.lead))],
            [("事项编号", case.short_number), ("来源", str(case.get_source_display()))],
            [("来访人", words.people(case, PartyRole.APPLICANT, named=named))],
            [("类型和地点", words.kind(case))],
            [("主要事项", words.matter(case, named=named))],
            [("办理时限", words.span(part.lead))],
            [("分管领导", words.OPINION)],
            [("主要领导", words.OPINION)],
            _received(case, part),
            [("办理结果", _result(case, part))],
        ],
        tall=["主要事项", "分管领导", "主要领导", "办理结果"],
        signed_by=case.center.name,
        signed_on=dates.document(day),
    )


def _basis(case: Case) -> str:
    if case.is_joint:
        return "联合会商议定"
    return "分流派出" if case.round == 1 else f"第 {case.round} 次办理"


def _received(case: Case, part: Part) -> list[Pair]:
    return [("接件时间", words.ON_THE_STUB), ("联系人", words.contact(case, part.lead))]


def _result(case: Case, part: Part) -> str:
    if part.lead.reported_at is None:
        return ""
    said = f"{Result(part.lead.result).label}（{dates.document(part.lead.reported_at)}反馈）"
    return said if case.is_silent else f"{said}：{part.lead.how}"
