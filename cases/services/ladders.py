"""Adopting a ladder of attempts that others have found good: 三个三, 331."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from cases.clocks import SUBJECT
from cases.models import ThresholdRule
from cases.reference import LADDERS
from cases.thresholds import Threshold
from orgs.calendars import revise
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid


@transaction.atomic
def adopt_ladder(
    *, name: str, effective_from: date, by: User, address: str | None = None
) -> list[ThresholdRule]:
    """How often each level may try, from a day on; what came before that day keeps its own.

    Raises Invalid for a ladder nobody knows, or a day before tomorrow.
    """
    if name not in LADDERS:
        raise Invalid(errors={"name": [f"没有“{name}”这套次数，可选 {'、'.join(LADDERS)}"]})
    if effective_from <= clock.today():
        raise Invalid(errors={"effective_from": ["生效日期要从明天起：已经在走的不变"]})
    rules = [
        ThresholdRule.objects.update_or_create(
            name=Threshold.ATTEMPTS.value,
            level=level,
            effective_from=effective_from,
            defaults={"value": value},
        )[0]
        for level, value in LADDERS[name].items()
    ]
    revise(SUBJECT)
    log_access(
        AccessLog.Action.RULE,
        user=by,
        address=address,
        subject=f"层级次数 {name}",
        purpose=f"从 {effective_from.isoformat()} 起",
        data={"effective_from": effective_from.isoformat(), **LADDERS[name]},
    )
    return rules
