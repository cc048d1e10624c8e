"""Which levels look back over which periods by themselves (domain.md §11).

县每季、乡每月、村每周研判, and 周分析、月调度 of the county and the town; a city's centre only has
what lies below it. Where a place does otherwise its administrator says so.
"""

from __future__ import annotations

from orgs.models.places import Level
from reports.models import Brief, BriefRhythm

_WEEK, _MONTH, _QUARTER = Brief.Kind.WEEK, Brief.Kind.MONTH, Brief.Kind.QUARTER
USUAL: dict[Level, frozenset[Brief.Kind]] = {
    Level.CITY: frozenset({_MONTH, _QUARTER}),
    Level.COUNTY: frozenset({_WEEK, _MONTH, _QUARTER}),
    Level.TOWN: frozenset({_WEEK, _MONTH}),
    Level.VILLAGE: frozenset({_WEEK}),
}


def rhythm() -> dict[Level, set[Brief.Kind]]:
    """The kinds that each level drafts, as it is now."""
    found = {level: set(kinds) for level, kinds in USUAL.items()}
    for row in BriefRhythm.objects.all():
        kinds, kind = found[Level(row.level)], Brief.Kind(row.kind)
        if row.is_on:
            kinds.add(kind)
        else:
            kinds.discard(kind)
    return found


def levels_with(kind: Brief.Kind) -> list[Level]:
    return [level for level, kinds in rhythm().items() if kind in kinds]
