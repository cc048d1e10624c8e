"""The 督办单 of cases, and whether a 督办牌 stands, as the rules read them: one question."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from cases.loading import OF_CASES
from cases.models import Case
from dispatch.models import Mark, Supervision
from zongzhi.lib.prepared import Prepared, grouped

SHEETS = "loaded_sheets"  # what `load_sheets` leaves on a case

_SHEETS = Prepared(
    lambda: (
        Supervision.objects.filter(OF_CASES)
        .select_related("unit")
        .annotate(has_mark=Exists(Mark.objects.filter(case=OuterRef("case"), revoked_at=None)))
    )
)


def load_sheets(cases: Sequence[Case]) -> None:
    """Bring the sheets of the few cases that ever had one; the others cost nothing."""
    missing = [case for case in cases if not hasattr(case, SHEETS)]
    asked = [case.pk for case in missing if case.supervised_at is not None]
    found = grouped(_SHEETS(cases=asked), "case_id") if asked else {}
    for case in missing:
        setattr(case, SHEETS, found.get(case.pk, []))


def sheets_of(case: Case) -> list[Supervision]:
    """Every sheet of the case, closed ones too, in the order they were issued."""
    loaded: list[Supervision] | None = getattr(case, SHEETS, None)
    if loaded is None:  # of one case: an act may just have changed them
        loaded = _SHEETS(cases=[case.pk]) if case.supervised_at is not None else []
    return loaded


def is_marked(case: Case) -> bool:
    """Whether a mark stands that was not taken back; one comes with a sheet, never before."""
    return any(getattr(sheet, "has_mark", False) for sheet in sheets_of(case))
