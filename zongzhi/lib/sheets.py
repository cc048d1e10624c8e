"""Excel files for other people: streamed, marked with who made them, and nothing that can run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

# What a spreadsheet takes for the beginning of a formula, also after saving as CSV (OWASP).
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_767
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}


@dataclass(frozen=True)
class Column:
    title: str
    width: int = 12


def plain(text: str) -> str:
    """The text as a cell may hold it: never the beginning of a formula."""
    text = text.translate(_CONTROL)[: _LONGEST_CELL - 1]
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def write_sheet(
    file: IO[bytes],
    *,
    title: str,
    mark: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
) -> int:
    """Write one sheet, row by row; how many rows. The mark stands above, below and in each page.

    One row at a time is in memory, however many there are.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(title)
    marked = book.add_format({"font_color": "#5B6472", "italic": True})
    headed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F6"})
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
    sheet.write_string(0, 0, plain(mark), marked)
    for index, column in enumerate(columns):
        sheet.write_string(1, index, column.title, headed)
    count = _write_rows(sheet, rows, body)
    sheet.write_string(count + 2, 0, plain(mark), marked)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
    book.close()
    return count


def _write_rows(sheet: Any, rows: Iterable[Sequence[str]], body: Any) -> int:
    count = 0
    for row in rows:
        for index, text in enumerate(row):
            sheet.write_string(count + 2, index, plain(text), body)
        count += 1
    return count
