"""What pages show of agreements: clauses with lights, sums apart, the thirty days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from cases import statutory
from cases.models import Case, StatutoryTerm
from cases.vocabulary import Clock
from mediation.agreed import (
    Missing,
    Sums,
    confirmation_of,
    copies,
    missing_of,
    signers,
    sums_of,
)
from mediation.confirming import MATERIALS, lapsed
from mediation.models import Agreement, AgreementTerm, Confirmation, Signature
from mediation.querysets import OUTSTANDING
from orgs.models import User
from zongzhi.lib import clock, dates
from zongzhi.lib.amounts import yuan
from zongzhi.lib.light import Light
from zongzhi.lib.worktime import rights_due

SOON = 3  # days before the day a clause turns amber
VIEWS = {
    "due": "要履行",
    "overdue": "过期没履行",
    "done": "已履行",
    "confirm": "30 日内可申请司法确认",
    "all": "全部条款",
}


@dataclass(frozen=True)
class TermRow:
    """A clause as a list shows it; `paid` beside what was agreed, never instead of it."""

    term: AgreementTerm
    light: Light
    paid: Decimal

    @property
    def amount(self) -> str:
        return yuan(self.term.amount)

    @property
    def paid_words(self) -> str:
        return yuan(self.paid) if self.paid else ""

    @property
    def due(self) -> str:
        return dates.day(self.term.due_on) if self.term.due_on else "没写期限"


def term_light(term: AgreementTerm, today: date) -> Light:
    """In calendar days: a promise between people knows no working days."""
    if term.done_on is not None:
        late = (term.done_on - term.due_on).days if term.due_on else 0
        return Light("done", f"超 {late} 日履行" if late > 0 else "已履行")
    if term.due_on is None:
        return Light("none", "没写期限")
    left = (term.due_on - today).days
    if left < 0:
        return Light("red", f"超 {-left} 日")
    if left == 0:
        return Light("amber", "今天到期")
    return Light("amber" if left <= SOON else "green", f"剩 {left} 日")


def term_rows(terms: Iterable[AgreementTerm], today: date) -> list[TermRow]:
    """Rows with what was paid of each; one query for all."""
    found = list(terms)
    rows = AgreementTerm.objects.filter(pk__in=[term.pk for term in found])
    paid = dict(rows.annotate(paid=Sum("performances__amount")).values_list("pk", "paid"))
    return [
        TermRow(term, term_light(term, today), paid.get(term.pk) or Decimal(0)) for term in found
    ]


def terms_seen(user: User) -> QuerySet[AgreementTerm]:
    """The clauses of agreements in force in the cases this person sees."""
    seen = Agreement.objects.visible_to(user).filter(voided_at=None).exclude(in_force_on=None)
    return AgreementTerm.objects.filter(agreement__in=seen.values("pk"))


def lists_of(user: User, today: date) -> dict[str, QuerySet[AgreementTerm]]:
    mine = terms_seen(user)
    return {
        "due": mine.filter(OUTSTANDING).filter(Q(due_on__gte=today) | Q(due_on=None)),
        "overdue": mine.filter(OUTSTANDING, due_on__lt=today),
        "done": mine.exclude(done_on=None),
        "all": mine,
    }


def confirmations_open(user: User) -> QuerySet[StatutoryTerm]:
    """The thirty days that run, those that run out first."""
    return statutory.running(clock=Clock.CONFIRMATION).visible_to(user)


@dataclass(frozen=True)
class Countdown:
    """The thirty days of one agreement. Warned is from the unextended last day."""

    agreement_id: int
    case: Case
    last_day: date  # not moved by a holiday
    moved_to: date | None
    light: Light

    @property
    def sentence(self) -> str:
        """「最晚 5月3日 申请（5月3日放假，法律上顺延到 5月6日）」"""
        day = dates.day(self.last_day)
        moved = f"（放假，法律上顺延到 {dates.day(self.moved_to)}）" if self.moved_to else ""
        return f"最晚 {day}申请{moved}"


def countdown(term: StatutoryTerm, today: date) -> Countdown:
    safe = rights_due(term.started_on, term.days)
    left = (safe - today).days
    if left > 0:
        lamp = Light("amber" if today >= term.near_on else "green", f"剩 {left} 日")
    elif today <= term.last_day:
        lamp = Light("amber", "最后一天" if today == term.last_day else "顺延中，马上申请")
    else:
        lamp = Light("red", "过了 30 日")
    moved = term.last_day if term.last_day != safe else None
    return Countdown(term.about, term.case, safe, moved, lamp)


@dataclass(frozen=True)
class AgreementPage:
    """One agreement with all that belongs to it."""

    agreement: Agreement
    terms: Sequence[TermRow]
    signatures: Sequence[Signature]
    missing: Missing
    sums: Sums
    copies: int
    confirmation: Confirmation | None
    countdown: Countdown | None
    lapsed: str

    @property
    def is_written(self) -> bool:
        return self.agreement.form == Agreement.Form.WRITTEN

    @property
    def materials(self) -> str:
        """What was brought to the court, by its names."""
        given = self.confirmation.materials if self.confirmation else []
        return "、".join(MATERIALS[code] for code in given if code in MATERIALS)

    @property
    def state(self) -> str:
        """「已生效」, 「等签名盖章」, 「已作废」"""
        if self.agreement.voided_at:
            return "已作废"
        return "已生效" if self.agreement.in_force_on else "等签名盖章"

    @property
    def waiting_for(self) -> str:
        """What a written one still needs to be in force."""
        waits = self.is_written and not (self.agreement.in_force_on or self.agreement.voided_at)
        return self.missing.sentence if waits else ""

    @property
    def money(self) -> list[tuple[str, str]]:
        """主张, 约定, 已付: three words for three sums, those that somebody has named."""
        sums = self.sums
        rows = [
            ("主张", yuan(sums.claimed)),
            ("约定", yuan(sums.agreed)),
            ("已付", yuan(sums.paid) if sums.agreed is not None or sums.paid else ""),
            ("还差", yuan(sums.left)),
        ]
        return [(word, amount) for word, amount in rows if amount]


def page_of(agreement: Agreement) -> AgreementPage:
    """For an agreement loaded with its mediation and case."""
    today = clock.today()
    case = agreement.mediation.case
    parties = signers(case)
    signatures = list(agreement.signatures.select_related("party"))
    terms = agreement.terms.select_related("by_party").prefetch_related(
        "performances__by", "performances__proof"
    )
    rows = term_rows(terms, today)
    period = StatutoryTerm.objects.filter(clock=Clock.CONFIRMATION, about=agreement.pk).last()
    confirmation = confirmation_of(agreement)
    runs = period is not None and period.is_running and today <= period.last_day
    runs = runs and agreement.voided_at is None
    idle = confirmation is None or confirmation.outcome in Confirmation.AGAIN
    to_do = any(row.term.done_on is None for row in rows)
    over = period is not None and idle and to_do and today > period.last_day
    return AgreementPage(
        agreement=agreement,
        terms=rows,
        signatures=signatures,
        missing=missing_of(agreement, parties, signatures),
        sums=sums_of(agreement),
        copies=copies(case),
        confirmation=confirmation,
        countdown=countdown(period, today) if period is not None and runs and not over else None,
        lapsed=lapsed(period.started_on, period.last_day) if period is not None and over else "",
    )
