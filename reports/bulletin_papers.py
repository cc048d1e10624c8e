"""A bulletin as an official document, and as an Excel file whose scores are formulas."""

from __future__ import annotations

import io
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from cases.composing import Annex, Paper
from reports.bulletin_pages import Cell, Month, Shown, Table
from reports.bulletin_slips import After, number_of, said
from reports.bulletins import AnyRow
from reports.models import Bulletin, Correction
from reports.scoring import FULL, Rules, short
from zongzhi.lib import dates
from zongzhi.lib.sheets import plain

_NUMBERS = "一二三四五六七八九十"


def compose(bulletin: Bulletin, table: Table) -> Paper:
    """What this reader may read of it, on paper: every name as the bulletin keeps it."""
    points = [
        f"统计时段：{dates.document(bulletin.since)}至{dates.document(bulletin.last_day)}。",
        *_reckoning(bulletin, table),
        *[
            f"人工加分：{one.unit_name}加 {short(one.bonus.points)} 分，"
            f"{one.bonus.reason.rstrip('。')}。"
            for one in table.bonuses
            if one.bonus.revoked_at is None
        ],
    ]
    if not table.sees_all and table.median is not None:
        points.append(
            f"参加比较的 {table.compared} 个{bulletin.who}，得分的中位数是 {table.median}。"
        )
    if table.few:
        names = "、".join(one.row.unit_name for one in table.few)
        points.append(f"样本不足、不排名的{bulletin.who}：{names}。")
    if table.nothing and table.sees_all:
        points.append(f"另有 {len(table.nothing)} 个{bulletin.who}没有样本。")
    if table.left_out_said:
        points.append(table.left_out_said)
    points += _corrections(table)
    return Paper(
        title=bulletin.title,
        number=bulletin.number or f"（{bulletin.get_state_display()}，未发布）",
        paragraphs=[f"{_NUMBERS[n] if n < 10 else n + 1}、{t}" for n, t in enumerate(points)],
        table=_lines(bulletin, table),
        signed_by=bulletin.said_by,
        signed_on=dates.document(bulletin.published_at or bulletin.counted_at),
    )


def _corrections(table: Table) -> list[str]:
    """更正: what was wrong in it, each slip with its day; and the scores that slips have moved."""
    if not table.slips:
        return []
    slips = [
        f"（{dates.document(slip.at)}）{said(slip, slip.row.unit_name)}" for slip in table.slips
    ]
    points = [f"更正：上面印的是发布时的数，以更正单为准。{''.join(slips)}"]
    if table.moved:
        scores = "，".join(_after(after) for after in table.moved)
        points.append(f"更正后的得分：{scores}。")
    return points


def _after(after: After) -> str:
    score = "不算分" if after.row.score is None else f"{after.row.score} 分"
    place = f"（第 {after.place} 名）" if after.place else ""
    return f"{after.row.unit_name} {score}{place}"


def slip_paper(bulletin: Bulletin, slip: Correction) -> Paper:
    """One 更正单, to the unit whose row it is about, or which answers for the grid."""
    row = slip.row
    its = "你单位" if row.grid is None else row.unit_name
    points = [
        f"{bulletin.title}（{bulletin.number}）中，{said(slip, its)}",
        "通报本身不变，以本更正单为准。下一期的“上期”和季度排名按更正后的得分。",
    ]
    if slip.key and slip.score_was == slip.score_now:
        points.insert(1, "这一处更正不改变得分。")
    return Paper(
        title="更正单",
        number=number_of(bulletin, slip),
        to=row.told,
        paragraphs=points,
        signed_by=bulletin.said_by,
        signed_on=dates.document(slip.at),
    )


