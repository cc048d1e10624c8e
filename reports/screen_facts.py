"""What stands on the wall, and how it is hung."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

SIZES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)  # of the letters; a wall seen from afar needs larger ones


@dataclass(frozen=True)
class Asked:
    """How the wall is hung: how much larger the letters are, and whether it is two screens wide."""

    k: float = 1.0
    wide: bool = False

    @classmethod
    def of(cls, params: Any) -> Asked:
        """From an address, the nearest size there is; nonsense is taken for nothing said."""
        try:
            asked = float(params.get("k", "1"))
        except ValueError:
            asked = 1.0
        k = min(SIZES, key=lambda size: abs(size - asked)) if isfinite(asked) else 1.0
        return cls(k=k, wide=params.get("layout") == "wide")

    @property
    def size(self) -> str:
        """As the style sheet names it: 130 for 1.3."""
        return f"{self.k * 100:.0f}"

    @property
    def query(self) -> str:
        parts = [f"k={self.k:g}"] if self.k != 1 else []
        return "&".join([*parts, "layout=wide"] if self.wide else parts)


@dataclass(frozen=True)
class Number:
    """A number of the wall and the list of exactly what it counts, for a test and a leader."""

    key: str
    name: str
    number: int
    url: str


@dataclass(frozen=True)
class Late:
    """A row of the table that turns: a case by its number, who has it, how late it is."""

    number: str
    unit: str
    mark: str
    words: str
    colour: str


@dataclass(frozen=True)
class Wall:
    """Everything on the wall as of one moment."""

    at: datetime
    center: str
    numbers: tuple[Number, ...]
    sources: tuple[Number, ...]
    types: tuple[Number, ...]
    towns: tuple[Number, ...]
    steps: tuple[Number, ...]
    days: tuple[tuple[str, Number, Number], ...]  # the day, registered, closed
    units: tuple[tuple[Number, Number], ...]  # in time, of all accepted
    late: tuple[Late, ...]
    present: tuple[tuple[str, int], ...]
    stems: tuple[tuple[str, str], ...] = field(default=())  # the towns: stem, name

    @property
    def every(self) -> list[Number]:
        """Each number that is the length of a list."""
        pairs = [number for _, *both in self.days for number in both]
        units = [number for both in self.units for number in both]
        return [
            *self.numbers,
            *self.sources,
            *self.types,
            *self.towns,
            *self.steps,
            *pairs,
            *units,
        ]
