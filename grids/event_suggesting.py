"""建议: to whom an event of this kind mostly went lately here; else whom the duty list names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from grids.event_policies import units_of
from grids.models import GridEvent
from orgs.models import Department
from zongzhi.lib import clock

LATELY = timedelta(days=90)
LEAST = 3  # fewer say nothing


@dataclass(frozen=True)
class Suggestion:
    """A unit, and why."""

    unit: Department
    reason: str


def suggestion_for(event: GridEvent) -> Suggestion | None:
    """One unit of the event's centre, or nobody: a guess that is mostly wrong costs more."""
    units = {unit.pk: unit for unit in units_of(event.center)}
    if not units:
        return None
    given = GridEvent.objects.filter(
        center=event.center_id,
        category=event.category,
        verified_at__gt=clock.now() - LATELY,
        unit__isnull=False,
    )
    counted = dict(given.order_by().values_list("unit").annotate(n=Count("*")))
    here = [(pk, n) for pk, n in counted.items() if pk in units]
    best = max(here, key=lambda row: (row[1], -row[0]), default=None)
    if best is not None and best[1] >= LEAST:
        of_all = sum(counted.values())
        unit = units[best[0]]
        return Suggestion(unit, f"近 90 天同类派出 {of_all} 件，{best[1]} 件派给{unit.name}")
    lead = event.duty.lead if event.duty else ""
    named = next((unit for unit in units.values() if lead and lead in unit.name), None)
    return Suggestion(named, f"事项清单写的牵头部门是{lead}") if named else None
