"""A row of the roster, and whose it is to set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dispatch.models import Duty, Shift
from orgs.models import Center, Department, User
from orgs.permissions import Permission


@dataclass(frozen=True)
class Row:
    """A row of the roster: a department, or a duty, of one centre."""

    center: Center
    department: Department | None = None
    duty: str = ""

    @property
    def key(self) -> str:
        return self.department.code if self.department else f"duty-{self.duty}"

    @property
    def name(self) -> str:
        return self.department.name if self.department else Duty(self.duty).label

    @property
    def fields(self) -> dict[str, Any]:
        return {"center": self.center, "department": self.department, "duty": self.duty}


def may_schedule(user: User, center_id: int, department_id: int | None) -> bool:
    """The scheduler of the centre any row, a head of department the department's own."""
    if user.can_at(Permission.ROSTER, center_id):
        return True
    return department_id is not None and user.can_for(Permission.HEAD, [department_id])


def may_set(user: User, row: Row) -> bool:
    return may_schedule(user, row.center.pk, row.department.pk if row.department else None)


def is_own(user: User, shift: Shift) -> bool:
    return shift.person_id == user.pk
