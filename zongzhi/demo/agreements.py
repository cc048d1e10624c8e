"""What has been agreed and handed over by the day somebody looks: clauses past, today and ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from cases.models import Case
from cases.numbering import next_in
from cases.vocabulary import PartyRole, Source, Stage
from mediation.agreed import signers
from mediation.models import AgreementTerm, Mediation
from mediation.services.agreements import Signed, Term, agree, sign_agreement
from mediation.services.confirming import apply_for_confirmation
from mediation.services.performing import perform
from mediation.services.referrals import receive_referral, return_referral, take_referral
from orgs.models import User
from zongzhi.demo import county
from zongzhi.demo.lives import World
from zongzhi.lib import clock

COURT = "示范县人民法院"
FACTS = "双方对事情经过没有争议，对给付的数额和时间有不同意见，经调解互相让步。"
# Days ago it was agreed; days from today each clause is due.
AGREED = (
    (20, (-5, 10)),
    (12, (0, 30)),
    (26, (-12, 3)),
    (2, (1, 60)),
    (9, (7,)),
)
# How it was handed over, how many days ago, and how it was answered.
HANDED = (
    ("commissioned", 28, ""),
    ("commissioned", 6, ""),
    ("commissioned", 9, "failed"),
    ("entrusted", 4, ""),
    ("police", 3, ""),
)


def settle(world: World) -> None:
    """Agreements in cases at work, two of them before the court; and what others handed over."""
    cases = _at_work(world)
    for n, (ago, dues) in enumerate(AGREED):
        case = next(cases, None)
        if case is None:
            return
        by = _staff(world, case)
        _agree(case, by, ago, dues)
        if n == 0:
            _pay_first(case, by)
        if n in (1, 4):
            _apply(case, by)
    triage = world.user("triage")
    for n, (kind, ago, outcome) in enumerate(HANDED, start=1):
        case = next(cases, None)
        if case is not None:
            _hand_over(case, triage, kind, ago, outcome, n)


def _at_work(world: World) -> Iterator[Case]:
    """Cases of the county that a unit has claimed and that nobody mediates yet."""
    here = world.places.centers[county.COUNTY]
    rows = Case.objects.filter(
        center=here, stage=Stage.HANDLING, mediated_at=None, label="handling"
    )
    both = rows.filter(parties__role=PartyRole.RESPONDENT).distinct()
    for case in (
        both.exclude(source=Source.PETITION).order_by("-registered_at").select_related("unit")
    ):
        if case.unit is not None and _holders(world, case):
            yield case


def _holders(world: World, case: Case) -> list[User]:
    code = case.unit.code if case.unit else ""
    return world.holders("handler", code) or world.holders("mediator", code)


def _staff(world: World, case: Case) -> User:
    return _holders(world, case)[0]


def _agree(case: Case, by: User, ago: int, dues: tuple[int, ...]) -> None:
    today = clock.today()
    day = max(today - timedelta(days=ago), clock.local(case.registered_at).date())
    _mediate(case, by, day)
    parties = signers(case)
    payer = next(party for party in parties if party.role == PartyRole.RESPONDENT)
    amount = Decimal(6000)
    terms = [
        Term(
            text="按约定付款" if n else "先付一部分",
            by=payer,
            amount=amount,
            due_on=max(day, today + timedelta(days=due)),
            manner="银行转账",
        )
        for n, due in enumerate(dues)
    ]
    agree(
        case_id=case.pk,
        by=by,
        form="written",
        reached_on=day,
        facts=FACTS,
        terms=terms,
        place="县综治中心",
    )
    rows = [Signed(party.pk, "finger", day) for party in parties]
    sign_agreement(case_id=case.pk, by=by, signatures=rows, mediator_on=day, sealed_on=day)


def _mediate(case: Case, by: User, day: date) -> None:
    Mediation.objects.create(
        case=case,
        center=case.center,
        body=getattr(case.unit, "mediation_body", None),
        unit=case.unit,
        round=case.round,
        year=day.year,
        serial=next_in(f"mediation {case.center_id} {case.unit_id} {day.year}"),
        origin=Mediation.Origin.APPLIED,
        claimed=Decimal(15000),
        started_on=day,
        started_by=by,
    )
    case.mediated_at = clock.now()
    case.save(update_fields=["mediated_at"])


def _pay_first(case: Case, by: User) -> None:
    """A part of the first clause: the rest is overdue."""
    row = AgreementTerm.objects.filter(agreement__mediation__case=case).earliest("n")
    perform(
        case_id=case.pk, by=by, term=row.pk, on=clock.today(), amount=Decimal(2500), text="转账"
    )


def _apply(case: Case, by: User) -> None:
    apply_for_confirmation(
        case_id=case.pk,
        by=by,
        court=COURT,
        applied_on=clock.today(),
        materials=["application", "agreement", "identity", "addresses"],
        jointly=True,
    )


def _hand_over(case: Case, by: User, kind: str, ago: int, outcome: str, n: int) -> None:
    today = clock.today()
    organ = COURT if kind != "police" else "示范县公安局"
    number = f"（{today.year}）示诉前调 {n} 号" if kind != "police" else ""
    receive_referral(
        case_id=case.pk,
        by=by,
        kind=kind,
        organ=organ,
        number=number,
        received_on=today - timedelta(days=ago),
        materials="起诉状、身份证明、证据清单",
    )
    if ago > 3:
        take_referral(case_id=case.pk, by=by)
    if outcome:
        return_referral(
            case_id=case.pk,
            by=by,
            outcome=outcome,
            returned_on=today,
            text="双方差距大，调解不成，材料退回。",
            receipt="立案庭",
        )
