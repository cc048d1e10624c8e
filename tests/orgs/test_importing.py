"""A table from Excel: what is read, what is refused, and in which words."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from orgs.importing import (
    YES_NO,
    BadSheetError,
    Column,
    Table,
    find_rows,
    id_number,
    one_of,
    phone,
    place,
    read_row,
    several,
    several_of,
    text,
)
from orgs.sheets import LARGEST, read_sheet, write_bad_rows, write_template
from tests.files import office
from tests.lives import ID_NUMBER

TABLE = Table(
    (
        Column("name", "姓名", text(5), required=True, examples=("甲", "乙", "丙")),
        Column("id_number", "身份证号", id_number),
        Column("phone", "电话", phone),
        Column("full", "专职", one_of(YES_NO), choices=tuple(YES_NO)),
        Column("kinds", "擅长", several_of({"婚姻": 1, "邻里": 2})),
        Column("spoken", "会说", several(4)),
        Column("home", "村", place({"东村": [1], "新村": [2, 3]}, {"530000000001": 1})),
    )
)


def book(*lines: Any, **change: Any) -> io.BytesIO:
    made = Workbook()
    for line in lines:
        made.active.append(line)
    out = io.BytesIO()
    made.save(out)
    return out


def wrong(**cells: str) -> list[str]:
    return read_row(TABLE, 7, {"name": "赵英", **cells}).sentences(TABLE)


WORDS = {
    "name": ("", "第 7 行 姓名：还没填"),
    "id_number": ("110105194912310021", "第 7 行 身份证号：最后一位应为 X（现在是 1）"),
    "phone": ("1990000562", "第 7 行 电话：手机号应为 11 位，现在是 10 位"),
    "full": ("对", "第 7 行 专职：没有“对”，可以填：是、否"),
    "kinds": ("婚姻、天气", "第 7 行 擅长：没有“天气”，可以填：婚姻、邻里"),
    "spoken": ("普通话 很长的一种话", "一个最多 4 个字"),
    "home": ("新村", "第 7 行 村：有 2 个地方叫“新村”，改写 12 位区划代码"),
}


@pytest.mark.parametrize("key", WORDS)
def test_a_bad_cell_says_which_what_and_how(key: str) -> None:
    cell, words = WORDS[key]
    (said,) = wrong(**{key: cell})
    assert words in said


@pytest.mark.parametrize("cell", ["=1+1", "＝A1", "@SUM(A1)", "-cmd", "+cmd|x"])
def test_what_looks_like_a_formula_is_refused(cell: str) -> None:
    (said,) = wrong(spoken=cell)
    assert "像公式" in said


def test_a_telephone_with_its_country_is_no_formula() -> None:
    assert read_row(TABLE, 2, {"name": "赵英", "phone": "+8619900005621"}).values["phone"] == (
        "19900005621"
    )


def test_an_identity_number_that_excel_rounded_is_not_made_up() -> None:
    sheet = read_sheet(book(["姓名", "身份证号"], ["赵英", 110105194912310021]), TABLE)
    (said,) = read_row(TABLE, *sheet.rows[0]).sentences(TABLE)
    assert "后几位已经丢了" in said


def test_columns_stand_in_any_order_and_strange_ones_are_named() -> None:
    sheet = read_sheet(book(["名册"], ["备注", "电话", "姓名*"], ["x", 19900005621, "赵英"]), TABLE)
    assert sheet.rows == [(3, {"phone": "19900005621", "name": "赵英"})]
    assert sheet.unread == ["备注"]


def test_the_examples_of_the_template_are_not_rows() -> None:
    with pytest.raises(BadSheetError, match="表头和示例"):
        read_sheet(write_template(TABLE, "人"), TABLE)


def test_the_template_has_three_examples_and_drop_downs() -> None:
    sheet = load_workbook(write_template(TABLE, "人"))["人"]
    assert [row[0].value for row in sheet.iter_rows(max_row=4)] == ["姓名*", "甲", "乙", "丙"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref).split(":")[0]) == ("list", "D2")


def test_the_bad_rows_come_back_with_their_reasons_and_can_be_sent_again() -> None:
    row = read_row(TABLE, 7, {"name": "赵英", "spoken": "=1+1"})
    file = write_bad_rows(TABLE, "人", [row])
    assert "像公式" in load_workbook(file).active["H2"].value
    again = read_sheet(file, TABLE)
    assert again.rows == [(2, {"name": "赵英", "spoken": "=1+1"})]
    assert again.unread == ["哪里有问题"]


def test_a_sheet_without_the_needed_columns_says_which() -> None:
    with pytest.raises(BadSheetError, match="要有“姓名”"):
        read_sheet(book(["名字"], ["赵英"]), TABLE)


def test_a_column_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(BadSheetError, match="“电话”这一列有两个"):
        read_sheet(book(["姓名", "电话", "电话"], ["赵英"]), TABLE)


def test_more_rows_than_may_be_are_refused() -> None:
    with pytest.raises(BadSheetError, match="最多导入 2 行"):
        find_rows(TABLE, [["姓名"], ["一"], ["二"], ["三"]], 2)


def with_entity() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(book(["姓名"], ["赵英"])) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(entry, content)
    return out


HOSTILE = {
    "too large": (io.BytesIO(b"0" * (LARGEST + 1)), "超过 5 MB"),
    "no archive": (io.BytesIO(b"name,phone"), "打不开"),
    "word": (io.BytesIO(office()), "不是 Excel"),
    "bomb": (io.BytesIO(office(main="xl/workbook.xml", content=b"0" * 5_000_000)), "解开太大"),
    "macro": (
        io.BytesIO(office(main="xl/workbook.xml", xl__vbaProject_dot_bin=b"x")),
        "里有宏或程序",
    ),
    "entity": (with_entity(), "不该有的声明"),
    "broken": (io.BytesIO(office(main="xl/workbook.xml")), "可能坏了"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(kind: str) -> None:
    file, words = HOSTILE[kind]
    with pytest.raises(BadSheetError, match=words):
        read_sheet(file, TABLE)


def test_what_stands_too_far_down_is_not_dropped_in_silence() -> None:
    lines = [["姓名"], ["赵英"], *([] for _ in range(2998)), ["马建国"]]
    with pytest.raises(BadSheetError, match="第 2500 行以下还有内容"):
        read_sheet(book(*lines), TABLE)


def test_the_same_number_reads_as_it_was_typed() -> None:
    assert read_row(TABLE, 2, {"name": "赵英", "id_number": ID_NUMBER.lower()}).values[
        "id_number"
    ] == (ID_NUMBER)


def rewritten(*changes: tuple[bytes, bytes]) -> io.BytesIO:
    """A file whose sheet says something else than Excel would."""
    out = io.BytesIO()
    made = book(["姓名"], ["赵英"], ["马建国"])
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            for was, is_now in changes if entry.filename.endswith("sheet1.xml") else ():
                assert was in content
                content = content.replace(was, is_now)
            new.writestr(entry, content)
    return out


def test_a_row_that_claims_to_stand_endlessly_far_down_is_refused_at_once() -> None:
    file = rewritten((b'<row r="3"', b'<row r="9999999999"'), (b'"A3"', b'"A9999"'))
    began = time.monotonic()
    with pytest.raises(BadSheetError, match="行"):
        read_sheet(file, TABLE)
    assert time.monotonic() - began < 10


def test_rows_below_the_size_the_file_says_it_has_are_read() -> None:
    sheet = read_sheet(rewritten((b'<dimension ref="A1:A3"', b'<dimension ref="A1:A2"')), TABLE)
    assert [cells["name"] for _, cells in sheet.rows] == ["赵英", "马建国"]
