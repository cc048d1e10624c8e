"""People and sites by the million: what their files hold and how they meet what is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import connection

from grids.base_columns import LONGEST, SITE_KINDS
from grids.base_searching import NUMBER
from grids.models import Grid
from grids.services.bulk import (
    BadFile,
    Bulk,
    Change,
    Faults,
    Outcome,
    cut,
    rows_of,
    sql,
    told_twice,
)
from orgs.importing import id_number, looks_like_formula, phone
from orgs.models import Center
from zongzhi.lib.crypto import blind_index, decrypt, encrypt
from zongzhi.lib.identity import check_digit

_PHONE = "site.phone"
_AT_ONCE = 5000
_MANY_DIGITS = re.compile(r"\d{14}[\dXx]")

Bad = Callable[[str, str], None]


class Placed(Bulk):
    """Rows of a grid, known by its code; of one centre's area, or of everywhere.

    Of an area, nothing outside is read or changed: whoever is known there stays there.
    """

    grids: dict[str, int]

    def __init__(self, center: Center | None = None, *, previews: int = 0) -> None:
        self.stem = center.region.stem if center else ""
        self.where = f"{center.name}辖区里" if center else ""
        self.previews = previews
        self.preview: list[Change] = []  # the first changes, noted before they are made

    @property
    def inside(self) -> str:
        """What keeps a statement about `r` to the area; the stem is digits."""
        if not self.stem:
            return ""
        return (
            " AND r.grid_id IN (SELECT id FROM grids_grid"
            f" WHERE starts_with(code, '{int(self.stem)}'))"
        )

    def load(self) -> None:
        grids = Grid.objects.filter(is_active=True, code__startswith=self.stem)
        self.grids = dict(grids.values_list("code", "pk"))

    def grid(self, cells: dict[str, str], bad: Bad) -> int | None:
        cell = cells["网格编码"]
        found = self.grids.get(cell)
        if found is None and _may_be_number(cell):
            bad("网格编码", f"{self.where}没有这个编码的启用的网格；是身份证号的，填错了列")
        elif found is None:
            bad("网格编码", f"{self.where}没有编码是“{cut(cell)}”的启用的网格")
        return found

    def text(self, title: str, cells: dict[str, str], bad: Bad) -> str:
        cell = cells.get(title, "")
        if looks_like_formula(cell):
            bad(title, f"“{cell[0]}”开头像公式。写成文字，或者复制后选“粘贴为数值”")
        if len(cell) > LONGEST[title]:
            bad(title, f"最多 {LONGEST[title]} 个字，现在是 {len(cell)} 个")
        return cell


class Residents(Placed):
    """Known again by the hash of the number, else by the other system's number, else by name."""

    name = "人口"
    required = ("姓名", "网格编码")
    optional = ("身份证号", "外部系统编号")
    staging = "name text, key text, grid_id bigint, ref text, pk bigint"

    def read(self, cells: dict[str, str], bad: Bad) -> tuple[Any, ...]:
        return (
            self.text("姓名", cells, bad),
            _key(cells.get("身份证号", ""), bad),
            self.grid(cells, bad),
            self.text("外部系统编号", cells, bad),
            None,
        )

    def compare(self, bad: Callable[[int, str, str], None]) -> None:
        for column, title in (("key", "身份证号"), ("ref", "外部系统编号")):
            for line, sentence in told_twice(column, title):
                bad(line, title, sentence)
        same = (
            "SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY name, grid_id"
            " ORDER BY line) AS n FROM staged WHERE key = '' AND ref = '') same"
            " WHERE n > 1 ORDER BY line"
        )
        for (line,) in rows_of(same):
            bad(line, "姓名", "同一个网格里同名的不止一行，填身份证号或外部系统编号才分得开")

    def apply(self) -> Outcome:
        for rule in (
            "s.key <> '' AND r.id_number_key <> '' AND r.id_number_key = s.key",
            "s.ref <> '' AND r.external_ref <> '' AND r.external_ref = s.ref"
            " AND (s.key = '' OR r.id_number_key = '')",
            "s.key = '' AND s.ref = '' AND r.id_number_key = '' AND r.external_ref = ''"
            " AND r.name = s.name AND r.grid_id = s.grid_id",
        ):
            sql(
                "UPDATE staged s SET pk = r.id FROM grids_resident r"
                f" WHERE s.pk IS NULL AND {rule}{self.inside}"
            )
        _refuse_one_twice()
        self._note()
        changed = sql(
            "UPDATE grids_resident r SET name = s.name, grid_id = s.grid_id,"
            " id_number_key = coalesce(nullif(s.key, ''), r.id_number_key),"
            " external_ref = coalesce(nullif(s.ref, ''), r.external_ref)"
            f" FROM staged s WHERE r.id = s.pk AND {_RESIDENT_DIFFERS}"
        )
        # By grid, so that a grid's people lie next to each other.
        new = sql(
            "INSERT INTO grids_resident (name, id_number_key, grid_id, external_ref)"
            " SELECT name, key, grid_id, ref FROM staged WHERE pk IS NULL ORDER BY grid_id, line"
        )
        return _outcome(new, changed)

    def _note(self) -> None:
        """The first changes, in words; a number is there or not, and never more."""
        rows = _first(
            "SELECT s.line, r.name, ARRAY[r.name, g.code || ' ' || g.name,"
            " CASE r.id_number_key WHEN '' THEN '没有' ELSE '已登记' END, r.external_ref],"
            " ARRAY[s.name, t.code || ' ' || t.name,"
            " CASE WHEN s.key = '' AND r.id_number_key = '' THEN '没有' ELSE '已登记' END,"
            " coalesce(nullif(s.ref, ''), r.external_ref)]"
            " FROM staged s JOIN grids_resident r ON r.id = s.pk"
            " JOIN grids_grid g ON g.id = r.grid_id JOIN grids_grid t ON t.id = s.grid_id"
            f" WHERE {_RESIDENT_DIFFERS} ORDER BY s.line",
            self.previews,
        )
        self.preview = _changes(("姓名", "网格", "身份证号", "外部系统编号"), rows)


