"""Files of millions of rows, from the command line: read as a stream, checked, all or nothing.

Rows go by COPY into a staging table of the transaction; what only all rows together can show
(twice the same, already there) is asked in SQL. Memory does not grow with the file. The same file
again changes nothing, so an import that was cut off is simply started again.
"""

from __future__ import annotations

import csv
import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from django.db import connection, transaction

from orgs.models import AccessLog
from orgs.services import log_access
from zongzhi.lib.errors import Invalid

NAMED = 1000  # bad cells named one by one; the rest are counted
TOLD_EVERY = 100_000
_PROBE = 1 << 16
_UNREADABLE = "\ufffd"  # what decoding leaves of broken bytes
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Fault:
    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"第 {self.line} 行 {self.column}：{self.sentence}"


@dataclass
class Faults:
    """What is wrong, the first ones by row and column."""

    first: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str, sentence: str) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(Fault(line, column, sentence))


class BadFile(Invalid):
    """Nothing was imported; `faults` says why, cell by cell."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__(f"有 {faults.count} 处要改，一行也没有导入")


@dataclass(frozen=True)
class Outcome:
    """How many rows were new, were there and changed, and were there already as they are."""

    new: int
    changed: int
    unchanged: int

    def __str__(self) -> str:
        return f"新加 {self.new}，更新 {self.changed}，没有变化 {self.unchanged}"


class Bulk(ABC):
    """One kind of file: its columns, how a row is read, how what is staged gets into the tables."""

    name: ClassVar[str]
    required: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    staging: ClassVar[str]  # the columns of the staging table after `line`

    @abstractmethod
    def load(self) -> None:
        """Fetch once what cells are compared with."""

    @abstractmethod
    def read(self, cells: dict[str, str], bad: Callable[[str, str], None]) -> tuple[Any, ...]:
        """The values to stage; what is wrong with a cell is told to `bad` with its column."""

    @abstractmethod
    def compare(self, bad: Callable[[int, str, str], None]) -> None:
        """What only all rows together show."""

    @abstractmethod
    def apply(self) -> Outcome: ...


def import_file(bulk: Bulk, path: Path, *, dry_run: bool, tell: Tell) -> Outcome:
    """Import the file, or only say what would come of it. Raises BadFile with every bad cell."""
    with transaction.atomic():
        _take_turns(bulk)
        digest = _stage(bulk, path, tell)
        if earlier := _imported_before(bulk, digest):
            tell(f"这份文件导入过：{earlier}")
        outcome = bulk.apply()
        if dry_run:
            transaction.set_rollback(True)
        else:
            _log(bulk, path, digest, outcome)
    return outcome


def _take_turns(bulk: Bulk) -> None:
    sql("SELECT pg_advisory_xact_lock(hashtext(%s))", f"bulk import {type(bulk).__name__}")


def _stage(bulk: Bulk, path: Path, tell: Tell) -> str:
    """Fill the staging table; the digest of the file."""
    bulk.load()
    sql("DROP TABLE IF EXISTS staged, numbered")
    sql(f"CREATE TEMP TABLE staged (line int, {bulk.staging}) ON COMMIT DROP")
    faults = Faults()
    with path.open("rb") as raw:
        hashed = _Hashed(raw, _encoding(path))
        rows = hashed.rows()
        titles = _titles(bulk, next(rows, []), tell)
        lines = _lines(bulk, titles, rows, faults, tell)
        with connection.cursor() as cursor:
            cursor.copy_expert("COPY staged FROM STDIN", _Stream(lines), 1 << 18)
    sql("ANALYZE staged")
    if not faults.count:
        bulk.compare(faults.add)
    if faults.count:
        raise BadFile(faults)
    return hashed.digest


def _lines(
    bulk: Bulk, titles: list[str], rows: Iterator[list[str]], faults: Faults, tell: Tell
) -> Iterator[str]:
    """The rows as COPY wants them. After the first fault they are only looked at.

    The connection is COPY's meanwhile: nothing here may ask the database.
    """
    for line, row in enumerate(rows, start=2):
        if line % TOLD_EVERY == 0:
            tell(f"已读 {line} 行")
        if not any(row):
            continue
        cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False)}
        before = faults.count
        _look(bulk, line, cells, faults)
        if faults.count == before:
            values = bulk.read(cells, partial(faults.add, line))
            if not faults.count:
                yield _copied(line, values)


def _look(bulk: Bulk, line: int, cells: dict[str, str], faults: Faults) -> None:
    """What no kind of file may lack or hold."""
    for title in bulk.required:
        if not cells.get(title):
            faults.add(line, title, "没有填")
    if _UNREADABLE in "".join(cells.values()):
        title = next(title for title, cell in cells.items() if _UNREADABLE in cell)
        faults.add(line, title, "有认不出的字，文件存成 UTF-8 再导入")


def _titles(bulk: Bulk, row: list[str], tell: Tell) -> list[str]:
    titles = [cell.strip() for cell in row]
    if missing := [title for title in bulk.required if title not in titles]:
        raise Invalid(f"第 1 行应是列名，还缺：{'、'.join(missing)}")
    known = (*bulk.required, *bulk.optional)
    if unread := [title for title in titles if title and title not in known]:
        tell(f"不认识、没有读的列：{'、'.join(unread)}")
    return titles


def _copied(line: int, values: tuple[Any, ...]) -> str:
    cells = (
        "\\N" if value is None else str(value).replace("\0", "").translate(_ESCAPED)
        for value in values
    )
    return f"{line}\t" + "\t".join(cells) + "\n"


def _encoding(path: Path) -> str:
    """UTF-8, or what Excel here writes."""
    with path.open("rb") as file:
        head = file.read(_PROBE)
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return "utf-8-sig" if error.start > len(head) - 4 else "gb18030"
    return "utf-8-sig"


class _Hashed(io.RawIOBase):
    """The file as it is read, and the digest of what has been read."""

    def __init__(self, raw: Any, encoding: str) -> None:
        super().__init__()
        self._raw, self._encoding, self._sum = raw, encoding, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._raw.readinto(buffer)
        self._sum.update(memoryview(buffer)[:count])
        return count

    def rows(self) -> Iterator[list[str]]:
        buffered = io.BufferedReader(self, 1 << 18)
        text = io.TextIOWrapper(buffered, encoding=self._encoding, errors="replace", newline="")
        yield from csv.reader(text)

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


class _Stream:
    """Lines as a file that COPY reads piece by piece."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._rest = lines, ""

    def read(self, size: int) -> str:
        parts, length = [self._rest], len(self._rest)
        while length < size and (line := next(self._lines, "")):
            parts.append(line)
            length += len(line)
        whole = "".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def sql(statement: str, *values: Any) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def rows_of(statement: str) -> Iterator[tuple[Any, ...]]:
    """At most as many rows as faults are named, and one."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT {NAMED + 1}")
        yield from cursor.fetchall()


def told_twice(column: str, words: str) -> Iterator[tuple[int, str]]:
    """Rows whose value stands in an earlier row too."""
    found = rows_of(
        f"SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY {column}) AS first"
        f" FROM staged WHERE {column} <> '') twice WHERE line <> first ORDER BY line"
    )
    return ((line, f"和第 {first} 行是同一个{words}，留下一行") for line, first in found)


def _imported_before(bulk: Bulk, digest: str) -> str:
    logs = AccessLog.objects.filter(action=AccessLog.Action.IMPORT, data__sha256=digest)
    found = logs.filter(subject__startswith=f"命令行导入{bulk.name}").order_by("-pk").first()
    return f"{found.at:%Y-%m-%d %H:%M}，新加 {found.data['created']}" if found else ""


def _log(bulk: Bulk, path: Path, digest: str, outcome: Outcome) -> None:
    log_access(
        AccessLog.Action.IMPORT,
        user=None,
        address=None,
        subject=f"命令行导入{bulk.name} {path.name}"[:100],
        data={
            "created": outcome.new,
            "covered": outcome.changed,
            "unchanged": outcome.unchanged,
            "sha256": digest,
        },
    )
