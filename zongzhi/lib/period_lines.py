"""Lines of a page that says how long something may take, and from when on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PeriodLine:
    """One rule, as `components/periods.html` draws it; `narrowed` is a cell for each heading."""

    name: str
    narrowed: Sequence[str]
    length: str
    since: date


@dataclass(frozen=True)
class PeriodTable:
    """The rules with what they may be narrowed by: 类别, 层级…; what is empty is 不分."""

    name: str
    narrowed_by: Sequence[str]
    lines: Sequence[PeriodLine]
    today: date

    @property
    def rows(self) -> list[tuple[PeriodLine, list[tuple[str, str]], bool]]:
        """Each line, its cells with their headings, and whether it holds only later."""
        return [
            (line, list(zip(self.narrowed_by, line.narrowed, strict=True)), line.since > self.today)
            for line in self.lines
        ]
