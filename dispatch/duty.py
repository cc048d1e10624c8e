"""今天谁在岗: the single answer to who of a department is there, now or next.

A shift that stands makes somebody present. A 常驻 department without a shift is present in
working hours all the same, only nobody knows its name; a 轮驻 department without one is not there;
随驻 departments are rung up. On a holiday only shifts made by hand count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dispatch.models import Half, Residency, Shift
from orgs.calendars import calendars_of
from orgs.models import Center, Department
from zongzhi.lib import clock, dates
from zongzhi.lib.worktime import Calendar

LOOKED_AHEAD = timedelta(days=14)  # far enough for a fortnightly turn
WEEKDAYS = "一二三四五六日"

Slot = tuple[date, str]


@dataclass(frozen=True)
class OnDuty:
    """How a department can be reached at a moment: who is there, or when somebody is again."""

    unit_id: int
    unit: str
    code: str
    kind: str  # 常驻, 轮驻, 随驻
    present: bool
    person: str
    where: str
    phone: str  # of the contact, or of whoever is on call
    contact: str
    next: str  # 「周四上午」; "" when nothing is on the roster
    absence: str  # 「今天不在岗」 and why; "" when present or on call
    answers_within: int
    person_phone: str = ""  # of whoever stands there; for staff who have to call, never for a wall

    @property
    def on_call(self) -> bool:
        return self.kind == Residency.Kind.ON_CALL.label

    @property
    def away(self) -> bool:
        """Not there, though one would look for them here: to be said before a choice is made."""
        return not self.present and not self.on_call

    @property
    def called(self) -> str:
        """「孙立 138…」: whom to ring."""
        return " ".join(filter(None, (self.contact, self.phone)))

    @property
    def brief(self) -> str:
        """In a few words, for a list of units."""
        if self.on_call:
            return f"电话：{self.called}" if self.called else "没有留电话"
        if self.present:
            return " ".join(filter(None, ("在岗", self.person, self.where)))
        return f"{self.absence}，下次 {self.next}" if self.next else self.absence

    @property
    def sentence(self) -> str:
        """In full, as ux.md says it."""
        if self.on_call:
            return f"{self.kind}，{self.brief}（{self.answers_within} 分钟内回应）"
        if self.present:
            there = f"{self.kind}，今天在岗 {self.person}".rstrip()
            return f"{there}，{self.where}" if self.where else there
        instead = f"值班联系人 {self.called}" if self.contact else f"本单位 {self.phone}".rstrip()
        return f"{self.brief}；可吹哨或派给{instead}"


@dataclass(frozen=True)
class Moment:
    """A moment as the roster sees it: the day, the half that runs, and what is still to come."""

    day: date
    half: str  # "" outside working hours
    coming: str  # the half from which shifts are still ahead; "z" when the day is over

    @classmethod
    def of(cls, center: Center, at: datetime) -> Moment:
        at = clock.local(at)
        now, (morning, afternoon) = at.time(), center.hours
        if now < morning[0]:
            return cls(at.date(), "", Half.MORNING)
        if now < morning[1]:
            return cls(at.date(), Half.MORNING, Half.AFTERNOON)
        if now < afternoon[0]:
            return cls(at.date(), "", Half.AFTERNOON)
        if now < afternoon[1]:
            return cls(at.date(), Half.AFTERNOON, "z")
        return cls(at.date(), "", "z")


def on_duties(centers: Iterable[Center], at: datetime) -> dict[tuple[int, int], OnDuty]:
    """How every department can be reached, by centre and department. Six queries at most."""
    here = {center.pk: center for center in centers}
    residencies = Residency.objects.filter(center__in=here, department__is_active=True)
    seats = list(residencies.select_related("department", "window", "contact"))
    if not seats:
        return {}
    calendars, day = calendars_of(here.values()), clock.local(at).date()
    moments = {pk: Moment.of(center, at) for pk, center in here.items()}
    today, coming = _today(calendars, day), _coming(calendars, moments)
    return {
        (seat.center_id, seat.department_id): _stands(
            seat,
            moments[seat.center_id],
            today.get((seat.center_id, seat.department_id), {}),
            coming.get((seat.center_id, seat.department_id), []),
            works=calendars[seat.center_id].is_workday(day),
        )
        for seat in seats
    }


def on_duty(center: Center, at: datetime) -> dict[int, OnDuty]:
    """How every department with a place in the centre can be reached, by its id."""
    return {unit: duty for (_, unit), duty in on_duties([center], at).items()}


def on_duty_near(center: Center, at: datetime) -> dict[int, OnDuty]:
    """The same of whoever may be given a case: of the centre, and of the one above it."""
    near = [center.parent, center] if center.parent else [center]
    found = on_duties(near, at)
    return {unit: found[place.pk, unit] for place in near for pk, unit in found if pk == place.pk}


def duty_of(unit: Department | None, center: Center, at: datetime) -> OnDuty | None:
    """The same of one department; None when it has no place in the centre."""
    return on_duty(center, at).get(unit.pk) if unit is not None else None


def counts(shift: Shift, calendar: Calendar) -> bool:
    """A holiday empties the template's shifts; one made by hand is meant for that day."""
    return shift.by_hand or calendar.is_workday(shift.day)


