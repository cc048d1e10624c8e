"""导出: lists that leave the system, masked unless two people and a reason stand behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from django.http import FileResponse

from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, NotAllowed
from zongzhi.lib.handing_out import sheet
from zongzhi.lib.sheets import Column, write_sheet

MOST = 5000
_IN_MEMORY = 2 * 1024 * 1024


@dataclass(frozen=True)
class Agreed:
    """Why whole names and numbers leave, and who agreed to it besides the exporter."""

    reason: str
    colleague: User


@dataclass(frozen=True)
class Exported:
    """What leaves: how it is called, its rows, how many there are, and what was asked for.

    `asked`: by its names, never by its words. Without `agreed` it must be masked.
    """

    what: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]
    total: int
    asked: Sequence[str] | Mapping[str, Any]
    unit: str = "件"
    about: str = ""  # stands behind the mark
    agreed: Agreed | None = None

    @property
    def too_many(self) -> str:
        return f"符合条件的超过 {MOST} {self.unit}，一次最多导出 {MOST} {self.unit}，加上条件再导"


def export(exported: Exported, *, by: User, address: str | None) -> IO[bytes]:
    """The Excel file, to be read from its beginning; who, what and why is in the access log.

    Raises NotAllowed without the right, Invalid for more than 5,000 rows or none.
    """
    agreed = exported.agreed
    if not by.can(Permission.EXPORT) or (agreed and not by.can(Permission.EXPORT_FULL)):
        raise NotAllowed("这个账号不能导出。要导出，找本单位管理员开通")
    if exported.total > MOST:
        raise Invalid(exported.too_many)
    if not exported.total:
        raise Invalid(f"{exported.what}里没有符合条件的，不用导出")
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 the response closes it
    try:
        mark = f"{_mark(by, exported)}{exported.about}"
        count = write_sheet(
            file, title=exported.what, mark=mark, columns=exported.columns, rows=exported.rows
        )
        _log(exported, count, by, address)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def export_masked(exported: Exported, *, by: User, address: str | None) -> IO[bytes]:
    """Of a list that has nothing to show whole, whoever agrees."""
    return export(replace(exported, agreed=None), by=by, address=address)


def _log(exported: Exported, count: int, by: User, address: str | None) -> None:
    agreed, asked = exported.agreed, exported.asked
    data: dict[str, Any] = {
        "rows": count,
        "asked": dict(asked) if isinstance(asked, Mapping) else list(asked),
        "full": agreed is not None,
    }
    if agreed:
        data["colleague"] = agreed.colleague.pk
    log_access(
        AccessLog.Action.EXPORT,
        user=by,
        address=address,
        subject=f"{exported.what} {count} {exported.unit}{'，未脱敏' if agreed else ''}",
        purpose=f"{agreed.reason}（复核 {agreed.colleague.name}）"[:200] if agreed else "",
        data=data,
    )


def _mark(by: User, exported: Exported) -> str:
    """「导出人 周敏（triage） 2026年4月14日 10:42」 and what the file may be used for."""
    now, agreed = clock.now(), exported.agreed
    kind = f"未脱敏，复核人 {agreed.colleague.name}" if agreed else "已脱敏"
    return (
        f"导出人 {by.name}（{by.username}） {dates.document(now)} {now:%H:%M}　"
        f"共 {exported.total} {exported.unit}　{kind}　只限工作使用，不得外传"
    )


def as_download(file: IO[bytes], what: str) -> FileResponse:
    """The file under the name of what it is, with its moment; nobody keeps a copy on the way."""
    return sheet(file, f"{what} {clock.now():%Y%m%d-%H%M}.xlsx")
