"""督办台: what is late, about to be, unclaimed, at a standstill or complained about, by unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import RowNumber

from cases.acts import act_of, why_not
from cases.models import Case, CaseEvent
from cases.querysets import CaseQuerySet
from cases.rows import Row, rows_of
from cases.timeline import title_of
from cases.vocabulary import Actor, Label
from dispatch.models import Reminder, Supervision
from orgs.calendars import calendar_of
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates

VIEWS = {
    "overdue": "超期",
    "near": "临期",
    "today": "今天到期",
    "unclaimed": "没人签收",
    "still": "久无进展",
    "unhappy": "不满意待整改",
    "supervised": "督办中",
}
STILL_DAYS = 5  # working days without anybody doing anything
OF_A_UNIT = 5  # cases shown under a unit before one has to ask for all of them
OF_ONE_UNIT = 50
# Recomputing a due time is nobody's progress.
NOT_PROGRESS = ("recalculate",)


@dataclass(frozen=True)
class Watched:
    """A case under its unit: how it stands, what was done last, and what may be done now."""

    row: Row
    last: str
    reminded: str
    sheet: Supervision | None
    acts: tuple[str, ...]


@dataclass
class UnitGroup:
    """A unit with its numbers under this view, and the worst of its cases."""

    code: str
    name: str
    phone: str
    number: int
    red: int
    amber: int
    still: int
    sheets: int
    cases: list[Watched] = field(default_factory=list)


@dataclass(frozen=True)
class Marks:
    """The moments a view is judged by."""

    now: datetime
    still_since: datetime

    @property
    def tonight(self) -> datetime:
        midnight = datetime.combine(self.now.date(), time(), clock.SHANGHAI)
        return midnight + timedelta(days=1)


def marks_for(center: Center, now: datetime) -> Marks:
    """Standstill counts the centre's working days."""
    calendar, day, left = calendar_of(center), now.date(), STILL_DAYS
    while left:
        left -= calendar.is_workday(day)
        day -= timedelta(days=1)
    return Marks(now, datetime.combine(day, now.time(), clock.SHANGHAI))


def watched_cases(user: User) -> CaseQuerySet:
    """Open cases that a unit has, in the centres this person supervises and below them."""
    return Case.objects.visible_to(user).open().filter(unit__isnull=False)


def condition(view: str, marks: Marks) -> Q:
    """What a view shows, as a condition."""
    late = Q(due_at__lt=marks.now)
    theirs = Q(actor=Actor.UNIT)  # the centre's own delay is never the unit's
    match view:
        case "overdue":
            return theirs & late
        case "near":
            return theirs & Q(near_at__lte=marks.now, due_at__gte=marks.now)
        case "today":
            return theirs & Q(due_at__gte=marks.now, due_at__lt=marks.tonight)
        case "unclaimed":
            return Q(label=Label.TO_CLAIM) & late
        case "still":
            return theirs & ~Q(label=Label.PAUSED) & _standing_still(marks)
        case "unhappy":
            return Q(complained_at__isnull=False) | Q(round__gt=1)
        case _:
            return Q(stage="supervision")


def _standing_still(marks: Marks) -> Q:
    done = CaseEvent.objects.filter(case=OuterRef("pk"), at__gte=marks.still_since)
    return ~Q(Exists(done.exclude(verb__in=NOT_PROGRESS).exclude(by=None)))


def numbers_of(cases: CaseQuerySet, marks: Marks) -> dict[str, int]:
    """How many cases each view shows."""
    asked = {view: Count("pk", filter=condition(view, marks)) for view in VIEWS}
    numbers: dict[str, int] = cases.aggregate(**asked)
    return numbers


