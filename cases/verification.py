"""Comparing what is written about cases with what follows from the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from cases.clocks import Clocks, clocks_of
from cases.models import Case
from cases.position import position


@dataclass(frozen=True)
class Misplaced:
    """One column of one case that does not say what it should."""

    number: str
    column: str
    written: object
    worked_out: object


def misplaced(*, chunk: int = 500) -> Iterator[Misplaced]:
    """Every column that disagrees with the stage, the open assignment and the clocks."""
    clocks: dict[int, Clocks] = {}
    cases = Case.objects.select_related("center").with_assignments().order_by("pk")
    for case in cases.iterator(chunk):
        if case.center_id not in clocks:
            clocks[case.center_id] = clocks_of(case.center)
        where = position(case, clocks[case.center_id], now=case.label_since)
        for column, worked_out in asdict(where).items():
            written = getattr(case, column)
            if written != worked_out:
                yield Misplaced(case.number, column, written, worked_out)
