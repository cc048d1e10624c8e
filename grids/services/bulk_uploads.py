"""大批导入 from a page: a file is kept sealed, checked by a worker, imported as a whole, forgotten.

Each step is a state of the row, so nothing hangs on a task, a page or a process. Where it stands is
read from the row and from a lock that only a living worker holds. The file lies in pieces in the
database, encrypted, from the upload to the import, and nowhere else; identity numbers leave it as
hashes. What goes wrong is logged by its kind: the words of an error may hold a row.
"""

from __future__ import annotations

import io
import json
import logging
import math
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.urls import reverse

from grids.bulk_tables import examples_of
from grids.models import BulkImport, BulkPart
from grids.services.bulk import (
    BadFile,
    CsvSource,
    Fault,
    Outcome,
    Source,
    bring_in,
    has_turn,
    titles_of,
    turn_of,
)
from grids.services.bulk_base import Placed, Residents, Sites
from orgs.hurrying import hurry_task
from orgs.importing import BadSheetError
from orgs.models import AccessLog, Center, User
from orgs.services import log_access, notify
from orgs.sheets import lines_of, look_into_sheet
from zongzhi.lib import clock
from zongzhi.lib.crypto import blind_index
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.papers import MOST_UNPACKED
from zongzhi.lib.uploads import LARGEST, MEGABYTE

logger = logging.getLogger(__name__)

TASK = "grids.tasks.run_bulk_imports"
MOST_ROWS = 200_000
AT_ONCE = 128 * 1024  # bytes; a smaller file is done while its sender waits
KEPT_FOR = timedelta(hours=24)
MOST_WAITING = 5  # files of a centre
MOST_ATTEMPTS = 3
PREVIEWED = 100
_LOCKS = 0x62756C6B  # a space of our own among the advisory locks
_BLOCK = MEGABYTE
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROGRESS_EVERY = 1.0
_LONGEST = 240.0  # seconds in which a sweep begins another file
_KINDS: dict[str, type[Placed]] = {
    BulkImport.Kind.RESIDENTS: Residents,
    BulkImport.Kind.SITES: Sites,
}

State = BulkImport.State
_NEWS = {
    State.CHECKED: "核对好了，可以导入",
    State.REFUSED: "有要改的，一行也没有导入",
    State.DONE: "导入完了",
    State.STOPPED: "没有做完，一行也没有导入",
}


class _TakenElsewhere(Exception):
    """Another worker has this import, or another import of its kind has the turn."""


# --- sent -----------------------------------------------------------------------------------------


def begin(*, kind: BulkImport.Kind, center: Center, file: IO[bytes], by: User) -> BulkImport:
    """Keep a file until it is imported; the same one again is the one that waits already.

    What is no table at all is refused here and kept nowhere. Raises Invalid.
    """
    size = file.seek(0, 2)
    if size > LARGEST:
        raise Invalid(f"文件超过 {LARGEST // MEGABYTE} MB，分成几份再传")
    file.seek(0)
    is_sheet = _look_at(_KINDS[kind](), file)
    digest = blind_index(_digest(file), "bulk.file")
    waiting = BulkImport.objects.filter(kind=kind, center=center, state__in=BulkImport.WAITING)
    if there := waiting.filter(digest=digest).first():
        return there
    if waiting.count() >= MOST_WAITING:
        raise Invalid(f"还有 {MOST_WAITING} 份没导完，先导入或者放弃，再传下一份")
    now = clock.now()
    try:
        with transaction.atomic():
            one = BulkImport.objects.create(
                kind=kind,
                center=center,
                by=by,
                at=now,
                since=now,
                digest=digest,
                is_sheet=is_sheet,
                size=size,
            )
            _seal(one, file)
            _set_going(one)
    except IntegrityError:
        return waiting.get(digest=digest)
    return _done_at_once(one)


