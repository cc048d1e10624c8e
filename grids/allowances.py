"""What who serves a grid is paid for a month: by the days of the role, a day counted once."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, QuerySet

from grids.models import AllowanceList, AllowanceRate, GridRole
from grids.querysets import stems_of, within
from grids.register_rules import centers_over
from orgs.models import Center, User
from orgs.permissions import Permission

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Due:
    """One line of a month: somebody, for one grid, as one thing."""

    role: GridRole
    days: int
    rate: Decimal
    amount: Decimal
    note: str


def month_of(text: str, today: date) -> date:
    """「2026-11」 as its first day; anything else is this month."""
    try:
        year, month = (int(part) for part in text.split("-"))
        return date(year, month, 1)
    except ValueError:
        return today.replace(day=1)


def last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def lists_of(user: User) -> QuerySet[AllowanceList]:
    """The lists of the centres in the area somebody keeps."""
    stems = stems_of(user, Permission.GRIDS)
    return AllowanceList.objects.filter(within(stems, "center__region__code"))


def rates_of(center: Center, month: date) -> dict[str, Decimal]:
    """The rates of a month by kind: the centre's own, or those of the nearest above that has any."""
    for one in centers_over(center.region.code):
        if not center.region.code.startswith(one.region.stem):
            continue
        rows = AllowanceRate.objects.filter(center=one, effective_from__lte=month)
        found = {row.kind: row.amount for row in rows.order_by("effective_from")}
        if found:
            return found
    return {}


def dues_of(center: Center, month: date) -> list[Due]:
    """What everybody who served a grid of the centre's area is due for the month.

    Who serves several grids is paid for each day once, for the best paid of them.
    """
    rates, last = rates_of(center, month), last_day(month)
    roles = (
        GridRole.objects.filter(grid__code__startswith=center.region.stem, kind__in=rates)
        .filter(Q(until=None) | Q(until__gte=month), since__lte=last)
        .select_related("grid", "user")
        .order_by("grid__code", "pk")
    )
    people: dict[int, list[GridRole]] = defaultdict(list)
    for role in roles:
        people[role.user_id].append(role)
    found = [due for mine in people.values() for due in _of_person(mine, rates, month, last)]
    return sorted(found, key=lambda due: (due.role.grid.code, due.role.pk))


def _of_person(
    roles: list[GridRole], rates: dict[str, Decimal], month: date, last: date
) -> Iterable[Due]:
    days = _credit(roles, rates, month, last)
    for role in roles:
        if not days[role.pk]:
            continue
        rate, whole = rates[role.kind], last.day
        amount = (rate * days[role.pk] / whole).quantize(_CENT, ROUND_HALF_UP)
        yield Due(role, days[role.pk], rate, amount, _note(role, days[role.pk], month, last, roles))


def _credit(
    roles: list[GridRole], rates: dict[str, Decimal], month: date, last: date
) -> Counter[int]:
    """How many days of the month count for which role."""
    best_first = sorted(roles, key=lambda role: (-rates[role.kind], role.grid.code, role.pk))
    days: Counter[int] = Counter()
    for n in range(last.day):
        day = month + timedelta(days=n)
        serving = next((role for role in best_first if _serves(role, day)), None)
        if serving is not None:
            days[serving.pk] += 1
    return days


def _serves(role: GridRole, day: date) -> bool:
    return role.since <= day and (role.until is None or day <= role.until)


def _note(role: GridRole, days: int, month: date, last: date, roles: list[GridRole]) -> str:
    words = []
    if role.since > month:
        words.append(f"{role.since.month}月{role.since.day}日起")
    if role.until is not None and role.until < last:
        words.append(f"到{role.until.month}月{role.until.day}日")
    if len(roles) > 1 and days < last.day:
        words.append("几个网格的，一天只算一次")
    return "，".join(words)
