"""Cases that are being mediated, and agreements at every point of their life."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from cases.models import Case, Party
from cases.vocabulary import PartyRole
from mediation.models import Agreement, Mediation
from mediation.services.agreements import Signed, Term, agree, sign_agreement
from orgs.models import User
from tests.lives import Lives
from zongzhi.lib import clock

FACTS = "工地欠三个月工资，双方对数额没有异议"


def mediated(lives: Lives, **changed: Any) -> Case:
    """Claimed by the unit, and a proceeding open since today."""
    return put_into_mediation(lives.claimed(**changed), lives.handler)


def put_into_mediation(case: Case, by: User, *, claimed: Decimal | None = None) -> Case:
    year = clock.today().year
    Mediation.objects.create(
        case=case,
        center=case.center,
        unit=case.unit,
        round=case.round,
        year=year,
        serial=Mediation.objects.filter(year=year).count() + 1,
        origin=Mediation.Origin.APPLIED,
        claimed=claimed,
        started_on=clock.today(),
        started_by=by,
    )
    case.mediated_at = clock.now()
    case.save(update_fields=["mediated_at"])
    return case


def party(case: Case, role: str = PartyRole.RESPONDENT) -> Party:
    found: Party = case.parties.get(role=role)
    return found


def term(case: Case, amount: str | None = "20000", due: date | None = None, **more: Any) -> Term:
    """The other side pays so much until then."""
    given = {"text": "付清拖欠的工资", "by": party(case), "manner": "银行转账", "due_on": due}
    return Term(**{**given, "amount": None if amount is None else Decimal(amount), **more})


def written(case: Case, by: User, *terms: Term, form: str = "written", **more: Any) -> Agreement:
    """An agreement reached today, unsigned if it is written."""
    given = {"form": form, "reached_on": clock.today(), "facts": FACTS, **more}
    agree(case_id=case.pk, by=by, terms=terms or [term(case)], **given)
    return Agreement.objects.filter(mediation__case=case).latest("pk")


def signed(case: Case, by: User, on: date | None = None) -> Case:
    """Everybody signs today: it is in force."""
    day = on or clock.today()
    rows = [Signed(p.pk, "finger", day) for p in case.parties.order_by("pk")]
    return sign_agreement(case_id=case.pk, by=by, signatures=rows, mediator_on=day, sealed_on=day)


def in_force(lives: Lives, *terms: Term, **changed: Any) -> Agreement:
    case = mediated(lives, **changed)
    found = written(case, lives.handler, *terms)
    signed(case, lives.handler)
    found.refresh_from_db()
    return found
