"""被反映单位: a unit that is itself complained of neither handles the matter nor learns by whom."""

from __future__ import annotations

from collections.abc import Iterable

from cases.models import Party
from cases.vocabulary import PartyRole


def units_among(parties: Iterable[Party]) -> list[str]:
    """The names of the units that the other side is."""
    return [p.name for p in parties if p.role == PartyRole.RESPONDENT and p.is_organization]


def is_complained_of(unit: str, names: Iterable[str]) -> bool:
    """Whether a unit is one of these, under a longer or a shorter name."""
    return any(unit in name or name in unit for name in names)