def _reckoning(bulletin: Bulletin, table: Table) -> list[str]:
    rules = table.rules
    if bulletin.is_quarter:
        missing = f"；{'、'.join(table.missing)}没有定稿的通报" if table.missing else ""
        said_so = "有更正单的按更正后的得分；" if _is_corrected(table) else ""
        return [
            f"得分是{'、'.join(table.months)}各月得分的平均，{said_so}"
            f"没参加排名的月份不算{missing}。"
        ]
    lines = "，".join(f"{line.name} {line.weight} 分" for line in rules.lines)
    marks = f"黄牌一张扣 {rules.yellow} 分，红牌一张扣 {rules.red} 分，"
    return [
        f"评分口径：{lines}；{'' if bulletin.is_of_grids else marks}"
        f"人工加分最多 {rules.bonus_cap} 分。{small_said(rules)}"
        f"只比{bulletin.who}，不比个人。各项见附表。"
    ]


def _is_corrected(table: Table) -> bool:
    return any(month.is_corrected for one in table.all_rows for month in one.months)


def small_said(rules: Rules) -> str:
    """The rule of small samples, in words; of a bulletin from before it, the one that held."""
    if not rules.least_weight:
        return f"样本不足 {rules.small_sample} 件的不排名。"
    return (
        f"一项的分母不足 {rules.line_sample} 件，按没有样本，权重按比例摊给其他项；"
        f"有样本的权重合计不到 {rules.least_weight} 分的，样本不足，不排名。"
    )


def _lines(bulletin: Bulletin, table: Table) -> list[list[str]]:
    """The list with its head; nothing where nobody is on it."""
    lines = [_line(bulletin, one) for one in table.rows]
    return [_head(bulletin, table), *lines] if lines else []


def _head(bulletin: Bulletin, table: Table) -> list[str]:
    place = ["名次"] if table.sees_all else ["序号"]
    if bulletin.is_quarter:
        return [*place, bulletin.who, *table.months, "得分", "上季"]
    marks = [] if bulletin.is_of_grids else ["扣分"]
    return [*place, bulletin.who, *marks, "加分", "得分", "上月"]


def _line(bulletin: Bulletin, one: Shown) -> list[str]:
    row = one.row
    first = str(one.place or 1)
    before = _previous(one)
    if bulletin.is_quarter:
        return [first, row.unit_name, *map(_month, one.months), str(row.score), before]
    marks = [] if bulletin.is_of_grids else [str(row.deduction)]
    return [first, row.unit_name, *marks, str(row.bonus), str(row.score), before]


CORRECTED = "（更正后）"


def _month(month: Month) -> str:
    return f"{month.score or '–'}{CORRECTED if month.is_corrected else ''}"


def _previous(one: Shown) -> str:
    if one.row.previous is None:
        return "–"
    return f"{one.row.previous}{CORRECTED if one.is_previous_corrected else ''}"


def annex_of(bulletin: Bulletin, table: Table) -> Annex | None:
    """附表 of a month: each line of each unit that this reader reads, its numbers and points.

    Who had nothing at all is not on it.
    """
    units = [*table.rows, *table.few]
    if bulletin.is_quarter or not units:
        return None
    lines = [f"{line.name}（{line.weight} 分）" for line in table.rules.lines]
    marks = [] if bulletin.is_of_grids else ["黄牌", "红牌", "扣分"]
    head = ["名次", bulletin.who, *lines, *marks, "加分", "得分"]
    rows = [_annex_line(bulletin, table, one) for one in units]
    title = f"附表：{bulletin.title}各项得分（分子/分母，得分）"
    return Annex(title, [head, *rows])


def _annex_line(bulletin: Bulletin, table: Table, one: Shown) -> list[str]:
    row = one.row
    cells = [
        _annex_cell(cell, row.points.get(line.key))
        for line, cell in zip(table.rules.lines, one.cells, strict=True)
    ]
    marks = [] if bulletin.is_of_grids else [str(row.yellow), str(row.red), str(row.deduction)]
    score = "–" if row.score is None or row.is_small else str(row.score)
    return [str(one.place or "–"), row.unit_name, *cells, *marks, str(row.bonus), score]


