"""看板: what a leader must know in one minute, and what needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any

from django.db.models import Count, DateTimeField, QuerySet, Sum

from cases.models import Case, Consultation, Visit
from cases.querysets import CaseQuerySet, in_reach
from cases.rows import Row, rows_of
from dispatch.models import Circular, Request, Talk
from dispatch.queues import drafts_to_issue, pending_requests, pending_talks
from orgs.models import Center, User
from orgs.models.people import Footing
from orgs.permissions import Permission
from reports import figures
from reports.figures import AsOf, Counted, Figure
from reports.indicators.counting import Scope, Span
from reports.indicators.dictionary import percent
from reports.late_units import Unit, units_of
from reports.remembered import Remembered
from zongzhi.lib import clock
from zongzhi.lib.prepared import Given, Prepared

SHOWN = 5
KEPT = 512  # people whose questions a process keeps
TILES = (figures.REGISTERED_TODAY, figures.IN_HAND, figures.LATE, figures.HIGH_RISK)


@dataclass(frozen=True)
class Attention:
    """要你管的: a few rows under a heading that leads to all of them."""

    title: str
    mark: str
    counted: Counted
    rows: list[Row]


@dataclass(frozen=True)
class Satisfaction:
    """「92.4%（61评/74结）」; no percentage while fewer than ten have been rated."""

    percent: str
    content: Counted
    rated: Counted
    finished: Counted
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Way:
    """How many of the ratings came in one way: 本人扫码, 窗口平板, 电话代录."""

    counted: Counted
    percent: str


@dataclass(frozen=True)
class Coming:
    """接待: visits for cases and consultations together, times and people."""

    visits: int
    visitors: int
    url: str


@dataclass(frozen=True)
class Board:
    """Everything the board shows; `at` is when it was counted, rows and requests are of now."""

    at: AsOf
    tiles: list[Counted]
    near: Counted
    unhappy: Counted
    satisfaction: Satisfaction
    registered: Counted
    approved: Counted
    visits: Counted
    visitors: Counted
    consultations: Counted
    consulted: Counted
    stages: list[Counted]
    units: list[Unit]
    attention: list[Attention]
    requests: list[Request]
    talks: list[Talk]
    drafts: list[Circular]
    leads: bool  # whether this person instructs and calls talks


def board_of(user: User, counted_last: Remembered) -> Board:
    """The board of what this person sees: figures as they were counted last, what needs them now.

    `counted_last`: of `ahead.STANDING`.
    """
    at, standing = AsOf(counted_last[0]), counted_last[1]
    counted = figures.with_lists(figures.ON_BOARD, standing.numbers, at)
    content, rated = counted["content_month"], counted["rated_month"]
    return Board(
        at=at,
        tiles=[counted[figure.key] for figure in TILES],
        near=counted["near"],
        unhappy=counted["unhappy"],
        satisfaction=Satisfaction(
            percent=percent(content.number, rated.number),
            content=content,
            rated=rated,
            finished=counted["finished_month"],
            ways=_ways(counted, rated.number),
        ),
        registered=counted["registered_month"],
        approved=counted["approved_month"],
        visits=counted["visits"],
        visitors=counted["visitors"],
        consultations=counted["consultations"],
        consulted=counted["consulted"],
        stages=[counted[figure.key] for figure in figures.BY_STAGE],
        units=units_of(standing.units, at),
        attention=_attention(user, counted, clock.now()),
        requests=requests_to_decide(user),
        talks=_asking(user).talks(),
        drafts=_asking(user).drafts(),
        leads=user.can(Permission.DECIDE) and user.can(Permission.SUPERVISE),
    )


def centers_seen(user: User) -> list[Center]:
    """The centres whose cases, and those of all below them, the board is about."""
    posts = user.posts_giving(Permission.VIEW_CENTER)
    return list({post.center_id: post.center for post in posts}.values())


def _ways(counted: dict[str, Counted], rated: int) -> tuple[Way, ...]:
    """Every way of rating with its share, while anybody has rated."""
    ways = [counted[figure.key] for figure in figures.RATED_BY] if rated else []
    return tuple(Way(way, percent(way.number, rated)) for way in ways)


ATTENTION: tuple[tuple[str, str, Figure], ...] = (
    ("超期最久", "■", figures.LATE),
    ("高风险", "⚑", figures.HIGH_RISK),
    ("不满意", "☹", figures.TO_MEND),
)


def _attention(user: User, counted: dict[str, Counted], now: datetime) -> list[Attention]:
    """The rows are of now; all of them are made ready together."""
    cases = [_asking(user).worst[figure.key](now=now) for _, _, figure in ATTENTION]
    rows = iter(rows_of(chain.from_iterable(cases), user=user, now=now))
    return [
        Attention(title, mark, counted[figure.key], list(islice(rows, len(some))))
        for (title, mark, figure), some in zip(ATTENTION, cases, strict=True)
    ]


@dataclass(frozen=True)
class _Asking:
    """What is asked for whenever a board is opened, as the posts of its reader make it."""

    worst: dict[str, Prepared[Case]]  # by the key of the figure, as of `now`
    requests: Prepared[Request]
    talks: Prepared[Talk]
    drafts: Prepared[Circular]


def _asking(user: User) -> _Asking:
    footing = user.footing
    return _kept_asking(footing) if footing else _written(user)


@lru_cache(KEPT)
def _kept_asking(footing: Footing) -> _Asking:
    return _written(footing.user)


def _written(user: User) -> _Asking:
    return _Asking(
        worst={one.key: Prepared(partial(_worst, user, one)) for _, _, one in ATTENTION},
        requests=Prepared(lambda: pending_requests(user).select_related(*_OF_REQUEST)[:SHOWN]),
        talks=Prepared(lambda: pending_talks(user).select_related("unit")[:SHOWN]),
        drafts=Prepared(lambda: drafts_to_issue(user)[:SHOWN]),
    )


_OF_REQUEST = ("case", "by", "assignment__unit", "suggested")


def _worst(user: User, figure: Figure) -> QuerySet[Case]:
    now: Any = Given("now", DateTimeField())
    found: CaseQuerySet = figure.rows.rows(Scope(user), Span(now, now, now))  # type: ignore[assignment]
    return found.for_list().order_by("due_at", "pk")[:SHOWN]


def requests_to_decide(user: User) -> list[Request]:
    """等你批的, the oldest first."""
    return _asking(user).requests()


def visits_of(user: User) -> QuerySet[Visit]:
    """Visits to the centres whose cases this person sees; else those they received themselves."""
    if not user.can(Permission.VIEW_CENTER):
        return Visit.objects.filter(received_by=user)
    return Visit.objects.filter(in_reach(user, "center"))


def consultations_of(user: User) -> QuerySet[Consultation]:
    """Consultations of the centres whose cases this person sees, without those that became one.

    Their visit is counted with the case: the same people came once.
    """
    return Consultation.objects.filter(in_reach(user, "center"), became=None)


def coming_of(visits: QuerySet[Visit], consultations: QuerySet[Consultation], url: str) -> Coming:
    """接待: how many times people came, for cases or only to ask, and how many they were."""
    both = [
        rows.order_by().aggregate(times=Count("pk"), people=Sum("visitors"))
        for rows in (visits, consultations)
    ]
    return Coming(
        visits=sum(row["times"] for row in both),
        visitors=sum(row["people"] or 0 for row in both),
        url=url,
    )
