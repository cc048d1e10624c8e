"""A table that comes from Excel: its columns as data, and what is wrong with a cell, in words.

Nothing here knows the database or what is imported: the kinds do (mediators, grids, their
workers). A reader turns the text of a cell into a value or raises ValueError with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zongzhi.lib.identity import check_digit, check_id_number, check_phone, normalise_id

Reader = Callable[[str], Any]

_BETWEEN = re.compile(r"[\s,，、；;/]+")
_BECAME_A_NUMBER = re.compile(r"\d(\.\d+)?E\+\d+")
_FORMULA = re.compile(r"[=＝@＠]|[+＋\-－](?![\d０-９])")
YES_NO = {"是": True, "否": False}


def text(most: int) -> Reader:
    """So many characters at most."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise ValueError(f"最多 {most} 个字，现在是 {len(cell)} 个")
        return cell

    return read


def one_of(values: Mapping[str, Any]) -> Reader:
    """One of these words."""

    def read(cell: str) -> Any:
        if cell not in values:
            raise ValueError(f"没有“{cell}”，{_known(values)}")
        return values[cell]

    return read


def several_of(values: Mapping[str, Any]) -> Reader:
    """Some of these words, with 、 between."""
    one = one_of(values)

    def read(cell: str) -> list[Any]:
        return [one(word) for word in words_of(cell)]

    return read


def several(most: int) -> Reader:
    """Words of at most so many characters, with 、 between."""

    def read(cell: str) -> list[str]:
        found = words_of(cell)
        if long := next((word for word in found if len(word) > most), ""):
            raise ValueError(f"“{long}”太长，一个最多 {most} 个字，几个用顿号隔开")
        return found

    return read


def place(by_name: Mapping[str, Sequence[Any]], by_code: Mapping[str, Any]) -> Reader:
    """A place by its division code or its name; a name that two share asks for the code."""

    def read(cell: str) -> Any:
        if cell in by_code:
            return by_code[cell]
        found = by_name.get(cell, ())
        if not found:
            raise ValueError(f"本中心辖区里没有“{cell}”，写名称或者 12 位区划代码")
        if len(found) > 1:
            raise ValueError(f"有 {len(found)} 个地方叫“{cell}”，改写 12 位区划代码")
        return found[0]

    return read


def several_places(by_name: Mapping[str, Sequence[Any]], by_code: Mapping[str, Any]) -> Reader:
    one = place(by_name, by_code)
    return lambda cell: [one(word) for word in words_of(cell)]


def id_number(cell: str) -> str:
    """An identity number; one that Excel has rounded says so."""
    if _BECAME_A_NUMBER.fullmatch(cell):
        raise ValueError("Excel 把它变成了数字，后几位已经丢了。把这一列设成“文本”再填")
    number = normalise_id(cell)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return check_id_number(number)
    expected = check_digit(number)
    check_id_number(number[:17] + expected)  # whatever else is wrong is said first
    if number[17] != expected:
        raise ValueError(f"最后一位应为 {expected}（现在是 {number[17]}）")
    return number


def phone(cell: str) -> str:
    try:
        return check_phone(cell)
    except ValueError as error:
        raise ValueError(str(error).replace("。没有电话可勾“没有电话”", "")) from error


def words_of(cell: str) -> list[str]:
    return list(dict.fromkeys(filter(None, _BETWEEN.split(cell))))


def _known(values: Mapping[str, Any]) -> str:
    names = list(values)
    if not names:
        return "系统里还一个都没有"
    return "可以填：" + "、".join(names[:12]) + ("等" if len(names) > 12 else "")


@dataclass(frozen=True)
class Column:
    """One column: what it is called, how a cell is read, what the template shows of it."""

    key: str
    title: str
    read: Reader
    required: bool = False
    examples: tuple[str, str, str] = ("", "", "")
    choices: tuple[str, ...] = ()
    hint: str = ""
    width: int = 14
    mask: Callable[[str], str] | None = None

    def shown(self, cell: str) -> str:
        """The cell for a page: personal numbers behind stars."""
        return self.mask(cell) if self.mask and cell else cell


