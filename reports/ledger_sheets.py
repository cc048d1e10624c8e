"""Official tables as Excel files; whatever adds up is a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from reports.indicators.dictionary import SMALL
from reports.ledgers import TOTAL
from reports.levels import SUM
from reports.tables import Cell, Column, Line, Table
from zongzhi.lib.sheets import plain

_HEAD = 2  # lines above the head: title, who reports
_TOTALS = {"found": "found_", "settled": "settled_"}  # lines that add up those of the types


class _Sheet:
    """A page of numbers and words; words can never be a formula."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"strings_to_formulas": False})
        self.page: Any = self.book.add_worksheet()
        border = {"border": 1, "font_name": "SimSun", "font_size": 11, "text_wrap": True}
        self.body = self.book.add_format({**border, "valign": "top"})
        self.bold = self.book.add_format({**border, "bold": True})
        self.has_groups = any(line.group for line in table.lines)
        self.left = 2 if self.has_groups else 1
        self.rows = {line.key: _HEAD + 1 + n for n, line in enumerate(table.lines)}
        self.columns = {column.key: self.left + n for n, column in enumerate(table.columns)}

    def head(self, title: str, reporter: str, mark: str) -> None:
        last = self.left + len(self.table.columns) - 1
        big = self.book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.page.merge_range(0, 0, 0, last, plain(title), big)
        self.page.write_string(1, 0, plain(f"填报单位：{reporter}"))
        labels = ["类别", self.table.corner] if self.has_groups else [self.table.corner]
        for n, label in enumerate([*labels, *(column.label for column in self.table.columns)]):
            self.page.write_string(_HEAD, n, plain(label), self.bold)
        self.page.set_column(0, 0, 30 if self.has_groups else 16)
        self.page.set_column(1, last, 14)
        for column in self.table.columns:
            if not column.is_number:
                self.page.set_column(self.columns[column.key], self.columns[column.key], 24)
        self.page.freeze_panes(_HEAD + 1, self.left)
        self.page.set_paper(9)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(0, _HEAD)
        self.page.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")

    def line(self, line: Line) -> None:
        row = self.rows[line.key]
        label = f"{line.label} {line.ref}".strip()
        labels = [line.group, label] if self.has_groups else [label]
        for n, label in enumerate(labels):
            self.page.write_string(row, n, plain(label), self.bold)
        for column in self.table.columns:
            self.cell(line, column, line.cells[column.key])

    def cell(self, line: Line, column: Column, cell: Cell) -> None:
        row, at = self.rows[line.key], self.columns[column.key]
        formula = self.formula(line, column, cell)
        if formula:
            shown = cell.number if cell.number is not None else cell.text
            self.page.write_formula(row, at, formula, self.bold, shown)
        elif cell.number is not None:
            self.page.write_number(row, at, cell.number, self.body)
        else:
            self.page.write_string(row, at, plain(cell.text), self.body)

    def formula(self, line: Line, column: Column, cell: Cell) -> str:
        """How the number follows from others of the page; "" when it is counted."""
        if cell.share is not None:
            part, whole = (self.name(key, column.key) for key in cell.share)
            percent = f'TEXT({part}/{whole},"0.0%")&"（"&{part}&"/"&{whole}&"）"'
            few = f'{part}&"/"&{whole}'
            return f'=IF({whole}=0,"–",IF({whole}<{SMALL},{few},{percent}))'
        if cell.number is None:
            return ""
        if line.key in _TOTALS:
            begins = _TOTALS[line.key]
            inside = [x.key for x in self.table.lines if x.key.startswith(begins)]
            return f"=SUM({','.join(self.name(key, column.key) for key in inside)})"
        if column.key == SUM:
            keys = [c.key for c in self.table.columns]
            before = keys[: keys.index(SUM)]
            names = self.name(line.key, before[0]), self.name(line.key, before[-1])
            return f"=SUM({names[0]}:{names[1]})"
        if line.key == TOTAL:
            others = [x.key for x in self.table.lines if not x.is_total]
            if others:
                first, last = self.name(others[0], column.key), self.name(others[-1], column.key)
                return f"=SUM({first}:{last})"
        return ""

    def name(self, line: str, column: str) -> str:
        return str(xl_rowcol_to_cell(self.rows[line], self.columns[column]))

    def count(self) -> None:
        """合计 of a ledger: how many lines it has."""
        row, lines = _HEAD + 1 + len(self.table.lines), len(self.table.lines)
        self.page.write_string(row, 0, "合计（件）", self.bold)
        if lines:
            ends = (xl_rowcol_to_cell(_HEAD + 1, 0), xl_rowcol_to_cell(row - 1, 0))
            self.page.write_formula(row, 1, f"=COUNTA({ends[0]}:{ends[1]})", self.bold, lines)
        else:
            self.page.write_number(row, 1, 0, self.bold)


def excel_of(table: Table, words: Mapping[str, str], mark: str) -> IO[bytes]:
    """`words`: title, reporter and note."""
    sheet = _Sheet(table)
    sheet.head(words["title"], words["reporter"], mark)
    for line in table.lines:
        sheet.line(line)
    below = _HEAD + 2 + len(table.lines)
    if not any(column.is_number for column in table.columns):
        sheet.count()
        below += 1
    if words["note"]:
        sheet.page.write_string(below, 0, plain(words["note"]))
    sheet.book.close()
    sheet.file.seek(0)
    return sheet.file
