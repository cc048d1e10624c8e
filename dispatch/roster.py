"""排班表 as it is drawn: a week or a month of one centre, its gaps and what follows from them."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from dispatch.duty import Moment, counts, day_words
from dispatch.models import (
    Duty,
    Half,
    Residency,
    RosterWeek,
    Shift,
    ShiftChange,
    ShiftTemplate,
    Swap,
)
from dispatch.models.roster import Place
from dispatch.scheduling import Row, is_own, may_set
from orgs.calendars import calendar_of
from orgs.models import Center, User
from zongzhi.lib import clock
from zongzhi.lib.worktime import Calendar

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True)
class DayHead:
    """A column: a day, and why it is grey if it is."""

    day: date
    weekday: str
    name: str  # 「国庆节」, or 「班」 on a working weekend
    off: bool
    today: bool


@dataclass(frozen=True)
class Stand:
    """One line in a cell: who, for which half of the day, and what is the matter."""

    half: str  # "" for the whole day
    who: str
    mark: str  # 请假, 没来, 公示后改, 换班中
    gap: bool
    missed: bool  # drawn grey


UNNAMED = Stand(half="", who="在岗", mark="", gap=False, missed=True)


@dataclass(frozen=True)
class Cell:
    day: date
    stands: list[Stand]
    off: bool
    may_edit: bool


@dataclass(frozen=True)
class Line:
    """A row of the table. One on call has no cells, only whom to ring."""

    key: str
    name: str
    place: str
    cells: list[Cell]
    called: str = ""
    called_publicly: str = ""  # the same for the wall: no number of a person's own


@dataclass(frozen=True)
class Section:
    name: str
    lines: list[Line]


@dataclass(frozen=True)
class Gap:
    """空缺, and what it means for the matters of the unit."""

    shift: Shift
    words: str  # 「周二上午 法院（本人请假）」
    consequence: str
    may_fill: bool


@dataclass
class Week:
    """What the page draws."""

    center: Center
    monday: date
    heads: list[DayHead]
    sections: list[Section] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    published: RosterWeek | None = None
    changes: list[ShiftChange] = field(default_factory=list)
    has_shifts: bool = False

    @property
    def sunday(self) -> date:
        return self.monday + SIX_DAYS

    @property
    def previous(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def following(self) -> date:
        return self.monday + timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def heads_of(calendar: Calendar, first: date, number: int) -> list[DayHead]:
    today = clock.today()
    found = []
    for n in range(number):
        day = first + timedelta(days=n)
        works, name = calendar.days.get(day, (calendar.is_workday(day), ""))
        found.append(
            DayHead(
                day=day,
                weekday=WEEKDAYS[day.weekday()],
                name="" if works and not name else (f"{name}上班" if works else name),
                off=not works,
                today=day == today,
            )
        )
    return found


def week_of(center: Center, monday: date, user: User, *, unit: str = "") -> Week:
    """The roster of a week; with `unit` only that department's row. Queries do not grow."""
    calendar = calendar_of(center)
    week = Week(center, monday, heads_of(calendar, monday, 7))
    shifts = _shifts(center, monday, week.sunday)
    week.has_shifts = bool(shifts)
    seats = _seats(center, unit)
    week.published = (
        RosterWeek.objects.filter(center=center, monday=monday)
        .select_related("published_by")
        .first()
    )
    shown = {seat.department_id for seat in seats}
    if week.published is not None:
        week.changes = _changes(shifts, week.published.published_at, shown, whole=not unit)
    marks = _marks(shifts, week.changes)
    table = _Table(week.heads, shifts, calendar, marks, user)
    week.sections = list(_sections(table, center, seats, whole=not unit))
    contacts = {seat.department_id: seat.contact_words for seat in seats}
    week.gaps = [
        _gap(center, shift, contacts, user)
        for shift in shifts
        if shift.is_gap and counts(shift, calendar) and (not unit or shift.department_id in shown)
    ]
    return week


def _shifts(center: Center, first: date, last: date) -> list[Shift]:
    rows = Shift.objects.filter(center=center, day__range=(first, last)).for_roster()
    return list(rows.order_by("day", "half", "pk"))


def _seats(center: Center, unit: str = "") -> list[Residency]:
    seats = Residency.objects.filter(center=center, department__is_active=True)
    if unit:
        seats = seats.filter(department__code=unit)
    return list(seats.select_related("department", "window", "contact"))


def _changes(
    shifts: list[Shift], since: datetime, shown: set[int], *, whole: bool
) -> list[ShiftChange]:
    """公示后改: what was changed after the week was published, the newest first."""
    ids = [s.pk for s in shifts if whole or s.department_id in shown]
    rows = ShiftChange.objects.filter(shift__in=ids, at__gt=since).order_by("-pk")
    return list(rows.select_related("by", "shift__department"))


