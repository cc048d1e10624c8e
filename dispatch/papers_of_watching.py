"""督办单, 约谈记录, 预警函, 会议纪要: what the centre sends to units when it watches them.

Each row of supervision, each talk and each session is a paper of every case it is about. A paper
is made of facts that stand still, so that nothing new is said only because time has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.composing import Paper
from cases.models import Case, Document
from cases.paper_kinds import THE_CASE, About, PaperKind
from cases.policies import can_supervise, can_triage
from dispatch.composing.minutes import compose_minutes
from dispatch.composing.sheet import compose_sheet
from dispatch.composing.talk import compose_talk
from dispatch.composing.warning import compose_warning, why_no_warning
from dispatch.models import JointSession, Supervision, Talk
from orgs.calendars import calendar_of
from orgs.models import Department, User


def _watches(user: User, case: Case) -> bool:
    return can_supervise(user, case) or can_triage(user, case)


# --- 督办单 ---------------------------------------------------------------------------------------


def _supervised(case: Case) -> str:
    return "" if case.supervisions.exists() else f"{case.short_number} 没有督办过，没有督办单"


def _sheets(case: Case) -> Sequence[About]:
    rows = Supervision.objects.filter(case=case).select_related("unit", "opened_by")
    return [About(row.pk, row.number, row) for row in rows]


def _its_number(about: About) -> str:
    number: str = about.row.number
    return number


def _its_unit(case: Case, about: About) -> Sequence[Department]:
    return [about.row.unit]


def _sheet(case: Case, about: About, number: str, day: date) -> Paper:
    sheet: Supervision = about.row
    sheet.case = case
    return compose_sheet(sheet, calendar_of(case.center), until=sheet.closed_at or sheet.opened_at)


# --- 约谈记录 -------------------------------------------------------------------------------------


def _talked(case: Case) -> str:
    if case.talks.exclude(recorded_at=None).exists():
        return ""
    return f"{case.short_number} 没有填好的约谈记录"


def _talks(case: Case) -> Sequence[About]:
    """Those that this centre held: a case that has moved keeps the papers it had."""
    rows = Talk.objects.filter(cases=case, center=case.center).exclude(recorded_at=None)
    found = rows.select_related("center", "unit").prefetch_related("commitments").order_by("pk")
    return [About(row.pk, row.unit.name, row) for row in found]


def _talk(case: Case, about: About, number: str, day: date) -> Paper:
    talk: Talk = about.row
    others = talk.cases.exclude(pk=case.pk).order_by("pk").values_list("short_number", flat=True)
    promises = list(talk.commitments.all())
    return compose_talk(talk, [case], promises, others=list(others), number=number)


# --- 预警函 ---------------------------------------------------------------------------------------


def _about_the_case(case: Case) -> Sequence[About]:
    return (THE_CASE,)


def _who_has_it(case: Case, about: About) -> Sequence[Department]:
    return [case.lead.unit] if case.lead is not None else ()


def _warning(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_warning(case, number=number, day=day)


# --- 会议纪要 -------------------------------------------------------------------------------------


def _met(case: Case) -> str:
    if case.sessions.exclude(held_at=None).exists():
        return ""
    return f"{case.short_number} 没有开过会商，记了纪要才有"


def _sessions(case: Case) -> Sequence[About]:
    rows = JointSession.objects.filter(cases=case, center=case.center).exclude(held_at=None)
    found = rows.select_related("center", "room", "chair", "minuted_by").order_by("pk")
    return [About(row.pk, row.name, row) for row in found]


def _its_name(about: About) -> str:
    name: str = about.row.name
    return name


def _at_the_table(case: Case, about: About) -> Sequence[Department]:
    """The units that came and see the case; the others have their tasks, not the paper."""
    having = case.assignments.values("unit")
    came = about.row.seats.filter(came=True, unit__in=having)
    return [seat.unit for seat in came.select_related("unit__runs")]


def _minutes(case: Case, about: About, number: str, day: date) -> Paper:
    return compose_minutes(about.row, of=case)


WATCHING = (
    PaperKind(
        Document.Kind.SUPERVISION,
        _sheet,
        _watches,
        maker="督办的人出具",
        why_not=_supervised,
        abouts=_sheets,
        signers=_its_unit,
        own_number=_its_number,
    ),
    PaperKind(
        Document.Kind.TALK,
        _talk,
        _watches,
        maker="督办的人出具",
        why_not=_talked,
        abouts=_talks,
        signers=_its_unit,
        series="综约谈",
    ),
    PaperKind(
        Document.Kind.WARNING,
        _warning,
        _watches,
        maker="分流员或督办的人出具",
        why_not=why_no_warning,
        abouts=_about_the_case,
        signers=_who_has_it,
        series="综预警",
    ),
    PaperKind(
        Document.Kind.MINUTES,
        _minutes,
        _watches,
        maker="分流员出具",
        why_not=_met,
        abouts=_sessions,
        signers=_at_the_table,
        own_number=_its_name,
    ),
)