def _look_at(bulk: Placed, file: IO[bytes]) -> bool:
    """Whether it is an Excel sheet, else CSV with the right headings. Raises Invalid."""
    head = file.read(len(_ZIP))
    file.seek(0)
    if not head:
        raise Invalid("文件是空的，重新选一份")
    if head == _OLD_EXCEL:
        raise Invalid("这是旧格式的表格，用 Excel 或 WPS 另存为 xlsx 或“CSV UTF-8”再传")
    if head == _ZIP:
        try:
            look_into_sheet(file, MOST_UNPACKED)
        except BadSheetError as error:
            raise Invalid(str(error)) from error
        return True
    source = CsvSource(io.BytesIO(file.read(_BLOCK)))
    try:
        row = next(source.rows(), [])
    except Exception as error:  # whatever csv makes of a picture or a program
        raise Invalid("这个文件读不成表格，要 CSV 或者 xlsx") from error
    titles_of(bulk, row, bool)
    return False


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    found = sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


def _seal(one: BulkImport, file: IO[bytes]) -> None:
    file.seek(0)
    at = 0
    while block := file.read(_BLOCK):
        sealed = b64encode(zlib.compress(block, 1)).decode()
        BulkPart.objects.create(upload=one, at=at, sealed=sealed)
        at += 1


def _unseal(pk: int) -> IO[bytes]:
    """The file, in memory and nowhere else."""
    out = io.BytesIO()
    for sealed in BulkPart.objects.filter(upload=pk).values_list("sealed", flat=True):
        out.write(zlib.decompress(b64decode(sealed)))
    out.seek(0)
    return out


def _set_going(one: BulkImport) -> None:
    if not _is_small(one):
        hurry_task(TASK)


