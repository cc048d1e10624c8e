"""提醒 by hand: one click reminds a unit of its cases, at most once a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from cases.models import Case
from dispatch.models import Chase
from orgs.models import Center, Department, User
from orgs.models.notices import Topic
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed


@transaction.atomic
def remind_unit(*, unit: Department, center: Center, case_ids: Sequence[int], by: User) -> Chase:
    """Tell whoever handles each of these cases; without a handler, the unit's staff.

    Raises AlreadyDone when somebody of the centre has done so today, Invalid when nothing of the
    centre's waits with the unit.
    """
    if not by.can_at(Permission.SUPERVISE, center.pk):
        raise NotAllowed("提醒由本中心督办的人发")
    cases = list(
        Case.objects.visible_to(by)
        .open()
        .filter(pk__in=case_ids, center=center, unit=unit)
        .with_assignments()
        .order_by("due_at", "pk")
    )
    if not cases:
        raise Invalid(f"{unit.name}没有要提醒的事项")
    now = clock.now()
    chase, new = Chase.objects.select_related("by").get_or_create(
        center=center, unit=unit, day=clock.today(), defaults={"at": now, "by": by}
    )
    if not new:
        at = clock.local(chase.at)
        raise AlreadyDone(f"{chase.by.name} {at:%H:%M} 已经提醒过{unit.name}，一天提醒一次")
    chase.cases.set(cases)
    staff = list(User.objects.holding(Permission.HANDLE, department=unit))
    for case in cases:
        text = f"提醒：{case.short_number} {case.staff_label}，抓紧办"
        late = case.due_at is not None and case.due_at < now
        topic = Topic.OVERDUE if late else Topic.NEAR
        notify(_handlers(case, staff), text=text, url=case.get_absolute_url(), topic=topic)
    return chase


def _handlers(case: Case, staff: Iterable[User]) -> Iterable[User]:
    lead = case.lead
    return [lead.handler] if lead is not None and lead.handler is not None else staff
