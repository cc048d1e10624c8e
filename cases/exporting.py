"""What a row of an exported list holds, masked and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Prefetch

from cases.models import Case, Party
from cases.presenting import place_of
from cases.querysets import CaseQuerySet
from cases.rows import Row, rows_of
from cases.vocabulary import Complexity, PartyRole, Risk, Satisfaction, Special, Stage
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.identity import IdKind, mask_identity, mask_name, mask_phone
from zongzhi.lib.sheets import Column

CHUNK = 500


@dataclass(frozen=True)
class _Line:
    """A case with what a cell may ask of it."""

    case: Case
    row: Row
    full: bool

    def parties(self, role: PartyRole) -> list[Party]:
        return [party for party in self.case.loaded_parties if party.role == role]

    @property
    def open(self) -> bool:
        """Whole names and numbers; never of a minor, whoever asks (未成年人保护法 103 条)."""
        return self.full and Special.MINOR not in self.case.special

    def name(self, party: Party) -> str:
        if self.open or party.is_organization:
            return party.name
        return mask_name(party.name, minor=Special.MINOR in self.case.special)


_Cell = Callable[[_Line], str]
_Cells = tuple[tuple[Column, _Cell], ...]


def _names(role: PartyRole) -> _Cell:
    return lambda line: "、".join(line.name(party) for party in line.parties(role))


def _phones(line: _Line) -> str:
    given = [party.phone for party in line.parties(PartyRole.APPLICANT) if party.phone]
    return "、".join(phone if line.open else mask_phone(phone) for phone in given)


def _id_numbers(line: _Line) -> str:
    given = [party for party in line.parties(PartyRole.APPLICANT) if party.id_number]
    return "、".join(_id_number(party, open_now=line.open) for party in given)


def _id_number(party: Party, *, open_now: bool) -> str:
    shown = party.id_number if open_now else mask_identity(party.id_kind, party.id_number)
    return shown if party.resident_number else f"{IdKind(party.id_kind).label} {shown}"


def _addresses(line: _Line) -> str:
    given = [party.address for party in line.parties(PartyRole.APPLICANT) if party.address]
    return "、".join(given) if line.open else ""


def _moment(name: str) -> _Cell:
    def said(line: _Line) -> str:
        at = getattr(line.case, name)
        return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else ""

    return said


def _status(line: _Line) -> str:
    return f"督办中 · {line.row.label}" if line.case.stage == Stage.SUPERVISION else line.row.label


_COLUMNS: _Cells = (
    (Column("编号", 19), lambda line: line.case.number),
    (Column("登记时间", 16), _moment("registered_at")),
    (Column("来源", 10), lambda line: str(line.case.get_source_display())),
    (Column("类型", 14), lambda line: line.row.type_name),
    (Column("名称", 34), lambda line: line.case.title),
    (Column("来访人", 12), _names(PartyRole.APPLICANT)),
    (Column("电话", 14), _phones),
    (Column("身份证号", 21), _id_numbers),
    (Column("对方", 20), _names(PartyRole.RESPONDENT)),
    (Column("发生地", 18), lambda line: place_of(line.case)),
    (Column("批次", 6), lambda line: str(line.case.visits_count)),
    (Column("人次", 6), lambda line: str(line.case.visitors_count)),
    (Column("主办", 16), lambda line: line.row.unit_name),
    (Column("状态", 16), _status),
    (Column("时限", 18), lambda line: line.row.light.words),
    (Column("复杂程度", 8), lambda line: _word(Complexity, line.case.complexity)),
    (Column("风险", 6), lambda line: _word(Risk, line.case.risk)),
    (Column("派出时间", 16), _moment("dispatched_at")),
    (Column("办结时间", 16), _moment("approved_at")),
    (Column("结案时间", 16), _moment("closed_at")),
    (Column("结案方式", 10), lambda line: str(line.case.get_closure_display())),
    (Column("满意度", 10), lambda line: _word(Satisfaction, line.case.satisfaction)),
)
_FULL_ONLY: _Cells = (
    (Column("住址", 24), _addresses),
    (Column("事情和要求", 60), lambda line: line.case.narrative if line.open else ""),
)
_ON_PAPER = ("编号", "登记时间", "类型", "名称", "来访人", "发生地", "批次", "主办", "状态", "时限")
_PRINTED: _Cells = tuple(pair for pair in _COLUMNS if pair[0].title in _ON_PAPER)


def _word(choices: type[Complexity] | type[Risk] | type[Satisfaction], value: str) -> str:
    return str(choices(value).label) if value else ""


def columns(*, full: bool) -> list[Column]:
    """The heads. What people told in their own words is only in the whole export."""
    return [column for column, _ in _cells(full)]


def lines(
    cases: CaseQuerySet, *, full: bool, user: User, now: datetime, most: int
) -> Iterator[list[str]]:
    """The rows as texts, some hundred at a time."""
    return _lines(cases, _cells(full), full=full, user=user, now=now, most=most)


def printed_columns() -> list[str]:
    """The heads of a list on paper: what fits across a sheet, and never a number of anybody."""
    return [column.title for column, _ in _PRINTED]


def printed_lines(cases: CaseQuerySet, *, user: User, now: datetime, most: int) -> list[list[str]]:
    """The rows of a list on paper, masked."""
    return list(_lines(cases, _PRINTED, full=False, user=user, now=now, most=most))


def _lines(
    cases: CaseQuerySet, cells: _Cells, *, full: bool, user: User, now: datetime, most: int
) -> Iterator[list[str]]:
    parties: Prefetch[str, Any, str] = Prefetch("parties", to_attr="loaded_parties")
    loaded = (
        cases.for_list()
        .select_related("type", "unit", "center", "occurred_region__parent")
        .prefetch_related(parties)[:most]
        .iterator(CHUNK)
    )
    while chunk := list(islice(loaded, CHUNK)):
        for case, row in zip(chunk, rows_of(chunk, user=user, now=now), strict=True):
            line = _Line(case, row, full)
            yield [cell(line) for _, cell in cells]


def _cells(full: bool) -> _Cells:
    return _COLUMNS + _FULL_ONLY if full else _COLUMNS
