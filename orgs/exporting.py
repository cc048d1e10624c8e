"""导出 of a list that shows nobody's numbers: masked, bounded, marked, logged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.http import FileResponse

from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, NotAllowed
from zongzhi.lib.sheets import Column, write_sheet

MOST = 5000
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 2 * 1024 * 1024


@dataclass(frozen=True)
class Exported:
    """What leaves: how it is called, its rows, how many there are, and what was asked for."""

    what: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]
    total: int
    asked: Sequence[str]  # by its names, never by its words
    unit: str = "件"
    about: str = ""  # stands behind the mark


def export_masked(exported: Exported, *, by: User, address: str | None) -> IO[bytes]:
    """The Excel file, to be read from its beginning; who and what is in the access log.

    Raises NotAllowed without the right, Invalid for more than 5,000 rows or none.
    """
    what, unit = exported.what, exported.unit
    if not by.can(Permission.EXPORT):
        raise NotAllowed("这个账号不能导出。要导出，找本单位管理员开通")
    if exported.total > MOST:
        raise Invalid(f"符合条件的超过 {MOST} {unit}，一次最多导出 {MOST} {unit}，加上条件再导")
    if not exported.total:
        raise Invalid(f"{what}里没有符合条件的，不用导出")
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 the response closes it
    try:
        mark = f"{_mark(by, exported)}{exported.about}"
        rows = exported.rows
        count = write_sheet(file, title=what, mark=mark, columns=exported.columns, rows=rows)
        data: dict[str, Any] = {"rows": count, "asked": list(exported.asked), "full": False}
        log_access(
            AccessLog.Action.EXPORT,
            user=by,
            address=address,
            subject=f"{what} {count} {unit}",
            data=data,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _mark(by: User, exported: Exported) -> str:
    now = clock.now()
    return (
        f"导出人 {by.name}（{by.username}） {dates.document(now)} {now:%H:%M}　"
        f"共 {exported.total} {exported.unit}　已脱敏　只限工作使用，不得外传"
    )


def as_download(file: IO[bytes], what: str) -> FileResponse:
    """The file under the name of what it is, with its moment; nobody keeps a copy on the way."""
    name = f"{what} {clock.now():%Y%m%d-%H%M}.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=SHEET)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
