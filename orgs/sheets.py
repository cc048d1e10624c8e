"""The Excel files of an import: the template, what was sent back, and the rows that are wrong."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from openpyxl import load_workbook

from orgs.importing import BadSheetError, Column, Row, Sheet, Table, find_rows
from zongzhi.lib.papers import MEGABYTE, SHEET, BadPaperError, look_into_office
from zongzhi.lib.sheets import plain

LARGEST = 5 * MEGABYTE
MOST_ROWS = 2000
_MOST_UNPACKED = 30 * MEGABYTE
_MOST_COLUMNS = 60
_MOST_LINES = MOST_ROWS + 500  # empty ones and examples between
_LONGEST = 500
_DECLARES = re.compile(rb"<\s*!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_EXACT = 10**15  # Excel keeps fifteen digits


def read_sheet(file: IO[bytes], table: Table) -> Sheet:
    """The rows of the first sheet of a file somebody sent. Raises BadSheetError with a sentence.

    The archive is looked into within bounds first (bombs, macros, passwords), and XML that
    declares entities is not parsed at all.
    """
    if file.seek(0, 2) > LARGEST:
        raise BadSheetError("文件超过 5 MB，分成几份再传")
    _look_into(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        try:
            return find_rows(table, _lines(book.worksheets[0]), MOST_ROWS)
        finally:
            book.close()
    except BadSheetError:
        raise
    except Exception as error:  # a file from outside: openpyxl raises anything of a broken one
        raise BadSheetError("这个文件打不开，可能坏了。用 Excel 或 WPS 另存为 xlsx 再传") from error


def _look_into(file: IO[bytes]) -> None:
    try:
        kind, _ = look_into_office(file)
    except BadPaperError as error:
        words = str(error).split("，换成")[0]
        told = f"这个文件{words}，要 xlsx 表格" if words == "打不开" else f"文件{error}"
        raise BadSheetError(told) from error
    if kind != SHEET:
        raise BadSheetError("这不是 Excel 表格，要 xlsx 文件")
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
            raise BadSheetError("文件解开太大，不能传")
        for entry in entries:
            content = archive.read(entry)
            if _DECLARES.search(content.replace(b"\0", b"")):
                raise BadSheetError("文件里有不该有的声明，用 Excel 或 WPS 另存为 xlsx 再传")


def _lines(sheet: Any) -> Iterator[list[str]]:
    """The lines as text. Raises BadSheetError where something stands too far down to be read."""
    lines = sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)
    for at, line in enumerate(lines, start=1):
        if at <= _MOST_LINES:
            yield [_text(cell) for cell in line]
        elif any(cell not in (None, "") for cell in line):
            raise BadSheetError(
                f"第 {_MOST_LINES} 行以下还有内容，读不到。删掉空行，或者分成几份再传"
            )


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it; digits that are lost are not made up."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, int | float):
        return _number(cell)
    found = str(cell).replace("\0", "").strip()[:_LONGEST]
    return found[1:] if found[:1] == "'" and plain(found[1:]) == found else found


def _number(cell: float) -> str:
    if abs(cell) >= _EXACT:
        return f"{cell:.5E}"
    return str(int(cell)) if cell == int(cell) else str(cell)


# --- what is sent out -----------------------------------------------------------------------------

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_template(table: Table, title: str) -> IO[bytes]:
    """Headings, three examples, drop-downs; a second sheet says what goes where."""
    examples = [table.example(n) for n in range(3)]
    return _write(table, title, examples, hints=True)


def write_bad_rows(table: Table, title: str, rows: Iterable[Row]) -> IO[bytes]:
    """Only the rows that are wrong, each with what is; corrected, the file is sent again."""
    return _write(
        table,
        title,
        [{**row.cells, "": "；".join(row.sentences(table))} for row in rows],
        last="哪里有问题",
    )


def _write(
    table: Table,
    title: str,
    rows: Sequence[dict[str, str]],
    *,
    hints: bool = False,
    last: str = "",
) -> IO[bytes]:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {**_OPTIONS, "in_memory": True})
    sheet = book.add_worksheet(title)
    body = book.add_format({"num_format": "@", "font_color": "#5B6472" if hints else "#1D2430"})
    headed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F6"})
    typed = book.add_format({"num_format": "@"})
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width, typed)
        sheet.write_string(0, index, column.title + ("*" if column.required else ""), headed)
    columns = [column.key for column in table.columns]
    if last:
        sheet.set_column(len(columns), len(columns), 50)
        sheet.write_string(0, len(columns), last, headed)
    for at, row in enumerate(rows, start=1):
        for index, key in enumerate([*columns, ""] if last else columns):
            sheet.write_string(at, index, plain(row.get(key, "")), body)
    sheet.freeze_panes(1, 1)
    if hints:
        _write_hints(book, table)
    _add_choices(book, sheet, table.columns)
    book.close()
    out.seek(0)
    return out


def _write_hints(book: Any, table: Table) -> None:
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 80)
    lines = [("示例", "灰色的 3 行是示例，不用删，导入时不读")]
    for column in table.columns:
        words = "必填" if column.required else "可以不填"
        lines.append((column.title, "，".join(filter(None, (words, column.hint)))))
    for at, line in enumerate(lines):
        for index, cell in enumerate(line):
            sheet.write_string(at, index, cell)


def _add_choices(book: Any, sheet: Any, columns: Sequence[Column]) -> None:
    """Drop-downs; the words stand in a sheet of their own, for a list in the rule is short."""
    offered = book.add_worksheet("选项")
    offered.hide()
    for index, column in enumerate(columns):
        if not column.choices:
            continue
        for at, choice in enumerate(column.choices):
            offered.write_string(at, index, choice)
        letter = xlsxwriter.utility.xl_col_to_name(index)
        sheet.data_validation(
            1,
            index,
            MOST_ROWS + 3,
            index,
            {
                "validate": "list",
                "source": f"='选项'!${letter}$1:${letter}${len(column.choices)}",
                "error_title": "不在选项里",
                "error_message": f"“{column.title}”从下拉里选一个",
            },
        )
