"""导出 of a list of events: masked, bounded, logged."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from grids.event_rows import for_rows
from grids.models import GridEvent
from orgs.models import AccessLog, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid, NotAllowed
from zongzhi.lib.sheets import Column, write_sheet

MOST = 5000
_IN_MEMORY = 2 * 1024 * 1024
# What somebody may have typed into a report: numbers of people and of their telephones.
_NUMBERS = re.compile(r"(?<!\d)(\d{3})\d{4,11}(\d{3}[\dXx])(?!\d)")
COLUMNS = (
    Column("编号", 20),
    Column("类别", 10),
    Column("事情", 50),
    Column("村社区代码", 14),
    Column("网格", 20),
    Column("上报时间", 18),
    Column("说清了吗", 10),
    Column("环节", 10),
    Column("谁办", 24),
    Column("结果", 14),
    Column("办结时间", 18),
    Column("超期环节", 10),
)


def export_events(
    events: Iterable[GridEvent],
    *,
    total: int,
    by: User,
    address: str | None,
    asked: list[str],
) -> IO[bytes]:
    """The Excel file. Raises NotAllowed without the right, Invalid for too many rows or none."""
    if not by.can(Permission.EXPORT):
        raise NotAllowed("这个账号不能导出。要导出，找本单位管理员开通")
    if total > MOST:
        raise Invalid(f"符合条件的超过 {MOST} 件，一次最多导出 {MOST} 件，加上条件再导")
    if not total:
        raise Invalid("没有符合条件的网格事件，不用导出")
    now = clock.now()
    mark = (
        f"导出人 {by.name}（{by.username}） {dates.document(now)} {now:%H:%M}　"
        f"共 {total} 件　已脱敏　只限工作使用，不得外传"
    )
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 the response closes it
    count = write_sheet(
        file, title="网格事件", mark=mark, columns=COLUMNS, rows=_lines(events, now)
    )
    data: dict[str, Any] = {"rows": count, "asked": asked, "full": False}
    log_access(
        AccessLog.Action.EXPORT,
        user=by,
        address=address,
        subject=f"网格事件 {count} 件",
        data=data,
    )
    file.seek(0)
    return file


def masked(text: str) -> str:
    """Long numbers without their middle."""
    return _NUMBERS.sub(r"\1****\2", text)


def _lines(events: Iterable[GridEvent], now: datetime) -> Iterator[list[str]]:
    for row in for_rows(list(events)[:MOST], now):
        event = row.event
        yield [
            event.number,
            event.get_category_display(),
            masked(event.text),
            event.area,
            event.grid.name,
            f"{clock.local(event.reported_at):%Y-%m-%d %H:%M}",
            "" if event.is_valid is None else "说清了" if event.is_valid else "没说清",
            event.get_stage_display(),
            row.who,
            event.get_outcome_display(),
            f"{clock.local(event.done_at):%Y-%m-%d %H:%M}" if event.done_at else "",
            str(event.overdue_steps or ""),
        ]
