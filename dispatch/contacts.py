"""Whom to call in a unit: who is on duty there now, and the head when nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dispatch.duty import OnDuty, on_duties
from dispatch.models import Residency
from orgs.models import Center, Department, Post
from orgs.permissions import Permission
from zongzhi.lib import clock

# A centre that calls, and the unit it calls: how the unit stands depends on where one looks from.
Call = tuple[Center, Department]


@dataclass(frozen=True)
class Contact:
    """A name and a number, with how they come to be the ones to call."""

    name: str
    phone: str
    standing: str = ""  # 「在岗」, 「今天不在岗，下次 周四；值班联系人」, 「本单位」
    where: str = ""
    kind: str = ""  # 常驻, 轮驻, 随驻; "" without a place in the centre

    def __str__(self) -> str:
        return _joined(self.standing, self.called, self.where)

    @property
    def called(self) -> str:
        """Whom to ring, and nothing else."""
        return _joined(self.name, self.phone)


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))


def duty_contacts(calls: Iterable[Call], at: datetime) -> dict[tuple[int, int], Contact]:
    """Whom to call at that moment, by centre and unit; the same queries for however many.

    A unit may have its place in the centre above: the nearer one counts. A unit without a place
    has nobody on the roster, so it is its own telephone that is given, never somebody by chance.
    """
    wanted = list(calls)
    if not wanted:
        return {}
    here = {center.pk: center for center, _ in wanted}
    above = {center.parent_id for center in here.values() if center.parent_id} - here.keys()
    duties = on_duties([*here.values(), *Center.objects.filter(pk__in=above)], at)
    found = {}
    for center, unit in wanted:
        duty = duties.get((center.pk, unit.pk)) or duties.get((center.parent_id or 0, unit.pk))
        found[center.pk, unit.pk] = _contact(unit, duty)
    return found


def _contact(unit: Department, duty: OnDuty | None) -> Contact:
    if duty is None:
        return Contact("", unit.phone, "本单位" if unit.phone else "")
    if duty.on_call:
        return Contact(duty.contact, duty.phone, "电话" if duty.called else "", kind=duty.kind)
    if duty.present:
        name, phone = duty.person, duty.person_phone or unit.phone
        if not name:  # 常驻, there in working hours without a name
            name, phone = duty.contact, duty.phone
        return Contact(name, phone, "在岗", duty.where, duty.kind)
    instead = "值班联系人" if duty.contact else "本单位"
    standing = f"{duty.brief}；{instead}" if duty.called else duty.brief
    return Contact(duty.contact, duty.phone, standing, kind=duty.kind)


def head_contacts(units: Iterable[Department]) -> dict[int, Contact]:
    """负责人, by unit; of a unit that is a centre, its leader. One query for however many."""
    rows = list(units)
    runs = {unit.runs_id: unit.pk for unit in rows if unit.runs_id}
    head, decide = [Permission.HEAD.value], [Permission.DECIDE.value]
    posts = Post.objects.held_on(clock.today()).filter(
        Q(role__permissions__contains=head, department__in=rows)
        | Q(role__permissions__contains=decide, center__in=runs),
        user__is_active=True,
    )
    phones = {unit.pk: unit.phone for unit in rows}
    found: dict[int, Contact] = {}
    for post in posts.select_related("user").order_by("pk"):
        of_unit = post.department_id if post.department_id in phones else None
        unit = of_unit or runs.get(post.center_id)
        if unit is not None:
            found.setdefault(unit, Contact(post.user.name, post.user.phone or phones[unit]))
    return found


def next_call(contact: Contact | None, head: Contact | None) -> str:
    """「打负责人电话：严正 0990-2120002」: whom to ring when nobody has answered; "" for nobody."""
    if head is not None:
        return f"打负责人电话：{head.called}"
    return f"打电话：{contact.called}" if contact is not None and contact.called else ""


def present_in(centers: Iterable[int]) -> QuerySet[Residency, int]:
    """The ids of the units that are present in these centres: always, by turns or on call."""
    return Residency.objects.filter(center__in=list(centers)).values_list("department", flat=True)
