"""上报: what a grid worker has seen comes in, once, however often the phone sends it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case as Choice
from django.db.models import CharField, Exists, F, OuterRef, Value, When

from grids import clocks
from grids.history import write_line
from grids.models import Duty, Grid, GridEvent, GridRole
from grids.querysets import stems_of
from grids.vocabulary import Category, EventActor, EventStage, Outcome, StepClock
from orgs.models import Center, Post, User
from orgs.models.people import Holders
from orgs.models.places import Level
from orgs.numbering import next_in
from orgs.permissions import Permission
from orgs.services import notify
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.secrecy import secrecy_mark

LONGEST_TEXT = 500
LONGEST_PLACE = 60
OLDEST = timedelta(days=7)  # a phone that was off for longer has a wrong clock, or a forgotten one
OLDEST_PAPER = timedelta(days=31)
AHEAD = timedelta(minutes=10)
_FINEST = 4  # decimals of a degree, some ten metres
_LOWEST_FIRST = (Level.VILLAGE, Level.TOWN, Level.COUNTY)


@dataclass(frozen=True)
class Report:
    """Everything a report holds, whichever door it came in by."""

    client_id: uuid.UUID
    grid: Grid
    category: Category
    text: str
    place: str = ""
    duty: Duty | None = None
    longitude: float | None = None
    latitude: float | None = None
    is_urgent: bool = False
    reported_at: datetime | None = None
    settled_on_spot: bool = False
    result: str = ""
    reported_by: User | None = None  # 代网格员录入: whose paper it is


@dataclass(frozen=True)
class _When:
    """When it was seen, and what the phone's clock said if that could not be."""

    at: datetime
    said: datetime | None = None


def report_event(report: Report, *, by: User) -> tuple[GridEvent, bool]:
    """Take a report in; (event, whether it is new).

    The same `client_id` by the same person gives the same event again. Raises NotFound for a grid
    the reporter does not serve and for a `client_id` of somebody else, NotAllowed without the
    right to report, Invalid for what cannot be taken as it is.
    """
    existing = _sent_before(report.client_id, by)
    if existing is not None:
        return existing, False
    now = clock.now()
    when = _when(report, now)
    _check(report, by, when.at.date())
    try:
        with transaction.atomic():
            return _take_in(report, by, when, now), True
    except IntegrityError:
        existing = _sent_before(report.client_id, by)
        if existing is None:
            raise
        return existing, False


def center_for(grid: Grid) -> Center:
    """The lowest centre over a grid where somebody handles what comes in: village, town, county."""
    holders = Post.objects.held_on(clock.today()).filter(
        center=OuterRef("pk"),
        role__permissions__contains=[Permission.TRIAGE.value],
        user__is_active=True,
    )
    over = {
        center.level: center
        for center in Center.objects.alias(
            stem=Choice(
                When(level=Level.VILLAGE, then=Value(grid.code[:12])),
                When(level=Level.TOWN, then=Value(f"{grid.code[:9]}000")),
                When(level=Level.COUNTY, then=Value(f"{grid.code[:6]}000000")),
                default=Value(""),
                output_field=CharField(),
            )
        )
        .filter(region__code=F("stem"))
        .annotate(has_somebody=Exists(holders))
        .select_related("region")
    }
    for level in _LOWEST_FIRST:
        if level in over and over[level].has_somebody:
            return over[level]
    if Level.COUNTY not in over:
        raise WrongState("这个网格上面还没有综治中心，找系统管理员")
    return over[Level.COUNTY]


def _sent_before(client_id: uuid.UUID, by: User) -> GridEvent | None:
    event = GridEvent.objects.filter(client_id=client_id).first()
    if event is None:
        return None
    if (event.typed_by_id or event.reported_by_id) != by.pk:
        raise NotFound("没有这次上报")
    return event


# --- What may come in -----------------------------------------------------------------------------


def _when(report: Report, now: datetime) -> _When:
    """A phone's clock may be wrong: what cannot be is brought back, and the history says so."""
    said = clock.local(report.reported_at) if report.reported_at else now
    if report.reported_by is not None:
        if said > now + AHEAD:
            raise Invalid(errors={"reported_at": ["时间还没到，核对纸上写的日期"]})
        if said < now - OLDEST_PAPER:
            days = OLDEST_PAPER.days
            raise Invalid(errors={"reported_at": [f"是 {days} 天以前的事，不再代录，当面问清再报"]})
        return _When(min(said, now))
    if said > now:
        return _When(now, said if said > now + AHEAD else None)
    if said < now - OLDEST:
        return _When(now - OLDEST, said)
    return _When(said)


