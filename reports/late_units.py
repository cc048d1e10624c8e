"""超期与临期（按单位）: which units are behind, the worst first, each number with its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from cases.models import Case
from cases.vocabulary import Label
from orgs.models import User
from reports.counting import list_url
from reports.figures import AsOf

SHOWN = 12
# Labels under which a unit's own clock runs; the centre's delay is never the unit's.
WITH_THE_UNIT = ",".join([Label.TO_CLAIM, Label.HANDLING, Label.MEDIATING, Label.JOINT])

Row = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """A unit with overdue or nearly due cases."""

    name: str
    red: int
    red_url: str
    amber: int
    amber_url: str


def count_units(user: User, at: AsOf) -> list[Row]:
    """How many of each unit are over time and nearly so, among what this person sees."""
    here = Q(label__in=WITH_THE_UNIT.split(","))
    late = Case.objects.visible_to(user).open().filter(here, near_at__lte=at.moment)
    rows = (
        late.values("unit__code", "unit__name")
        .annotate(
            red=Count("pk", filter=Q(due_at__lt=at.moment)),
            amber=Count("pk", filter=Q(due_at__gte=at.moment)),
        )
        .order_by("-red", "-amber", "unit__code")[:SHOWN]
    )
    return [dict(row) for row in rows]


def units_of(rows: Sequence[Row], at: AsOf) -> list[Unit]:
    """What was counted at that moment, with the lists behind it."""
    return [_unit(row, at) for row in rows]


def units_behind(user: User, at: AsOf) -> list[Unit]:
    return units_of(count_units(user, at), at)


def _unit(row: Row, at: AsOf) -> Unit:
    where = {"department": row["unit__code"], "label": WITH_THE_UNIT}
    as_of = {"as_of": at.moment.isoformat()}
    return Unit(
        name=row["unit__name"],
        red=row["red"],
        red_url=list_url({**where, "overdue": "1", **as_of}),
        amber=row["amber"],
        amber_url=list_url({**where, "near": "1", **as_of}),
    )
