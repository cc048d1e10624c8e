"""履行: what was done of a clause, and the reminder on the day it is due.

The body watches over and urges performance (人民调解法 art. 31). Agreed and paid stay two sums.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from cases.door import Change, changing
from cases.models import Attachment, Case
from cases.services.attachments import taking
from mediation.agreed import forget
from mediation.models import AgreementTerm, Performance
from mediation.querysets import OUTSTANDING
from mediation.services.telling import tell_who_follows
from orgs.models import User
from orgs.models.notices import Topic
from zongzhi.lib import clock, dates
from zongzhi.lib.amounts import yuan
from zongzhi.lib.errors import AlreadyDone, Invalid, WrongState
from zongzhi.lib.stored import Upload


def perform(
    *,
    case_id: int,
    by: User,
    on: date,
    term: int | None = None,
    amount: Decimal | None = None,
    complete: bool = False,
    text: str = "",
    proof: Upload | None = None,
    not_secret: bool = False,
) -> Case:
    """记履行 of one clause. When the sums add up to what was agreed, the clause is done.

    Raises Invalid for more than was agreed, and for a clause called done with less and no reason.
    """
    with ExitStack() as stack:
        opened = taking(proof, note="履行凭证", not_secret=not_secret) if proof else None
        taken = stack.enter_context(opened) if opened else None
        change = stack.enter_context(changing(case_id, "perform", by=by))
        row = _clause(change, term)
        _refuse_strange_day(change, row, on)
        done = _is_done(row, amount, complete=complete, text=text)
        kept = taken.keep(change, by=by, source=Attachment.Source.UNIT) if taken else None
        Performance.objects.create(
            term=row,
            on=on,
            amount=amount,
            text=text,
            is_complete=done,
            proof=kept,
            by=by,
            at=change.now,
        )
        if done:
            row.done_on = on
            row.save(update_fields=["done_on"])
        _say(change, by, row, amount, kept, done=done, text=text)
        forget(change.case)
    return change.case


def _clause(change: Change, pk: int | None) -> AgreementTerm:
    """The clause that is meant; the only one outstanding when none is named."""
    rows = AgreementTerm.objects.filter(agreement__mediation__case=change.case)
    rows = rows.filter(agreement__voided_at=None).exclude(agreement__in_force_on=None)
    rows = rows.select_related("agreement")
    named = [row for row in rows if pk in (None, row.pk)]
    open_ = [row for row in named if row.done_on is None]
    if pk is not None and named and named[0].done_on is not None:
        raise AlreadyDone(f"第 {named[0].n} 条 {dates.day(named[0].done_on)}已经履行完了")
    if not open_:
        raise WrongState(f"{change.case.short_number} 没有等着履行的这一条")
    if len(open_) > 1:
        raise Invalid(errors={"term": ["有几条要履行，先选是哪一条"]})
    return open_[0]


def _refuse_strange_day(change: Change, row: AgreementTerm, on: date) -> None:
    today = change.now.date()
    if not row.agreement.reached_on <= on <= today:
        first = dates.day(row.agreement.reached_on, today)
        raise Invalid(errors={"on": [f"日期要在 {first}（达成协议）到今天之间"]})


def _is_done(row: AgreementTerm, amount: Decimal | None, *, complete: bool, text: str) -> bool:
    """Whether the clause is done with this; what cannot be is refused with the sums."""
    if amount is None and not complete and len(text) < 2:
        raise Invalid(errors={"text": ["写一句履行了什么，或者填金额"]})
    if row.amount is None:
        return complete
    before = row.performances.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    paid = before + (amount or Decimal(0))
    if paid > row.amount:
        raise Invalid(
            errors={
                "amount": [
                    f"这一条约定 {yuan(row.amount)}，连这次一共 {yuan(paid)}，"
                    f"多了 {yuan(paid - row.amount)}，核对金额"
                ]
            }
        )
    if complete and paid < row.amount and len(text) < 2:
        left = yuan(row.amount - paid)
        raise Invalid(errors={"text": [f"还差 {left}，算履行完要写明原因，比如对方同意少付"]})
    return complete or paid == row.amount


def _say(
    change: Change,
    by: User,
    row: AgreementTerm,
    amount: Decimal | None,
    kept: Attachment | None,
    *,
    done: bool,
    text: str,
) -> None:
    part = change.part_of(by)
    change.unit = part.unit if part else None
    words = [f"第 {row.n} 条", yuan(amount), "履行完了" if done else "履行了一部分", text]
    change.text = "，".join(filter(None, words))
    change.data = {"agreement": row.agreement_id, "term": row.pk, "done": done}
    if kept is not None:
        change.data |= {"proof": kept.pk, "sha256": kept.sha256}


# The sweep


def terms_due(*, now: datetime) -> list[int]:
    """Clauses whose day has come and which nobody has been reminded of, the oldest first."""
    rows = AgreementTerm.objects.filter(
        OUTSTANDING, due_on__lte=clock.local(now).date(), reminded_at=None
    )
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def remind_of_term(*, term_id: int) -> bool:
    """到期提醒 on the due date, once. True if this call did it.

    The row is locked as it still stands: whoever is second finds it done.
    """
    now = clock.now()
    due = AgreementTerm.objects.filter(OUTSTANDING, due_on__lte=now.date(), reminded_at=None)
    row = (
        due.select_related(
            "agreement__mediation__case__center",
            "agreement__mediation__case__unit__runs",
            "agreement__mediation__unit__runs",
        )
        .select_for_update(of=("self",))
        .filter(pk=term_id)
        .first()
    )
    if row is None:
        return False
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    mediation = row.agreement.mediation
    day = "今天" if row.due_on == now.date() else dates.day(row.due_on or now.date(), now.date())
    text = f"{mediation.case.short_number} 调解协议第 {row.n} 条{day}到期，问清履行没有"
    url = f"/mediation/agreements/{row.agreement_id}/"
    tell_who_follows(mediation, text=text, url=url, topic=Topic.NEAR)
    return True
