"""排班: who stands when, by hand and by template, away and back, and the week for all to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from dispatch.duty import begins
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
from dispatch.models.roster import Place, ShiftQuerySet
from dispatch.scheduling import Row, is_own, may_schedule, may_set
from orgs.calendars import calendar_of
from orgs.models import Center, Room, User, Window
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

WEEK = timedelta(days=7)
HALVES = tuple(Half.values)


@dataclass(frozen=True)
class Standing:
    """Who and where; somebody without an account has a name and a telephone."""

    person: User | None = None
    name: str = ""
    phone: str = ""
    window: Window | None = None
    room: Room | None = None

    @property
    def who(self) -> str:
        return self.person.name if self.person else self.name


def row_of(center: Center, key: str) -> Row:
    """The row an address names; NotFound when the centre has none such."""
    if key.startswith("duty-"):
        duty = key.removeprefix("duty-")
        if duty in Duty.values:
            return Row(center, duty=duty)
        raise NotFound("排班表上没有这一行")
    seat = Residency.objects.filter(center=center, department__code=key).exclude(
        kind=Residency.Kind.ON_CALL
    )
    found = seat.select_related("department").first()
    if found is None:
        raise NotFound("排班表上没有这一行")
    return Row(center, department=found.department)


def _allow(user: User, row: Row) -> None:
    if not may_set(user, row):
        raise NotAllowed(f"{row.name}的班由排班的人和本单位负责人排")


# ---------------------------------------------------------------- 班次


@transaction.atomic
def set_shifts(
    *, row: Row, day: date, halves: Collection[str], standing: Standing, by: User
) -> list[Shift]:
    """排上: put somebody on a day, half of it or the whole; who stood there before is replaced."""
    _allow(by, row)
    if day < clock.today():
        raise WrongState("过去的日子不能再排，没来的可以标“没来”")
    there = Shift.objects.filter(**row.fields, day=day, half__in=halves)
    found = {shift.half: shift for shift in there.select_for_update(of=("self",)).for_roster()}
    return [
        _set_shift(found.get(half) or Shift(**row.fields, day=day, half=half), standing, by)
        for half in sorted(halves)
    ]


def _set_shift(shift: Shift, standing: Standing, by: User) -> Shift:
    before = _Before.of(shift)
    place(shift, standing)
    if before == _Before.of(shift) and before.state == Shift.State.PLANNED:
        return shift
    shift.state, shift.by_hand = Shift.State.PLANNED, True
    shift.reason = shift.gap_reason = ""
    keep(shift)
    drop_swaps(shift, by)
    changed(shift, by, before.to(shift), before=before.words, after=shift.who)
    if before.person and before.person not in (shift.person, by):
        words = f"排班：{moment_words(shift)} {shift.what} 改由{shift.who}值班"
        notify([before.person], text=words, url=address_of(shift))
    return shift


@dataclass(frozen=True)
class _Before:
    """What a shift said before it was set anew."""

    known: bool
    person: User | None
    words: str
    phone: str
    place: tuple[int | None, int | None]
    state: str

    @classmethod
    def of(cls, shift: Shift) -> _Before:
        known = shift.pk is not None
        place = (shift.window_id, shift.room_id)
        return cls(known, shift.person, shift.who, shift.phone, place, shift.state)

    def to(self, shift: Shift) -> ShiftChange.What:
        """What kind of change it is that leads here."""
        if not self.known:
            return ShiftChange.What.ADDED
        if (self.person, self.words) != (shift.person, shift.who):
            return ShiftChange.What.PERSON
        planned = self.state == Shift.State.PLANNED
        return ShiftChange.What.PLACE if planned else ShiftChange.What.BACK


def place(shift: Place, standing: Standing) -> None:
    """Put somebody on the shift, in memory."""
    shift.person = standing.person
    shift.name = "" if standing.person else standing.name
    shift.phone = "" if standing.person else standing.phone
    shift.window, shift.room = standing.window, standing.room


def keep(shift: Shift) -> None:
    """Save it; Invalid when the person already stands somewhere else at that time."""
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        raise Invalid(f"{shift.who} {moment_words(shift)}已经有班，一个人不能站两处") from error


def moment_words(shift: Shift) -> str:
    """「11月24日上午」."""
    return f"{dates.day(shift.day)}{Half(shift.half).label}"


def changed(
    shift: Shift,
    by: User,
    what: ShiftChange.What,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Remember who changed what, and tell the person who stands there when it was another."""
    ShiftChange.objects.create(
        shift=shift, at=clock.now(), by=by, what=what, before=before, after=after, reason=reason
    )
    if shift.person is not None and shift.person_id != by.pk and what in _TOLD:
        words = f"排班：{moment_words(shift)} {shift.what} {what.label}"
        notify([shift.person], text=words, url=address_of(shift))


