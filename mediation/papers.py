"""The papers of a mediation, for the table of 文书: what they speak of and when they can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from cases.composing import Paper
from cases.models import Case, Document
from cases.paper_kinds import About, PaperKind
from mediation import dossier
from mediation.composing import keeping, opening, settling
from mediation.dossier_loading import proceedings_of
from mediation.models import Agreement, Mediation, Session
from mediation.policies import mediates, writes_whole_names
from mediation.session_pages import may_read_record
from orgs.models import User
from zongzhi.lib import clock

KIND = Document.Kind
MAKER = "调解员或分流员出具"

Rows = Callable[[Case], Sequence[About]]


def _of_mediations(fits: Callable[[Mediation], bool] = lambda row: True) -> Rows:
    def abouts(case: Case) -> Sequence[About]:
        found = [row for row in proceedings_of(case) if fits(row)]
        return [About(row.pk, _which(row, found), row) for row in found]

    return abouts


def _which(row: Mediation, rows: Sequence[Mediation]) -> str:
    """Which one, where a case has been mediated more than once."""
    return f"第 {row.round} 次办理，{row.number}" if len(rows) > 1 else ""


def _of_sessions(case: Case) -> Sequence[About]:
    return [
        About(row.pk, f"{clock.local(row.starts_at):%m-%d}", row)
        for mediation in proceedings_of(case)
        for row in mediation.sessions.all()
        if row.state == Session.State.HELD
    ]


def _reads_the_record(user: User, case: Case, about: int) -> bool:
    """The paper says what was said: 不公开 holds for it as for the page."""
    held = (row for mediation in proceedings_of(case) for row in mediation.sessions.all())
    return all(may_read_record(user, row, case) for row in held if row.pk == about)


def _of_inquiries(case: Case) -> Sequence[About]:
    return [
        About(row.pk, row.asked, row)
        for mediation in proceedings_of(case)
        for row in mediation.inquiries.all()
    ]


def _of_agreements(form: Agreement.Form | None) -> Rows:
    def abouts(case: Case) -> Sequence[About]:
        return [
            About(row.pk, f"第 {row.serial} 份" if row.serial > 1 else "", row)
            for mediation in proceedings_of(case)
            for row in mediation.agreements.all()
            if row.voided_at is None and form in (None, row.form)
        ]

    return abouts


def _of_referrals(case: Case) -> Sequence[About]:
    """Those answered or declined; a mediation need not have begun. Whoever is handed a case marks
    it, the others cost nothing."""
    if case.statutory_since is None:
        return ()
    rows = case.referrals.filter(~Q(outcome="") | Q(declined_on__isnull=False)).order_by("pk")
    return [About(row.pk, row.organ, row) for row in rows]


def _has(abouts: Rows, otherwise: str) -> Callable[[Case], str]:
    def why_not(case: Case) -> str:
        return "" if abouts(case) else f"{case.short_number} {otherwise}"

    return why_not


def _number_of_the_proceeding(about: About) -> str:
    row: Any = about.row
    mediation: Mediation = row if isinstance(row, Mediation) else row.mediation
    return mediation.number


def _plain(compose: Callable[[Case, Any, str, date], Paper]) -> Callable[..., Paper]:
    """A composer of the row alone, as the table of papers wants it."""

    def composed(case: Case, about: About, number: str, day: date) -> Paper:
        return compose(case, about.row, number, day)

    return composed


def _visit(case: Case, about: About, number: str, day: date) -> Paper:
    return keeping.visit(case, about.row, list(case.follow_ups.select_related("by")), number)


def _contents(case: Case, about: About, number: str, day: date) -> Paper:
    parts = dossier.dossier_of(case, about.row).lines
    return keeping.contents(about.row, parts, number, day)


def _note(case: Case, about: About, number: str, day: date) -> Paper:
    found = dossier.dossier_of(case, about.row)
    return keeping.note(case, about.row, found.missing_but(dossier.Part.NOTE), number, day)


def _back(case: Case, about: About, number: str, day: date) -> Paper:
    pages = dossier.dossier_of(case, about.row).pages
    return keeping.back(about.row, pages, number, day)


_EVERY = _of_mediations()
_FAILED = _of_mediations(
    lambda row: row.ended_on is not None and row.ending != Mediation.Ending.AGREED
)
_AGREED = _of_mediations(lambda row: keeping.holding(row) is not None)
_WRITTEN, _ORAL = (_of_agreements(form) for form in Agreement.Form)
_Who = Callable[[User, Case], bool]


def _kind(
    kind: Document.Kind,
    compose: Callable[..., Paper],
    abouts: Rows,
    otherwise: str,
    may: _Who = mediates,
    may_of: Callable[[User, Case, int], bool] = lambda user, case, about: True,
) -> PaperKind:
    return PaperKind(
        kind,
        compose,
        may,
        maker=MAKER,
        why_not=_has(abouts, otherwise),
        abouts=abouts,
        own_number=_number_of_the_proceeding,
        may_of=may_of,
    )


_NEVER = "没有启动过调解"
PAPERS = (
    _kind(KIND.MED_APPLICATION, _plain(opening.application), _EVERY, _NEVER, writes_whole_names),
    _kind(KIND.MED_INTAKE, _plain(opening.intake), _EVERY, _NEVER),
    _kind(KIND.MED_RIGHTS, _plain(opening.rights), _EVERY, _NEVER),
    _kind(KIND.MED_INQUIRY, _plain(opening.inquiry), _of_inquiries, "没有记过调查"),
    _kind(
        KIND.MED_RECORD,
        _plain(settling.record),
        _of_sessions,
        "没有开过调解",
        may_of=_reads_the_record,
    ),
    _kind(
        KIND.MED_AGREEMENT,
        _plain(settling.agreement),
        _WRITTEN,
        "没有书面协议",
        writes_whole_names,
    ),
    _kind(KIND.MED_ORAL, _plain(settling.oral), _ORAL, "没有口头协议", writes_whole_names),
    _kind(KIND.MED_VISIT, _visit, _AGREED, "没有达成协议，不用回访记录"),
    _kind(
        KIND.MED_CONFIRM,
        _plain(settling.confirmation),
        _of_agreements(None),
        "没有达成协议，不能申请司法确认",
        writes_whole_names,
    ),
    PaperKind(
        KIND.MED_REPLY,
        _plain(settling.reply),
        mediates,
        maker=MAKER,
        why_not=_has(_of_referrals, "没有要回复的委派、委托、移交"),
        abouts=_of_referrals,
        series="综调函",
    ),
    _kind(KIND.MED_ENDED, _plain(settling.ended), _FAILED, "调解没有终止，不用终止告知书"),
    _kind(
        KIND.MED_COVER,
        lambda case, about, number, day: keeping.cover(case, about.row, number, day),
        _EVERY,
        _NEVER,
    ),
    _kind(KIND.MED_CONTENTS, _contents, _EVERY, _NEVER),
    _kind(KIND.MED_NOTE, _note, _EVERY, _NEVER),
    _kind(KIND.MED_BACK, _back, _EVERY, _NEVER),
)
