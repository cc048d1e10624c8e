"""Files of many rows, from the command line or a page: read as a stream, checked, all or nothing.

Rows go by COPY into a staging table of the transaction; what only all rows together can show
(twice the same, already there) is asked in SQL. Memory does not grow with the file. The same file
again changes nothing, so an import that was cut off is simply started again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, ClassVar

from django.db import connection, transaction

from orgs.models import AccessLog
from orgs.services import log_access
from zongzhi.lib.errors import Invalid

NAMED = 1000  # bad cells named one by one; the rest are counted
TOLD_EVERY = 100_000
_SAID = 30  # characters of a cell that are said again
_STEP = 2_000  # rows between two looks at how far it has come
_PROBE = 1 << 16
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # how UTF-16 begins
_UNREADABLE = "\ufffd"  # what decoding leaves of broken bytes
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Tell = Callable[[str], object]
Progress = Callable[[int], object]  # is told how many rows have been read


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
class Change:
    """What a row would change of what is there: (column, before, after)."""

    line: int
    about: str
    cells: list[tuple[str, str, str]]


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
    most_rows: int | None = None
    examples: Sequence[Mapping[str, str]] = ()  # rows of the template, sent back with it

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
    with path.open("rb") as raw, transaction.atomic():
        _take_turns(bulk)
        source = CsvSource(raw)
        outcome = bring_in(bulk, source, tell=tell)
        if earlier := _imported_before(bulk, source.digest):
            tell(f"这份文件导入过：{earlier}")
        if dry_run:
            transaction.set_rollback(True)
        else:
            _log(bulk, path, source.digest, outcome)
    return outcome


def bring_in(bulk: Bulk, source: Source, *, tell: Tell, progress: Progress = bool) -> Outcome:
    """Stage the rows, look at them and apply them, in the caller's transaction."""
    _stage(bulk, source, tell, progress)
    return bulk.apply()


def turn_of(kind: type[Bulk]) -> str:
    """The name of the lock that files of a kind take one after the other."""
    return f"bulk import {kind.__name__}"


def _take_turns(bulk: Bulk) -> None:
    sql("SELECT pg_advisory_xact_lock(hashtext(%s))", turn_of(type(bulk)))


