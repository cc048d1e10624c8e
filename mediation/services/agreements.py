"""协议: written or reached by word of mouth, signed, in force, void.

A written one is in force from the day the last signature and the seal are there, an oral one from
the day it was reached (人民调解法 arts. 28–30). Being in force ends the proceeding, meets the
period of mediation and starts the thirty days for 司法确认 (art. 33).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max

from cases import statutory
from cases.door import Change, changing
from cases.models import Attachment, Case, Party, StatutoryTerm
from cases.services.attachments import taking
from cases.vocabulary import Clock, PartyRole
from mediation.agreed import (
    confirmation_of,
    forget,
    in_force_from,
    is_untouched,
    missing_of,
    settlement_of,
    signers,
)
from mediation.models import Agreement, AgreementTerm, Confirmation, Mediation, Session, Signature
from mediation.proceedings import AT_WORK
from mediation.services.proceedings import end_mediation
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.amounts import yuan
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState
from zongzhi.lib.stored import Upload

WRITTEN, ORAL = Agreement.Form.WRITTEN, Agreement.Form.ORAL


@dataclass(frozen=True)
class Term:
    """One clause as it is typed: what, by whom, how much, until when, how."""

    text: str
    by: Party | None = None
    amount: Decimal | None = None
    due_on: date | None = None
    manner: str = ""


@dataclass(frozen=True)
class Signed:
    """Somebody's signature, seal or fingerprint, as it is typed."""

    party: int
    how: str
    on: date | None = None
    agent: str = ""


def agree(
    *,
    case_id: int,
    by: User,
    form: str,
    reached_on: date,
    facts: str,
    terms: Sequence[Term],
    duties: str = "",
    manner: str = "",
    place: str = "",
    session: int | None = None,
) -> Case:
    """写协议: an oral one is in force as it is written down.

    Raises Invalid for a day or a clause that cannot be.
    """
    with changing(case_id, "agree", by=by) as change:
        mediation = _open(change)
        _refuse_impossible(change, mediation, reached_on, terms)
        agreement = Agreement.objects.create(
            mediation=mediation,
            session=_session(mediation, session),
            form=form,
            serial=_next_serial(mediation),
            facts=facts,
            duties=duties,
            manner=manner,
            place=place,
            reached_on=reached_on,
            written_by=by,
            written_at=change.now,
        )
        _write_terms(agreement, terms)
        _say(change, by, agreement, _summary(agreement, terms))
        if form == ORAL:
            come_into_force(change, agreement, reached_on)
        forget(change.case)
    return change.case


def amend_agreement(
    *,
    case_id: int,
    by: User,
    form: str,
    reached_on: date,
    facts: str,
    terms: Sequence[Term],
    duties: str = "",
    manner: str = "",
    place: str = "",
) -> Case:
    """改协议, while nobody has signed it."""
    with changing(case_id, "amend-agreement", by=by) as change:
        agreement = _draft(change)
        _refuse_impossible(change, agreement.mediation, reached_on, terms)
        agreement.form, agreement.reached_on, agreement.facts = form, reached_on, facts
        agreement.duties, agreement.manner, agreement.place = duties, manner, place
        agreement.save()
        agreement.terms.all().delete()
        _write_terms(agreement, terms)
        _say(change, by, agreement, _summary(agreement, terms))
        if form == ORAL:
            come_into_force(change, agreement, reached_on)
        forget(change.case)
    return change.case


def _open(change: Change) -> Mediation:
    mediation = settlement_of(change.case).open
    if mediation is None:
        raise WrongState(f"{change.case.short_number} 没有在进行的调解")
    return mediation


def _draft(change: Change) -> Agreement:
    agreement = settlement_of(change.case).draft
    if agreement is None:
        raise WrongState(f"{change.case.short_number} 没有等着签的协议")
    return agreement


def _refuse_impossible(
    change: Change, mediation: Mediation, reached_on: date, terms: Sequence[Term]
) -> None:
    if not any(party.role == PartyRole.RESPONDENT for party in signers(change.case)):
        raise WrongState("还没有对方当事人，先点“补充当事人”再写协议")
    today = change.now.date()
    if not mediation.started_on <= reached_on <= today:
        first, last = dates.day(mediation.started_on, today), dates.day(today, today)
        raise Invalid(errors={"reached_on": [f"达成日期要在 {first}（受理调解）到 {last} 之间"]})
    if not terms:
        raise Invalid(errors={"terms": ["至少写一条：谁、做什么、什么时候以前"]})
    wrong = [
        f"第 {n} 条：期限 {dates.day(term.due_on, today)}早于达成日期"
        for n, term in enumerate(terms, start=1)
        if term.due_on is not None and term.due_on < reached_on
    ]
    strangers = [
        f"第 {n} 条：由谁履行，要选这件事的当事人"
        for n, term in enumerate(terms, start=1)
        if term.by is not None and term.by.case_id != change.case.pk
    ]
    if wrong or strangers:
        raise Invalid(errors={"terms": [*wrong, *strangers]})