def _marks(shifts: list[Shift], changes: list[ShiftChange]) -> dict[int, str]:
    pending = Swap.objects.filter(state=Swap.State.ASKED)
    ids = [shift.pk for shift in shifts]
    asked = pending.filter(Q(shift__in=ids) | Q(other__in=ids)).values_list("shift", "other")
    marks = {change.shift_id: "公示后改" for change in changes}
    for pair in asked:
        marks.update({pk: "换班待同意" for pk in pair if pk is not None})
    return marks


@dataclass(frozen=True)
class _Table:
    """What every cell needs."""

    heads: list[DayHead]
    shifts: list[Shift]
    calendar: Calendar
    marks: dict[int, str]
    user: User

    def line(self, row: Row, place: str, *, always: bool = False) -> Line:
        """A row; one that is `always` there is there also on days nobody has been named for."""
        rows = [shift for shift in self.shifts if shift.key == row.key]
        named = {shift.day for shift in rows}
        mine = [shift for shift in rows if shift.state != Shift.State.CANCELLED]
        by_day: dict[date, list[Shift]] = defaultdict(list)
        for shift in mine:
            if counts(shift, self.calendar):
                by_day[shift.day].append(shift)
        may = may_set(self.user, row)
        cells = [
            Cell(
                day=head.day,
                stands=[UNNAMED]
                if always and not head.off and head.day not in named
                else stands(by_day[head.day], self.marks),
                off=head.off,
                may_edit=may or any(is_own(self.user, s) for s in by_day[head.day]),
            )
            for head in self.heads
        ]
        return Line(row.key, row.name, place, cells)


def stands(shifts: list[Shift], marks: dict[int, str]) -> list[Stand]:
    """The lines of a cell: one for the whole day when both halves say the same."""
    lines = [
        Stand(
            half=Half(shift.half).label,
            who=shift.who,
            mark="、".join(filter(None, (_state(shift), marks.get(shift.pk, "")))),
            gap=shift.is_gap,
            missed=shift.state == Shift.State.MISSED,
        )
        for shift in shifts
    ]
    if len(lines) == 2:
        first, second = lines
        if (first.who, first.mark, first.gap) == (second.who, second.mark, second.gap):
            return [Stand("", first.who, first.mark, first.gap, first.missed)]
    return lines


def _state(shift: Shift) -> str:
    return "" if shift.state == Shift.State.PLANNED else shift.get_state_display()


def _sections(
    table: _Table, center: Center, seats: list[Residency], *, whole: bool
) -> Iterator[Section]:
    for kind in Residency.Kind:
        here = [seat for seat in seats if seat.kind == kind]
        if not here:
            continue
        if kind == Residency.Kind.ON_CALL:
            yield Section(kind.label, [_on_call(seat) for seat in here])
        else:
            yield Section(
                kind.label,
                [
                    table.line(
                        Row(center, department=seat.department),
                        str(seat.window) if seat.window else "",
                        always=kind == Residency.Kind.RESIDENT,
                    )
                    for seat in here
                ],
            )
    if whole:
        yield Section("值班", [table.line(Row(center, duty=duty), "") for duty in Duty.values])


def _on_call(seat: Residency) -> Line:
    name, within = seat.contact_words, f"（{seat.answers_within} 分钟内回应）"
    called = " ".join(filter(None, (name, seat.phone_words)))
    public = " ".join(filter(None, (name, seat.public_phone)))
    return Line(
        key=seat.department.code,
        name=seat.department.name,
        place="",
        cells=[],
        called=f"电话：{called}{within}" if called else "没有留电话",
        called_publicly=f"电话：{public}{within}" if public else "到窗口问",
    )


def _gap(center: Center, shift: Shift, contacts: dict[int, str], user: User) -> Gap:
    when = f"{WEEKDAYS[shift.day.weekday()]}{Half(shift.half).label}"
    consequence = ""
    if shift.department is not None:
        contact = contacts.get(shift.department.pk) or "（还没有定）"
        consequence = f"{when}无人在岗 → {shift.department.name}类事项将派给值班联系人 {contact}"
    row = Row(center, department=shift.department, duty=shift.duty)
    ahead = shift.day >= clock.today()
    why = shift.gap_reason or shift.reason
    return Gap(
        shift=shift,
        words=f"{when} {shift.what}（本人请假{f'：{why}' if why else ''}）",
        consequence=consequence,
        may_fill=ahead and (may_set(user, row) or is_own(user, shift)),
    )


