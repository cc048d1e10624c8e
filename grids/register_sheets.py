"""网格员补贴发放表 as an Excel file whose total is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from grids.models import Allowance, AllowanceList, GridRole
from zongzhi.lib.sheets import plain

_HEAD = ("序号", "姓名", "身份", "网格", "在岗天数", "每月（元）", "应发（元）", "说明", "签名")
_WIDTHS = (6, 12, 12, 26, 10, 12, 12, 26, 16)
_AMOUNT = 6


def allowances(listing: AllowanceList, rows: Iterable[Allowance], mark: str) -> IO[bytes]:
    """The month's list; a list that is not fixed says so in its title."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "in_memory": True})
    page: Any = book.add_worksheet("补贴")
    border = {"border": 1, "font_name": "SimSun", "font_size": 11, "text_wrap": True}
    body, bold = book.add_format(border), book.add_format({**border, "bold": True})
    money = book.add_format({**border, "num_format": "#,##0.00"})
    total = book.add_format({**border, "bold": True, "num_format": "#,##0.00"})
    big = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    for index, width in enumerate(_WIDTHS):
        page.set_column(index, index, width)
    page.merge_range(0, 0, 0, len(_HEAD) - 1, plain(title_of(listing)), big)
    for index, word in enumerate(_HEAD):
        page.write_string(1, index, word, bold)
    at, summed = 2, Decimal(0)
    for n, row in enumerate(rows, start=1):
        kind = str(GridRole.Kind(row.kind).label)
        cells = (
            n,
            row.user.name,
            kind,
            row.grid_name,
            row.days,
            row.rate,
            row.amount,
            row.note,
            "",
        )
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(at, index, plain(cell), body)
            else:
                page.write_number(at, index, cell, money if isinstance(cell, Decimal) else body)
        at, summed = at + 1, summed + row.amount
    for index in range(len(_HEAD)):
        page.write_blank(at, index, None, bold)
    page.write_string(at, 0, "合计", bold)
    page.write_formula(at, _AMOUNT, f"=SUM(G3:G{max(at, 3)})", total, float(summed))
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    page.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
    book.close()
    out.seek(0)
    return out


def title_of(listing: AllowanceList) -> str:
    month = f"{listing.month.year}年{listing.month.month}月"
    draft = "" if listing.fixed_at else "（没有定）"
    return f"{listing.center.name} {month}网格员补贴发放表{draft}"