def _session(mediation: Mediation, pk: int | None) -> Session | None:
    """The meeting at which it was reached: the one that is named, else the last that led to it."""
    rows = mediation.sessions.filter(state=Session.State.HELD)
    if pk is not None:
        return rows.filter(pk=pk).first()
    led = [Session.Outcome.WRITTEN, Session.Outcome.ORAL]
    return rows.filter(outcome__in=led, agreements=None).last()


def _next_serial(mediation: Mediation) -> int:
    last: int | None = mediation.agreements.aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _write_terms(agreement: Agreement, terms: Sequence[Term]) -> None:
    AgreementTerm.objects.bulk_create(
        AgreementTerm(
            agreement=agreement,
            n=n,
            text=term.text,
            by_party=term.by,
            amount=term.amount,
            due_on=term.due_on,
            manner=term.manner,
        )
        for n, term in enumerate(terms, start=1)
    )


def _summary(agreement: Agreement, terms: Sequence[Term]) -> str:
    """「书面协议，3 条，共 30,000 元」: no word of what was agreed."""
    named = [term.amount for term in terms if term.amount is not None]
    form = Agreement.Form(agreement.form).label
    parts = [form, f"{len(terms)} 条", f"共 {yuan(sum(named, Decimal(0)))}" if named else ""]
    return "，".join(filter(None, parts))


def _say(change: Change, by: User, agreement: Agreement, text: str) -> None:
    part = change.part_of(by)
    change.unit = part.unit if part else None
    change.text = text
    change.data |= {"agreement": agreement.pk}


def come_into_force(change: Change, agreement: Agreement, on: date) -> None:
    """The proceeding ends with an agreement, and what runs with it starts and stops."""
    agreement.in_force_on = on
    agreement.save(update_fields=["in_force_on"])
    end_mediation(change, agreement.mediation, Mediation.Ending.AGREED, "", on=on)
    statutory.begin(change.case, Clock.CONFIRMATION, on, about=agreement.pk)
    change.data |= {"in_force_on": on.isoformat()}
    change.text = f"{change.text}，{dates.day(on)}生效".lstrip("，")


def sign_agreement(
    *,
    case_id: int,
    by: User,
    signatures: Sequence[Signed] = (),
    mediator_on: date | None = None,
    sealed_on: date | None = None,
) -> Case:
    """记签名盖章: as they come in; the last of them puts the agreement into force.

    Raises AlreadyDone for a signature that somebody has written down meanwhile.
    """
    with changing(case_id, "sign", by=by) as change:
        agreement = _draft(change)
        parties = {party.pk: party for party in signers(change.case)}
        _refuse_strange_days(change, agreement, signatures, mediator_on, sealed_on)
        for row in signatures:
            _sign(change, agreement, parties, row)
        said = [f"{parties[row.party].name}已签" for row in signatures]
        said += _mediator_and_seal(change, agreement, mediator_on, sealed_on)
        if not said:
            raise Invalid("还没填谁签了名、盖了章")
        _say(change, by, agreement, "，".join(said))
        rows = list(agreement.signatures.all())
        missing = missing_of(agreement, parties.values(), rows)
        on = in_force_from(agreement, rows)
        if not missing.parties and on is not None:
            come_into_force(change, agreement, on)
        forget(change.case)
    return change.case


def _refuse_strange_days(
    change: Change,
    agreement: Agreement,
    signatures: Sequence[Signed],
    mediator_on: date | None,
    sealed_on: date | None,
) -> None:
    today = change.now.date()
    first, last = dates.day(agreement.reached_on, today), dates.day(today, today)
    wrong: dict[str, list[str]] = {}
    days = [("signatures", row.on) for row in signatures]
    for field, day in [*days, ("mediator_on", mediator_on), ("sealed_on", sealed_on)]:
        if day is not None and not agreement.reached_on <= day <= today:
            wrong[field] = [f"{dates.day(day, today)}不对：要在 {first}（达成协议）到 {last} 之间"]
    if wrong:
        raise Invalid(errors=wrong)


