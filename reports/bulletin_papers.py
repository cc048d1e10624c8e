"""A bulletin as an official document, and as an Excel file whose scores are formulas."""

from __future__ import annotations

import io
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from cases.composing import Paper
from reports.bulletin_pages import Shown, Table
from reports.models import Bulletin
from reports.scoring import FULL, short
from zongzhi.lib import dates
from zongzhi.lib.sheets import plain

_NUMBERS = "一二三四五六七八九十"


def compose(bulletin: Bulletin, table: Table) -> Paper:
    """What this reader may read of it, on paper."""
    rules = table.rules
    points = [
        f"统计时段：{dates.document(bulletin.since)}至{dates.document(bulletin.last_day)}。",
        *_reckoning(bulletin, table),
        *[
            f"人工加分：{one.unit.name}加 {short(one.points)} 分，{one.reason.rstrip('。')}。"
            for one in table.bonuses
        ],
    ]
    if not table.sees_all:
        points += [said for one in table.all_rows if (said := _by_line(table, one))]
    if not table.sees_all and table.median is not None:
        points.append(f"参加比较的 {table.compared} 个单位，得分的中位数是 {table.median}。")
    if table.few:
        names = "、".join(one.row.unit_name for one in table.few)
        points.append(f"样本不足 {rules.small_sample} 件、不排名的单位：{names}。")
    if table.nothing and table.sees_all:
        points.append(f"另有 {len(table.nothing)} 个单位没有样本。")
    return Paper(
        title=bulletin.title,
        number=bulletin.number or f"（{bulletin.get_state_display()}，未发布）",
        paragraphs=[f"{_NUMBERS[n] if n < 10 else n + 1}、{t}" for n, t in enumerate(points)],
        table=_lines(bulletin, table),
        signed_by=bulletin.center.name,
        signed_on=dates.document(bulletin.published_at or bulletin.counted_at),
    )


def _reckoning(bulletin: Bulletin, table: Table) -> list[str]:
    rules = table.rules
    if bulletin.is_quarter:
        missing = f"；{'、'.join(rules.missing)}没有定稿的通报" if rules.missing else ""
        return [f"得分是{'、'.join(rules.months)}各月得分的平均，没参加排名的月份不算{missing}。"]
    lines = "，".join(f"{line.name} {line.weight} 分" for line in rules.lines)
    return [
        f"评分口径：{lines}；黄牌一张扣 {rules.yellow} 分，红牌一张扣 {rules.red} 分，"
        f"人工加分最多 {rules.bonus_cap} 分。只比单位，不比个人。"
    ]


def _by_line(table: Table, one: Shown) -> str:
    """A unit's own points, line by line, for the paper that only it reads."""
    said = [
        f"{line.name} {one.row.points[line.key]} 分（{cell.words}）"
        for line, cell in zip(table.rules.lines, one.cells, strict=False)
        if line.key in one.row.points
    ]
    return f"{one.row.unit_name}各项得分：{'，'.join(said)}。" if said else ""


def _lines(bulletin: Bulletin, table: Table) -> list[list[str]]:
    """The list with its head; nothing where nobody is on it."""
    lines = [_line(bulletin, one) for one in table.rows]
    return [_head(bulletin, table), *lines] if lines else []


def _head(bulletin: Bulletin, table: Table) -> list[str]:
    place = ["名次"] if table.sees_all else ["序号"]
    if bulletin.is_quarter:
        return [*place, "单位", *table.rules.months, "得分", "上季"]
    return [*place, "单位", "扣分", "加分", "得分", "上月"]


def _line(bulletin: Bulletin, one: Shown) -> list[str]:
    row = one.row
    first = str(one.place or 1)
    before = "–" if row.previous is None else str(row.previous)
    if bulletin.is_quarter:
        months = [row.months.get(name, "–") for name in bulletin.rules["months"]]
        return [first, row.unit_name, *months, str(row.score), before]
    return [first, row.unit_name, str(row.deduction), str(row.bonus), str(row.score), before]


