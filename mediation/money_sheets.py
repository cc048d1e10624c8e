"""以案定补发放表 and 人民调解统计表 as Excel files whose totals are formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from mediation.models import Subsidy
from mediation.statistics import Value
from mediation.subsidies import body_name
from zongzhi.lib.sheets import plain

_HEAD = (
    "序号",
    "调解组织",
    "调解员",
    "事项编号",
    "卷号",
    "档次",
    "状态",
    "金额（元）",
    "领款人签名",
)
_AMOUNT = 7


class _Sheet:
    """A page with a title, a head and rows; what is text can never be a formula."""

    def __init__(self, title: str, mark: str, widths: Sequence[int]) -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"strings_to_formulas": False})
        self.page: Any = self.book.add_worksheet()
        border = {"border": 1, "font_name": "SimSun", "font_size": 11, "text_wrap": True}
        self.body = self.book.add_format(border)
        self.bold = self.book.add_format({**border, "bold": True})
        self.money = self.book.add_format({**border, "num_format": "#,##0.00"})
        self.sum = self.book.add_format({**border, "bold": True, "num_format": "#,##0.00"})
        big = self.book.add_format({"bold": True, "font_size": 16, "align": "center"})
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)
        self.page.merge_range(0, 0, 0, len(widths) - 1, plain(title), big)
        self.page.set_paper(9)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
        self.row = 1

    def line(self, cells: Iterable[Any], *, bold: bool = False) -> int:
        """Write a row; its number, counted from nought."""
        for column, cell in enumerate(cells):
            if isinstance(cell, (int, Decimal)):
                form = self.money if isinstance(cell, Decimal) else self.body
                self.page.write_number(self.row, column, cell, form)
            else:
                form = self.bold if bold else self.body
                self.page.write_string(self.row, column, plain(str(cell)), form)
        self.row += 1
        return self.row - 1

    def total(self, label: str, column: int, formula: str, value: Decimal | int) -> None:
        """A row whose sum the program works out again when a row above it is changed."""
        self.page.write_string(self.row, 0, label, self.bold)
        for empty in range(1, column):
            self.page.write_blank(self.row, empty, None, self.bold)
        self.page.write_formula(self.row, column, formula, self.sum, value)
        self.row += 1

    def done(self) -> IO[bytes]:
        self.book.close()
        self.file.seek(0)
        return self.file


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))


def subsidies(rows: Sequence[Subsidy], month: str, mark: str) -> IO[bytes]:
    """The list for payment, a subtotal for each mediator; those refused are not on it."""
    sheet = _Sheet(f"以案定补发放表 {month}", mark, (6, 26, 12, 14, 24, 10, 12, 14, 18))
    sheet.line(_HEAD, bold=True)
    sheet.page.repeat_rows(0, 1)
    paid = [row for row in rows if row.state != Subsidy.State.REFUSED]
    first, n = sheet.row, 0
    for _, group in groupby(paid, key=lambda row: (row.mediation.body_id, row.mediator_id)):
        theirs, begins = list(group), sheet.row
        for row in theirs:
            n += 1
            sheet.line([n, *_line(row), row.amount, ""])
        amounts = f"{_cell(begins, _AMOUNT)}:{_cell(sheet.row - 1, _AMOUNT)}"
        value = sum((row.amount for row in theirs), Decimal(0))
        sheet.total(
            f"{plain(theirs[0].mediator.name)}小计", _AMOUNT, f"=SUBTOTAL(9,{amounts})", value
        )
    if paid:
        every = f"{_cell(first, _AMOUNT)}:{_cell(sheet.row - 1, _AMOUNT)}"
        value = sum((row.amount for row in paid), Decimal(0))
        # SUBTOTAL leaves out the subtotals above it: nothing is added twice.
        sheet.total(f"合计 {n} 件", _AMOUNT, f"=SUBTOTAL(9,{every})", value)
    return sheet.done()


def _line(row: Subsidy) -> list[str]:
    return [
        body_name(row.mediation.body),
        row.mediator.name,
        row.mediation.case.short_number,
        row.mediation.number,
        row.grade.name,
        row.get_state_display(),
    ]


def figures(
    values: Sequence[Value], bodies: Sequence[dict[str, Any]], title: str, mark: str
) -> IO[bytes]:
    """The official columns with their definitions; groups that add up say so by formulas."""
    sheet = _Sheet(title, mark, (16, 26, 16, 8, 60))
    sheet.line(("类别", "项目", "数", "单位", "怎么算"), bold=True)
    for group, rows in groupby(values, key=lambda value: value.figure.group):
        inside, begins = list(rows), sheet.row
        for value in inside:
            figure = value.figure
            sheet.line([group, figure.label, value.value, figure.unit, figure.definition])
        if group in ("调解主体", "案件来源", "纠纷类别", "协议形式"):
            cells = f"{_cell(begins, 2)}:{_cell(sheet.row - 1, 2)}"
            total = sum(int(value.value) for value in inside)
            sheet.total(f"{group}合计", 2, f"=SUM({cells})", total)
    sheet.row += 1
    sheet.line(("调解组织", "", "受理数", "调解数", "成功数"), bold=True)
    begins = sheet.row
    for row in bodies:
        name = row["body__department__name"] or "综治中心直接调解"
        sheet.line([name, "", row["n_accepted"], row["n_done"], row["n_agreed"]])
    if bodies:
        sheet.page.write_string(sheet.row, 0, "合计", sheet.bold)
        for column, name in enumerate(("n_accepted", "n_done", "n_agreed"), start=2):
            cells = f"{_cell(begins, column)}:{_cell(sheet.row - 1, column)}"
            total = sum(row[name] for row in bodies)
            sheet.page.write_formula(sheet.row, column, f"=SUM({cells})", sheet.bold, total)
    return sheet.done()
