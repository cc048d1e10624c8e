"""Mediations of the demo: begun, a mediator chosen, agreed, signed, performed, filed.

Sessions between are `mediation_sessions`. Each deed lets be what the case has no more room for.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from cases.models import Document
from cases.vocabulary import PartyRole, Stage, Willing
from mediation.agreed import settlement_of, signers
from mediation.avoiding import warnings_of
from mediation.dossier import KEPT_FOR
from mediation.models import AgreementTerm, Choice, Mediator, SubsidyGrade
from mediation.offering import pool_of
from mediation.services.agreements import Signed, Term, agree, sign_agreement
from mediation.services.choosing import choose_mediator
from mediation.services.confirming import apply_for_confirmation
from mediation.services.dossiers import check_dossier, file_dossier
from mediation.services.performing import perform
from mediation.services.proceedings import start_mediation, stop_mediation
from mediation.services.subsidies import propose_subsidy
from orgs.models import Center
from zongzhi.demo.doings import handler_of, paper, triage_of
from zongzhi.demo.lives import Deed, Life, Step, next_days, steps, wait
from zongzhi.demo.mediation_sessions import held, running
from zongzhi.lib import clock

COURT = "示范县人民法院"
FACTS = "双方对事情经过没有争议，对给付的数额和时间有不同意见，经调解互相让步。"
MATERIALS = ["application", "agreement", "identity", "addresses"]
# What a dossier is made of besides what people hand in.
PAPERS = (
    Document.Kind.MED_INTAKE,
    Document.Kind.MED_RIGHTS,
    Document.Kind.MED_RECORD,
    Document.Kind.MED_AGREEMENT,
    Document.Kind.MED_ORAL,
    Document.Kind.MED_NOTE,
)
# 以案定补 in the demo county: what a case is worth.
GRADES = (
    ("简易", 1, 100, "一次谈成、口头协议的"),
    ("一般", 2, 200, "有书面协议的"),
    ("疑难", 3, 500, "三次以上才谈成，或者涉及十人以上的"),
)


def build_grades(center: Center) -> None:
    """What the county pays for a settled dispute."""
    SubsidyGrade.objects.bulk_create(
        SubsidyGrade(center=center, name=name, rank=rank, amount=amount, criteria=criteria)
        for name, rank, amount, criteria in GRADES
    )


def start(life: Life) -> None:
    """启动调解, where the parties are willing and the unit is at work on it."""
    case = life.case
    at_work = case.stage in (Stage.HANDLING, Stage.SUPERVISION)
    if not at_work or case.willing_to_mediate == Willing.NO or running(case) is not None:
        return
    life.case = start_mediation(
        case_id=case.pk,
        by=handler_of(life),
        origin="applied",
        demands="按约定履行，赔偿损失",
        claimed=Decimal(life.amounts[0]) if life.story.amount else None,
        informed=True,
    )


def choose(life: Life) -> None:
    """点菜: the visitor picks somebody of the pool, the other side agrees."""
    mediation = running(life.case)
    if mediation is None:
        return
    free = list(pool_of(life.case.center)[:12])
    warned = warnings_of(life.case, mediation, free)
    free = [one for one in free if not warned.get(one.pk)]
    if not free:
        return
    own = [one for one in free if one.body_id is not None and one.body_id == mediation.body_id]
    mediator: Mediator = life.draw.choice(own or free)
    party = life.case.parties.filter(role=PartyRole.APPLICANT).earliest("pk")
    life.case = choose_mediator(
        case_id=life.case.pk,
        by=handler_of(life),
        mediator=mediator.pk,
        party=party,
        consent=Choice.Consent.AGREES,
    )


def write(*dues: int, form: str = "written") -> Deed:
    """协议: so many clauses, each due so many days from that day; not yet signed."""

    def deed(life: Life) -> None:
        if running(life.case) is None:
            return
        today = clock.today()
        other = life.case.parties.filter(role=PartyRole.RESPONDENT).first()
        if other is None:
            return
        amount = Decimal(life.amounts[1] if life.story.amount else 2000)
        each = (amount / len(dues)).quantize(Decimal(1))
        terms = [
            Term(
                text=f"第 {n} 笔，付给来访人" if len(dues) > 1 else "一次付清",
                by=other,
                amount=each,
                due_on=today + timedelta(days=due),
                manner="银行转账",
            )
            for n, due in enumerate(dues, start=1)
        ]
        life.case = agree(
            case_id=life.case.pk,
            by=handler_of(life),
            form=form,
            reached_on=today,
            facts=FACTS,
            terms=terms,
            place="县综治中心",
        )

    return deed


def sign(life: Life) -> None:
    """Everybody signs on the spot: in force from today."""
    if settlement_of(life.case).draft is None:
        return
    today = clock.today()
    rows = [Signed(party.pk, "finger", today) for party in signers(life.case)]
    life.case = sign_agreement(
        case_id=life.case.pk,
        by=handler_of(life),
        signatures=rows,
        mediator_on=today,
        sealed_on=today,
    )


def pay(part: float = 1) -> Deed:
    """履行: what is due by now, in full or in part."""

    def deed(life: Life) -> None:
        rows = AgreementTerm.objects.filter(
            agreement__mediation__case=life.case, agreement__in_force_on__isnull=False, done_on=None
        )
        for row in rows.filter(due_on__lte=clock.today()).order_by("n"):
            amount = row.amount or Decimal(0)
            life.case = perform(
                case_id=life.case.pk,
                by=handler_of(life),
                term=row.pk,
                on=clock.today(),
                amount=(amount * Decimal(str(part))).quantize(Decimal(1)),
                text="银行转账",
                complete=part == 1,
            )

    return deed


def apply(life: Life) -> None:
    """司法确认, by both parties together."""
    if settlement_of(life.case).in_force is None:
        return
    life.case = apply_for_confirmation(
        case_id=life.case.pk,
        by=handler_of(life),
        court=COURT,
        applied_on=clock.today(),
        materials=MATERIALS,
        jointly=True,
    )


def fail(life: Life) -> None:
    """调解不成: ended, the way to court told."""
    if running(life.case) is not None:
        life.case = stop_mediation(
            case_id=life.case.pk,
            by=handler_of(life),
            ending="failed",
            route="lawsuit",
            text="双方对责任大小分歧太大，三次都没有谈拢。",
        )


def put_together(life: Life) -> None:
    """立卷 by the unit, 卷宗检查 by the desk, and what the mediator is paid is asked for."""
    mediation = life.case.mediations.exclude(ended_on=None).filter(filed_on=None).first()
    if mediation is None:
        return
    for kind in PAPERS:
        paper(kind, handler_of)(life)
    note = "身份证明核对后退还本人，履行凭证由当事人保管，没有留复印件。"
    life.case = file_dossier(
        case_id=life.case.pk, by=handler_of(life), kept_for=KEPT_FOR[1], note=note
    )
    life.case = check_dossier(case_id=life.case.pk, by=triage_of(life), passed=True)
    mediation.refresh_from_db()
    done = mediation.agreements.filter(voided_at=None, terms__done_on=None).exists()
    if mediation.ending == "agreed" and mediation.host is not None and not done:
        propose_subsidy(mediation_id=mediation.pk, by=triage_of(life), grade=GRADES[1][0])


def settled(*dues: int, form: str = "written", before: tuple[str, ...] = ()) -> list[Step]:
    """From the start to an agreement in force, by so many sessions."""
    outcome = "written" if form == "written" else "oral"
    signing = [wait(15, sign)] if form == "written" else []
    return steps(
        [wait(20, start), wait(15, choose)],
        list(held(*before, outcome)),
        [wait(10, write(*dues, form=form))],
        signing,
    )


def filed() -> list[Step]:
    """Paid on the day, the dossier put together the day after."""
    return [wait(30, pay()), next_days(1, put_together)]
