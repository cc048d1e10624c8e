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
_LOWEST = 1_048_576  # rows of a sheet: openpyxl makes up every one that is left out
_BETWEEN = 500  # empty lines and examples among the rows
_LONGEST = 500
_BLOCK = 256 * 1024
_OVERLAP = 64
_DECLARES = re.compile(rb"<\s*!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_EXACT = 10**15  # Excel keeps fifteen digits


def read_sheet(file: IO[bytes], table: Table, most: int = MOST_ROWS) -> Sheet:
    """The rows of the first sheet of a file somebody sent. Raises BadSheetError with a sentence."""
    if file.seek(0, 2) > LARGEST:
        raise BadSheetError("文件超过 5 MB，分成几份再传")
    look_into_sheet(file, _MOST_UNPACKED)
    return find_rows(table, lines_of(file, most), most)


def lines_of(file: IO[bytes], most: int) -> Iterator[list[str]]:
    """The lines of the first sheet as text, one after the other. Raises BadSheetError.

    The file must have been looked into: nothing here bounds what it unpacks to.
    """
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        try:
            yield from _lines(book.worksheets[0], most + _BETWEEN)
        finally:
            book.close()
    except BadSheetError:
        raise
    except Exception as error:  # a file from outside: openpyxl raises anything of a broken one
        raise BadSheetError("这个文件打不开，可能坏了。用 Excel 或 WPS 另存为 xlsx 再传") from error


def look_into_sheet(file: IO[bytes], most_unpacked: int) -> None:
    """Refuse what must not be opened: bombs, macros, passwords, XML that declares entities."""
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
        if sum(entry.file_size for entry in entries) > most_unpacked:
            raise BadSheetError("文件解开太大，不能传")
        if any(_declares(archive, entry) for entry in entries):
            raise BadSheetError("文件里有不该有的声明，用 Excel 或 WPS 另存为 xlsx 再传")


def _declares(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry declares entities; looked through block by block."""
    tail = b""
    with archive.open(entry) as file:
        while block := file.read(_BLOCK):
            seen = tail + block.replace(b"\0", b"")
            if _DECLARES.search(seen):
                return True
            tail = seen[-_OVERLAP:]
    return False


def _lines(sheet: Any, most: int) -> Iterator[list[str]]:
    """The lines as text. Raises BadSheetError where something stands too far down to be read.

    The size a file says it has is not believed, and no row stands lower than a sheet has rows.
    """
    sheet.reset_dimensions()
    lines = sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)
    for at, line in enumerate(lines, start=1):
        if at <= most:
            yield [_text(cell) for cell in line]
        elif at > _LOWEST or any(cell not in (None, "") for cell in line):
            raise BadSheetError(f"第 {most} 行以下还有内容，读不到。删掉空行，或者分成几份再传")


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
    found = str(cell).encode("utf-8", "replace").decode().replace("\0", "").strip()[:_LONGEST]
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


def write_template(table: Table, title: str, most: int = MOST_ROWS) -> IO[bytes]:
    """Headings, three examples, drop-downs; a second sheet says what goes where."""
    examples = [table.example(n) for n in range(3)]
    return _write(table, title, examples, hints=True, most=most)


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
    most: int = MOST_ROWS,
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
    _add_choices(book, sheet, table.columns, most)
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


def _add_choices(book: Any, sheet: Any, columns: Sequence[Column], most: int) -> None:
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
            most + 3,
            index,
            {
                "validate": "list",
                "source": f"='选项'!${letter}$1:${letter}${len(column.choices)}",
                "error_title": "不在选项里",
                "error_message": f"“{column.title}”从下拉里选一个",
            },
        )
