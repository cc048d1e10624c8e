"""How many pages a paper takes, as near as can be said without printing it."""

from __future__ import annotations

from cases.composing import Paper

PER_LINE, PER_PAGE = 28, 22  # GB/T 9704-2012
_CELL, _HALF_CELL, _ROWS_ON_PAGE = 29, 11, 35  # characters and lines of a form, in 12 pt
_ROW, _TALL = 2, 4  # the least lines of a row, and of one with room to write


def pages_of(paper: Paper) -> int:
    """At least one; a form by its rows, anything else by lines of 28 characters."""
    body = 3 + sum(_lines(text, PER_LINE, 2) for text in paper.paragraphs)
    body += bool(paper.to) + len(paper.signatures) + 3 * bool(paper.signed_by)
    rows = sum(_row(row, paper.tall) for row in paper.rows) + 2 * len(paper.table)
    return max(1, -(-body // PER_PAGE) if not rows else -(-(body + rows) // _ROWS_ON_PAGE))


def _lines(text: str, room: int, indent: int = 0) -> int:
    return max(1, -(-(len(text) + indent) // room))


def _row(row: list[tuple[str, str]], tall: list[str]) -> int:
    room = _CELL if len(row) == 1 else _HALF_CELL
    high = max(sum(_lines(line, room) for line in text.split("\n")) for _, text in row)
    return max(high, _TALL if row[0][0] in tall else _ROW)
