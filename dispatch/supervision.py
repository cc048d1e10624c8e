"""督办台: what was not done, by unit, or by centre where the delay is its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import (
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from cases.acts import act_of, why_not
from cases.clocks import Clocks, clocks_of
from cases.grid_tasks import VERBS as GRID_TASK_VERBS
from cases.lights import Shown, lights
from cases.models import Case, CaseEvent, StatutoryTerm
from cases.querysets import CaseQuerySet
from cases.rows import Row, rows_of
from cases.statutory import near_or_past
from cases.statutory import shown as term_light
from cases.thresholds import Threshold
from cases.timeline import title_of
from cases.vocabulary import Actor, Label
from dispatch.models import Chase, Instruction, Mark, Reminder, Supervision
from orgs.calendars import calendars_of
from orgs.models import Center, Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates

VIEWS = {
    "overdue": "超期",
    "to_accept": "应受理未受理",
    "to_dispatch": "应分流未分流",
    "unclaimed": "应签收未签收",
    "unhandled": "应办理未办理",
    "still": "久无进展",
    "unhappy": "不满意未整改",
    "instructed": "领导批示",
    "today": "今天到期",
    "near": "临期",
    "supervised": "督办中",
    "statutory": "法定期限将到",
}
CENTERS_OWN = ("to_accept", "to_dispatch")  # nobody's delay but the centre's
OF_A_UNIT = 5  # cases shown under a unit before one has to ask for all of them
OF_ONE_UNIT = 50
# Recomputing a due time or giving a mark is nobody's progress; what a grid is asked to do meanwhile
# is not that of the unit.
NOT_PROGRESS = ("recalculate", "mark", *GRID_TASK_VERBS.values())
_AT_WORK = (Label.HANDLING, Label.MEDIATING, Label.JOINT)


@dataclass(frozen=True)
class Watched:
    """A case under its unit: how it stands and why, what was done last, what may be done now."""

    row: Row
    last: str
    reminded: str
    sheet: Supervision | None
    marks: tuple[Mark, ...]
    instructions: tuple[Instruction, ...]
    terms: tuple[tuple[StatutoryTerm, Shown], ...]
    explained: str
    acts: tuple[str, ...]


@dataclass
class Group:
    """A unit, or a centre, with its numbers under this view, and the worst of its cases."""

    code: str
    name: str
    phone: str
    is_unit: bool
    number: int
    own: int  # of them in the centre of whoever looks: those they may remind of
    red: int = 0
    amber: int = 0
    still: int = 0
    sheets: int = 0
    chases_month: int = 0
    sheets_month: int = 0
    chased: str = ""  # 「周敏 10:02」, when somebody has reminded the unit today
    cases: list[Watched] = field(default_factory=list)


@dataclass(frozen=True)
class Era:
    """Days on which one figure for 久无进展 holds: what began then is still if before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Moments:
    """The moments a view is judged by."""

    now: datetime
    still: tuple[Era, ...]
    still_days: int

    @property
    def tonight(self) -> datetime:
        midnight = datetime.combine(self.now.date(), time(), clock.SHANGHAI)
        return midnight + timedelta(days=1)


def moments_for(center: Center, now: datetime) -> Moments:
    """Standstill counts the centre's working days, by the rule of the day on which it began."""
    clocks = clocks_of(center)
    days = {rule.effective_from for rule in clocks.thresholds if rule.name == Threshold.STILL_DAYS}
    starts = sorted(day for day in days if day <= now.date())
    eras = []
    for day, following in zip(starts, [*starts[1:], None], strict=True):
        since = datetime.combine(day, time(), clock.SHANGHAI)
        figure = clocks.threshold(Threshold.STILL_DAYS, since)
        until = _days_ago(clocks, now, figure)
        if following is not None:
            until = min(until, datetime.combine(following, time(), clock.SHANGHAI))
        if since < until:
            eras.append(Era(since, until))
    return Moments(now, tuple(eras), clocks.threshold(Threshold.STILL_DAYS, now))


def _days_ago(clocks: Clocks, now: datetime, left: int) -> datetime:
    day = now.date()
    while left:
        left -= clocks.calendar.is_workday(day)
        day -= timedelta(days=1)
    return datetime.combine(day, now.time(), clock.SHANGHAI)


def watched_cases(user: User) -> CaseQuerySet:
    """Open cases in the centres this person supervises and below them."""
    return Case.objects.visible_to(user).open()


def condition(view: str, moments: Moments) -> Q:
    """What a view shows, as a condition."""
    late = Q(due_at__lt=moments.now)
    theirs = Q(actor=Actor.UNIT)  # the centre's own delay is never the unit's
    simple: dict[str, Q] = {
        "overdue": theirs & late,
        "to_accept": Q(label=Label.TO_ACCEPT) & late,
        "to_dispatch": Q(label=Label.TO_DISPATCH) & late,
        "unclaimed": Q(label=Label.TO_CLAIM) & late,
        "unhandled": Q(label__in=_AT_WORK) & late,
        "unhappy": Q(complained_at__isnull=False) | Q(round__gt=1),
        "instructed": Q(instructed_at__isnull=False),
        "today": theirs & Q(due_at__gte=moments.now, due_at__lt=moments.tonight),
        "near": theirs & Q(near_at__lte=moments.now, due_at__gte=moments.now),
        "supervised": Q(stage="supervision"),
        "statutory": Q(pk__in=near_or_past(moments.now.date()).values("case")),
    }
    if view == "still":
        return theirs & ~Q(label=Label.PAUSED) & _standing_still(moments)
    return simple[view]