def groups_of(
    user: User, cases: CaseQuerySet, view: str, marks: Marks, *, unit: str = ""
) -> list[UnitGroup]:
    """The view's cases by unit, the unit with most of them first."""
    shown = cases.filter(condition(view, marks))
    if unit:
        shown = shown.filter(unit__code=unit)
    groups = {group.code: group for group in _units(shown, cases, marks)}
    ranked = shown.annotate(
        place=Window(
            RowNumber(),
            partition_by=F("unit"),
            order_by=[F("due_at").asc(nulls_last=True), F("pk").asc()],
        )
    ).filter(place__lte=OF_ONE_UNIT if unit else OF_A_UNIT)
    loaded = list(_for_watching(cases.filter(pk__in=list(ranked.values_list("pk", flat=True)))))
    for case, row in zip(loaded, rows_of(loaded, user=user, now=marks.now), strict=True):
        if case.unit is not None and case.unit.code in groups:
            groups[case.unit.code].cases.append(_watched(user, case, row))
    return list(groups.values())


def _units(shown: CaseQuerySet, cases: CaseQuerySet, marks: Marks) -> list[UnitGroup]:
    numbers = (
        shown.order_by()
        .values("unit", "unit__code", "unit__name", "unit__phone")
        .annotate(n=Count("pk"))
    )
    ordered = sorted(numbers, key=lambda row: (-row["n"], row["unit__code"]))
    units = [row["unit"] for row in ordered]
    all_of_them = {
        row["unit"]: row
        for row in cases.filter(unit__in=units)
        .order_by()
        .values("unit")
        .annotate(
            red=Count("pk", filter=condition("overdue", marks)),
            amber=Count("pk", filter=condition("near", marks)),
            still=Count("pk", filter=condition("still", marks)),
            sheets=Count("pk", filter=condition("supervised", marks)),
        )
    }
    return [
        UnitGroup(
            code=row["unit__code"],
            name=row["unit__name"],
            phone=row["unit__phone"],
            number=row["n"],
            **{key: all_of_them[row["unit"]][key] for key in ("red", "amber", "still", "sheets")},
        )
        for row in ordered
    ]


def _for_watching(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what was done last, and how often the unit was reminded."""
    last = CaseEvent.objects.filter(case=OuterRef("pk")).exclude(verb__in=NOT_PROGRESS)
    reminded = Reminder.objects.filter(case=OuterRef("pk"), due_at=OuterRef("due_at"))
    rows: QuerySet[Case] = (
        cases.for_list()  # type: ignore[attr-defined]
        .with_assignments()
        .annotate(
            last_at=Subquery(last.order_by("-seq").values("at")[:1]),
            last_verb=Subquery(last.order_by("-seq").values("verb")[:1]),
            reminded_at=Subquery(reminded.order_by("-at").values("at")[:1]),
        )
        .prefetch_related("supervisions")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    return rows


def _watched(user: User, case: Case, row: Row) -> Watched:
    last_at, reminded_at = getattr(case, "last_at", None), getattr(case, "reminded_at", None)
    open_sheets = [sheet for sheet in case.supervisions.all() if sheet.closed_at is None]
    sheet = open_sheets[-1] if open_sheets else None
    return Watched(
        row=row,
        last=f"{dates.moment(last_at)} {title_of(getattr(case, 'last_verb', ''))}"
        if last_at
        else "",
        reminded=dates.moment(reminded_at) if reminded_at else "",
        sheet=sheet,
        acts=_acts(user, case, sheet),
    )


def _acts(user: User, case: Case, sheet: Supervision | None) -> tuple[str, ...]:
    """督办 or 解除督办, judged by what is loaded: asking for the sheet again would cost a query."""
    if sheet is not None:
        may_lift = sheet.answered_at is not None and act_of("lift").who(user, case)
        return ("lift",) if may_lift else ()
    act = act_of("supervise")
    return ("supervise",) if act.who(user, case) and why_not(act, case) is None else ()


def center_of(user: User) -> Center:
    """The centre whose working days count: that of the post which supervises."""
    return user.posts_giving(Permission.SUPERVISE)[0].center
