"""The proceeding that runs on a case, as rules and pages read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery

from cases.loading import OF_CASES
from cases.models import Admission, Case, Party
from cases.vocabulary import PartyRole, Stage
from mediation.models import Choice, Mediation, Objection
from zongzhi.lib.prepared import Prepared, grouped

LAST = "loaded_mediation"  # what `load_mediations` leaves on a case
AT_WORK = (Stage.HANDLING, Stage.SUPERVISION)
SIDES = {PartyRole.APPLICANT.value: "来访人", PartyRole.RESPONDENT.value: "对方"}


def with_standing() -> QuerySet[Mediation]:
    """Mediations with what the rules ask of them: who is let in, who has objected, the choice."""
    let_in = Admission.objects.filter(case=OuterRef("case"), until=None).order_by()
    objections = Objection.objects.filter(mediation=OuterRef("pk")).order_by()
    current = Choice.objects.filter(mediation=OuterRef("pk"), is_current=True).order_by()
    asked: dict[str, Any] = {
        "admitted": ArraySubquery(let_in.values("user")),
        "objected": ArraySubquery(objections.values("side")),
        "chosen": Subquery(current.values("mediator")[:1]),
        "consent": Subquery(current.values("consent")[:1]),
        "how_chosen": Subquery(current.values("how")[:1]),
    }
    rows: QuerySet[Mediation] = Mediation.objects.select_related("host", "body__department")
    return rows.annotate(**asked)


# The one that runs, else the latest.
_LAST = Prepared(
    lambda: with_standing().filter(OF_CASES).order_by(F("ended_on").desc(nulls_first=True), "-pk")
)


def load_mediations(cases: Sequence[Case]) -> None:
    """Bring the mediation of each of the few cases that ever had one."""
    asked = [case for case in cases if not hasattr(case, LAST)]
    having = [case.pk for case in asked if case.mediated_at is not None]
    found = grouped(_LAST(cases=having), "case_id") if having else {}
    for case in asked:
        setattr(case, LAST, next(iter(found.get(case.pk, [])), None))


def open_mediation(case: Case) -> Mediation | None:
    """The proceeding that runs on this case, with who is let in and what was chosen."""
    last = last_mediation(case)
    return last if last is not None and last.is_open else None


def last_mediation(case: Case) -> Mediation | None:
    """The proceeding that runs on this case, else the one that ended last."""
    load_mediations([case])
    found: Mediation | None = getattr(case, LAST)
    return found


def forget(case: Case) -> None:
    """It has changed: whoever asks next asks the database."""
    vars(case).pop(LAST, None)


def side_of(party: Party) -> str:
    """Which side a party stands on; everybody but the 对方 came with the applicant."""
    role = PartyRole.RESPONDENT if party.role == PartyRole.RESPONDENT else PartyRole.APPLICANT
    return role.value


def principals(parties: Iterable[Party]) -> list[Party]:
    """Those who decide for themselves: an agent acts for one of them."""
    return [party for party in parties if party.role != PartyRole.AGENT]