def _annex_cell(cell: Cell, points: str | None) -> str:
    if not cell.whole:
        return "–"
    numbers = f"{cell.part}/{cell.whole}"
    return f"{numbers} 不算" if points is None else f"{numbers} {points}"


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
    for n, note in enumerate(_notes(table), start=len(table.all_rows) + 3):
        page.write_string(n, 0, plain(note))
    page.write_string(len(table.all_rows) + 6, 0, plain(mark))
    if table.slips:
        _slips(book, table, forms)
    page.freeze_panes(2, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, 1)
    page.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R&P / &N")
    book.close()
    file.seek(0)
    return file


def _notes(table: Table) -> list[str]:
    """What a reader of the file has to know; the rest is on paper."""
    notes = ["这里是发布时的数，更正见“更正”页。"] if table.slips else []
    if any(one.row.corrected for one in table.all_rows):
        notes.append("以前的得分有更正单的，按更正后的。")
    if table.rules.lines:
        notes.append(small_said(table.rules))
    return notes


def _slips(book: Any, table: Table, forms: dict[str, Any]) -> None:
    """更正 on a page of its own: the slips, then the scores that they have moved."""
    page = book.add_worksheet("更正")
    lines = [["单位", "哪一项", "通报上是", "应当是", "原来得分", "更正后得分", "为什么", "时间"]]
    lines += [
        [
            slip.row.unit_name,
            slip.what,
            slip.was,
            slip.now,
            _or_dash(slip.score_was),
            _or_dash(slip.score_now),
            slip.why,
            dates.document(slip.at),
        ]
        for slip in table.slips
    ]
    page.set_column(0, 6, 16)
    page.set_column(7, 7, 18)
    if table.moved:
        lines += [[], ["单位", "更正后得分", "更正后名次"]]
        lines += [
            [after.row.unit_name, _or_dash(after.row.score), str(after.place or "–")]
            for after in table.moved
        ]
    for n, line in enumerate(lines):
        form = forms["head"] if line and line[0] == "单位" else forms["text"]
        for column, text in enumerate(line):
            page.write_string(n, column, plain(text), form)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _or_dash(score: Any) -> str:
    return "–" if score is None else str(score)


def _columns(bulletin: Bulletin, table: Table) -> list[str]:
    if bulletin.is_quarter:
        return ["名次", bulletin.who, *table.months, "得分", "上季"]
    lines = [
        head
        for line in table.rules.lines
        for head in (f"{line.name}（分子/分母）", f"{line.name}得分（满分 {line.weight}）")
    ]
    marks = [] if bulletin.is_of_grids else ["黄牌", "红牌", "扣分"]
    return ["名次", bulletin.who, *lines, *marks, "加分", "得分", "上月"]


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
        have = [line.weight for line in table.rules.lines if line.key in row.points]
        formula = f"=ROUND(SUM({','.join(summed)})*{FULL}/{sum(have) or FULL},2)"
        if not bulletin.is_of_grids:
            formula += f"-{_cell(n, column + 2)}"
            column = _write_marks(page, n, column, table.rules, row, forms)
        _number(page, n, column, str(row.bonus), forms["number"])
        formula += f"+{_cell(n, column)}"
        column += 1
    if row.score is None or row.is_small:
        page.write_string(n, column, "–", forms["text"])
    else:
        page.write_formula(n, column, formula, forms["sum"], float(row.score))
    _number(page, n, column + 1, row.previous, forms["number"])


def _write_marks(
    page: Any, n: int, column: int, rules: Rules, row: AnyRow, forms: dict[str, Any]
) -> int:
    """The marks and what they take off, by what the scheme takes for each; the next column."""
    page.write_number(n, column, row.yellow, forms["text"])
    page.write_number(n, column + 1, row.red, forms["text"])
    taken = f"={_cell(n, column)}*{rules.yellow}+{_cell(n, column + 1)}*{rules.red}"
    page.write_formula(n, column + 2, taken, forms["number"], float(row.deduction))
    return column + 3


def _number(page: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None:
        page.write_string(row, column, "–", form)
    else:
        page.write_number(row, column, float(value), form)


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))
