"""What has been agreed in a case, as the rules and the pages read it.

Claimed, agreed and paid are three sums and are never taken for one another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from cases.models import Case, Party
from cases.vocabulary import PartyRole
from mediation.models import Agreement, Confirmation, Mediation, Signature
from mediation.proceedings import forget, held_by, mediations_of, open_mediation

__all__ = ["forget"]

# Who signs: both sides and whoever speaks for a group. An agent signs in the name of a party.
SIGNERS = (PartyRole.APPLICANT, PartyRole.DELEGATE, PartyRole.RESPONDENT)


@dataclass(frozen=True)
class Settlement:
    """The proceeding that is open, and the agreements that hold, the newest first.

    What was never signed holds only while its proceeding runs.
    """

    open: Mediation | None = None
    agreements: tuple[Agreement, ...] = ()

    @property
    def current(self) -> Agreement | None:
        return self.agreements[0] if self.agreements else None

    @property
    def draft(self) -> Agreement | None:
        """The agreement of the open proceeding: written, not yet in force."""
        return next((row for row in self.agreements if row.in_force_on is None), None)

    @property
    def in_force(self) -> Agreement | None:
        return next((row for row in self.agreements if row.in_force_on is not None), None)

    @property
    def at_court(self) -> Agreement | None:
        """The one whose 司法确认 has been applied for and not decided."""
        return next((row for row in self.agreements if _waits_for_the_court(row)), None)


def _waits_for_the_court(agreement: Agreement) -> bool:
    row = confirmation_of(agreement)
    return row is not None and not row.outcome


def settlement_of(case: Case) -> Settlement:
    found = [row for mediation in mediations_of(case) if (row := _held(mediation)) is not None]
    return Settlement(open_mediation(case), tuple(sorted(found, key=lambda row: -row.pk)))


def _held(mediation: Mediation) -> Agreement | None:
    """Its agreement with what the rules ask: has anybody signed, is anything to be done."""
    row = held_by(mediation)
    if row is None or (row.in_force_on is None and not mediation.is_open):
        return None
    row.mediation = mediation
    row.has_signatures, row.has_to_do = mediation.has_signatures, mediation.has_to_do
    return row


def is_untouched(agreement: Agreement) -> bool:
    """Nobody has signed it and it has no seal: its words may still be changed."""
    bare = agreement.mediator_signed_on is None and agreement.sealed_on is None
    return bare and not agreement.has_signatures and agreement.in_force_on is None


def confirmation_of(agreement: Agreement) -> Confirmation | None:
    try:
        return agreement.confirmation
    except Confirmation.DoesNotExist:
        return None


def signers(case: Case) -> list[Party]:
    """Whose signatures the agreement needs: they stand in it, sign it, and get a copy each."""
    found = [party for party in case.parties.all() if party.role in SIGNERS]
    return sorted(found, key=lambda party: (SIGNERS.index(PartyRole(party.role)), party.pk))


def copies(case: Case) -> int:
    """One for each party and one that the body keeps (人民调解法 art. 29)."""
    return len(signers(case)) + 1


@dataclass(frozen=True)
class Missing:
    """What a written agreement still needs to be in force (人民调解法 art. 29)."""

    parties: tuple[Party, ...]
    mediator: bool
    seal: bool

    @property
    def sentence(self) -> str:
        """「还差：张三签名，调解员签名，盖章」"""
        parts = [f"{party.name}签名" for party in self.parties]
        parts += ["调解员签名"] if self.mediator else []
        parts += ["调委会盖章"] if self.seal else []
        return f"还差：{'，'.join(parts)}" if parts else ""


def missing_of(
    agreement: Agreement, parties: Iterable[Party], signatures: Iterable[Signature]
) -> Missing:
    signed = {row.party_id for row in signatures}
    return Missing(
        tuple(party for party in parties if party.pk not in signed),
        agreement.mediator_signed_on is None,
        agreement.sealed_on is None,
    )


def in_force_from(agreement: Agreement, signatures: Iterable[Signature]) -> date | None:
    """The day the last of all signatures and the seal was there; None while the seal is not."""
    if agreement.mediator_signed_on is None or agreement.sealed_on is None:
        return None
    days = [agreement.mediator_signed_on, agreement.sealed_on, *(s.on for s in signatures)]
    return max(days)


@dataclass(frozen=True)
class Sums:
    """主张, 约定, 已付, 还差 in yuan; None where nobody has named a sum."""

    claimed: Decimal | None
    agreed: Decimal | None
    paid: Decimal
    left: Decimal | None


def sums_of(agreement: Agreement) -> Sums:
    """还差 is what clauses still open lack: what was let off or paid for another is not owed."""
    terms = agreement.terms.annotate(paid=Sum("performances__amount"))
    rows = list(terms.values_list("amount", "paid", "done_on"))
    nothing = Decimal(0)
    named = [amount for amount, _, _ in rows if amount is not None]
    owed = [
        max(amount - (paid or nothing), nothing)
        for amount, paid, done_on in rows
        if amount is not None and done_on is None
    ]
    return Sums(
        claimed=agreement.mediation.claimed,
        agreed=sum(named, nothing) if named else None,
        paid=sum((paid or nothing for _, paid, _ in rows), nothing),
        left=sum(owed, nothing) if named else None,
    )
