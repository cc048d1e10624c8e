"""How long the steps of an event may take: changed by rows, from a day on."""

from __future__ import annotations

from datetime import date

from grids.models import EventPeriod
from grids.vocabulary import Category, StepClock
from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed

DAYS, HOURS = "days", "hours"


def add_period(
    *,
    step: str,
    number: int,
    unit: str,
    effective_from: date,
    by: User,
    address: str | None,
    category: str = "",
    is_urgent: bool = False,
) -> EventPeriod:
    """What runs already keeps its time. Said twice for the same day, the later word holds."""
    if not by.can(Permission.SETTINGS):
        raise NotAllowed("期限由系统管理员改，这个账号不能改")
    if effective_from <= clock.today():
        raise Invalid(errors={"effective_from": ["生效日期要从明天起：已经在走的时限不变"]})
    days, hours = (number, 0) if unit == DAYS else (0, number)
    period, new = EventPeriod.objects.update_or_create(
        step=step,
        category=category,
        is_urgent=is_urgent,
        effective_from=effective_from,
        defaults={"days": days, "hours": hours},
    )
    whose = "要马上处理的" if is_urgent else "一般的"
    kind = f" {Category(category).label}" if category else ""
    length = f"{number} 个工作日" if days else f"{number} 个工作小时"
    log_access(
        AccessLog.Action.RULE,
        user=by,
        address=address,
        subject=f"网格事件 {StepClock(step).label}{kind} {whose} {length}",
        purpose=f"从 {effective_from.isoformat()} 起" + ("" if new else "（改前一次定的）"),
        data={"event_period": period.pk},
    )
    return period
