"""The proceeding that runs on a case, as rules and pages read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from cases.loading import OF_CASES
from cases.models import Admission, Case, Party
from cases.vocabulary import PartyRole, Stage
from mediation.models import (
    Agreement,
    AgreementTerm,
    Choice,
    Mediation,
    Objection,
    Referral,
    Session,
    Signature,
)
from zongzhi.lib.prepared import Prepared, grouped

MEDIATIONS = "loaded_mediations"  # what `load_mediations` leaves on a case
AT_WORK = (Stage.HANDLING, Stage.SUPERVISION)
SIDES = {PartyRole.APPLICANT.value: "来访人", PartyRole.RESPONDENT.value: "对方"}


def with_standing() -> QuerySet[Mediation]:
    """Mediations with what the rules ask of them: who is let in, who has objected, the choice.

    With them comes the one agreement of each that is not void (`held_by`), so that a list of cases
    asks once for all of it.
    """
    let_in = Admission.objects.filter(case=OuterRef("case"), until=None).order_by()
    objections = Objection.objects.filter(mediation=OuterRef("pk")).order_by()
    current = Choice.objects.filter(mediation=OuterRef("pk"), is_current=True).order_by()
    planned = Session.objects.planned().filter(mediation=OuterRef("pk"))
    signed = Signature.objects.filter(agreement=OuterRef("held__pk"))
    to_do = AgreementTerm.objects.filter(agreement=OuterRef("held__pk"), done_on=None)
    handed_over = Referral.objects.open().filter(case=OuterRef("case"))
    asked: dict[str, Any] = {
        "admitted": ArraySubquery(let_in.values("user")),
        "objected": ArraySubquery(objections.values("side")),
        "chosen": Subquery(current.values("mediator")[:1]),
        "consent": Subquery(current.values("consent")[:1]),
        "how_chosen": Subquery(current.values("how")[:1]),
        "has_planned": Exists(planned.order_by()),
        "has_signatures": Exists(signed.order_by()),
        "has_to_do": Exists(to_do.order_by()),
        "is_handed_over": Exists(handed_over.order_by()),
    }
    holds = FilteredRelation("agreements", condition=Q(agreements__voided_at=None))
    rows: QuerySet[Mediation] = Mediation.objects.annotate(held=holds)
    with_held = rows.select_related("host", "body__department", "held__confirmation")  # type: ignore[misc]
    return with_held.annotate(**asked)


# The one that runs first, then the latest.
_OF_CASES = Prepared(
    lambda: with_standing().filter(OF_CASES).order_by(F("ended_on").desc(nulls_first=True), "-pk")
)


def load_mediations(cases: Sequence[Case]) -> None:
    """Bring the mediations of the few cases that ever had one: one question for every room."""
    asked = [case for case in cases if not hasattr(case, MEDIATIONS)]
    having = [case.pk for case in asked if case.mediated_at is not None]
    found = grouped(_OF_CASES(cases=having), "case_id") if having else {}
    for case in asked:
        setattr(case, MEDIATIONS, found.get(case.pk, []))


def mediations_of(case: Case) -> list[Mediation]:
    """Every proceeding of the case: the one that runs first, then the one that ended last."""
    if not hasattr(case, MEDIATIONS):
        load_mediations([case])
    return cast(list[Mediation], getattr(case, MEDIATIONS))


def ended_mediations(case: Case) -> list[Mediation]:
    """Those that have ended, in the order they were begun."""
    return sorted((row for row in mediations_of(case) if not row.is_open), key=lambda row: row.pk)


def held_by(mediation: Mediation) -> Agreement | None:
    """The agreement of it that is not void; the mediation is one of `mediations_of`."""
    found: Agreement | None = getattr(mediation, "held", None)
    return found


def open_mediation(case: Case) -> Mediation | None:
    """The proceeding that runs on this case, with who is let in and what was chosen."""
    last = last_mediation(case)
    return last if last is not None and last.is_open else None


def last_mediation(case: Case) -> Mediation | None:
    """The proceeding that runs on this case, else the one that ended last."""
    return next(iter(mediations_of(case)), None)


def forget(case: Case) -> None:
    """It has changed: whoever asks next asks the database."""
    vars(case).pop(MEDIATIONS, None)


def side_of(party: Party) -> str:
    """Which side a party stands on; everybody but the 对方 came with the applicant."""
    role = PartyRole.RESPONDENT if party.role == PartyRole.RESPONDENT else PartyRole.APPLICANT
    return role.value


def principals(parties: Iterable[Party]) -> list[Party]:
    """Those who decide for themselves: an agent acts for one of them."""
    return [party for party in parties if party.role != PartyRole.AGENT]