# --- Excel ----------------------------------------------------------------------------------------


def workbook(bulletin: Bulletin, table: Table, mark: str) -> IO[bytes]:
    """The table this reader sees; a score is the sum of its cells, so that anybody can check it."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("通报")
    border = {"border": 1, "font_size": 11, "valign": "vcenter"}
    forms = {
        "text": book.add_format({**border, "text_wrap": True}),
        "head": book.add_format({**border, "bold": True, "text_wrap": True, "bg_color": "#EDF1F6"}),
        "number": book.add_format({**border, "num_format": "0.00"}),
        "sum": book.add_format({**border, "bold": True, "num_format": "0.00"}),
    }
    heads = _columns(bulletin, table)
    big = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    page.merge_range(0, 0, 0, len(heads) - 1, plain(bulletin.title), big)
    page.set_column(0, 0, 7)
    page.set_column(1, 1, 24)
    page.set_column(2, len(heads) - 1, 13)
    for column, head in enumerate(heads):
        page.write_string(1, column, plain(head), forms["head"])
    for n, one in enumerate(table.all_rows, start=2):
        _write(page, n, bulletin, table, one, forms)
    page.write_string(len(table.all_rows) + 3, 0, plain(mark))
    page.freeze_panes(2, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    page.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
    book.close()
    file.seek(0)
    return file


def _columns(bulletin: Bulletin, table: Table) -> list[str]:
    if bulletin.is_quarter:
        return ["名次", "单位", *table.rules.months, "得分", "上季"]
    lines = [
        head
        for line in table.rules.lines
        for head in (f"{line.name}（分子/分母）", f"{line.name}得分（满分 {line.weight}）")
    ]
    return ["名次", "单位", *lines, "黄牌", "红牌", "扣分", "加分", "得分", "上月"]


def _write(
    page: Any, n: int, bulletin: Bulletin, table: Table, one: Shown, forms: dict[str, Any]
) -> None:
    row = one.row
    page.write_string(n, 0, str(one.place or "–"), forms["text"])
    page.write_string(n, 1, plain(row.unit_name), forms["text"])
    column, summed = 2, []
    if bulletin.is_quarter:
        for name in table.rules.months:
            _number(page, n, column, row.months.get(name), forms["number"])
            column += 1
        months = f"{_cell(n, 2)}:{_cell(n, column - 1)}"
        formula = f"=ROUND(AVERAGE({months}),2)"
    else:
        for line, cell in zip(table.rules.lines, one.cells, strict=True):
            page.write_string(n, column, plain(cell.words), forms["text"])
            _number(page, n, column + 1, row.points.get(line.key), forms["number"])
            summed.append(_cell(n, column + 1))
            column += 2
        page.write_number(n, column, row.yellow, forms["text"])
        page.write_number(n, column + 1, row.red, forms["text"])
        # The marks are reckoned from their numbers, by what the scheme takes for each.
        taken = f"={_cell(n, column)}*{table.rules.yellow}+{_cell(n, column + 1)}*{table.rules.red}"
        page.write_formula(n, column + 2, taken, forms["number"], float(row.deduction))
        _number(page, n, column + 3, str(row.bonus), forms["number"])
        have = [line.weight for line in table.rules.lines if line.key in row.points]
        lines = f"ROUND(SUM({','.join(summed)})*{FULL}/{sum(have) or FULL},2)"
        formula = f"={lines}-{_cell(n, column + 2)}+{_cell(n, column + 3)}"
        column += 4
    if row.score is None:
        page.write_string(n, column, "–", forms["text"])
    else:
        page.write_formula(n, column, formula, forms["sum"], float(row.score))
    _number(page, n, column + 1, row.previous, forms["number"])


def _number(page: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None:
        page.write_string(row, column, "–", form)
    else:
        page.write_number(row, column, float(value), form)


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))
