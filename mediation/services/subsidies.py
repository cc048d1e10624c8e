"""以案定补: proposed, checked, approved, paid, each by somebody else; refused with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from cases.door import lock
from cases.models import Case
from mediation.models import Mediation, Subsidy, SubsidyGrade, SubsidyRule, SubsidyStep
from mediation.policies import mediates
from mediation.subsidies import (
    family_of,
    grades_on,
    may_decide,
    subsidies_of,
    why_no_subsidy,
)
from orgs.models import AccessLog, Center, User
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

STATE = Subsidy.State


def propose_subsidy(*, mediation_id: int, by: User, grade: str, text: str = "") -> Subsidy:
    """申报: by the amount in force on the day the mediation ended.

    Whoever asks for a case merged with this one waits at the locks of the whole family. Raises
    NotFound, NotAllowed, Invalid for a grade of another day, WrongState with what is missing.
    """
    with transaction.atomic():
        row = Mediation.objects.visible_to(by).filter(pk=mediation_id).first()
        if row is None:
            raise NotFound("没有这次调解")
        for pk in sorted(family_of(row.case)):
            lock(pk)
        case = Case.objects.visible_to(by).for_detail().get(pk=row.case_id)
        if not mediates(by, case):
            raise NotAllowed(f"{case.short_number} 的补贴由调解的单位申报，这个账号不能申报")
        if against := why_no_subsidy(row):
            raise WrongState(f"还不能申报：{'；'.join(against)}")
        found = _grade(row, grade)
        subsidy, _ = Subsidy.objects.update_or_create(
            mediation=row,
            defaults={
                "center": row.center,
                "mediator": row.host,
                "grade": found,
                "amount": found.amount,
                "month": clock.today().replace(day=1),
                "state": STATE.PROPOSED,
            },
        )
        _step(subsidy, STATE.PROPOSED, by, text)
    return subsidy


def _grade(row: Mediation, name: str) -> SubsidyGrade:
    day = row.ended_on or clock.today()
    found = next((g for g in grades_on(row.center, day) if g.name == name), None)
    if found is None:
        raise Invalid(errors={"grade": [f"{dates.document(day)}没有“{name}”这一档"]})
    return found


def decide_subsidy(*, subsidy_id: int, by: User, state: str, text: str = "") -> Subsidy:
    """初审, 批准, 不通过, 发放: the next step, by somebody who may take it.

    Raises AlreadyDone for a step that has been taken, NotAllowed for whoever took another one.
    """
    with transaction.atomic():
        visible = subsidies_of(by).filter(pk=subsidy_id).values("pk")
        row = Subsidy.objects.select_for_update(of=("self",)).filter(pk__in=visible).first()
        if row is None:
            raise NotFound("没有这笔补贴")
        if row.state == state:
            raise AlreadyDone(_who_did(row, state))
        if state not in _NEXT.get(STATE(row.state), ()):
            raise WrongState(f"“{row.get_state_display()}”的补贴现在不能这样办")
        if state not in may_decide(by, row):
            raise NotAllowed("申报、初审、批准要由不同的人办，这一步这个账号不能办")
        if state == STATE.REFUSED and len(text.strip()) < 4:
            raise Invalid(errors={"text": ["不通过要写明理由，至少 4 个字"]})
        if state in (STATE.APPROVED, STATE.PAID):
            _refuse_what_has_changed(row)
        row.state = STATE(state)
        row.save(update_fields=["state"])
        _step(row, STATE(state), by, text)
    return row


def _refuse_what_has_changed(row: Subsidy) -> None:
    """What allowed it to be proposed has to be so still when money is granted and paid."""
    if against := why_no_subsidy(row.mediation, row):
        label = "；".join(against)
        raise WrongState(f"申报以后有了变化，现在不能这样办：{label}")


def refuse_with_the_agreement(mediation: Mediation, *, by: User) -> None:
    """The agreement is to be void: what was asked for it is refused, inside the act's transaction.

    Raises WrongState when the money has been granted.
    """
    row = Subsidy.objects.select_for_update().filter(mediation=mediation).first()
    if row is None or row.state == STATE.REFUSED:
        return
    if row.state in (STATE.APPROVED, STATE.PAID):
        raise WrongState(f"以案定补{row.get_state_display()}，不能作废协议，先找管调解的人处理补贴")
    row.state = STATE.REFUSED
    row.save(update_fields=["state"])
    _step(row, STATE.REFUSED, by, "协议作废")


_NEXT = {
    STATE.PROPOSED: (STATE.CHECKED, STATE.REFUSED),
    STATE.CHECKED: (STATE.APPROVED, STATE.REFUSED),
    STATE.APPROVED: (STATE.PAID,),
}


def _who_did(row: Subsidy, state: str) -> str:
    step = row.steps.filter(state=state).select_related("by").last()
    done = STATE(state).label
    return f"{step.by.name} {dates.moment(step.at)} {done}" if step else f"这一笔{done}"


def _step(row: Subsidy, state: Subsidy.State, by: User, text: str) -> None:
    SubsidyStep.objects.create(
        subsidy=row, state=state, at=clock.now(), by=by, text=text.strip()[:200]
    )


def add_grade(
    *,
    center: Center,
    by: User,
    address: str | None,
    name: str,
    rank: int,
    amount: Decimal,
    criteria: str,
    effective_from: date,
) -> SubsidyGrade:
    """A grade, or a new amount of one, from a day on; what was proposed before keeps its own."""
    with transaction.atomic():
        same = SubsidyGrade.objects.filter(center=center, name=name, effective_from=effective_from)
        if same.exists():
            raise Invalid(
                errors={"effective_from": [f"“{name}”从这天起已经有一条，换一天，或者换个名称"]}
            )
        row = SubsidyGrade.objects.create(
            center=center,
            name=name,
            rank=rank,
            amount=amount,
            criteria=criteria,
            effective_from=effective_from,
        )
        _log(by, address, f"以案定补 {name} {amount} 元，从 {effective_from} 起")
    return row


def set_rule(*, center: Center, by: User, address: str | None, pays_full_time: bool) -> None:
    """Whether full-time mediators are paid by the case too."""
    with transaction.atomic():
        SubsidyRule.objects.update_or_create(
            center=center, defaults={"pays_full_time": pays_full_time}
        )
        _log(by, address, f"以案定补 专职调解员{'也补' if pays_full_time else '不补'}")


def _log(by: User, address: str | None, subject: str) -> None:
    log_access(AccessLog.Action.RULE, user=by, address=address, subject=subject[:100])