def _check(report: Report, by: User, day: date) -> None:
    _check_words(report)
    if report.reported_by is None:
        if not by.can(Permission.GRID_WORK):
            raise NotAllowed("这个账号不能上报，由网格员上报")
        # A phone's clock may be days behind: who serves it today is no stranger to it.
        if not (serves(by, report.grid, day) or serves(by, report.grid, clock.today())):
            raise NotFound("没有这个网格")
    else:
        check_typing_for(report.grid, by)
        if not serves(report.reported_by, report.grid, day):
            raise Invalid(errors={"reported_by": ["这个人那天不在这个网格，核对日期和网格"]})
    if not report.grid.is_active:
        raise WrongState(f"{report.grid.name}已停用，不能再上报")


def _check_words(report: Report) -> None:
    text, place = report.text.strip(), report.place.strip()
    errors: dict[str, list[str]] = {}
    if not text:
        errors["text"] = ["还没写看到了什么，说一句"]
    elif len(text) > LONGEST_TEXT:
        errors["text"] = [f"写得太长（{len(text)} 字），最多 {LONGEST_TEXT} 字"]
    elif mark := secrecy_mark(f"{text} {place} {report.result}"):
        errors["text"] = [f"带有“{mark}”字样。涉密的不能传到本系统，改掉再提交"]
    if len(place) > LONGEST_PLACE:
        errors["place"] = [f"地点太长（{len(place)} 字），最多 {LONGEST_PLACE} 字"]
    if report.category not in Category.values:
        errors["category"] = ["还没选类别，点一个"]
    if errors:
        raise Invalid(errors=errors)


def serves(user: User, grid: Grid, day: date) -> bool:
    """Whether somebody served the grid on that day: what was seen then may still come in."""
    return GridRole.objects.filter(user=user, grid=grid).held_on(day).exists()


def check_typing_for(grid: Grid, by: User) -> None:
    """代网格员录入 is for whoever registers at a centre over the grid."""
    if not by.can(Permission.REGISTER):
        raise NotAllowed("代网格员录入由社区、镇街综治中心做")
    if not any(grid.code.startswith(stem) for stem in stems_of(by)):
        raise NotFound("没有这个网格")


# --- Taking it in ---------------------------------------------------------------------------------


def _take_in(report: Report, by: User, when: _When, now: datetime) -> GridEvent:
    settled = report.settled_on_spot
    text = report.text.strip()
    event = GridEvent(
        client_id=report.client_id,
        grid=report.grid,
        area=report.grid.code[:12],
        center=center_for(report.grid),
        stage=EventStage.DONE if settled else EventStage.REPORTED,
        actor=EventActor.NOBODY if settled else EventActor.CENTER,
        category=report.duty.category if report.duty else report.category,
        duty=report.duty,
        text=text,
        place=report.place.strip(),
        is_urgent=report.is_urgent and not settled,
        reported_by=report.reported_by or by,
        typed_by=by if report.reported_by else None,
        reported_at=when.at,
        received_at=now,
        settled_on_spot=settled,
    )
    event.longitude, event.latitude = _somewhere(report.longitude, report.latitude)
    if settled:
        event.handled_at = event.done_at = event.seen_at = now
        event.outcome, event.result = Outcome.ON_SPOT, report.result.strip() or text
    else:
        clocks.start(event, StepClock.VERIFY, now)
    county, day = report.grid.code[:6], clock.local(now).date()
    serial = next_in(f"grid event {county} {day:%y%m%d}")
    event.number = f"{county}{day:%y%m%d}G{serial:02d}"
    event.short_number = f"{day:%m%d}-G{serial:02d}"
    event.save(force_insert=True)
    data: dict[str, object] = {"typed": True} if report.reported_by else {}
    if when.said is not None:
        data = {**data, "phone_said": when.said.isoformat()}
    write_line(event, "report", by=by, at=now, data=data)
    if not settled:
        urgent = "（要马上处理）" if event.is_urgent else ""
        notify(
            Holders(Permission.TRIAGE, center=event.center),
            text=f"网格上报 {event.short_number}，待核实{urgent}",
            url=event.get_absolute_url(),
        )
    return event


def _somewhere(longitude: float | None, latitude: float | None) -> tuple[float | None, ...]:
    """A place on earth, no finer than needed; half a place is none."""
    if longitude is None or latitude is None:
        return None, None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None, None
    return round(longitude, _FINEST), round(latitude, _FINEST)


def mark_seen(event: GridEvent) -> None:
    """The reporter has read what became of it: it is no longer among the answers."""
    GridEvent.objects.filter(pk=event.pk, seen_at=None).update(seen_at=clock.now())


def report_on_paper(reports: Sequence[Report], *, by: User) -> tuple[dict[int, Invalid], bool]:
    """代网格员录入: all rows of a sheet or none; (what is wrong, by row; whether any was new)."""
    wrong: dict[int, Invalid] = {}
    new = False
    with transaction.atomic():
        for number, report in enumerate(reports):
            try:
                new = report_event(report, by=by)[1] or new
            except Invalid as error:
                wrong[number] = error
        if wrong:
            transaction.set_rollback(True)
    return wrong, new
