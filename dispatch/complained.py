"""被反映单位: a unit that is itself complained of neither handles the matter nor learns by whom."""

from __future__ import annotations

from collections.abc import Iterable

from cases.models import Party
from cases.vocabulary import PartyRole
from orgs.models import Department


def is_complained_of(unit: Department, parties: Iterable[Party]) -> bool:
    """Whether one of the other side is this unit, under a longer or a shorter name."""
    names = [p.name for p in parties if p.role == PartyRole.RESPONDENT and p.is_organization]
    return any(unit.name in name or name in unit.name for name in names)
