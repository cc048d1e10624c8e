"""督办和层级规则: a figure from a day on; what runs already keeps the one it began with."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cases.clocks import SUBJECT
from cases.models import ThresholdRule
from cases.thresholds import STANDARDS, Threshold
from orgs.calendars import revise
from orgs.models import AccessLog, User
from orgs.models.places import Level
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid


@transaction.atomic
def set_threshold(
    *,
    name: Threshold,
    value: int,
    effective_from: date,
    by: User,
    address: str | None,
    level: str = "",
) -> ThresholdRule:
    """Say how far something may go from a day on. Raises Invalid outside the bounds.

    A second figure for the same day replaces the first: nothing has begun under it.
    """
    standard = STANDARDS[name]
    if effective_from <= clock.today():
        raise Invalid(errors={"effective_from": ["生效日期要从明天起：已经在走的不变"]})
    if not standard.least <= value <= standard.most:
        bounds = f"“{standard.label}”要在 {standard.least} 到 {standard.most} {standard.unit}之间"
        raise Invalid(errors={"value": [bounds]})
    if level and not standard.by_level:
        raise Invalid(errors={"level": [f"“{standard.label}”不分层级"]})
    rule, new = ThresholdRule.objects.update_or_create(
        name=name.value, level=level, effective_from=effective_from, defaults={"value": value}
    )
    revise(SUBJECT)
    where = f"（{Level(level).label}）" if level else ""
    log_access(
        AccessLog.Action.RULE,
        user=by,
        address=address,
        subject=f"{standard.label}{where} {value} {standard.unit}",
        purpose=f"从 {effective_from.isoformat()} 起" + ("" if new else "（改前一次定的）"),
        data={"threshold": rule.pk},
    )
    return rule