@dataclass(frozen=True)
class Table:
    """All columns of one kind of import, in the order of the template."""

    columns: tuple[Column, ...]

    def __getitem__(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def example(self, n: int) -> dict[str, str]:
        return {column.key: column.examples[n] for column in self.columns}

    def is_example(self, cells: Mapping[str, str]) -> bool:
        """The template's own rows, sent back with it."""
        given = {key: cell for key, cell in cells.items() if cell}
        return any(
            given == {key: cell for key, cell in self.example(n).items() if cell} for n in range(3)
        )


@dataclass
class Row:
    """One line of the sheet: what stood there, what it means, what is wrong with it."""

    at: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def sentences(self, table: Table) -> list[str]:
        """第 7 行 身份证号：最后一位应为 X（现在是 1）."""
        return [
            f"第 {self.at} 行 {table[key].title}：{wrong}" for key, wrong in self.errors.items()
        ]


def read_row(table: Table, at: int, cells: Mapping[str, str]) -> Row:
    """Read every cell of a row; an empty cell has no value."""
    row = Row(at, {column.key: cells.get(column.key, "").strip() for column in table.columns})
    for column in table.columns:
        cell = row.cells[column.key]
        try:
            if cell:
                row.values[column.key] = _read(column, cell)
            elif column.required:
                raise ValueError("还没填")
        except ValueError as error:
            row.errors[column.key] = str(error).removeprefix(column.title)
    return row


def looks_like_formula(cell: str) -> bool:
    """Whether a spreadsheet would calculate it."""
    return _FORMULA.match(cell) is not None


def _read(column: Column, cell: str) -> Any:
    if looks_like_formula(cell):
        raise ValueError(f"“{cell[0]}”开头像公式。写成文字，或者复制后选“粘贴为数值”")
    return column.read(cell)


@dataclass(frozen=True)
class Sheet:
    """What was found in a file: its rows, and the headings nobody reads."""

    rows: list[tuple[int, dict[str, str]]]
    unread: list[str]


class BadSheetError(ValueError):
    """The file cannot be imported at all; the message is a sentence."""


_HEADING_WITHIN = 5  # rows; some put a title above


def find_rows(table: Table, lines: Iterable[Sequence[str]], most: int) -> Sheet:
    """Find the headings, in any order, and the rows below; examples are left out."""
    keys: list[str] = []
    unread: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for at, line in enumerate(lines, start=1):
        if not keys:
            keys, unread = _headings(table, line)
            if not keys and at >= _HEADING_WITHIN:
                break
            continue
        cells = {key: cell for key, cell in zip(keys, line, strict=False) if key and cell}
        if cells and not table.is_example(cells):
            rows.append((at, cells))
        if len(rows) > most:
            raise BadSheetError(f"一次最多导入 {most} 行，分成几份再传")
    if not keys:
        needed = "、".join(column.title for column in table.columns if column.required)
        raise BadSheetError(f"前 {_HEADING_WITHIN} 行里没有找到表头（要有“{needed}”），用模板填")
    if not rows:
        raise BadSheetError("表里除了表头和示例没有别的，填好再传")
    return Sheet(rows, unread)


def _headings(table: Table, line: Sequence[str]) -> tuple[list[str], list[str]]:
    """The key of each column, empty for one nobody reads; nothing unless all needed are there."""
    known = {column.title: column.key for column in table.columns}
    titles = [re.sub(r"[\s*＊]", "", cell) for cell in line]
    keys = [known.get(title, "") for title in titles]
    found = [key for key in keys if key]
    if any(column.required and column.key not in found for column in table.columns):
        return [], []
    if doubled := next((title for title in titles if title and titles.count(title) > 1), ""):
        raise BadSheetError(f"“{doubled}”这一列有两个，留下一个再传")
    return keys, [title for title in titles if title and title not in known]
