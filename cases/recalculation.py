"""A corrected calendar moves the due times of what is still running (`design.md` §2, Clocks)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cases.clocks import SUBJECT as RULES
from cases.clocks import Clocks, clocks_of, handling_clock
from cases.door import Change, changing_by_system
from cases.models import Assignment, Case, ClockRule, DisputeType
from cases.position import position
from cases.vocabulary import Clock
from orgs.calendars import SUBJECT, revise, revisions
from orgs.models import AccessLog, CalendarDay, Center, Revision, User
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid

logger = logging.getLogger(__name__)

DONE = "calendar_recalculated"  # the revision of the calendar that open clocks agree with
CHUNK = 500
AT_ONCE = 2000  # open cases; more are left to the sweep, nobody waits for them
VERB = "recalculate"


@dataclass(frozen=True)
class Moved:
    """A case whose running clock is due at another moment now."""

    number: str
    before: datetime | None
    after: datetime | None


# What higher floors have to work out again after the clocks.
_followers: list[Callable[[], list[Moved]]] = []


def follow(recalculate: Callable[[], list[Moved]]) -> None:
    """Call this too whenever the calendar has changed; it says which cases it moved."""
    _followers.append(recalculate)


def recalculate_open_clocks(center: Center | None = None) -> list[Moved]:
    """Work the running clocks of open cases out again; which cases moved, and from when to when.

    Each case that moves is locked, moved and recorded in a transaction of its own, so that this
    may be interrupted and run again. Clocks that have stopped stay as they were.
    """
    moved = []
    for pk in _that_would_move(center):
        try:
            found = _recalculate(pk)
        except Exception:
            logger.exception("recalculation failed", extra={"case": pk})
        else:
            moved += [found] if found else []
    return moved


def _that_would_move(center: Center | None) -> Iterator[int]:
    """Look without a lock first: a calendar day touches few of the open cases."""
    cases = Case.objects.open().select_related("center").with_assignments().order_by("pk")
    if center is not None:
        cases = cases.filter(center=center)
    clocks: dict[int, Clocks] = {}
    last = 0
    while chunk := list(cases.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        for case in chunk:
            if case.center_id not in clocks:
                clocks[case.center_id] = clocks_of(case.center)
            if _differs(case, clocks[case.center_id]):
                yield case.pk


def _differs(case: Case, clocks: Clocks) -> bool:
    """Whether the case or one of its open parts would be due at another moment."""
    written = [_times(part) for part in case.open_assignments]
    for part in case.open_assignments:
        _work_out(part, clocks)
    where = position(case, clocks, now=case.label_since)
    return written != [_times(part) for part in case.open_assignments] or (
        (where.due_at, where.near_at) != (case.due_at, case.near_at)
    )


def _times(part: Assignment) -> tuple[datetime, ...]:
    return (
        part.claim_due_at,
        part.claim_near_at,
        part.handling_due_at,
        part.handling_near_at,
    )


def _work_out(part: Assignment, clocks: Clocks) -> None:
    """The clocks of one part that still run; a claim or a report has stopped its own."""
    if part.claimed_at is None:
        due = clocks.due(Clock.CLAIM, part.dispatched_at)
        part.claim_due_at, part.claim_near_at = due.at, due.near
    if part.reported_at is None:
        handling_clock(clocks, part)


def _recalculate(case_id: int) -> Moved | None:
    with changing_by_system(case_id, VERB, still=_still_to_move) as change:
        if change is None:
            return None
        case = change.case
        before = case.due_at
        for part in case.open_assignments:  # worked out by _still_to_move, under the lock
            part.save(
                update_fields=[
                    "claim_due_at",
                    "claim_near_at",
                    "handling_due_at",
                    "handling_near_at",
                ]
            )
        after = position(case, change.clocks, now=change.now).due_at
        change.data = {"from": _iso(before), "to": _iso(after)}
    return Moved(case.number, before, after)


def _still_to_move(change: Change) -> bool:
    return change.case.is_open and _differs(change.case, change.clocks)


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="minutes") if moment else None


def catch_up() -> int:
    """Recalculate if the calendar has changed since the last time; how many cases moved.

    The settings page calls it at once and the sweep every ten minutes, so that a correction
    reaches every case even if the web process dies half-way.
    """
    found = revisions()
    number = found.get(SUBJECT, 0)
    if number == found.get(DONE, 0):
        return 0
    moved = recalculate_open_clocks()
    for recalculate in _followers:
        moved += recalculate()
    with transaction.atomic():
        row, _ = Revision.objects.select_for_update().get_or_create(
            subject=DONE, defaults={"number": 0}
        )
        if row.number < number:
            row.number = number
            row.save(update_fields=["number"])
    if moved:
        log_access(
            AccessLog.Action.CALENDAR,
            user=None,
            address=None,
            subject="在办事项期限",
            purpose=f"日历有变，重算了 {len(moved)} 件的到期时间",
            data={"moved": [found.number for found in moved]},
        )
    return len(moved)


def catch_up_at_once() -> int | None:
    """The same while somebody waits for it; None when there are too many and the sweep does it."""
    if Case.objects.open()[: AT_ONCE + 1].count() > AT_ONCE:
        return None
    return catch_up()


# ---------------------------------------------------------------- what administrators change


@transaction.atomic
def set_day(
    *,
    center: Center,
    first: date,
    last: date,
    is_workday: bool,
    name: str,
    by: User,
    address: str | None,
) -> int:
    """Make these days differ from the national calendar at one centre; how many days."""
    if last < first or (last - first).days > 31:
        raise Invalid(errors={"last": ["结束的日子要在开始以后，一次最多 31 天"]})
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    for day in days:
        CalendarDay.objects.update_or_create(
            day=day,
            center=center,
            defaults={"is_workday": is_workday, "name": name, "confirmed": True},
        )
    revise(SUBJECT)
    what = "上班" if is_workday else "放假"
    _log_calendar(by, address, f"{first.isoformat()}—{last.isoformat()}", f"{name}：{what}", center)
    return len(days)


@transaction.atomic
def unset_day(*, day: CalendarDay, by: User, address: str | None) -> None:
    """Let a day be what the national calendar says again."""
    center, said = day.center, day.day.isoformat()
    day.delete()
    revise(SUBJECT)
    _log_calendar(by, address, said, f"删除本地例外：{day.name}", center)


@transaction.atomic
def confirm_year(*, year: int, by: User, address: str | None) -> None:
    """Say that a year agrees with the State Council's notice: due dates in it are certain now."""
    rows = CalendarDay.objects.filter(center=None, day__year=year)
    if not rows.exists():
        raise Invalid(f"{year} 年还没有节假日，先由系统管理员运行 manage.py setup")
    rows.update(confirmed=True)
    revise(SUBJECT)
    _log_calendar(by, address, f"{year} 年", "已按国务院通知核对", None)


