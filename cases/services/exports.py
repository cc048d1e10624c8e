"""导出: lists that leave the system, masked unless two people and a reason stand behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, NotAllowed
from zongzhi.lib.sheets import Column, write_sheet

MOST = 5000
MOST_PRINTED = 500
_IN_MEMORY = 2 * 1024 * 1024


@dataclass(frozen=True)
class Agreed:
    """Why whole names and numbers leave, and who agreed to it besides the exporter."""

    reason: str
    colleague: User


def export(
    *,
    what: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    total: int,
    by: User,
    address: str | None,
    agreed: Agreed | None,
    asked: dict[str, Any],
) -> IO[bytes]:
    """The Excel file, to be read from its beginning; who, what and why is in the access log.

    Without `agreed` it must be masked. Raises NotAllowed without the right, Invalid for more
    than 5,000 rows or none.
    """
    if not by.can(Permission.EXPORT) or (agreed and not by.can(Permission.EXPORT_FULL)):
        raise NotAllowed("这个账号不能导出。要导出，找本单位管理员开通")
    if total > MOST:
        raise Invalid(f"符合条件的超过 {MOST} 件，一次最多导出 {MOST} 件，加上条件再导")
    if not total:
        raise Invalid("没有符合条件的事项，不用导出")
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 the response closes it
    try:
        mark = _mark(by, total, agreed)
        count = write_sheet(file, title=what, mark=mark, columns=columns, rows=rows)
        _log(what, count, by, address, agreed, asked)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def log_printing(
    *, what: str, count: int, by: User, address: str | None, asked: dict[str, Any]
) -> None:
    """A list that leaves on paper, masked: who, when, how much, and by which conditions."""
    log_access(
        AccessLog.Action.PRINT,
        user=by,
        address=address,
        subject=f"{what} {count} 件",
        data={"rows": count, "asked": asked},
    )


def _mark(by: User, total: int, agreed: Agreed | None) -> str:
    """「导出人 周敏（triage） 2026年4月14日 10:42」 and what the file may be used for."""
    now = clock.now()
    kind = f"未脱敏，复核人 {agreed.colleague.name}" if agreed else "已脱敏"
    return (
        f"导出人 {by.name}（{by.username}） {dates.document(now)} {now:%H:%M}　"
        f"共 {total} 件　{kind}　只限工作使用，不得外传"
    )


def _log(
    what: str,
    count: int,
    by: User,
    address: str | None,
    agreed: Agreed | None,
    asked: dict[str, Any],
) -> None:
    data = {"rows": count, "asked": asked, "full": agreed is not None}
    subject = f"{what} {count} 件{'，未脱敏' if agreed else ''}"
    purpose = ""
    if agreed:
        data["colleague"] = agreed.colleague.pk
        purpose = f"{agreed.reason}（复核 {agreed.colleague.name}）"[:200]
    log_access(
        AccessLog.Action.EXPORT,
        user=by,
        address=address,
        subject=subject,
        purpose=purpose,
        data=data,
    )
