"""司法确认: applied for by both parties together, taken by the court, decided; or lapsed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from cases import statutory
from cases.door import Change, changing
from cases.models import Case, StatutoryTerm
from cases.querysets import OfCaseQuerySet
from cases.vocabulary import Clock
from mediation.agreed import confirmation_of, forget, settlement_of
from mediation.confirming import lapsed, missing_materials, refusals
from mediation.models import Agreement, AgreementTerm, Confirmation
from mediation.services.days import refuse_outside
from mediation.services.telling import tell_who_follows
from orgs.models import User
from orgs.models.notices import Topic
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, WrongState
from zongzhi.lib.worktime import rights_due

OUTCOME = Confirmation.Outcome
AGAIN = Confirmation.AGAIN


def apply_for_confirmation(
    *,
    case_id: int,
    by: User,
    court: str,
    applied_on: date,
    materials: Sequence[str] = (),
    exclusions: Sequence[str] = (),
    jointly: bool = False,
) -> Case:
    """申请司法确认: jointly, within thirty days, with what has to be brought.

    Raises Invalid for what the law excludes, saying which and why; WrongState after the 30 days.
    """
    with changing(case_id, "apply-confirmation", by=by) as change:
        agreement, in_force_on = _in_force(change)
        last_day = last_day_of(agreement)
        today = change.now.date()
        refuse_outside("applied_on", applied_on, in_force_on, today, "协议生效")
        if applied_on > last_day:
            raise WrongState(lapsed(in_force_on, last_day))
        _refuse_unready(materials, exclusions, jointly=jointly)
        before = confirmation_of(agreement)
        row, _ = Confirmation.objects.update_or_create(
            agreement=agreement,
            defaults={
                "court": court,
                "applied_on": applied_on,
                "applied_by": by,
                "materials": list(materials),
                "taken_on": None,
                "outcome": "",
                "decided_on": None,
                "number": "",
                "text": "",
                "earlier": [*before.earlier, _in_words(before)] if before else [],
            },
        )
        how = "双方共同申请司法确认"
        statutory.meet(change.case, Clock.CONFIRMATION, applied_on, how, about=agreement.pk)
        _say(change, by, row, f"{court}，{dates.day(applied_on, today)}申请")
    return change.case


def _in_force(change: Change) -> tuple[Agreement, date]:
    agreement = settlement_of(change.case).in_force
    if agreement is None or agreement.in_force_on is None:
        raise WrongState(f"{change.case.short_number} 没有生效的协议")
    return agreement, agreement.in_force_on


def last_day_of(agreement: Agreement) -> date:
    """The last of the thirty days, moved to a working day; as it was reckoned when they began."""
    term = StatutoryTerm.objects.filter(clock=Clock.CONFIRMATION, about=agreement.pk).last()
    if term is None:
        raise WrongState("这份协议没有算过司法确认的期限")
    last_day: date = term.last_day
    return last_day


def _refuse_unready(materials: Sequence[str], exclusions: Sequence[str], *, jointly: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if not jointly:
        wrong["jointly"] = ["司法确认要双方共同申请，一方申请法院不受理"]
    if excluded := refusals(exclusions):
        wrong["exclusions"] = excluded
    if missing := missing_materials(materials):
        wrong["materials"] = [f"材料还缺：{'、'.join(missing)}"]
    if wrong:
        raise Invalid(errors=wrong)


def court_takes(*, case_id: int, by: User, on: date, number: str = "") -> Case:
    """法院受理."""
    with changing(case_id, "court-takes", by=by) as change:
        row = _pending(change)
        refuse_outside("on", on, row.taken_on or row.applied_on, change.now.date())
        row.taken_on, row.number = on, number
        row.save(update_fields=["taken_on", "number"])
        _say(change, by, row, f"{row.court} {dates.day(on)}受理")
    return change.case


def court_decides(
    *, case_id: int, by: User, outcome: str, on: date, number: str = "", text: str = ""
) -> Case:
    """记司法确认结果: 裁定有效, 驳回, 不受理, or the application is withdrawn."""
    with changing(case_id, "court-decides", by=by) as change:
        row = _pending(change)
        refuse_outside("on", on, row.taken_on or row.applied_on, change.now.date())
        if outcome in (OUTCOME.CONFIRMED, OUTCOME.REJECTED) and row.taken_on is None:
            raise Invalid(errors={"outcome": ["法院还没有受理，先记法院受理"]})
        row.outcome, row.decided_on = outcome, on
        row.number, row.text = number or row.number, text
        row.save(update_fields=["outcome", "decided_on", "number", "text"])
        if outcome in AGAIN:
            today = change.now.date()
            statutory.resume(change.case, Clock.CONFIRMATION, today, about=row.agreement_id)
        parts = [OUTCOME(outcome).label, row.number, text]
        _say(change, by, row, "，".join(filter(None, parts)))
    return change.case


def _in_words(row: Confirmation) -> str:
    """「4月3日申请，4月8日法院不受理，缺送达地址」: what an application came to, to be kept."""
    decided = dates.document(row.decided_on) if row.decided_on else ""
    came = f"{decided}{OUTCOME(row.outcome).label}" if row.outcome else ""
    said = [f"{row.court} {dates.document(row.applied_on)}申请", came, row.number, row.text]
    return "，".join(filter(None, said))


def _pending(change: Change) -> Confirmation:
    agreement = settlement_of(change.case).at_court
    row = confirmation_of(agreement) if agreement else None
    if row is None:
        raise WrongState(f"{change.case.short_number} 没有等着法院的申请")
    return row


def _say(change: Change, by: User, row: Confirmation, text: str) -> None:
    change.on_behalf_of(by)
    change.text = text
    change.data = {"agreement": row.agreement_id, "confirmation": row.pk}
    forget(change.case)


# The sweep


def _running() -> OfCaseQuerySet:
    return statutory.running(clock=Clock.CONFIRMATION)


_TO_DO = Exists(AgreementTerm.objects.filter(agreement=OuterRef("about"), done_on=None))


def confirmations_near(*, now: datetime) -> list[int]:
    """Thirty days that run out and nobody has been told; with everything performed, none are."""
    today = clock.local(now).date()
    rows = _running().filter(_TO_DO, reminded_at=None)
    rows = rows.filter(near_on__lte=today, last_day__gte=today)
    return list(rows.order_by("last_day", "pk").values_list("pk", flat=True))


@transaction.atomic
def remind_of_confirmation(*, term_id: int) -> bool:
    """快到期: said once, with the unextended last day. True if this call did it."""
    now = clock.now()
    rows = _running().filter(pk=term_id, reminded_at=None)
    if not rows.update(reminded_at=now):
        return False
    term = StatutoryTerm.objects.get(pk=term_id)
    day = dates.day(rights_due(term.started_on, term.days), now.date())
    _tell(term, f"司法确认最晚 {day}申请，问双方要不要申请", Topic.NEAR)
    return True


def confirmations_lapsed(*, now: datetime) -> list[int]:
    """Thirty days that are over without an application."""
    rows = _running().filter(last_day__lt=clock.local(now).date())
    return list(rows.order_by("last_day", "pk").values_list("pk", flat=True))


@transaction.atomic
def say_it_lapsed(*, term_id: int) -> bool:
    """过期: the right is gone; said once, and no longer counted. True if this call did it.

    Where everything has been performed nobody needs the court: nothing is said.
    """
    now = clock.now()
    rows = _running().filter(pk=term_id, last_day__lt=now.date())
    if not rows.update(dropped_at=now, raised_at=now):
        return False
    if StatutoryTerm.objects.filter(_TO_DO, pk=term_id).exists():
        _tell(
            StatutoryTerm.objects.get(pk=term_id),
            "申请司法确认的 30 日已过，对方不履行只能起诉",
            Topic.OVERDUE,
        )
    return True


def _tell(term: StatutoryTerm, text: str, topic: Topic) -> None:
    agreement = Agreement.objects.select_related(
        "mediation__case__center", "mediation__case__unit__runs", "mediation__unit__runs"
    ).get(pk=term.about)
    case = agreement.mediation.case
    url = f"/mediation/agreements/{agreement.pk}/"
    tell_who_follows(agreement.mediation, text=f"{case.short_number} {text}", url=url, topic=topic)
