"""委派、委托、移送: received from another organ, taken on or not, prolonged, answered."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from cases import statutory
from cases.door import Change, changing
from cases.models import Case
from mediation.handed_over import CLOCKS, Longer, forget, open_referral
from mediation.models import Agreement, Referral
from mediation.services.days import refuse_outside
from orgs.models import User
from zongzhi.lib import dates
from zongzhi.lib.errors import Invalid, WrongState

OLDEST = 365  # days since the materials were signed for


def receive_referral(
    *,
    case_id: int,
    by: User,
    kind: str,
    organ: str,
    received_on: date,
    number: str = "",
    contact: str = "",
    materials: str = "",
) -> Case:
    """接收: the materials are signed for; a court's period runs from that day.

    Raises Invalid for a day that cannot be, and for a number of that organ that is there already.
    """
    with changing(case_id, "receive-referral", by=by) as change:
        today = change.now.date()
        _refuse_strange_start(received_on, today)
        row = _create(
            case=change.case,
            kind=kind,
            organ=organ,
            number=number,
            contact=contact,
            received_on=received_on,
            received_by=by,
            materials=materials,
        )
        change.case.statutory_since = change.case.statutory_since or change.now
        if kind in CLOCKS:
            statutory.begin(change.case, CLOCKS[kind], received_on, about=row.pk)
        signed = f"{dates.day(received_on, today)}签收材料"
        _say(change, by, row, "，".join([row.get_kind_display(), organ, signed]))
    return change.case


def _refuse_strange_start(received_on: date, today: date) -> None:
    """A period runs from that day: an old one is a slip of the hand, with no rule to go by."""
    if received_on > today:
        raise Invalid(errors={"received_on": ["签收材料的日子不能晚于今天"]})
    first = today - timedelta(days=OLDEST)
    if received_on < first:
        said = f"签收材料的日子最早是 {dates.document(first)}（一年以前），核对年份"
        raise Invalid(errors={"received_on": [said]})


def _create(**values: object) -> Referral:
    try:
        with transaction.atomic():
            row: Referral = Referral.objects.create(**values)
    except IntegrityError as error:
        same = f"{values['organ']}的 {values['number']} 已经登记过，核对号码"
        raise Invalid(errors={"number": [same]}) from error
    return row


def take_referral(*, case_id: int, by: User) -> Case:
    """接受委派委托."""
    with changing(case_id, "take-referral", by=by) as change:
        row = _open(change)
        row.taken_on = change.now.date()
        row.save(update_fields=["taken_on"])
        _say(change, by, row, row.organ)
    return change.case


def decline_referral(*, case_id: int, by: User, text: str) -> Case:
    """不接受, with the reason; its period is not counted any more."""
    with changing(case_id, "decline-referral", by=by) as change:
        row = _open(change)
        row.declined_on, row.declined_why = change.now.date(), text
        row.save(update_fields=["declined_on", "declined_why"])
        statutory.drop(change.now, case=change.case, clock__in=CLOCKS.values(), about=row.pk)
        _say(change, by, row, text)
    return change.case


def extend_referral(
    *,
    case_id: int,
    by: User,
    days: int,
    text: str,
    both: bool = False,
    kind: str = Longer.AGREED,
) -> Case:
    """双方同意延长 (特邀调解规定 art. 27), or the days of an 鉴定, which do not count and which
    nobody has to agree to (人民法院在线调解规则); only a period that runs can be prolonged."""
    with changing(case_id, "extend-referral", by=by) as change:
        row = _open(change)
        if kind == Longer.AGREED and not both:
            raise Invalid(errors={"both": ["延长要双方都同意"]})
        clock = CLOCKS.get(row.kind)
        give = statutory.extend if kind == Longer.AGREED else statutory.leave_out
        if clock is None or not give(change.case, clock, days, text, by, about=row.pk):
            raise WrongState(f"{row.get_kind_display()}没有在计的期限，不用延长")
        _say(change, by, row, f"{Longer(kind).label} {days} 日，{text}")
    return change.case


def return_referral(
    *,
    case_id: int,
    by: User,
    outcome: str,
    returned_on: date,
    text: str,
    receipt: str = "",
) -> Case:
    """回复结果 to whoever handed it over, and who there signed for it.

    Raises Invalid for 达成协议 without an agreement in force.
    """
    with changing(case_id, "return-referral", by=by) as change:
        row = _open(change)
        today = change.now.date()
        refuse_outside("returned_on", returned_on, row.received_on, today, "签收材料")
        if outcome == Referral.Outcome.AGREED and not _has_agreement(change.case, row.received_on):
            raise Invalid(errors={"outcome": ["签收材料以后还没有生效的协议，不能回复“达成协议”"]})
        row.outcome, row.returned_on, row.returned_by = outcome, returned_on, by
        row.returned_text, row.receipt = text, receipt
        row.save()
        said = Referral.Outcome(outcome).label
        if row.kind in CLOCKS:
            how = f"已回复：{said}"
            statutory.meet(change.case, CLOCKS[row.kind], returned_on, how, about=row.pk)
        signed = f"{receipt}签收" if receipt else ""
        _say(change, by, row, "，".join(filter(None, [row.organ, said, signed])))
    return change.case


def _has_agreement(case: Case, since: date) -> bool:
    """One that came of this referral: in force since it was received."""
    rows = Agreement.objects.filter(mediation__case=case, voided_at=None)
    return rows.filter(in_force_on__gte=since).exists()


def _open(change: Change) -> Referral:
    row = open_referral(change.case)
    if row is None:
        raise WrongState(f"{change.case.short_number} 没有要办的委派、委托")
    return row


def _say(change: Change, by: User, row: Referral, text: str) -> None:
    change.on_behalf_of(by)
    change.text, change.data = text, {"referral": row.pk}
    forget(change.case)
