"""Lines as SVG drawn by the server: no script, no library, and the same on paper.

A picture carries no number of its own: the table beside it does, with a link on each. Places are
attributes, never styles, because the CSP forbids inline ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

TICKS = 4


@dataclass(frozen=True)
class Line:
    """One line: its name, its points as `polyline` reads them, and where each of them is."""

    name: str
    mark: str  # the class of its colour and pattern
    values: tuple[int, ...]
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True)
class Lines:
    """Some lines over the same steps of time, ready to be drawn."""

    said: str  # the picture as a sentence
    lines: tuple[Line, ...]
    width: float
    height: float
    left: float
    foot: float  # where the axis lies
    across: tuple[Tick, ...] = field(default=())
    up: tuple[Tick, ...] = field(default=())


MARKS = ("first", "second")


def lines_of(
    said: str,
    steps: Sequence[str],
    values: Sequence[tuple[str, Sequence[int]]],
    *,
    width: float,
    height: float,
    text: float = 13,
    every: int = 1,
) -> Lines:
    """Lines in a frame of that size; `every` how many steps one is named under the axis."""
    most = nice(max((value for _, row in values for value in row), default=0))
    left, foot, top = text * 2.6, height - text * 1.8, text
    side = width - left - text * 1.4
    gaps = max(1, len(steps) - 1)

    def place(n: int, value: int) -> tuple[float, float]:
        return (
            round(left + side * n / gaps, 1),
            round(foot - (foot - top) * value / most, 1),
        )

    drawn = []
    for (name, row), mark in zip(values, MARKS, strict=False):
        dots = tuple(place(n, value) for n, value in enumerate(row))
        points = " ".join(f"{x},{y}" for x, y in dots)
        drawn.append(Line(name, mark, tuple(row), points, dots))
    return Lines(
        said=said,
        lines=tuple(drawn),
        width=width,
        height=height,
        left=round(left, 1),
        foot=round(foot, 1),
        across=tuple(
            Tick(place(n, 0)[0], words) for n, words in enumerate(steps) if n % every == 0
        ),
        up=tuple(
            Tick(place(0, most * n // TICKS)[1], f"{most * n // TICKS:,}") for n in range(TICKS + 1)
        ),
    )


def nice(most: int) -> int:
    """A round number that is no smaller, and that four steps divide: 4, 8, 20, 40, 80, 200…"""
    if most <= TICKS:
        return TICKS
    power = 10 ** math.floor(math.log10(most))
    return int(
        next(
            round(step * power)
            for step in (1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12, 20)
            if step * power >= most and round(step * power) % TICKS == 0
        )
    )


def share_of(value: int, most: int, width: float) -> float:
    """How long a bar is; a number that is not 0 is never without one."""
    if not value or not most:
        return 0
    return round(max(width * value / most, 2), 1)
