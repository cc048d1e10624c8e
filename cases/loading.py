"""What every act and every row needs beside the case itself, brought to many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F

from cases.models import Assignment, Case, DisputeType, Party
from orgs.models import Center, Department, Region
from zongzhi.lib.copies import Copies
from zongzhi.lib.prepared import Given, IsAny, Prepared, grouped

IDS = ArrayField(BigIntegerField())
OF_CASES = IsAny(F("case"), Given("cases", IDS))
_PARTS = Prepared(lambda: Assignment.objects.open().filter(OF_CASES))
_PARTIES = Prepared(lambda: Party.objects.filter(OF_CASES))

_UNITS = Copies(lambda: Department.objects.select_related("center"))
_PLACES: dict[str, Copies[Any]] = {
    "center": Copies(lambda: Center.objects.select_related("region", "parent")),
    "unit": _UNITS,
    "type": Copies(lambda: DisputeType.objects.all(), whole=True),
    "occurred_region": Copies(lambda: Region.objects.select_related("parent"), whole=True),
}


def load_places(cases: Sequence[Case], revision: int | None) -> None:
    """Bring centre, unit, type and region: this process's copies, not to be changed.

    `revision` is that of the reference data, as `User.reference_revision` or `revisions()` has it.
    """
    for name, copies in _PLACES.items():
        field: Any = Case._meta.get_field(name)
        rows = copies.of([getattr(case, field.attname) for case in cases], revision)
        for case in cases:
            field.set_cached_value(case, rows.get(getattr(case, field.attname)))


def load_assignments(cases: Sequence[Case], revision: int | None) -> None:
    """Bring the open assignments, the lead's first, with their units."""
    loaded = _PARTS(cases=[case.pk for case in cases])
    units = _UNITS.of([part.unit_id for part in loaded], revision)
    for part in loaded:
        part.unit = units[part.unit_id]
    parts = grouped(loaded, "case_id")
    for case in cases:
        case._open_assignments = parts.get(case.pk, [])


def load_for_reading(cases: Sequence[Case], revision: int | None) -> None:
    """Bring all that the API says of these cases."""
    load_places(cases, revision)
    load_assignments(cases, revision)
    load_parties(cases)


def load_parties(cases: Sequence[Case]) -> None:
    """Bring the parties, in the order they were named."""
    parties = grouped(_PARTIES(cases=[case.pk for case in cases]), "case_id")
    for case in cases:
        case.loaded_parties = parties.get(case.pk, [])