def _today(calendars: Mapping[int, Calendar], day: date) -> dict[tuple[int, int], dict[str, Shift]]:
    rows = Shift.objects.filter(center__in=calendars, day=day, department__isnull=False)
    found: dict[tuple[int, int], dict[str, Shift]] = defaultdict(dict)
    for shift in rows.for_roster():
        if counts(shift, calendars[shift.center_id]) and shift.department_id is not None:
            found[shift.center_id, shift.department_id][shift.half] = shift
    return found


def _coming(
    calendars: Mapping[int, Calendar], moments: Mapping[int, Moment]
) -> dict[tuple[int, int], list[Slot]]:
    """The half days ahead, of every department, the nearest first."""
    first = min(moment.day for moment in moments.values())
    rows = (
        Shift.objects.standing()
        .filter(
            center__in=calendars,
            department__isnull=False,
            day__range=(first, first + LOOKED_AHEAD),
        )
        .order_by("day", "half")
        .values_list("center", "department", "day", "half", "by_hand")
    )
    found: dict[tuple[int, int], list[Slot]] = defaultdict(list)
    for center, unit, day, half, by_hand in rows:
        ahead = day > first or half >= moments[center].coming
        if ahead and (by_hand or calendars[center].is_workday(day)):
            found[center, unit].append((day, half))
    return found


def _stands(
    seat: Residency,
    moment: Moment,
    today: dict[str, Shift],
    coming: list[Slot],
    *,
    works: bool,
) -> OnDuty:
    shift = today.get(moment.half)
    standing = shift is not None and shift.state == Shift.State.PLANNED
    by_nature = seat.kind == Residency.Kind.RESIDENT and shift is None and works and moment.half
    present = bool(seat.kind != Residency.Kind.ON_CALL and (standing or by_nature))
    place = shift.where if shift is not None and standing else ""
    return OnDuty(
        unit_id=seat.department_id,
        unit=seat.department.name,
        code=seat.department.code,
        kind=seat.get_kind_display(),
        present=present,
        person=shift.who if shift is not None and standing else "",
        where=place or (str(seat.window) if seat.window else ""),
        phone=seat.phone_words,
        contact=seat.contact_words,
        next=next_words(coming, moment.day),
        absence="" if present else _absence(moment, today, works=works),
        answers_within=seat.answers_within,
        person_phone=_phone(shift) if shift is not None and standing else "",
    )


def _phone(shift: Shift) -> str:
    own = shift.person.phone if shift.person else ""
    return shift.phone or own


def _absence(moment: Moment, today: dict[str, Shift], *, works: bool) -> str:
    """Why nobody is there now."""
    shift = today.get(moment.half)
    if shift is not None and shift.state == Shift.State.AWAY:
        return "今天不在岗（本人请假）"
    if shift is not None and shift.state == Shift.State.MISSED:
        return "今天不在岗（没来）"
    if not works:
        return "今天休息"
    stood = any(row.state == Shift.State.PLANNED for row in today.values())
    if stood or not moment.half:
        return "现在不在岗"
    return "今天不在岗"


def next_words(coming: list[Slot], today: date) -> str:
    """「周四」 for a whole day, 「周四上午」 for half of it, 「下周二」, 「12月3日」."""
    if not coming:
        return ""
    day, half = coming[0]
    whole = half == Half.MORNING and (day, Half.AFTERNOON.value) in coming[:2]
    return f"{day_words(day, today)}{'' if whole else Half(half).label}"


def day_words(day: date, today: date) -> str:
    if day == today:
        return "今天"
    monday = today - timedelta(days=today.weekday())
    weeks = (day - monday).days // 7
    if weeks > 1 or day < monday:
        return dates.day(day, today)
    return f"{'下' if weeks else ''}周{WEEKDAYS[day.weekday()]}"


def begins(center: Center, day: date, half: str) -> datetime:
    """The moment a half day begins, in the centre's hours."""
    return _at(day, center.hours[0 if half == Half.MORNING else 1][0])


def ends(center: Center, day: date, half: str) -> datetime:
    return _at(day, center.hours[0 if half == Half.MORNING else 1][1])


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, clock.SHANGHAI)


def by_presence(duties: Iterable[OnDuty]) -> list[OnDuty]:
    """Those who are there first, then those to be rung up, then those who come another day."""
    return sorted(duties, key=lambda duty: (duty.away, duty.on_call, duty.unit_id))
