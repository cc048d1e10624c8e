"""A plain list of units, by who is on duty: the presence is read before a choice is made."""

from __future__ import annotations

from typing import Any

from cases.forms import ActForm
from dispatch.duty import OnDuty, by_presence, on_duty_near
from dispatch.models import Residency
from orgs.models import Department
from zongzhi.lib import clock

REACHED = "今天在岗"
AWAY = "今天不在岗"
ELSEWHERE = {
    Department.Kind.CENTER.value: "综治中心",
    Department.Kind.BODY.value: "调解组织",
    Department.Kind.BUREAU.value: "其他单位",
}

Grouped = list[tuple[str, Any]]


def offer_by_presence(form: ActForm, *names: str) -> None:
    """Group the units of these fields by presence, on a page; the API has no list to draw.

    Only when the list is drawn is the roster asked: the desk has a picker of its own.
    """
    if not form.on_page:
        return
    for name in names:
        field: Any = form.fields[name]
        field.widget.choices = _Later(form, field)


class _Later:
    """The choices of a list, made when somebody draws it."""

    def __init__(self, form: ActForm, field: Any) -> None:
        self.form, self.field = form, field

    def __call__(self) -> Grouped:
        units = list(self.field.queryset)
        duties = on_duty_near(self.form.case.center, clock.now())
        groups: dict[str, list[tuple[str, str]]] = {}
        order = {duty.unit_id: n for n, duty in enumerate(by_presence(duties.values()))}
        for unit in sorted(units, key=lambda unit: (order.get(unit.pk, len(order)), unit.pk)):
            duty = duties.get(unit.pk)
            groups.setdefault(_group(unit, duty), []).append((unit.code, _words(unit, duty)))
        empty = getattr(self.field, "empty_label", None)
        first: Grouped = [("", empty)] if empty else []
        return [*first, *groups.items()]


def _group(unit: Department, duty: OnDuty | None) -> str:
    if duty is None:
        return ELSEWHERE[unit.kind]
    if duty.on_call:
        return Residency.Kind.ON_CALL.label
    return AWAY if duty.away else REACHED


def _words(unit: Department, duty: OnDuty | None) -> str:
    """「住建局　今天不在岗，下次 周四」."""
    return f"{unit.name}　{duty.brief}" if duty is not None else unit.name
