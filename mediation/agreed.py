"""What has been agreed in a case, as the rules and the pages read it.

Claimed, agreed and paid are three sums and are never taken for one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from cases.loading import IDS
from cases.models import Case, Party
from cases.vocabulary import PartyRole
from mediation.models import (
    Agreement,
    AgreementTerm,
    Confirmation,
    Mediation,
    Performance,
    Signature,
)
from mediation.proceedings import forget as forget_mediation
from mediation.proceedings import load_mediations, open_mediation
from zongzhi.lib.prepared import Given, IsAny, Prepared, grouped

SETTLEMENT = "loaded_settlement"  # what the procedure leaves on many cases
# Who signs: both sides and whoever speaks for a group. An agent signs in the name of a party.
SIGNERS = (PartyRole.APPLICANT, PartyRole.RESPONDENT, PartyRole.DELEGATE)


@dataclass(frozen=True)
class Settlement:
    """The proceeding that is open, and the agreements that hold, the newest first."""

    open: Mediation | None = None
    agreements: tuple[Agreement, ...] = ()

    @property
    def current(self) -> Agreement | None:
        return self.agreements[0] if self.agreements else None

    @property
    def draft(self) -> Agreement | None:
        """The agreement of the open proceeding: written, not yet in force."""
        found = self.current
        return found if found is not None and found.in_force_on is None else None

    @property
    def in_force(self) -> Agreement | None:
        found = self.current
        return found if found is not None and found.in_force_on is not None else None


def _loaded() -> QuerySet[Agreement]:
    """With what the rules ask of each: has anybody signed, is anything to be done."""
    signed = Signature.objects.filter(agreement=OuterRef("pk"))
    to_do = AgreementTerm.objects.filter(agreement=OuterRef("pk"), done_on=None)
    return (
        Agreement.objects.filter(voided_at=None)
        .select_related("mediation", "confirmation")
        .annotate(
            case_id=F("mediation__case"), has_signatures=Exists(signed), has_to_do=Exists(to_do)
        )
        .order_by("-pk")
    )


_AGREED = Prepared(lambda: _loaded().filter(IsAny(F("case_id"), Given("cases", IDS))))


def load_settlements(cases: Sequence[Case]) -> None:
    """Bring it to the few cases that have ever been mediated; the others cost nothing."""
    missing = [case for case in cases if not hasattr(case, SETTLEMENT)]
    asked = [case.pk for case in missing if case.mediated_at is not None]
    load_mediations(missing)
    agreed = grouped(_AGREED(cases=asked), "case_id") if asked else {}
    for case in missing:
        found = Settlement(open_mediation(case), tuple(agreed.get(case.pk, [])))
        setattr(case, SETTLEMENT, found)


def settlement_of(case: Case) -> Settlement:
    load_settlements([case])
    found: Settlement = getattr(case, SETTLEMENT)
    return found


def forget(case: Case) -> None:
    """Something of it has changed: the next to ask looks again."""
    vars(case).pop(SETTLEMENT, None)
    forget_mediation(case)


def is_untouched(agreement: Agreement) -> bool:
    """Nobody has signed it and it has no seal: its words may still be changed."""
    bare = agreement.mediator_signed_on is None and agreement.sealed_on is None
    signed: bool = agreement.has_signatures  # type: ignore[attr-defined]
    return bare and not signed and agreement.in_force_on is None


def confirmation_of(agreement: Agreement) -> Confirmation | None:
    try:
        return agreement.confirmation
    except Confirmation.DoesNotExist:
        return None


def signers(case: Case) -> list[Party]:
    """Whose signatures the agreement needs."""
    return list(case.parties.filter(role__in=SIGNERS).order_by("pk"))


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
    """主张, 约定, 已付 in yuan; None where nobody has named a sum."""

    claimed: Decimal | None
    agreed: Decimal | None
    paid: Decimal

    @property
    def left(self) -> Decimal | None:
        return None if self.agreed is None else max(self.agreed - self.paid, Decimal(0))


def sums_of(agreement: Agreement) -> Sums:
    agreed = agreement.terms.aggregate(sum=Sum("amount"))["sum"]
    paid = Performance.objects.filter(term__agreement=agreement).aggregate(sum=Sum("amount"))["sum"]
    return Sums(agreement.mediation.claimed, agreed, paid or Decimal(0))