def _is_small(one: BulkImport) -> bool:
    """Small enough for whoever sent it to wait; a sheet unpacks to many times its size."""
    return one.size <= (AT_ONCE // 4 if one.is_sheet else AT_ONCE)


def _done_at_once(one: BulkImport) -> BulkImport:
    if _is_small(one):
        run(one.pk)
        one.refresh_from_db()
    return one


# --- carried out by a worker ----------------------------------------------------------------------


def run_waiting() -> None:
    """Do what waits, oldest first; each by itself, so that one bad file holds up no other.

    What there is no time for, before a task may be ended, the next sweep does.
    """
    end = time.monotonic() + _LONGEST
    waiting = BulkImport.objects.filter(state__in=BulkImport.WORKING).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        if time.monotonic() > end:
            return
        run(pk)


def run(pk: int) -> None:
    """Check or import one file. Two workers, a dead one before or a broken file do no harm."""
    one = _claim(pk)
    if one is None:
        return
    try:
        _work(one)
    except _TakenElsewhere:
        BulkImport.objects.filter(pk=pk, attempts__gt=0).update(attempts=F("attempts") - 1)
    except BadFile as error:
        faults = error.faults
        first = [asdict(fault) for fault in faults.first]
        _refuse(one, {"faults": first, "count": faults.count})
    except (Invalid, BadSheetError) as error:
        _refuse(one, {"wrong": str(error)})
    except Exception as error:
        # By its kind only: what it says may hold a row of the file.
        logger.error("bulk import %s failed: %s", pk, type(error).__name__)
        _give_up_after(one)


def _claim(pk: int) -> BulkImport | None:
    """Count the attempt, unless another worker is at it; after too many, stop."""
    with transaction.atomic():
        if not _lock(pk):
            return None
        rows = BulkImport.objects.select_related("center__region", "by", "ordered_by")
        one = rows.filter(pk=pk, state__in=BulkImport.WORKING).first()
        if one is None:
            return None
        if one.attempts >= MOST_ATTEMPTS:
            _change(one, State.STOPPED)
            return None
        one.attempts += 1
        BulkImport.objects.filter(pk=pk).update(attempts=one.attempts, read_rows=0)
    return one


def _work(one: BulkImport) -> None:
    bulk = _KINDS[one.kind](one.center, previews=PREVIEWED)
    bulk.most_rows = MOST_ROWS
    bulk.examples = examples_of(one.kind, one.center)
    notes: list[str] = []
    progress = _Progress(one.pk)
    try:
        with transaction.atomic():
            if not _lock(one.pk) or not has_turn(bulk):
                raise _TakenElsewhere
            source = _source(one)
            outcome = bring_in(bulk, source, tell=notes.append, progress=progress)
            progress.close()
            if one.state == State.IMPORTING:
                _finish(one, outcome)
                return
            transaction.set_rollback(True)
    finally:
        progress.close()
    unread = next((note for note in notes if note.startswith("不认识")), "")
    told = {"changes": [asdict(change) for change in bulk.preview], "unread": unread}
    _change(one, State.CHECKED, told, **_counts(outcome))


def _source(one: BulkImport) -> Source:
    file = _unseal(one.pk)
    return _SheetSource(file) if one.is_sheet else CsvSource(file)


class _SheetSource(Source):
    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def rows(self) -> Iterator[list[str]]:
        try:
            yield from lines_of(self.file, MOST_ROWS)
        except BadSheetError as error:
            raise Invalid(str(error)) from error


class _Progress:
    """Says how far the file has been read, on a connection of its own: the other one is inside
    its transaction. Nothing of it is needed to import: where it cannot be said, it is not said."""

    def __init__(self, pk: int) -> None:
        self.pk, self.next = pk, time.monotonic() + _PROGRESS_EVERY
        self.own: BaseDatabaseWrapper | None = None

    def __call__(self, rows: int) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + _PROGRESS_EVERY
        try:
            self._say(rows)
        except DatabaseError as error:
            logger.warning("bulk import %s says no more: %s", self.pk, type(error).__name__)
            self.next = math.inf

    def _say(self, rows: int) -> None:
        self.own = self.own or connection.copy()
        with self.own.cursor() as cursor:
            cursor.execute(
                "UPDATE grids_bulkimport SET read_rows = %s WHERE id = %s", [rows, self.pk]
            )

    def close(self) -> None:
        if self.own is not None:
            self.own.close()
            self.own = None


def _finish(one: BulkImport, outcome: Outcome) -> None:
    """The last lines of the transaction that imports: it is done, and the file is gone."""
    if not _change(one, State.DONE, {}, done_at=clock.now(), **_counts(outcome)):
        raise _TakenElsewhere
    log_access(
        AccessLog.Action.IMPORT,
        user=one.ordered_by,
        address=one.ordered_from,
        subject=f"导入{one.get_kind_display()}（大批第 {one.pk} 次）",
        data={
            "created": outcome.new,
            "covered": outcome.changed,
            "unchanged": outcome.unchanged,
        },
    )


def _counts(outcome: Outcome) -> dict[str, int]:
    return {
        "created": outcome.new,
        "covered": outcome.changed,
        "unchanged": outcome.unchanged,
    }


def _refuse(one: BulkImport, told: dict[str, Any]) -> None:
    _change(one, State.REFUSED, told)


def _give_up_after(one: BulkImport) -> None:
    if one.attempts >= MOST_ATTEMPTS:
        _change(one, State.STOPPED)


def _change(
    one: BulkImport, state: State, told: dict[str, Any] | None = None, **values: Any
) -> bool:
    """Move on from the state this worker began with; nothing if somebody else has.

    The file goes with the last thing that needs it.
    """
    if told is not None:
        values["told"] = json.dumps(told, ensure_ascii=False) if told else ""
    with transaction.atomic():
        rows = BulkImport.objects.filter(pk=one.pk, state=one.state)
        moved = rows.update(state=state, since=clock.now(), **values)
        if moved and state not in BulkImport.WAITING:
            BulkPart.objects.filter(upload=one.pk).delete()
        if moved and state in _NEWS and not _is_small(one):
            _tell(one, _NEWS[state])
    return bool(moved)


def _tell(one: BulkImport, words: str) -> None:
    """Whoever waited for it may have closed the page."""
    notify(
        [one.ordered_by or one.by],
        text=f"导入{one.get_kind_display()}：{words}",
        url=reverse(f"grids:bulk_{one.kind}_check", args=[one.pk]),
    )


def _lock(pk: int) -> bool:
    """Until the transaction ends, or this process does: what says that somebody is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCKS, pk])
        return bool(cursor.fetchone()[0])


# --- ordered by people ----------------------------------------------------------------------------


def carry_out(*, pk: int, by: User, address: str | None) -> BulkImport:
    """导入: order what has been checked; pressed twice, done once."""
    with transaction.atomic():
        one = _locked(pk)
        if one.state != State.CHECKED:
            return one
        if not one.created and not one.covered:
            raise WrongState("表里的都已经有了，没有要导入的")
        if not by.is_active:
            raise NotAllowed("这个账号停用了")
        one.state, one.since, one.attempts = State.IMPORTING, clock.now(), 0
        one.ordered_by, one.ordered_from = by, address
        one.save(update_fields=["state", "since", "attempts", "ordered_by", "ordered_from"])
        _set_going(one)
    return _done_at_once(one)


def drop(*, pk: int) -> BulkImport:
    """放弃: the file goes at once. What is being imported cannot be stopped half-way."""
    with transaction.atomic():
        one = _locked(pk)
        if one.state == State.IMPORTING:
            raise WrongState("已经在导入了，等它导完")
        if one.state in BulkImport.WAITING:
            _change(one, State.DROPPED, {})
            one.refresh_from_db()
    return one


def again(*, pk: int) -> BulkImport:
    """再试一次: what stopped is checked anew."""
    with transaction.atomic():
        one = _locked(pk)
        if one.state != State.STOPPED:
            return one
        one.state, one.since, one.attempts = State.CHECKING, clock.now(), 0
        one.save(update_fields=["state", "since", "attempts"])
        _set_going(one)
    return _done_at_once(one)


def _locked(pk: int) -> BulkImport:
    one = BulkImport.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if one is None:
        raise NotFound("没有这次导入")
    return one


def forget_old(*, before: datetime) -> None:
    """A file nobody came back for goes, and what was told of rows. What waits for a worker stays:
    it was sent in time, however long there is no worker."""
    idle = BulkImport.objects.filter(since__lt=before, state__in=(State.CHECKED, State.STOPPED))
    for one in idle:
        _change(one, State.DROPPED, {})
    BulkImport.objects.filter(since__lt=before, state=State.REFUSED).exclude(told="").update(
        told=""
    )


# --- read -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a check has found: what is wrong, or what would change."""

    faults: list[Fault]
    count: int
    wrong: str
    unread: str
    changes: list[dict[str, Any]]


def told(one: BulkImport) -> Told:
    found: dict[str, Any] = json.loads(one.told) if one.told else {}
    return Told(
        faults=[Fault(**fault) for fault in found.get("faults", [])],
        count=found.get("count", 0),
        wrong=found.get("wrong", ""),
        unread=found.get("unread", ""),
        changes=found.get("changes", []),
    )


def earlier(one: BulkImport) -> BulkImport | None:
    """The last time this very file was imported here."""
    same = BulkImport.objects.filter(kind=one.kind, center=one.center_id, digest=one.digest)
    return same.filter(state=State.DONE).exclude(pk=one.pk).first()


def is_running(one: BulkImport) -> bool:
    """Whether a living worker is at it now. Asked of the locks: a dead one holds none."""
    return _is_locked("objsubid = 2 AND classid = %s AND objid = %s", _LOCKS, one.pk)


def is_anything_running(one: BulkImport) -> bool:
    """Whether a worker is at any import, or the command line has the turn of this kind."""
    return _is_locked(
        "(objsubid = 2 AND classid = %s"
        " OR objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = hashtext(%s)::bigint)",
        _LOCKS,
        turn_of(_KINDS[one.kind]),
    )


def _is_locked(which: str, *values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND {which}"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            values,
        )
        return cursor.fetchone() is not None