_TOLD = {
    ShiftChange.What.ADDED,
    ShiftChange.What.PERSON,
    ShiftChange.What.PLACE,
    ShiftChange.What.CANCELLED,
    ShiftChange.What.MISSED,
}


def address_of(shift: Shift) -> str:
    cell = reverse("dispatch:roster_cell", args=[shift.day.isoformat(), shift.key])
    return f"{cell}?center={shift.center_id}"


def locked(shift_id: int, by: User) -> Shift:
    """The shift, locked, if this person may know of it."""
    rows = Shift.objects.visible_to(by).filter(pk=shift_id)
    shift = rows.select_for_update(of=("self",)).for_roster().select_related("center").first()
    if shift is None:
        raise NotFound("没有这个班次")
    return shift


def _planned(shift: Shift, what: str) -> None:
    if shift.state != Shift.State.PLANNED:
        raise AlreadyDone(f"{moment_words(shift)}已经是“{shift.get_state_display()}”，{what}不了")


@transaction.atomic
def mark_away(*, shift_id: int, reason: str, by: User) -> Shift:
    """请假: by the person or the scheduler, before the half day is over. It leaves a gap."""
    shift = locked(shift_id, by)
    if not (is_own(by, shift) or may_schedule(by, shift.center_id, shift.department_id)):
        raise NotAllowed("请假由本人、排班的人或者本单位负责人标")
    _planned(shift, "请假")
    if shift.day < clock.today():
        raise WrongState("过去的日子不能再请假，没来的可以标“没来”")
    shift.state, shift.reason, shift.by_hand = Shift.State.AWAY, reason, True
    shift.save()
    drop_swaps(shift, by)
    changed(shift, by, ShiftChange.What.AWAY, before=shift.who, reason=reason)
    _tell_schedulers(shift, by, "请假，空缺要找人替")
    return shift


def _tell_schedulers(shift: Shift, by: User, words: str) -> None:
    people = User.objects.holding(Permission.ROSTER, center=shift.center).exclude(pk=by.pk)
    text = f"排班：{moment_words(shift)} {shift.what} {words}"
    notify(people, text=text, url=address_of(shift))


@transaction.atomic
def mark_back(*, shift_id: int, by: User) -> Shift:
    """销假, or a 没来 or 不排 taken back: the shift stands again as it was."""
    shift = locked(shift_id, by)
    mine = is_own(by, shift) and shift.state in (Shift.State.AWAY, Shift.State.PLANNED)
    if not (mine or may_schedule(by, shift.center_id, shift.department_id)):
        raise NotAllowed("这个班由排班的人或者本单位负责人恢复")
    if shift.state == Shift.State.PLANNED:
        raise AlreadyDone(f"{moment_words(shift)}已经排定，不用恢复")
    shift.state, shift.reason, shift.gap_reason = Shift.State.PLANNED, "", ""
    keep(shift)
    drop_swaps(shift, by)
    changed(shift, by, ShiftChange.What.BACK, after=shift.who)
    return shift


@transaction.atomic
def mark_missed(*, shift_id: int, reason: str, by: User) -> Shift:
    """没来: said afterwards by whoever keeps the roster; nothing else ever checks who was there."""
    shift = locked(shift_id, by)
    if not by.can_at(Permission.ROSTER, shift.center_id):
        raise NotAllowed("“没来”由排班的人标")
    _planned(shift, "标“没来”")
    if clock.now() < begins(shift.center, shift.day, shift.half):
        raise WrongState("还没到时候，到了上班时间才能标“没来”")
    shift.state, shift.reason, shift.by_hand = Shift.State.MISSED, reason, True
    shift.save()
    changed(shift, by, ShiftChange.What.MISSED, before=shift.who, reason=reason)
    return shift


@transaction.atomic
def cancel_shift(*, shift_id: int, by: User) -> Shift:
    """不排: nobody is wanted on this half day; the template does not put it back."""
    shift = locked(shift_id, by)
    if not may_schedule(by, shift.center_id, shift.department_id):
        raise NotAllowed("这个班由排班的人或者本单位负责人排")
    if shift.state == Shift.State.CANCELLED:
        raise AlreadyDone(f"{moment_words(shift)}已经不排了")
    if shift.day < clock.today():
        raise WrongState("过去的日子不能再改")
    shift.state, shift.by_hand, shift.reason = Shift.State.CANCELLED, True, ""
    shift.save()
    drop_swaps(shift, by)
    changed(shift, by, ShiftChange.What.CANCELLED, before=shift.who)
    return shift


