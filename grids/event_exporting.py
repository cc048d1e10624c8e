"""导出 of a list of events: masked, bounded, logged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from grids.event_rows import for_rows
from grids.models import GridEvent
from orgs.exporting import MOST, Exported, export_masked
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.sheets import Column

WHAT = "网格事件"
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
    rows = _lines(events, clock.now())
    return export_masked(Exported(WHAT, COLUMNS, rows, total, asked), by=by, address=address)


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