def _standing_still(moments: Moments) -> Q:
    """Nobody has done anything since before the end of the era in which it was last touched."""
    done = CaseEvent.objects.filter(case=OuterRef("pk"))
    done = done.exclude(verb__in=NOT_PROGRESS).exclude(by=None)
    found = Q(pk__in=[])
    for era in moments.still:
        untouched = ~Q(Exists(done.filter(at__gte=era.until)))
        if era is not moments.still[0]:
            untouched &= Q(Exists(done.filter(at__gte=era.since)))
        found |= untouched
    return found


def numbers_of(cases: CaseQuerySet, moments: Moments) -> dict[str, int]:
    """How many cases each view shows."""
    asked = {view: Count("pk", filter=condition(view, moments)) for view in VIEWS}
    numbers: dict[str, int] = cases.aggregate(**asked)
    return numbers


def groups_of(
    user: User, cases: CaseQuerySet, view: str, moments: Moments, *, unit: str = ""
) -> list[Group]:
    """The view's cases by unit, the one with most of them first; `unit` is one group's code."""
    shown = _held(cases.filter(condition(view, moments)), view)
    if unit:
        shown = shown.filter(_of_group(unit))
    groups = _groups(user, shown, cases, moments)
    ranked = shown.annotate(
        place=Window(
            RowNumber(),
            partition_by=[F("held_unit"), F("held_center")],
            order_by=[F("due_at").asc(nulls_last=True), F("pk").asc()],
        )
    ).filter(place__lte=OF_ONE_UNIT if unit else OF_A_UNIT)
    places = {pk: (u, c) for pk, u, c in ranked.values_list("pk", "held_unit", "held_center")}
    loaded = list(_for_watching(cases.filter(pk__in=places)))
    rows = rows_of(loaded, user=user, now=moments.now)  # brings the centres too
    calendars = calendars_of({case.center_id: case.center for case in loaded}.values())
    for case, row in zip(loaded, rows, strict=True):
        shining = lights(case, None, calendars[case.center_id], moments.now)
        explained = shining[0].explained if shining else ""
        groups[places[case.pk]].cases.append(_watched(user, case, row, explained))
    return list(groups.values())


def cases_of(user: User, view: str, moments: Moments, unit: str) -> CaseQuerySet:
    """All cases of one group of a view."""
    shown = _held(watched_cases(user).filter(condition(view, moments)), view)
    return shown.filter(_of_group(unit))


def _held(cases: CaseQuerySet, view: str) -> CaseQuerySet:
    """With whose list each case stands on: its unit's, or the centre's."""
    number = models.BigIntegerField()
    if view in CENTERS_OWN:
        held = {"held_unit": Value(None, number), "held_center": F("center_id")}
    else:
        nobody = When(unit=None, then=F("center_id"))
        held = {"held_unit": F("unit_id"), "held_center": models.Case(nobody, default=None)}
    return cases.annotate(**held)


def _of_group(code: str) -> Q:
    """A unit's code, or the division code of a centre: those are digits only."""
    units = Department.objects.filter(code=code).values("pk")
    conditions: dict[str, Any] = {"held_unit__in": units}
    if code.isdecimal():
        conditions = {"held_unit": None, "center__region__code": code}
    return Q(**conditions)


Key = tuple[int | None, int | None]


def _groups(
    user: User, shown: QuerySet[Any], cases: CaseQuerySet, moments: Moments
) -> dict[Key, Group]:
    """The groups of a view with all their numbers, the largest first."""
    here = center_of(user)
    rows = list(
        shown.order_by()
        .values("held_unit", "held_center")
        .annotate(n=Count("pk"), own=Count("pk", filter=Q(center=here)))
    )
    units = Department.objects.in_bulk([row["held_unit"] for row in rows if row["held_unit"]])
    centers = Center.objects.select_related("region").in_bulk(
        [row["held_center"] for row in rows if row["held_center"]]
    )
    groups: dict[Key, Group] = {}
    for row in rows:
        unit, center = units.get(row["held_unit"]), centers.get(row["held_center"])
        if unit is not None:
            group = Group(unit.code, unit.name, unit.phone, True, row["n"], row["own"])
        elif center is not None:
            code = center.region.code
            group = Group(code, center.name, center.phone, False, row["n"], row["own"])
        else:
            continue
        groups[row["held_unit"], row["held_center"]] = group
    by_unit = {key[0]: group for key, group in groups.items() if key[0] is not None}
    _count(by_unit, cases, moments)
    _count_what_was_done(by_unit, here, moments.now)
    return dict(sorted(groups.items(), key=lambda item: (-item[1].number, item[1].code)))


