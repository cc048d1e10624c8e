"""The deadline light: colour, shape and words of a clock (ux.md §3.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from zongzhi.lib import dates
from zongzhi.lib.clock import local
from zongzhi.lib.worktime import Calendar

Colour = Literal["green", "amber", "red", "paused", "done", "none"]

MARKS: dict[Colour, str] = {
    "green": "●",
    "amber": "▲",
    "red": "■",
    "paused": "Ⅱ",
    "done": "✓",
    "none": "",
}

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Light:
    """A light that can be told by its colour, by its shape, and by its words."""

    colour: Colour
    words: str

    @property
    def mark(self) -> str:
        """The shape that stands for the colour, so that nobody has to see colours."""
        return MARKS[self.colour]

    def __str__(self) -> str:
        return f"{self.mark} {self.words}".strip()


NO_LIGHT = Light("none", "")


def colour(
    now: datetime,
    due: datetime | None,
    near: datetime | None,
    *,
    paused: bool = False,
    finished: bool = False,
) -> Colour:
    """Return the colour of a clock as it stands now: for that alone nobody needs a calendar."""
    if due is None:
        return "none"
    if finished:
        return "done"
    if paused:
        return "paused"
    if now > due:
        return "red"
    return "amber" if near and now >= near else "green"


def light(
    now: datetime,
    due: datetime | None,
    near: datetime | None,
    calendar: Calendar,
    *,
    paused_since: datetime | None = None,
    paused_for: str = "",
    finished_at: datetime | None = None,
) -> Light:
    """Return the light of a clock as it stands now; a clock without a due moment has none."""
    if due is None:
        return NO_LIGHT
    shown = colour(now, due, near, paused=bool(paused_since), finished=bool(finished_at))
    now, due = local(now), local(due)
    if finished_at:
        return Light(shown, _finished(local(finished_at), due, calendar))
    if paused_since:
        return Light(shown, _paused(now, local(paused_since), paused_for))
    words = _overdue if now > due else _left
    return Light(shown, words(now, due, calendar))


def _finished(finished: datetime, due: datetime, calendar: Calendar) -> str:
    if finished <= due:
        return "按时办结"
    days = calendar.overdue_days(finished, due)
    return f"超 {days} 日办结" if days else "刚超期办结"


def _paused(now: datetime, since: datetime, reason: str) -> str:
    stopped = f"已停 {(now.date() - since.date()).days} 天"
    return f"暂停（{reason}，{stopped}）" if reason else f"暂停（{stopped}）"


def _overdue(now: datetime, due: datetime, calendar: Calendar) -> str:
    days = calendar.overdue_days(now, due)
    return f"超 {days} 个工作日" if days else "刚超期"


def _left(now: datetime, due: datetime, calendar: Calendar) -> str:
    left = due - now
    if left < HOUR:
        return f"剩 {max(1, left // MINUTE)} 分钟"
    if left < 4 * HOUR:
        return f"剩 {left // HOUR} 小时"
    if now.date() == due.date():
        return f"今天 {due:%H:%M} 到期"
    if days := calendar.remaining_days(now, due):
        return f"剩 {days} 个工作日"
    return f"{dates.moment(due, now.date())} 到期"  # due on a day nobody works