def _log_calendar(
    by: User, address: str | None, subject: str, purpose: str, center: Center | None
) -> None:
    log_access(
        AccessLog.Action.CALENDAR,
        user=by,
        address=address,
        subject=subject,
        purpose=purpose,
        data={"center": center.pk if center else None},
    )


@transaction.atomic
def add_rule(
    *,
    clock_name: str,
    days: int,
    unit: str,
    effective_from: date,
    by: User,
    address: str | None,
    complexity: str = "",
    level: str = "",
    type: DisputeType | None = None,
) -> ClockRule:
    """Say how long something may take from a day on; what runs already keeps its time."""
    if effective_from <= clock.today():
        raise Invalid(errors={"effective_from": ["生效日期要从明天起：已经在走的时限不变"]})
    rule, new = ClockRule.objects.update_or_create(
        clock=clock_name,
        complexity=complexity,
        level=level,
        type=type,
        effective_from=effective_from,
        defaults={"days": days, "unit": unit},
    )
    revise(RULES)
    words = f"{rule.get_clock_display()} {days} {rule.get_unit_display()}"
    log_access(
        AccessLog.Action.RULE,
        user=by,
        address=address,
        subject=words,
        purpose=f"从 {effective_from.isoformat()} 起" + ("" if new else "（改前一次定的）"),
        data={"rule": rule.pk},
    )
    return rule