def _count(groups: Mapping[int, Group], cases: CaseQuerySet, moments: Moments) -> None:
    """■ ▲ ○ and 督办中 of each unit, whatever the view."""
    counted = (
        cases.filter(unit__in=groups)
        .order_by()
        .values("unit")
        .annotate(
            red=Count("pk", filter=condition("overdue", moments)),
            amber=Count("pk", filter=condition("near", moments)),
            still=Count("pk", filter=condition("still", moments)),
            sheets=Count("pk", filter=condition("supervised", moments)),
        )
    )
    for row in counted:
        group = groups[row["unit"]]
        group.red, group.amber = row["red"], row["amber"]
        group.still, group.sheets = row["still"], row["sheets"]


def _count_what_was_done(groups: Mapping[int, Group], here: Center, now: datetime) -> None:
    """本月已督办, and who has reminded the unit today."""
    today = clock.local(now).date()
    for chase in chases_of(here, today).filter(unit__in=groups).select_related("by"):
        group = groups[chase.unit_id]
        group.chases_month += 1
        if chase.day == today:
            group.chased = f"{chase.by.name} {clock.local(chase.at):%H:%M}"
    issued = sheets_of(here, today).filter(unit__in=groups).order_by().values("unit")
    for row in issued.annotate(n=Count("pk")):
        groups[row["unit"]].sheets_month = row["n"]


def chases_of(center: Center, day: date) -> QuerySet[Chase]:
    """提醒 by hand in the month of that day, up to it."""
    return Chase.objects.filter(center=center, day__gte=day.replace(day=1), day__lte=day)


def sheets_of(center: Center, day: date) -> QuerySet[Supervision]:
    """督办单 issued in the month of that day."""
    first = datetime.combine(day.replace(day=1), time(), clock.SHANGHAI)
    last = datetime.combine(day, time.max, clock.SHANGHAI)
    rows: QuerySet[Supervision] = Supervision.objects.filter(
        case__center=center, opened_at__gte=first, opened_at__lte=last
    )
    return rows


def _for_watching(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what was done last, how often the unit was reminded, and what hangs from the case."""
    last = CaseEvent.objects.filter(case=OuterRef("pk")).exclude(verb__in=NOT_PROGRESS)
    reminded = Reminder.objects.filter(case=OuterRef("pk"), due_at=OuterRef("due_at"))
    chased = Chase.cases.through.objects.filter(case=OuterRef("pk"))
    waiting = Instruction.objects.filter(noted_at=None).select_related("unit", "by", "case__center")
    rows: QuerySet[Case] = (
        cases.for_list()  # type: ignore[attr-defined]
        .with_assignments()
        .annotate(
            last_at=Subquery(last.order_by("-seq").values("at")[:1]),
            last_verb=Subquery(last.order_by("-seq").values("verb")[:1]),
            reminded_at=Subquery(reminded.order_by("-at").values("at")[:1]),
            chased_at=Subquery(chased.order_by("-chase__at").values("chase__at")[:1]),
        )
        .prefetch_related(
            Prefetch("supervisions", Supervision.objects.filter(closed_at=None)),
            Prefetch("marks", Mark.objects.filter(revoked_at=None)),
            Prefetch("instructions", waiting),
            Prefetch("statutory_terms", near_or_past(clock.today())),
        )
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    return rows


def _watched(user: User, case: Case, row: Row, explained: str) -> Watched:
    last_at = getattr(case, "last_at", None)
    last = f"{dates.moment(last_at)} {title_of(getattr(case, 'last_verb', ''))}" if last_at else ""
    sheet = next(iter(case.supervisions.all()), None)
    return Watched(
        row=row,
        last=last,
        reminded=_latest(getattr(case, name, None) for name in ("reminded_at", "chased_at")),
        sheet=sheet,
        marks=tuple(case.marks.all()),
        instructions=tuple(case.instructions.all()),
        terms=tuple((term, term_light(term, clock.today())) for term in case.statutory_terms.all()),
        explained=explained,
        acts=_acts(user, case, sheet),
    )


def _latest(moments: Iterable[Any]) -> str:
    known = [moment for moment in moments if moment is not None]
    return dates.moment(max(known)) if known else ""


def _acts(user: User, case: Case, sheet: Supervision | None) -> tuple[str, ...]:
    """What may be done from here, judged by what is loaded: asking again would cost a query."""
    instruct = ("instruct",) if act_of("instruct").who(user, case) else ()
    if sheet is not None:
        may_lift = sheet.answered_at is not None and act_of("lift").who(user, case)
        return ("lift", *instruct) if may_lift else instruct
    act = act_of("supervise")
    may = act.who(user, case) and case.stage in act.sources and why_not(act, case) is None
    return ("supervise", *instruct) if may else instruct


def center_of(user: User) -> Center:
    """The centre whose working days count: that of the post which supervises."""
    return user.posts_giving(Permission.SUPERVISE)[0].center
