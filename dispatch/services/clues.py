"""移送线索: sent to several at once; each signs for it and may say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.expressions import OrderBy

from cases.clocks import Clocks, clocks_of, local_day
from cases.door import changing
from cases.models import Case
from cases.services.course import said
from cases.thresholds import Threshold
from dispatch.models import Clue, ClueTarget
from dispatch.services.telling import tell_heads, tell_triage, tell_unit
from dispatch.units import above_or_own, own_units
from orgs.models import Center, Department, User
from orgs.models.notices import Topic
from orgs.numbering import next_in
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


def refer_clue(
    *, case_id: int, by: User, kind: str, units: Sequence[Department], text: str
) -> Case:
    """移送线索 out of a case: the case goes on as before."""
    with changing(case_id, "refer-clue", by=by) as change:
        case = change.case
        clue = _send(case.center, change.clocks, by, kind, units, text, case=case)
        change.text = text
        change.data = {
            "clue": clue.pk,
            "number": clue.number,
            "kind": kind,
            "units": [unit.pk for unit in units],
        }
    return change.case


@transaction.atomic
def send_clue(
    *, center: Center, by: User, kind: str, units: Sequence[Department], text: str
) -> Clue:
    """移送线索 that comes from no case. Raises NotAllowed outside one's own centre."""
    if not by.can_at(Permission.TRIAGE, center.pk):
        raise NotAllowed(f"{center.name}的线索由{center.name}的分流员移送")
    return _send(center, clocks_of(center), by, kind, units, text)


def _send(
    center: Center,
    clocks: Clocks,
    by: User,
    kind: str,
    units: Sequence[Department],
    text: str,
    *,
    case: Case | None = None,
) -> Clue:
    if not units:
        raise Invalid(errors={"units": ["还没选移送给谁"]})
    if any(unit.runs_id == center.pk for unit in units):
        raise Invalid(errors={"units": [f"{center.name}不用移送给自己"]})
    for unit in units:
        if not above_or_own(center, unit):
            raise Invalid(errors={"units": [f"{unit.name}不在{center.name}和上级中心，移送不了"]})
    now = clock.now()
    year = local_day(now).year
    county = center.name.removesuffix("综治中心")
    clue = Clue.objects.create(
        case=case,
        center=center,
        number=f"{county}综移〔{year}〕{next_in(f'clue {center.pk} {year}')}号",
        kind=kind,
        text=text,
        sent_by=by,
        sent_at=now,
    )
    due = clocks.after(now, clocks.threshold(Threshold.CLUE_DAYS, now)).at
    for unit in units:
        ClueTarget.objects.create(clue=clue, unit=unit, due_at=due)
        words = f"{clue.number} {clue.get_kind_display()}移送，{said(due)}前签收"
        tell_unit(unit, text=words, url=clue.get_absolute_url())
    return clue


@transaction.atomic
def receive_clue(*, clue_id: int, by: User) -> ClueTarget:
    """签收线索: one of many wins; the others read who and when."""
    target = _own(clue_id, by, F("received_at").desc(nulls_first=True))
    if target.received_at is not None and target.received_by is not None:
        who = target.received_by.name
        raise AlreadyDone(f"{who} {said(target.received_at)} 已经签收了，不用再签")
    target.received_at, target.received_by = clock.now(), by
    target.save(update_fields=["received_at", "received_by"])
    clue = target.clue
    text = f"{clue.number} {target.unit.name}已签收"
    tell_triage(clue.center, text=text, url=clue.get_absolute_url())
    return target


@transaction.atomic
def finish_clue(*, clue_id: int, by: User, text: str) -> ClueTarget:
    """反馈: what came of the clue, after it has been signed for; once."""
    target = _own(clue_id, by, F("finished_at").desc(nulls_first=True), F("received_at").asc())
    if target.received_at is None:
        raise WrongState("还没签收，先签收再反馈")
    if target.finished_at is not None:
        raise AlreadyDone(f"{target.unit.name} {said(target.finished_at)} 已经反馈过了")
    target.outcome, target.finished_at, target.finished_by = text, clock.now(), by
    target.save(update_fields=["outcome", "finished_at", "finished_by"])
    clue = target.clue
    words = f"{clue.number} {target.unit.name}已反馈"
    tell_triage(clue.center, text=words, url=clue.get_absolute_url())
    return target


def _own(clue_id: int, by: User, *order: OrderBy) -> ClueTarget:
    """The receipt of this person's unit, locked; the case of a clue is not touched by it.

    Whoever answers for several of the units has them one after the other, as `order` says.
    """
    if not Clue.objects.visible_to(by).filter(pk=clue_id).exists():
        raise NotFound("没有这条线索")
    rows = ClueTarget.objects.filter(clue=clue_id, unit__in=own_units(by)).order_by(*order, "pk")
    rows = rows.select_related("clue__center", "unit", "received_by")
    target = rows.select_for_update(of=("self",)).first()
    if target is None:
        raise NotAllowed("这条线索不是移送给本单位的")
    return target


# The sweep


def clues_unsigned(*, now: datetime) -> list[int]:
    """Receipts that are late and that nobody has been told of, the oldest first."""
    rows = ClueTarget.objects.unsigned().filter(raised_at=None, due_at__lt=now)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def raise_clue(*, target_id: int) -> bool:
    """The unit's heads and the desk that sent it hear that nobody has signed; once."""
    now = clock.now()
    late = ClueTarget.objects.unsigned().filter(pk=target_id, raised_at=None, due_at__lt=now)
    if not late.update(raised_at=now):
        return False
    rows = ClueTarget.objects.select_related("clue__center", "unit__runs")
    target = rows.get(pk=target_id)
    url = target.clue.get_absolute_url()
    tell_heads(
        target.unit, text=f"{target.clue.number} 过了时限还没签收", url=url, topic=Topic.OVERDUE
    )
    text = f"{target.clue.number} {target.unit.name}没有按时签收"
    tell_triage(target.clue.center, text=text, url=url, topic=Topic.OVERDUE)
    return True
