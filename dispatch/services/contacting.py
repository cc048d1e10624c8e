"""值班联系人: who is told besides the unit when nobody of it is in the centre."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cases.models import Case
from dispatch.duty import on_duty
from dispatch.models import Residency
from orgs.models import Department
from orgs.services import notify


def tell_contacts(case: Case, units: Iterable[Department], now: datetime) -> None:
    """Tell the contact of every unit that is away: what the roster promised when it said so."""
    seats = Residency.objects.filter(
        center=case.center_id, department__in=list(units), contact__is_active=True
    )
    contacts = list(seats.select_related("contact"))
    if not contacts:
        return
    duties = on_duty(case.center, now)
    for seat in contacts:
        duty = duties.get(seat.department_id)
        if duty is not None and seat.contact is not None and (duty.away or duty.on_call):
            why = duty.absence or "随驻"
            text = f"{case.short_number} 已派{duty.unit}，{why}，请值班联系人接"
            notify([seat.contact], text=text, url=case.get_absolute_url())
