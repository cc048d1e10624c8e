"""What people do to a case, in the words they would use: each deed goes through its service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet

from cases.models import Case, CompulsoryReport, Document, Receipt
from cases.paper_kinds import kind_of
from cases.services.closing import follow_up_case, rate_case, reopen_case
from cases.services.course import (
    accept_case,
    amend_case,
    decline_case,
    merge_case,
    note_case,
    transfer_case,
    unmerge_case,
    withdraw_case,
)
from cases.services.duties import settle_report
from cases.services.papers import make_document, sign_receipt
from cases.services.registration import PartyInput, Registration, register_case, revisit_case
from cases.services.statutory import inform
from cases.thresholds import STANDARDS, Threshold
from cases.vocabulary import (
    Authority,
    Channel,
    Complexity,
    Label,
    PartyRole,
    Result,
    Risk,
    Satisfaction,
    Settled,
    Source,
    Special,
    Willing,
)
from dispatch.models import Request
from dispatch.services.asking import decide_request, request_extension, request_pause
from dispatch.services.assigning import (
    dispatch_case,
    reassign_case,
    request_reassignment,
    return_case,
    rule_on_return,
)
from dispatch.services.handling import (
    approve_result,
    assign_handler,
    claim_case,
    report_result,
    send_back,
)
from dispatch.services.moving import push_down, request_escalation
from dispatch.services.supervising import (
    answer_supervision,
    lift_supervision,
    supervise_case,
)
from orgs.models import Department, User
from zongzhi.demo import county, stories
from zongzhi.demo.lives import Deed, Life
from zongzhi.demo.people import mobile
from zongzhi.lib import clock

WORDS = stories.WORDS
DIRECT = {"RMTJ": "R-04"}  # which rule lets a window send to whom
_REPORTED_WITHIN = timedelta(minutes=STANDARDS[Threshold.COMPULSORY_MINUTES].value)

# ------------------------------------------------------------------ who


def triage_of(life: Life) -> User:
    """分流员 of the centre in charge; at the county mostly the one of the cast."""
    officers = life.world.triage_of(life.center)
    return officers[life.serial % 4 % len(officers)]


def handler_of(life: Life, unit: str = "") -> User:
    """Who works on it in the lead unit, or in the one named."""
    return life.world.holders("handler", unit or life.lead)[0]


def head_of(life: Life) -> User:
    return life.world.holders("head", life.lead)[0]


def approver_of(life: Life) -> User:
    """分流员 who has not handled it; one level up where one person is the whole centre."""
    officer, handler = triage_of(life), handler_of(life)
    if officer != handler:
        return officer
    parent = county.REGION[life.center].parent
    return life.world.triage_of(parent)[0]


def caller_of(life: Life) -> User:
    """The first receiver asks; where nobody received in person, a clerk of the centre does."""
    if life.case.first_receiver_id is not None:
        return life.world.user_with_id(life.case.first_receiver_id)
    clerks = life.world.holders("clerk", county.CENTER[life.center].department)
    return life.world.user("follow_up") if life.center == county.COUNTY else clerks[0]


def unit_of(life: Life, code: str) -> Department:
    return life.world.places.units[code]


# ------------------------------------------------------------------ coming in


def register(life: Life) -> None:
    narrative, _ = life.told
    registration = Registration(
        source=life.source,
        narrative=narrative,
        type=life.world.types[life.story.type],
        occurred_region=life.region,
        parties=_parties(life),
        special=[Special(flag) for flag in life.story.special],
        willing_to_mediate=life.draw.choices(list(Willing), weights=[75, 5, 20])[0],
        visitors=life.draw.randint(*life.story.visitors),
        suggested_unit=unit_of(life, life.lead) if life.draw.random() < 0.8 else None,
        amount=_amount_known(life),
        grid=life.grid,
    )
    if _goes_directly(life):
        registration = replace(
            registration, suggested_unit=unit_of(life, life.lead), direct_rule=DIRECT[life.lead]
        )
    registrar = life.world.user(life.registrar)
    life.case, _ = register_case(registration, by=registrar)
    if life.world.hours.now - clock.now() > _REPORTED_WITHIN:
        _report(life.case, registrar)


def _goes_directly(life: Life) -> bool:
    """Now and then a window uses what a rule allows; if it cannot be, the desk has it."""
    return life.source == Source.WINDOW and life.lead in DIRECT and life.serial % 3 == 0


def _report(case: Case, by: User) -> None:
    """强制报告: told by telephone while the visitor still sits there."""
    for report in case.compulsory_reports.all():
        label = Authority(report.authority).label
        settle_report(
            report_id=report.pk,
            by=by,
            outcome=CompulsoryReport.Outcome.REPORTED,
            contact=f"{label}值班室",
            text="",
        )


def _parties(life: Life) -> list[PartyInput]:
    applicant = life.applicant
    town = county.REGION[county.REGION[life.village].parent].name
    home = f"{town}{life.region.name}"
    parties = [
        PartyInput(PartyRole.APPLICANT, applicant.name, applicant.phone, applicant.id_number, home)
    ]
    if life.story.against == "unit":
        phone = mobile(40_000_000 + life.serial) if life.draw.random() < 0.5 else ""
        parties.append(PartyInput(PartyRole.RESPONDENT, life.opponent, phone, is_organization=True))
    elif life.story.against == "person":
        phone = life.respondent.phone if life.draw.random() < 0.6 else ""
        parties.append(PartyInput(PartyRole.RESPONDENT, life.opponent, phone, address=home))
    return parties


def _amount_known(life: Life) -> Decimal | None:
    if life.story.amount is None or life.draw.random() < 0.25:
        return None
    return Decimal(life.amounts[0])


def accept(life: Life) -> None:
    life.case = accept_case(case_id=life.case.pk, by=triage_of(life))
    if life.source == Source.PETITION and life.serial % 4:
        life.case = inform(
            case_id=life.case.pk,
            by=triage_of(life),
            on=clock.today(),
            how="邮寄" if life.serial % 2 else "当面送达",
            text="已受理，由综治中心协调有关单位办理",
        )


def decline(life: Life) -> None:
    why = life.draw.choice(stories.DECLINES)
    life.case = decline_case(
        case_id=life.case.pk, by=triage_of(life), reason=why.reason, route=why.route, text=why.text
    )


def transfer(life: Life) -> None:
    where = life.draw.choice(stories.TRANSFERS)
    life.case = transfer_case(
        case_id=life.case.pk, by=triage_of(life), to=where.to, text=where.text
    )


def withdraw(life: Life) -> None:
    life.case = withdraw_case(
        case_id=life.case.pk, by=caller_of(life), text=life.draw.choice(WORDS.withdraw)
    )


def merge_into(other: Life) -> Deed:
    """并案 into another life that is still open then."""

    def deed(life: Life) -> None:
        life.case = merge_case(
            case_id=life.case.pk, by=triage_of(life), into=other.case.number, text=WORDS.merge[0]
        )

    return deed


def unmerge(life: Life) -> None:
    life.case = unmerge_case(case_id=life.case.pk, by=triage_of(life))


# ------------------------------------------------------------------ to whom


def dispatch(life: Life) -> None:
    """派出, unless the window has sent it already."""
    if life.case.unit is not None and life.case.label != Label.TO_DISPATCH:
        return
    life.case = dispatch_case(
        case_id=life.case.pk,
        by=triage_of(life),
        lead=unit_of(life, life.lead),
        assisting=[unit_of(life, code) for code in life.assisting],
        complexity=Complexity(life.story.complexity),
        risk=Risk(life.story.risk),
        note=life.draw.choice(WORDS.dispatch),
    )


def push_to(center: str, lead: str) -> Deed:
    """下派 to a lower centre, which gives it to a unit of its own."""

    def deed(life: Life) -> None:
        life.case = push_down(
            case_id=life.case.pk,
            by=triage_of(life),
            center=unit_of(life, county.CENTER[center].department),
            text=WORDS.push_down[0],
        )
        life.lead, life.assisting = lead, ()

    return deed


def give_back(life: Life) -> None:
    """退回, with the reason that fits the type."""
    back = _return_of(life)
    whose = unit_of(life, back.suggested)
    life.case = return_case(
        case_id=life.case.pk,
        by=handler_of(life),
        reason=back.reason,
        basis=back.basis,
        suggested=None if whose.pk == life.case.unit_id else whose,
    )


def _return_of(life: Life) -> stories.Return:
    return next(back for back in stories.RETURNS if life.story.type in back.types)


def rule(life: Life) -> None:
    """裁定: to the unit suggested, or 维持 where that is no other unit of the county."""
    to = _return_of(life).suggested
    upheld = to in (life.lead, *life.assisting) or county.DEPARTMENT[to].kind == "center"
    life.case = rule_on_return(
        case_id=life.case.pk,
        by=triage_of(life),
        ruling="uphold" if upheld else "reassign",
        text=(WORDS.rule_uphold if upheld else WORDS.rule_reassign)[0],
        lead=None if upheld else unit_of(life, to),
    )
    if not upheld:
        life.lead, life.assisting = to, ()


def rule_joint(*assisting: str) -> Deed:
    """裁定上会商: the same lead, with these units at the table."""

    def deed(life: Life) -> None:
        life.case = rule_on_return(
            case_id=life.case.pk,
            by=triage_of(life),
            ruling="joint",
            text=WORDS.rule_joint[0],
            lead=unit_of(life, life.lead),
            assisting=[unit_of(life, code) for code in assisting],
        )
        life.assisting = assisting

    return deed


def ask_reassignment(life: Life) -> None:
    """申请改派: over land to 自然资源局, over work to the street where the firm sits."""
    over_land = life.story.type in ("03", "07", "08")
    life.case = request_reassignment(
        case_id=life.case.pk,
        by=handler_of(life),
        text=WORDS.request_reassign[0 if over_land else 1],
        suggested=unit_of(life, "ZR" if over_land else "CXJD"),
    )


def reassign_to(lead: str) -> Deed:
    def deed(life: Life) -> None:
        life.case = reassign_case(
            case_id=life.case.pk,
            by=triage_of(life),
            lead=unit_of(life, lead),
            text=WORDS.reassign[0],
        )
        life.lead, life.assisting = lead, ()

    return deed


def ask_escalation(life: Life) -> None:
    life.case = request_escalation(
        case_id=life.case.pk, by=triage_of(life), text=life.draw.choice(WORDS.escalate)
    )


def escalate_to(lead: str) -> Deed:
    """The upper centre agrees; it thinks of this unit."""

    def deed(life: Life) -> None:
        upper = life.world.triage_of(county.REGION[life.center].parent)
        life.case = decide_request(
            case_id=life.case.pk,
            by=upper[0],
            request=_pending(life, Request.Kind.ESCALATION),
            grant=True,
            text="同意提级，由本级办理。",
        )
        life.lead, life.assisting = lead, ()

    return deed


# ------------------------------------------------------------------ the unit's work


def claim(life: Life) -> None:
    life.case = claim_case(case_id=life.case.pk, by=handler_of(life))


def claim_parts(life: Life) -> None:
    """Every assisting unit takes its part."""
    for code in life.assisting:
        life.case = claim_case(case_id=life.case.pk, by=handler_of(life, code))


def answer_parts(life: Life) -> None:
    for code in life.assisting:
        life.case = report_result(
            case_id=life.case.pk,
            by=handler_of(life, code),
            result=Result.RESOLVED,
            how=life.draw.choice(PARTS),
        )


PARTS = (
    "已配合主办单位到现场核实，书面意见已交主办单位。",
    "已按职责核查并约谈有关人员，情况一并反馈主办单位。",
    "已参加现场调解，提供了所需资料，没有其他需要协办的事。",
)


def assign(life: Life) -> None:
    life.case = assign_handler(case_id=life.case.pk, by=head_of(life), handler=handler_of(life))


def note(life: Life) -> None:
    """记进展, for staff only."""
    text = life.draw.choice(life.kind.internal)
    life.case = note_case(case_id=life.case.pk, by=handler_of(life), text=text)


def tell(life: Life) -> None:
    """记进展 that the citizen may read."""
    text = life.draw.choice(life.kind.public)
    life.case = note_case(case_id=life.case.pk, by=handler_of(life), text=text, public=True)


def ask_extension(life: Life) -> None:
    text = life.draw.choice(WORDS.extend)
    days = 10 if "10个" in text else 5
    life.case = request_extension(case_id=life.case.pk, by=handler_of(life), days=days, text=text)


def grant_extension(life: Life) -> None:
    life.case = decide_request(
        case_id=life.case.pk,
        by=head_of(life),
        request=_pending(life, Request.Kind.EXTENSION),
        grant=True,
        text=WORDS.extend_granted[0],
    )


def refuse_extension(life: Life) -> None:
    life.case = decide_request(
        case_id=life.case.pk,
        by=head_of(life),
        request=_pending(life, Request.Kind.EXTENSION),
        grant=False,
        text=WORDS.extend_refused[0],
    )


def ask_pause(days: int) -> Deed:
    def deed(life: Life) -> None:
        life.case = request_pause(
            case_id=life.case.pk,
            by=handler_of(life),
            until=clock.today() + timedelta(days=days),
            text=life.draw.choice(WORDS.pause),
        )

    return deed


def grant_pause(life: Life) -> None:
    life.case = decide_request(
        case_id=life.case.pk,
        by=triage_of(life),
        request=_pending(life, Request.Kind.PAUSE),
        grant=True,
        text=WORDS.pause_granted[0],
    )


def _pending(life: Life, kind: Request.Kind) -> int:
    return Request.objects.get(case=life.case, kind=kind, decided_at=None).pk


def report(result: Result = Result.RESOLVED) -> Deed:
    """反馈结果, with whatever the closing checklist still lacks."""

    def deed(life: Life) -> None:
        _, resolved = life.told
        how = (
            resolved
            if result == Result.RESOLVED
            else life.draw.choice(life.kind.results(result.value))
        )
        phone = _phone_found(life)
        life.case = report_result(
            case_id=life.case.pk,
            by=handler_of(life),
            result=result,
            how=how,
            amount=_amount_found(life),
            respondent_phone=phone,
            not_found=_not_found(life, phone),
        )

    return deed


def _respondent_lacks_phone(life: Life) -> bool:
    others = [p for p in life.case.parties.all() if p.role == PartyRole.RESPONDENT]
    return bool(others) and not any(p.phone for p in others)


def _phone_found(life: Life) -> str:
    if _respondent_lacks_phone(life) and life.serial % 4:
        return mobile(50_000_000 + life.serial)
    return ""


def _amount_found(life: Life) -> Decimal | None:
    if life.story.amount is None or life.case.amount is not None:
        return None
    return Decimal(life.amounts[0])


def _not_found(life: Life, phone: str) -> str:
    reasons = []
    if life.story.against == "nobody":
        reasons.append("没有对方当事人")
    elif not phone and _respondent_lacks_phone(life):
        reasons.append("对方不愿留电话")
    if life.story.amount is None:
        reasons.append("不涉及金额")
    return "；".join(reasons)


# ------------------------------------------------------------------ the centre's look at it


def return_for_more(life: Life) -> None:
    life.case = send_back(
        case_id=life.case.pk, by=approver_of(life), text=life.draw.choice(WORDS.send_back)
    )


def approve(life: Life) -> None:
    life.case = approve_result(case_id=life.case.pk, by=approver_of(life))


def supervise(days: int = 2) -> Deed:
    def deed(life: Life) -> None:
        life.case = supervise_case(
            case_id=life.case.pk,
            by=life.world.user("supervisor"),
            reason=life.draw.choice(WORDS.supervise[2:]),
            answer_days=days,
        )

    return deed


def answer(life: Life) -> None:
    life.case = answer_supervision(
        case_id=life.case.pk, by=handler_of(life), text=life.draw.choice(WORDS.answer)
    )


def lift(days: int = 3) -> Deed:
    """解除督办, against a promise so many working days away."""

    def deed(life: Life) -> None:
        promised = life.world.hours.calendar.workday_after(clock.today(), days)
        supervisors = life.world.triage_of(life.center)
        life.case = lift_supervision(
            case_id=life.case.pk, by=supervisors[-1], text=WORDS.lift[0], promised=promised
        )

    return deed


# ------------------------------------------------------------------ the citizen


def come_again(life: Life) -> None:
    life.case = revisit_case(
        case_id=life.case.pk,
        by=life.world.user_with_id(life.case.registered_by_id),
        visitors=life.draw.randint(1, 2),
        text=life.draw.choice(WORDS.revisit),
    )


def correct(life: Life) -> None:
    """补充更正: the sum was not quite what was written down."""
    before = life.case.amount
    amount = Decimal(life.amounts[0]) if before is None else before + 200
    text = WORDS.amend[1]
    clerk = life.world.user_with_id(life.case.registered_by_id)
    life.case = amend_case(case_id=life.case.pk, by=clerk, text=text, fields={"amount": amount})


def call(satisfaction: Satisfaction, *, redo: bool = False) -> Deed:
    """回访 by telephone."""

    def deed(life: Life) -> None:
        life.case = follow_up_case(
            case_id=life.case.pk,
            by=caller_of(life),
            channel=Channel.PHONE,
            satisfaction=satisfaction,
            redo=redo,
            text=life.draw.choice(stories.FOLLOW_UP[satisfaction.value]),
        )

    return deed


def call_in_vain(life: Life) -> None:
    life.case = follow_up_case(
        case_id=life.case.pk,
        by=caller_of(life),
        channel=Channel.PHONE,
        satisfaction=None,
        text=life.draw.choice(stories.FOLLOW_UP["unreached"]),
    )


def rate(satisfaction: Satisfaction, *, wants_redo: bool = False) -> Deed:
    """评价 by the citizen, from the page behind the slip."""
    bad = satisfaction in (Satisfaction.UNSATISFIED, Satisfaction.VERY_UNSATISFIED)

    def deed(life: Life) -> None:
        rate_case(
            token=life.case.token,
            settled=Settled.UNRESOLVED if bad else Settled.RESOLVED,
            satisfaction=satisfaction,
            text=life.draw.choice(stories.RATINGS[satisfaction.value]),
            wants_redo=wants_redo,
        )
        life.case = Case.objects.get(pk=life.case.pk)

    return deed


def reopen(life: Life) -> None:
    life.case = reopen_case(
        case_id=life.case.pk,
        by=life.world.user("leader"),
        text=life.draw.choice(WORDS.reopen),
    )


# ------------------------------------------------------------------ papers


def paper(kind: Document.Kind, maker: Callable[[Life], User] | None = None) -> Deed:
    """Make that paper, one for everything it is about now; by 分流员 unless somebody is named."""

    def make(life: Life) -> None:
        case = Case.objects.for_detail().get(pk=life.case.pk)
        known = kind_of(kind)
        if known is None:
            raise LookupError(f"nobody makes {kind}")
        maker_of = handler_of if kind == Document.Kind.MEDIATION_REPLY else maker or triage_of
        by = maker_of(life)
        for about in known.abouts(case):
            make_document(case_id=case.pk, kind=kind, about=about.pk, by=by, address=None)

    return make


def sign_papers(life: Life) -> None:
    """Every unit signs for what it has got."""
    _sign(life, Receipt.objects.waiting())


def lead_signs(life: Life) -> None:
    """Only the lead unit has signed so far."""
    _sign(life, Receipt.objects.waiting().filter(unit=life.case.unit))


def _sign(life: Life, receipts: QuerySet[Receipt]) -> None:
    for receipt in receipts.filter(document__case=life.case).select_related("unit"):
        by = handler_of(life, receipt.unit.code)
        sign_receipt(document_id=receipt.document_id, unit_id=receipt.unit_id, by=by)
