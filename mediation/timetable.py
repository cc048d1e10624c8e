"""The timetable of rooms and mediators: a day on a raster of 15 minutes, a week by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from mediation.meetings import Diaries, of_mediator
from mediation.models import Mediator, Session
from orgs.booking import RASTER, Resource, of_room
from orgs.calendars import calendar_of
from orgs.models import Booking, Center, Room, User
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI
from zongzhi.lib.worktime import Calendar

FIRST, LAST = time(8, 30), time(18, 0)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SHOWN = 12  # mediators side by side
OWNER = "session "


@dataclass(frozen=True)
class Column:
    """A room or a mediator. `host` or `room` is what the form of 安排调解 calls it."""

    resource: Resource
    room: str = ""
    host: int | None = None
    mediator: Mediator | None = None


@dataclass(frozen=True)
class Taken:
    """A booking as the timetable shows it; who may see the case reads more, and can open it."""

    starts_at: datetime
    ends_at: datetime
    what: str
    session: Session | None

    @property
    def span(self) -> str:
        return f"{clock.local(self.starts_at):%H:%M}–{clock.local(self.ends_at):%H:%M}"

    @property
    def url(self) -> str:
        return self.session.get_absolute_url() if self.session else ""

    @property
    def label(self) -> str:
        if self.session is None:
            return self.what
        return f"{self.what} {self.session.host.name} {self.session.where}"


@dataclass(frozen=True)
class Cell:
    """So many steps of one column: taken, away, closed (not in working hours), or one free step."""

    kind: str
    starts_at: datetime
    steps: int = 1
    taken: Taken | None = None
    column: Column | None = None


@dataclass(frozen=True)
class Line:
    """A step of the day: its time, and the cells that begin there."""

    at: datetime
    cells: list[Cell]

    @property
    def is_hour(self) -> bool:
        return self.at.minute == 0


@dataclass(frozen=True)
class Day:
    day: date
    columns: list[Column]
    lines: list[Line]
    listed: list[tuple[Column, Taken]]  # the same, one below the other, by time
    is_workday: bool

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]


@dataclass(frozen=True)
class WeekLine:
    day: date
    cells: list[list[Taken]]
    is_workday: bool
    is_today: bool

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.weekday()]


@dataclass
class _Booked:
    by_key: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))


def rooms_of(center: Center) -> list[Column]:
    """The rooms of the centre where one can sit down; not the hall."""
    rooms = center.rooms.exclude(kind=Room.Kind.HALL)
    return [Column(of_room(room), room=room.name) for room in rooms]


def mediators_of(
    center: Center, since: date, until: date, *, named: str = ""
) -> tuple[list[Column], int]:
    """Mediators to be shown, and how many more there are: by name, or whoever is busy or full-time.

    A pool has hundreds; side by side only so many can be read.
    """
    rows = Mediator.objects.filter(center=center).active()
    rows = rows.prefetch_related("hours", "absences")
    if named:
        rows = rows.filter(name__contains=named)
    sessions = Session.objects.filter(
        state__in=[Session.State.PLANNED, Session.State.HELD],
        starts_at__gte=_midnight(since),
        starts_at__lt=_midnight(until + timedelta(days=1)),
    )
    helping = Session.helpers.through.objects.filter(session__in=sessions)
    busy = set(sessions.values_list("host", flat=True))
    busy |= set(helping.values_list("mediator", flat=True))
    found = sorted(rows, key=lambda m: (m.pk not in busy, not m.is_full_time, m.pk))
    columns = [Column(of_mediator(one), host=one.pk, mediator=one) for one in found[:SHOWN]]
    return columns, max(0, len(found) - SHOWN)


def of_one(mediator: Mediator) -> list[Column]:
    """The timetable of one mediator alone."""
    return [Column(of_mediator(mediator), host=mediator.pk, mediator=mediator)]


def day_of(center: Center, day: date, columns: Sequence[Column], user: User) -> Day:
    """One day of these columns. Two queries, however many there are."""
    calendar = calendar_of(center)
    booked = _booked(columns, day, day, user)
    everything = [taken for found in booked.by_key.values() for taken in found]
    steps = list(_steps(day, everything))
    by_column = [_cells(column, steps, booked, calendar) for column in columns]
    lines = [Line(at, [cells[at] for cells in by_column if at in cells]) for at in steps]
    listed = [(column, taken) for column in columns for taken in booked.by_key[column.resource.key]]
    listed.sort(key=lambda pair: pair[1].starts_at)
    return Day(day, list(columns), lines, listed, calendar.is_workday(day))


def week_of(center: Center, monday: date, columns: Sequence[Column], user: User) -> list[WeekLine]:
    """Seven days of these columns: what is booked, one below the other. Two queries."""
    calendar = calendar_of(center)
    booked = _booked(columns, monday, monday + timedelta(days=6), user)
    days = [monday + timedelta(days=n) for n in range(7)]
    return [
        WeekLine(
            day,
            [
                [t for t in booked.by_key[c.resource.key] if clock.local(t.starts_at).date() == day]
                for c in columns
            ],
            calendar.is_workday(day),
            day == clock.today(),
        )
        for day in days
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _booked(columns: Sequence[Column], since: date, until: date, user: User) -> _Booked:
    rows = (
        Booking.objects.filter(
            bookable__key__in=[column.resource.key for column in columns],
            released_at=None,
            starts_at__lt=_midnight(until + timedelta(days=1)),
            ends_at__gt=_midnight(since),
        )
        .select_related("bookable")
        .order_by("starts_at", "pk")
    )
    found = list(rows)
    seen = seen_sessions(user, (row.owner for row in found))
    booked = _Booked()
    for row in found:
        taken = Taken(row.starts_at, row.ends_at, row.what, seen.get(row.owner))
        booked.by_key[row.bookable.key].append(taken)
    return booked


def seen_sessions(user: User, owners: Iterable[str]) -> dict[str, Session]:
    """The sessions among what has booked, those this person may open, by whose booking it is."""
    pks = {owner.removeprefix(OWNER) for owner in owners if owner.startswith(OWNER)}
    rows = Session.objects.visible_to(user).filter(pk__in=[int(pk) for pk in pks])
    return {row.booking: row for row in rows.select_related("host", "room")}


def _steps(day: date, taken: Sequence[Taken]) -> Iterable[datetime]:
    """From the opening to the end of the day, longer where something is booked outside."""
    start = min([datetime.combine(day, FIRST, SHANGHAI), *(_down(t.starts_at) for t in taken)])
    end = max([datetime.combine(day, LAST, SHANGHAI), *(clock.local(t.ends_at) for t in taken)])
    while start < end:
        yield start
        start += RASTER


def _down(moment: datetime) -> datetime:
    here = clock.local(moment)
    return here.replace(minute=here.minute - here.minute % 15, second=0, microsecond=0)


def _cells(
    column: Column, steps: Sequence[datetime], booked: _Booked, calendar: Calendar
) -> dict[datetime, Cell]:
    """The cells of a column by where they begin; what a taken one covers has none."""
    cells: dict[datetime, Cell] = {}
    taken = booked.by_key[column.resource.key]
    diary = Diaries([column.mediator]) if column.mediator else None
    last: datetime | None = None
    for at in steps:
        if last is not None and at < last:
            continue
        here = next((t for t in taken if t.starts_at < at + RASTER and t.ends_at > at), None)
        if here is not None:
            count = sum(at <= step < clock.local(here.ends_at) for step in steps)
            cells[at] = Cell("taken", at, max(1, count), here, column)
            last = at + max(1, count) * RASTER
            continue
        cells[at] = Cell(_kind(at, calendar, diary), at, column=column)
    return cells


def _kind(at: datetime, calendar: Calendar, diary: Diaries | None) -> str:
    """away: the mediator is not there; closed: nobody is; else free."""
    span = (at, at + RASTER)
    if diary is not None and not diary.fits(span):
        return "away"
    open_ = calendar.is_workday(at.date()) and any(
        opening <= at.time() < closing for opening, closing in calendar.hours
    )
    return "free" if open_ else "closed"