class Sites(Placed):
    """Known again by the other system's number, else by grid, kind and name."""

    name = "房屋、单位、场所、设施"
    required = ("名称", "类别", "网格编码")
    optional = ("地址", "联系人", "联系电话", "外部系统编号", "备注")
    staging = (
        "name text, kind text, grid_id bigint, address text, contact text, phone text,"
        " ref text, note text, pk bigint"
    )

    def read(self, cells: dict[str, str], bad: Bad) -> tuple[Any, ...]:
        kind = SITE_KINDS.get(cells["类别"])
        if kind is None:
            said = "这样的类别" if _may_be_number(cells["类别"]) else f"“{cut(cells['类别'])}”"
            bad("类别", f"没有{said}，可以填：{'、'.join(SITE_KINDS)}")
        return (
            self.text("名称", cells, bad),
            kind,
            self.grid(cells, bad),
            self.text("地址", cells, bad),
            self.text("联系人", cells, bad),
            _sealed(cells.get("联系电话", ""), bad),
            self.text("外部系统编号", cells, bad),
            self.text("备注", cells, bad),
            None,
        )

    def compare(self, bad: Callable[[int, str, str], None]) -> None:
        for line, sentence in told_twice("ref", "外部系统编号"):
            bad(line, "外部系统编号", sentence)
        same = (
            "SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY name, kind, grid_id"
            " ORDER BY line) AS n FROM staged WHERE ref = '') same WHERE n > 1 ORDER BY line"
        )
        for (line,) in rows_of(same):
            bad(line, "名称", "同一个网格里同类同名的不止一行，填外部系统编号才分得开")

    def apply(self) -> Outcome:
        for rule in (
            "s.ref <> '' AND r.external_ref <> '' AND r.external_ref = s.ref",
            "s.ref = '' AND r.external_ref = '' AND r.name = s.name AND r.kind = s.kind"
            " AND r.grid_id = s.grid_id",
        ):
            sql(
                "UPDATE staged s SET pk = r.id FROM grids_site r"
                f" WHERE s.pk IS NULL AND {rule}{self.inside}"
            )
        _forget_same_phones()
        self._note()
        kept = ", ".join(f"{name} = coalesce(nullif(s.{name}, ''), r.{name})" for name in _GIVEN)
        changed = sql(
            f"UPDATE grids_site r SET {kept}, grid_id = s.grid_id, is_active = true"
            f" FROM staged s WHERE r.id = s.pk AND {_SITE_DIFFERS}"
        )
        new = sql(
            "INSERT INTO grids_site (kind, name, address, grid_id, contact, phone, external_ref,"
            " note, is_active) SELECT kind, name, address, grid_id, contact, phone, ref, note, true"
            " FROM staged WHERE pk IS NULL ORDER BY grid_id, kind, line"
        )
        return _outcome(new, changed)

    def _note(self) -> None:
        """The first changes, in words; of a telephone only that it is another."""
        after = ", ".join(f"coalesce(nullif(s.{name}, ''), r.{name})" for name in _SHOWN)
        rows = _first(
            "SELECT s.line, r.name, ARRAY["
            + ", ".join(f"r.{name}" for name in _SHOWN)
            + ", g.code || ' ' || g.name, CASE r.phone WHEN '' THEN '没有' ELSE '原来的' END,"
            " CASE WHEN r.is_active THEN '还在' ELSE '不在了' END],"
            f" ARRAY[{after}, t.code || ' ' || t.name,"
            " CASE WHEN s.phone <> '' THEN '表里的' WHEN r.phone = '' THEN '没有'"
            " ELSE '原来的' END, '还在']"
            " FROM staged s JOIN grids_site r ON r.id = s.pk"
            " JOIN grids_grid g ON g.id = r.grid_id JOIN grids_grid t ON t.id = s.grid_id"
            f" WHERE {_SITE_DIFFERS} ORDER BY s.line",
            self.previews,
        )
        titles = ("名称", "类别", "地址", "联系人", "备注", "网格", "联系电话", "还在不在")
        self.preview = [
            Change(
                one.line,
                one.about,
                [(t, _said(t, old), _said(t, new)) for t, old, new in one.cells],
            )
            for one in _changes(titles, rows)
        ]


