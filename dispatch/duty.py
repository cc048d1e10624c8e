"""Who of a unit is here now (在岗): what 直派 must know before it sends anybody anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispatch.models import Residency
from orgs.calendars import calendar_of
from orgs.models import Center, Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock


@dataclass(frozen=True)
class Duty:
    """Whether somebody of the unit is at the centre, who if that is known, and where."""

    present: bool
    person: User | None = None
    where: str = ""


def duty_of(unit: Department, center: Center, at: datetime) -> Duty:
    """A resident unit (常驻) is here in working hours: at its window, by whoever holds it."""
    seats = Residency.objects.filter(department=unit, center=center)
    seat = seats.select_related("window").first()
    if seat is None:
        return Duty(present=False)
    here = seat.kind == Residency.Kind.RESIDENT and _is_open(center, at)
    people = User.objects.holding(Permission.HANDLE, department=unit)
    if seat.window is not None:
        at_window = people.filter(posts__window=seat.window).order_by("pk").distinct()
        person = at_window.first() or _only(people[:2])
    else:
        person = _only(people[:2])
    return Duty(here, person, f"{seat.window.number} 号窗口" if seat.window else "")


def is_present(unit: Department, center: Center, at: datetime) -> bool:
    return duty_of(unit, center, at).present


def _only(people: object) -> User | None:
    """The one person there is; with several nobody knows which of them it will be."""
    found = list(people)  # type: ignore[call-overload]
    return found[0] if len(found) == 1 else None


def _is_open(center: Center, at: datetime) -> bool:
    here = clock.local(at)
    hours = any(begins <= here.time() < ends for begins, ends in center.hours)
    return hours and calendar_of(center).is_workday(here.date())
