"""群众进度页 on the internet (mode A): what leaves the intranet, and what comes back.

Out goes a file of what a citizen may read, and nothing else; nobody can ask for more through it.
Back come ratings, in a file as well. Both end with a seal made with FRONT_KEY, which this side and
the front end share: a file that was cut off or written by somebody else is not taken.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from cases.citizen_forms import RatingForm
from cases.models import Case, CaseEvent, Rating
from cases.progress import progress_of
from cases.services.closing import rate_case
from orgs.models import Counter
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid

FIELDS = ("token", "short_number", "step", "date", "unit", "phone", "may_rate")
_LAST_EXPORT = "front export"
# A change is written down before it is committed: look back far enough to find every one.
_LOOK_BACK = timedelta(minutes=10)
_AT_ONCE = 500
_RATING = {"id", "token", "settled", "satisfaction", "text", "wants_redo"}
_MAY_HAVE = {"reasons"}


# ---------------------------------------------------------------- out


def export_progress(folder: Path, *, everything: bool = False) -> tuple[Path | None, int]:
    """Write what changed since the last time into a new file of the folder; how many cases.

    The file appears whole or not at all. Without a change there is none.
    """
    key, now = _key(), clock.now()
    since = None if everything else _last_export()
    cases = Case.objects.order_by("pk")
    if since is not None:
        changed = CaseEvent.objects.filter(at__gte=since - _LOOK_BACK)
        cases = cases.filter(pk__in=changed.values("case"))
    lines = [json.dumps(row, ensure_ascii=False) for row in _rows(cases.for_citizens())]
    path = _write(folder, now, lines, key) if lines else None
    Counter.objects.update_or_create(
        series=_LAST_EXPORT, defaults={"last": int(now.timestamp()) // 60}
    )
    return path, len(lines)


def _last_export() -> datetime | None:
    minute = Counter.objects.filter(series=_LAST_EXPORT).values_list("last", flat=True).first()
    return None if minute is None else datetime.fromtimestamp(minute * 60, tz=clock.now().tzinfo)


def _rows(cases: Any) -> Iterator[dict[str, Any]]:
    for case in cases.iterator(chunk_size=_AT_ONCE):
        yield row_of(case)


def row_of(case: Case) -> dict[str, Any]:
    """The seven things a citizen may read of a case; three of them of a silent one."""
    shown = progress_of(case, opened=False)
    values = (
        case.token,
        shown.short_number,
        shown.label,
        shown.promise,
        shown.unit,
        case.center.phone,
        shown.may_rate,
    )
    return dict(zip(FIELDS, values, strict=True))


def _write(folder: Path, now: datetime, lines: list[str], key: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(f"{line}\n" for line in lines).encode()
    path = folder / f"progress-{now:%Y%m%dT%H%M%S%f}.jsonl"
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(body + seal_line(len(lines), body, key))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path


# ---------------------------------------------------------------- back


@dataclass
class Imported:
    """What became of a file: taken, known already, and the lines that could not be."""

    taken: int = 0
    known: int = 0
    bad: list[str] = field(default_factory=list)


def import_ratings(path: Path) -> Imported:
    """Take the ratings of a file; the same file again changes nothing.

    Raises Invalid for a file without its seal: none of it is taken. A line that cannot be taken is
    named, and does not stop the others.
    """
    result = Imported()
    for number, line in enumerate(_sealed_lines(path), start=1):
        try:
            fresh = _take(line)
        except DomainError as error:
            result.bad.append(f"第 {number} 行：{error.message}")
            continue
        result.taken += fresh
        result.known += not fresh
    return result


def _sealed_lines(path: Path) -> list[str]:
    body = path.read_bytes()
    head, _, last = body.rstrip(b"\n").rpartition(b"\n")
    head = head + b"\n" if head else b""
    # Not splitlines(): a citizen's words may hold other line separators than ours.
    lines = head.decode("utf-8", errors="replace").split("\n")[:-1]
    if not hmac.compare_digest(last + b"\n", seal_line(len(lines), head, _key())):
        raise Invalid("文件没有封好，或被改过：一行也没有收。让前置机重新导出")
    return lines


def _take(line: str) -> bool:
    """Take one rating; False when it was taken before."""
    given = _read(line)
    identity = _identity(given["id"])
    if Rating.objects.filter(front_id=identity).exists():
        return False
    form = RatingForm(given)
    if not form.is_valid():
        raise Invalid("，".join(_sentences(form.errors.values())))
    rate_case(token=str(given["token"]), front_id=identity, **form.arguments())
    return True


def _read(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) - _MAY_HAVE != _RATING:
        raise Invalid(f"不是一条评价，要正好有 {'、'.join(sorted(_RATING))}")
    return given


def _identity(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as exc:
        raise Invalid("id 不是 UUID") from exc


def _sentences(errors: Iterable[Iterable[object]]) -> list[str]:
    return [str(sentence) for found in errors for sentence in found]


def seal_line(rows: int, body: bytes, key: bytes) -> bytes:
    """The last line of every file: how many rows there are, and that nobody changed them."""
    mac = hmac.new(key, body, hashlib.sha256).hexdigest()
    return json.dumps({"rows": rows, "mac": mac}).encode() + b"\n"


def _key() -> bytes:
    key: str = settings.FRONT_KEY
    if len(key) < 32:
        raise Invalid("先设 FRONT_KEY，至少 32 个字符，和前置机上的一样")
    return key.encode()