_GIVEN = ("name", "kind", "address", "contact", "phone", "note")
_SHOWN = ("name", "kind", "address", "contact", "note")
_KIND_WORDS = {value: title for title, value in SITE_KINDS.items()}
_RESIDENT_DIFFERS = (
    "(r.name <> s.name OR r.grid_id <> s.grid_id"
    " OR (s.key <> '' AND r.id_number_key <> s.key)"
    " OR (s.ref <> '' AND r.external_ref <> s.ref))"
)
_SITE_DIFFERS = (
    "("
    + " OR ".join(f"(s.{name} <> '' AND s.{name} <> r.{name})" for name in _GIVEN)
    + " OR r.grid_id <> s.grid_id OR NOT r.is_active)"
)


def _said(title: str, value: str) -> str:
    return _KIND_WORDS[value] if title == "类别" else value


def _first(statement: str, most: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if not most:
            return []
        cursor.execute(f"{statement} LIMIT {most}")
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _changes(titles: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[Change]:
    return [
        Change(
            line,
            about,
            [
                (title, old, new)
                for title, old, new in zip(titles, before, after, strict=True)
                if old != new
            ],
        )
        for line, about, before, after in rows
    ]


def _outcome(new: int, changed: int) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staged")
        rows = int(cursor.fetchone()[0])
    return Outcome(new, changed, rows - new - changed)


def _refuse_one_twice() -> None:
    """Two rows may be one person unsaid: one by the number, one by the other system's.

    Of a site that cannot be: each is known by the one or by the other. Raises BadFile.
    """
    faults = Faults()
    for line, sentence in told_twice("pk", "人"):
        faults.add(line, "姓名", sentence)
    if faults.count:
        raise BadFile(faults)


def _forget_same_phones() -> None:
    """Two ciphertexts of one number differ: what says the same is taken out of the staged rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.line, s.phone, r.phone FROM staged s JOIN grids_site r ON r.id = s.pk"
            " WHERE s.phone <> '' AND r.phone <> ''"
        )
        same = [line for line, new, old in cursor if decrypt(new, _PHONE) == decrypt(old, _PHONE)]
        for start in range(0, len(same), _AT_ONCE):
            cursor.execute(
                "UPDATE staged SET phone = '' WHERE line = ANY(%s)",
                [same[start : start + _AT_ONCE]],
            )


@lru_cache(1 << 16)
def _is_birthday(text: str) -> bool:
    """Whether numbers with this date of birth are real ones; asked once for each day."""
    first17 = f"990101{text}001"
    try:
        id_number(first17 + check_digit(first17))
    except ValueError:
        return False
    return True


def _may_be_number(cell: str) -> bool:
    """Whether it may be an identity number, mistyped or of the old kind: it is not said again."""
    return _MANY_DIGITS.search(re.sub(r"[\s-]", "", cell)) is not None


def _key(text: str, bad: Bad) -> str:
    """The hash of the number; the number itself goes no further."""
    if not text:
        return ""
    quick = (
        len(text) == 18
        and text.isascii()
        and text[:17].isdigit()
        and _is_birthday(text[6:14])
        and check_digit(text[:17]) == text[17]
    )
    try:
        return blind_index(text if quick else id_number(text), NUMBER)
    except ValueError as error:
        bad("身份证号", str(error))
        return ""


def _sealed(text: str, bad: Bad) -> str:
    try:
        return encrypt(phone(text), _PHONE) if text else ""
    except ValueError as error:
        bad("联系电话", str(error))
        return ""