def _sign(change: Change, agreement: Agreement, parties: dict[int, Party], row: Signed) -> None:
    if row.party not in parties:
        raise Invalid(errors={"signatures": ["要签名的里面没有这个人"]})
    name = parties[row.party].name
    if row.on is None:
        raise Invalid(errors={"signatures": ["签了名的要写日期"]})
    before = agreement.signatures.filter(party=row.party).first()
    if before is not None:
        raise AlreadyDone(f"{name} {dates.day(before.on)}已经签了，不用再记")
    Signature.objects.create(
        agreement=agreement, party=parties[row.party], how=row.how, on=row.on, agent=row.agent
    )


def _mediator_and_seal(
    change: Change, agreement: Agreement, mediator_on: date | None, sealed_on: date | None
) -> list[str]:
    said = []
    if mediator_on is not None:
        if agreement.mediator_signed_on is not None:
            raise AlreadyDone(f"调解员 {dates.day(agreement.mediator_signed_on)}已经签了")
        agreement.mediator_signed_on = mediator_on
        said.append("调解员已签")
    if sealed_on is not None:
        if agreement.sealed_on is not None:
            raise AlreadyDone(f"{dates.day(agreement.sealed_on)}已经盖了章")
        agreement.sealed_on = sealed_on
        said.append("已盖章")
    agreement.save(update_fields=["mediator_signed_on", "sealed_on"])
    return said


def scan_agreement(*, case_id: int, by: User, file: Upload, not_secret: bool = False) -> Case:
    """传签字件: the signed paper, kept among the papers of the case; a better one replaces it."""
    with (
        taking(file, note="调解协议签字件", not_secret=not_secret) as taken,
        changing(case_id, "scan-agreement", by=by) as change,
    ):
        agreement = settlement_of(change.case).current
        if agreement is None:
            raise WrongState(f"{change.case.short_number} 还没有协议")
        agreement.scan = taken.keep(change, by=by, source=Attachment.Source.SIGNED)
        agreement.save(update_fields=["scan"])
        _say(change, by, agreement, agreement.scan.name)
        change.data |= {"scan": agreement.scan.pk, "sha256": agreement.scan.sha256}
        forget(change.case)
    return change.case


def void_agreement(*, case_id: int, by: User, text: str, both: bool = False) -> Case:
    """作废: before anybody has signed, or because both parties wish it; a new one may follow.

    The proceeding that ended with it goes on, unless the case has left the work meanwhile.
    """
    with changing(case_id, "void-agreement", by=by) as change:
        agreement = settlement_of(change.case).current
        if agreement is None:
            raise WrongState(f"{change.case.short_number} 没有能作废的协议")
        if not is_untouched(agreement) and not both:
            raise Invalid(errors={"both": ["已经有人签了名的协议，双方都要求才能作废"]})
        _refuse_in_court(agreement)
        agreement.void_why, agreement.voided_at = text, change.now
        agreement.save(update_fields=["void_why", "voided_at"])
        running = StatutoryTerm.objects.filter(
            case=change.case, clock=Clock.CONFIRMATION, about=agreement.pk, dropped_at=None
        )
        running.filter(met_on=None).update(dropped_at=change.now)
        _go_on(change, agreement)
        _say(change, by, agreement, f"{'双方要求，' if both else ''}{text}")
        forget(change.case)
    return change.case


def _refuse_in_court(agreement: Agreement) -> None:
    confirmation = confirmation_of(agreement)
    if confirmation is None:
        return
    if confirmation.outcome == Confirmation.Outcome.CONFIRMED:
        raise WrongState("法院已经裁定协议有效，不能作废")
    if not confirmation.outcome:
        raise WrongState("已经申请司法确认，先到法院撤回申请，记下结果再作废")


def _go_on(change: Change, agreement: Agreement) -> None:
    """Open the proceeding again that this agreement had ended."""
    mediation = agreement.mediation
    if mediation.ending != Mediation.Ending.AGREED or settlement_of(change.case).open is not None:
        return
    mediation.ending, mediation.ended_on, mediation.ended_by = "", None, None
    mediation.save(update_fields=["ending", "ended_on", "ended_by"])
    change.case.is_mediating = change.case.stage in AT_WORK