def has_turn(bulk: Bulk) -> bool:
    """Take the turn of this kind until the transaction ends, unless another import has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [turn_of(type(bulk))])
        return bool(cursor.fetchone()[0])


def _stage(bulk: Bulk, source: Source, tell: Tell, progress: Progress) -> None:
    """Fill the staging table. Raises BadFile for bad cells, Invalid for what is no table."""
    bulk.load()
    sql("DROP TABLE IF EXISTS staged, numbered")
    sql(f"CREATE TEMP TABLE staged (line int, {bulk.staging}) ON COMMIT DROP")
    faults = Faults()
    rows = source.rows()
    try:
        titles = titles_of(bulk, next(rows, []), tell)
    except csv.Error as error:
        raise _unreadable(1) from error
    stream = _Stream(_lines(bulk, titles, rows, faults, tell, progress))
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY staged FROM STDIN", stream, 1 << 18)
    if stream.failed:
        raise stream.failed
    sql("ANALYZE staged")
    if not faults.count:
        bulk.compare(faults.add)
    if faults.count:
        raise BadFile(faults)


def _unreadable(line: int) -> Invalid:
    return Invalid(f"第 {line} 行以后读不下去：有一格太长，或者引号没有成对")


def _lines(
    bulk: Bulk,
    titles: list[str],
    rows: Iterator[list[str]],
    faults: Faults,
    tell: Tell,
    progress: Progress,
) -> Iterator[str]:
    """The rows as COPY wants them. After the first fault they are only looked at.

    The connection is COPY's meanwhile: nothing here may ask the database.
    """
    for line, cells in _filled(bulk, titles, rows, tell, progress):
        before = faults.count
        _look(bulk, line, cells, faults)
        if faults.count == before:
            values = bulk.read(cells, partial(faults.add, line))
            if not faults.count:
                yield _copied(line, values)


def _filled(
    bulk: Bulk, titles: list[str], rows: Iterator[list[str]], tell: Tell, progress: Progress
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows in which something stands, counted; the template's own examples are none."""
    found = 0
    for line, row in _numbered(rows):
        if line % TOLD_EVERY == 0:
            tell(f"已读 {line} 行")
        if line % _STEP == 0:
            progress(line)
        cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False) if title}
        if not any(cells.values()) or _is_example(bulk, cells):
            continue
        found += 1
        if bulk.most_rows is not None and found > bulk.most_rows:
            raise Invalid(f"一份最多 {bulk.most_rows} 行，分成几份再传")
        yield line, cells
    if not found:
        raise Invalid("列名下面没有内容，填好再传")


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the headings with their numbers, as a spreadsheet counts them."""
    line = 1
    try:
        for line, row in enumerate(rows, start=2):
            yield line, row
    except csv.Error as error:
        raise _unreadable(line) from error


def _is_example(bulk: Bulk, cells: dict[str, str]) -> bool:
    return bool(bulk.examples) and {t: c for t, c in cells.items() if c} in bulk.examples


def _look(bulk: Bulk, line: int, cells: dict[str, str], faults: Faults) -> None:
    """What no kind of file may lack or hold."""
    for title in bulk.required:
        if not cells.get(title):
            faults.add(line, title, "没有填")
    if _UNREADABLE in "".join(cells.values()):
        title = next(title for title, cell in cells.items() if _UNREADABLE in cell)
        faults.add(line, title, "有认不出的字，文件存成 UTF-8 再导入")


def cut(cell: str) -> str:
    """A cell as it is said again: enough to be found by, and a page stays a page."""
    return cell if len(cell) <= _SAID else f"{cell[:_SAID]}…"


def titles_of(bulk: Bulk, row: list[str], tell: Tell) -> list[str]:
    """What the columns are called; a star behind what must be filled, as in templates, is none."""
    titles = [re.sub(r"[\s*＊]", "", cell) for cell in row]
    if missing := [title for title in bulk.required if title not in titles]:
        raise Invalid(f"第 1 行应是列名，还缺：{'、'.join(missing)}")
    known = (*bulk.required, *bulk.optional)
    if doubled := next((title for title in known if titles.count(title) > 1), ""):
        raise Invalid(f"“{doubled}”这一列有两个，留下一个再传")
    if unread := [title for title in titles if title and title not in known]:
        tell(f"不认识、没有读的列：{'、'.join(map(cut, unread[:_SAID]))}")
    return [title if title in known else "" for title in titles]


def _copied(line: int, values: tuple[Any, ...]) -> str:
    cells = (
        "\\N" if value is None else str(value).replace("\0", "").translate(_ESCAPED)
        for value in values
    )
    return f"{line}\t" + "\t".join(cells) + "\n"


class Source(ABC):
    """A table that somebody handed in, row by row, the first one being the headings."""

    @abstractmethod
    def rows(self) -> Iterator[list[str]]: ...


class CsvSource(Source):
    """CSV in UTF-8, or in what Excel here writes. Knows the digest of what has been read."""

    def __init__(self, raw: IO[bytes]) -> None:
        head = raw.read(_PROBE)
        raw.seek(0)
        if head[:2] in _WIDE:
            raise Invalid("文件是 UTF-16 的，另存为“CSV UTF-8”再导入")
        self._raw, self._encoding, self._sum = raw, _encoding(head), hashlib.sha256()

    def rows(self) -> Iterator[list[str]]:
        buffered = io.BufferedReader(_Hashed(self._raw, self._sum), 1 << 18)
        text = io.TextIOWrapper(buffered, encoding=self._encoding, errors="replace", newline="")
        yield from csv.reader(text, strict=True)

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


def _encoding(head: bytes) -> str:
    """By the headings, which are Chinese: rows in another encoding are named, not guessed at."""
    try:
        head.partition(b"\n")[0].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


class _Hashed(io.RawIOBase):
    """The file as it is read, and the digest of what has been read."""

    def __init__(self, raw: Any, digest: Any) -> None:
        super().__init__()
        self._raw, self._sum = raw, digest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._raw.readinto(buffer)
        self._sum.update(memoryview(buffer)[:count])
        return count


class _Stream:
    """Lines as a file that COPY reads piece by piece.

    What goes wrong on the way ends the file and is kept: the database would wrap it into an error
    of its own, with the rows in its words.
    """

    failed: Exception | None = None

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._rest = lines, ""

    def read(self, size: int) -> str:
        parts, length = [self._rest], len(self._rest)
        try:
            while length < size and (line := next(self._lines, "")):
                parts.append(line)
                length += len(line)
        except Exception as error:  # raised again by `_stage`
            self.failed = error
            return ""
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
    """Rows whose value stands in an earlier row too; an empty one is no value."""
    found = rows_of(
        f"SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY {column}) AS first"
        f" FROM staged WHERE {column}::text <> '') twice WHERE line <> first ORDER BY line"
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