def drop_swaps(shift: Shift, by: User) -> None:
    """Whoever was asked about this shift is no longer asked: it is another shift now."""
    pending = Swap.objects.filter(state=Swap.State.ASKED)
    found = pending.filter(shift=shift) | pending.filter(other=shift)
    found.update(state=Swap.State.WITHDRAWN, answered_at=clock.now(), answered_by=by)


# ---------------------------------------------------------------- 模板


@transaction.atomic
def set_template(
    *,
    row: Row,
    weekdays: Collection[int],
    halves: Collection[str],
    standing: Standing,
    by: User,
) -> int:
    """What the usual week of a row looks like on these half days; how many there are."""
    _allow(by, row)
    ShiftTemplate.objects.filter(**row.fields, weekday__in=weekdays, half__in=halves).delete()
    rows = []
    for weekday in weekdays:
        for half in halves:
            template = ShiftTemplate(**row.fields, weekday=weekday, half=half)
            place(template, standing)
            rows.append(template)
    ShiftTemplate.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def remove_template(*, row: Row, template_id: int, by: User) -> None:
    """One half day less in the usual week."""
    _allow(by, row)
    removed, _ = ShiftTemplate.objects.filter(**row.fields, pk=template_id).delete()
    if not removed:
        raise AlreadyDone("模板里已经没有这一行")


@transaction.atomic
def generate_week(*, center: Center, monday: date, by: User) -> int:
    """按模板生成: fill what is missing on the working days ahead; how many shifts were added.

    As often as one likes: what is there, or was taken off by hand, stays as it is. A person who
    already stands elsewhere at that time is left out rather than put in two places.
    """
    if not by.can_at(Permission.ROSTER, center.pk):
        raise NotAllowed("按模板生成由排班的人办")
    days = working_days(center, max(monday, clock.today()), monday + WEEK)
    seats = Residency.objects.filter(center=center).exclude(kind=Residency.Kind.ON_CALL)
    of_units = Q(department__in=seats.values("department"), department__is_active=True)
    templates = list(
        ShiftTemplate.objects.filter(of_units | Q(department=None), center=center).exclude(
            person__is_active=False
        )
    )
    wanted = [
        template.on(day)
        for day in days
        for template in templates
        if template.weekday == day.isoweekday()
    ]
    before = Shift.objects.filter(center=center, day__in=days).count()
    Shift.objects.bulk_create(wanted, ignore_conflicts=True)
    return Shift.objects.filter(center=center, day__in=days).count() - before


def working_days(center: Center, first: date, until: date) -> list[date]:
    calendar = calendar_of(center)
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    return [day for day in days if calendar.is_workday(day)]


# ---------------------------------------------------------------- 公示


@transaction.atomic
def publish_week(
    *,
    center: Center,
    monday: date,
    by: User,
    gap_reason: str = "",
    gap_reasons: Mapping[int, str] | None = None,
) -> RosterWeek:
    """公示: the roster of a week for all to read; every gap must be explained, or all in one.

    What is changed afterwards is shown as 公示后改.
    """
    if not by.can_at(Permission.ROSTER, center.pk):
        raise NotAllowed("公示由排班的人办")
    known = RosterWeek.objects.filter(center=center, monday=monday).select_related("published_by")
    if earlier := known.first():
        raise AlreadyDone(
            f"这一周 {dates.moment(earlier.published_at)} {earlier.published_by.name}已经公示"
        )
    here = Shift.objects.filter(center=center, day__range=(monday, monday + timedelta(days=6)))
    if not here.exists():
        raise WrongState("这一周还没有排班，先按模板生成")
    _explain_gaps(here, gap_reason, gap_reasons or {})
    week, created = RosterWeek.objects.get_or_create(
        center=center,
        monday=monday,
        defaults={
            "published_at": clock.now(),
            "published_by": by,
            "gap_reason": gap_reason,
        },
    )
    if not created:
        raise AlreadyDone(f"这一周 {dates.moment(week.published_at)} 已经公示")
    return week


def _explain_gaps(shifts: ShiftQuerySet, common: str, reasons: Mapping[int, str]) -> None:
    gaps = list(shifts.gaps().select_for_update(of=("self",)).for_roster())
    unexplained = [gap for gap in gaps if not (common or reasons.get(gap.pk, "").strip())]
    if unexplained:
        named = "、".join(f"{moment_words(gap)} {gap.what}" for gap in unexplained[:3])
        more = f" 等 {len(unexplained)} 处" if len(unexplained) > 3 else ""
        raise Invalid(errors={"gap_reason": [f"{named}{more}空缺，写明原因才能公示"]})
    for gap in gaps:
        if own := reasons.get(gap.pk, "").strip():
            gap.gap_reason = own[:100]
            gap.save(update_fields=["gap_reason"])
