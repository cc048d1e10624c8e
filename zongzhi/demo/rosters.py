"""The county's rosters: last week, this one and the next, with a gap and a swap that waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from dispatch.models import Half, Residency, RosterWeek, Shift, ShiftTemplate
from dispatch.scheduling import Row
from dispatch.services.rostering import Standing, mark_away, place, set_shifts
from dispatch.services.swapping import ask_swap
from orgs.calendars import calendar_of
from orgs.models import Room, User
from zongzhi.demo import county
from zongzhi.demo.people import mobile
from zongzhi.demo.places import Places
from zongzhi.lib import clock

WEEK = timedelta(days=7)
BOTH = tuple(Half.values)
AM, PM = (Half.MORNING.value,), (Half.AFTERNOON.value,)
EVERY_DAY = (1, 2, 3, 4, 5)

# Unit → on which weekdays, which halves, who. Units that sit here always come every day.
_TURNS: dict[str, tuple[tuple[tuple[int, ...], tuple[str, ...], str], ...]] = {
    "RS": (((1, 3, 5), BOTH, "renshe"), ((2,), AM, "renshe_head")),
    "ZJ": (((2,), BOTH, "zhujian"), ((4,), BOTH, "zhujian_head")),
    "MZ": (((1, 4), AM, "minzheng"),),
    "WJ": (((3,), BOTH, "weijian"),),
    "ZR": (((2, 4), BOTH, "ziran"),),
    "SJ": (((1, 2, 3, 5), AM, "shijian"), ((4,), AM, "shijian_head")),
    "NY": (((3,), AM, "nongye"),),
    "JY": (((4,), PM, "jiaoyu"),),
    "JT": (((5,), AM, "jiaotong"),),
    "ST": (((2,), PM, "shengtai"),),
    "FL": (((1, 3, 5), AM, "fulian"),),
    "CG": (((2, 5), BOTH, "chengguan"),),
    "YJ": (((1,), PM, "yingji"),),
    "WL": (((4,), AM, "wenlv"),),
}
# Duty → room, weekdays, halves, and who: an account, or a name and a telephone.
_DUTIES: tuple[tuple[str, str, tuple[int, ...], tuple[str, ...], str], ...] = (
    ("reception", "群众接待大厅", (1,), BOTH, "leader"),
    ("reception", "群众接待大厅", (3,), BOTH, "leader2"),
    ("reception", "群众接待大厅", (5,), AM, "陆正川"),
    ("leadership", "", (1,), BOTH, "gongan_head"),
    ("leadership", "", (2,), BOTH, "jiancha_head"),
    ("leadership", "", (3,), BOTH, "fayuan_head"),
    ("leadership", "", (4,), BOTH, "sifa_head"),
    ("leadership", "", (5,), BOTH, "leader"),
    ("counselling", "心理关爱室", (2, 4), PM, "陈老师"),
    ("lawyer", "法律援助室", (1, 3, 5), AM, "方律师"),
    ("lawyer", "法律援助室", (2, 4), AM, "沈律师"),
)
_GUESTS = {
    name: mobile(99_000 + n) for n, name in enumerate(("陆正川", "陈老师", "方律师", "沈律师"))
}


def build_rosters(places: Places, now: datetime) -> None:
    """Contacts and the usual week first; three weeks from it; then what life does to a roster."""
    _name_contacts(places)
    templates = list(_templates(places))
    ShiftTemplate.objects.bulk_create(templates)
    monday = now.date() - timedelta(days=now.weekday())
    center = places.centers[county.COUNTY]
    calendar = calendar_of(center)
    days = [monday - WEEK + timedelta(days=n) for n in range(21)]
    Shift.objects.bulk_create(
        template.on(day)
        for day in days
        if calendar.is_workday(day)
        for template in templates
        if template.weekday == day.isoweekday()
    )
    triage = places.users["triage"]
    for first in (monday - WEEK, monday):
        friday = datetime.combine(first - timedelta(days=3), time(16, 30), clock.SHANGHAI)
        RosterWeek.objects.create(
            center=center, monday=first, published_at=friday, published_by=triage
        )
    _meanwhile(places, triage)


def _name_contacts(places: Places) -> None:
    """The head of a unit is its contact; of those on call somebody of the staff."""
    seats = list(Residency.objects.select_related("department"))
    for seat in seats:
        head, staff = _people_of(seat.department.code)
        wanted = staff if seat.kind == Residency.Kind.ON_CALL else head
        seat.contact = places.users[wanted]
    Residency.objects.bulk_update(seats, ["contact"])


def _people_of(code: str) -> tuple[str, str]:
    """The user names of the head and of one of the staff."""
    holders = [p.username for p in county.PEOPLE if any(q.department == code for q in p.posts)]
    heads = [name for name in holders if name.endswith("_head")]
    staff = [name for name in holders if not name.endswith("_head")]
    return heads[0], staff[0]


def _templates(places: Places) -> Iterator[ShiftTemplate]:
    center = places.centers[county.COUNTY]
    for seat in Residency.objects.select_related("department", "window").order_by("pk"):
        code = seat.department.code
        turns = _TURNS.get(code, ())
        if seat.kind == Residency.Kind.RESIDENT:
            turns = ((EVERY_DAY, BOTH, _people_of(code)[1]),)
        for weekdays, halves, who in turns:
            row = Row(center, department=seat.department)
            standing = Standing(places.users[who], window=seat.window)
            yield from _rows(row, weekdays, halves, standing)
    rooms = {room.name: room for room in Room.objects.filter(center=center)}
    for duty, room, weekdays, halves, who in _DUTIES:
        account: User | None = places.users.get(who)
        standing = Standing(
            account,
            "" if account else who,
            "" if account else _GUESTS[who],
            room=rooms.get(room),
        )
        yield from _rows(Row(center, duty=duty), weekdays, halves, standing)


def _rows(
    row: Row, weekdays: Iterable[int], halves: Iterable[str], standing: Standing
) -> Iterator[ShiftTemplate]:
    for weekday in weekdays:
        for half in halves:
            template = ShiftTemplate(**row.fields, weekday=weekday, half=half)
            place(template, standing)
            yield template


def _meanwhile(places: Places, triage: User) -> None:
    """A place changed after publication, a gap next week, and a swap nobody has agreed to yet."""
    today = clock.today()
    center = places.centers[county.COUNTY]
    ahead = Shift.objects.standing().filter(center=center, day__gt=today).for_roster()
    market = ahead.filter(department=places.units["SJ"], day__gte=_next_monday())
    if gap := market.first():
        mark_away(shift_id=gap.pk, reason="省局培训", by=places.users["shijian"])
    housing = ahead.filter(department=places.units["ZJ"], day__gte=_next_monday())
    for mine, theirs in pairwise(housing):
        if mine.person_id == places.users["zhujian"].pk != theirs.person_id:
            ask_swap(
                shift_id=mine.pk,
                other_id=theirs.pk,
                by=places.users["zhujian"],
                reason="当天要去工地",
            )
            break
    women = Row(center, department=places.units["FL"])
    moved = Shift.objects.filter(**women.fields, day__gte=today).first()
    if moved is not None:
        other = Standing(places.users["fulian_head"], window=moved.window)
        set_shifts(row=women, day=moved.day, halves=(moved.half,), standing=other, by=triage)


def _next_monday() -> date:
    today = clock.today()
    return today + timedelta(days=7 - today.weekday())