# ---------------------------------------------------------------- 月


@dataclass(frozen=True)
class MonthDay:
    """A day of the month: the duties, who comes by turns, and how many gaps."""

    head: DayHead
    inside: bool
    duties: list[str]
    rotating: list[str]
    gaps: list[str]


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[MonthDay]]

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def month_of(center: Center, first: date) -> Month:
    """A month at a glance: what changes from day to day, not who is there every day."""
    rows = months.Calendar().monthdatescalendar(first.year, first.month)
    calendar = calendar_of(center)
    begin, end = rows[0][0], rows[-1][-1]
    heads = {h.day: h for h in heads_of(calendar, begin, (end - begin).days + 1)}
    rotating = {
        seat.department_id for seat in _seats(center) if seat.kind == Residency.Kind.ROTATING
    }
    by_day: dict[date, list[Shift]] = defaultdict(list)
    for shift in _shifts(center, begin, end):
        if shift.state != Shift.State.CANCELLED and counts(shift, calendar):
            by_day[shift.day].append(shift)
    weeks = [
        [
            _month_day(heads[day], by_day[day], rotating, inside=day.month == first.month)
            for day in week
        ]
        for week in rows
    ]
    return Month(first, weeks)


def _month_day(head: DayHead, shifts: list[Shift], rotating: set[int], *, inside: bool) -> MonthDay:
    standing = [shift for shift in shifts if shift.state == Shift.State.PLANNED]
    turns = dict.fromkeys(s.what for s in standing if s.department_id in rotating)
    duties = dict.fromkeys(f"{s.what} {s.who}" for s in standing if s.duty)
    gaps = dict.fromkeys(s.what for s in shifts if s.is_gap)
    return MonthDay(head, inside, list(duties), list(turns), list(gaps))


# ---------------------------------------------------------------- 模板


@dataclass(frozen=True)
class Usual:
    """A row of the usual week."""

    row: Row
    place: str
    days: list[list[Stand]]
    may_edit: bool


def usual_week(center: Center, user: User) -> list[Usual]:
    """排班模板: every row that can be on the roster, with what each weekday usually has."""
    rows = ShiftTemplate.objects.filter(center=center).select_related("person", "department")
    found: dict[tuple[str, int], list[ShiftTemplate]] = defaultdict(list)
    for template in rows:
        found[template.key, template.weekday].append(template)
    seats = [seat for seat in _seats(center) if seat.kind != Residency.Kind.ON_CALL]
    seats.sort(key=lambda seat: (Residency.Kind.values.index(seat.kind), seat.pk))
    lines = [
        (Row(center, department=seat.department), str(seat.window) if seat.window else "")
        for seat in seats
    ]
    lines += [(Row(center, duty=duty), "") for duty in Duty.values]
    return [
        Usual(
            row,
            place,
            [_usual(found[row.key, weekday]) for weekday in range(1, 8)],
            may_set(user, row),
        )
        for row, place in lines
    ]


def _usual(templates: Iterable[Place]) -> list[Stand]:
    lines = [Stand(Half(t.half).label, t.who, "", False, False) for t in templates]
    if len(lines) == 2 and lines[0].who == lines[1].who:
        return [Stand("", lines[0].who, "", False, False)]
    return lines


# ---------------------------------------------------------------- 今天


@dataclass(frozen=True)
class DutyToday:
    """接访, 心理咨询, 律师: who today, in which half, where."""

    name: str
    who: str
    half: str
    where: str
    now: bool


def duties_today(center: Center, at: datetime) -> list[DutyToday]:
    """The duties of a day besides the departments, as people ask for them at the window."""
    moment, calendar = Moment.of(center, at), calendar_of(center)
    rows = Shift.objects.standing().filter(center=center, day=moment.day).exclude(duty="")
    order = list(Duty.values)
    found: dict[tuple[str, str, str], list[Shift]] = defaultdict(list)
    for shift in rows.for_roster():
        if counts(shift, calendar):
            found[shift.duty, shift.who, shift.where].append(shift)
    return [
        DutyToday(
            name=shifts[0].what,
            who=who,
            half="全天" if len(shifts) > 1 else Half(shifts[0].half).label,
            where=where,
            now=any(shift.half == moment.half for shift in shifts),
        )
        for (duty, who, where), shifts in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), item[1][0].half)
        )
    ]


def shift_words(shift: Shift, today: date) -> str:
    """「周四上午 11月26日 李强」, for a list of shifts to choose from."""
    when = f"{day_words(shift.day, today)}{Half(shift.half).label}"
    return f"{when}（{shift.day.month}月{shift.day.day}日）{shift.who}"
