"""我的工作量: what one person did this week and this month, for that person alone.

No comparison with anybody, no rank, no score (国办函〔2026〕12 号).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from cases.models import Assignment, Case, CaseEvent, Consultation, FollowUp, Visit
from dispatch.models import Instruction, Request, Return, Supervision
from grids.models import EventLine, GridEvent
from mediation.models import Session
from orgs.models import User
from zongzhi.lib import clock


@dataclass(frozen=True)
class Work:
    """One kind of work: whose rows, by which moment, and the case each belongs to."""

    key: str
    name: str
    rows: Callable[[User], QuerySet[Any]]
    at: str
    case: str | None  # the path to the case; "" when the row is one, None when it has none
    event: str = ""  # the path to the grid event, where it is of one

    def since(self, user: User, day: date) -> QuerySet[Any]:
        """What this person did from that day on."""
        midnight = datetime.combine(day, time(), clock.SHANGHAI)
        return self.rows(user).filter(
            **{f"{self.at}__gte": midnight, f"{self.at}__lte": clock.now()}
        )


_NOT_HANDLING = ("report", "note")


def _approved(user: User) -> QuerySet[Any]:
    """What this person's approval ended; history says whose it was, once in each round."""
    own = CaseEvent.objects.filter(
        case=OuterRef("case"), round=OuterRef("round"), verb="approve", by=user
    )
    ended = Assignment.objects.filter(role=Assignment.Role.LEAD, ending=Assignment.Ending.APPROVED)
    return ended.filter(Exists(own))


WORKS = (
    Work(
        "registered",
        "登记的事项",
        lambda user: Case.objects.filter(registered_by=user),
        "registered_at",
        "",
    ),
    Work(
        "received",
        "接待的来访（批次）",
        lambda user: Visit.objects.filter(received_by=user),
        "at",
        "case",
    ),
    Work(
        "consulted",
        "接待的咨询（次）",
        lambda user: Consultation.objects.filter(received_by=user),
        "at",
        None,
    ),
    Work(
        "dispatched",
        "派出主办的",
        lambda user: Assignment.objects.filter(
            dispatched_by=user, role=Assignment.Role.LEAD
        ).exclude(ending=Assignment.Ending.RECALLED),
        "dispatched_at",
        "case",
    ),
    Work(
        "ruled",
        "裁定的退回",
        lambda user: Return.objects.filter(ruled_by=user),
        "ruled_at",
        "case",
    ),
    Work("approved", "审核通过的", _approved, "ended_at", "case"),
    Work(
        "decided",
        "批复的申请（延期、暂停、改派、提级）",
        lambda user: Request.objects.filter(decided_by=user),
        "decided_at",
        "case",
    ),
    Work(
        "supervised",
        "发出的督办单",
        lambda user: Supervision.objects.filter(opened_by=user),
        "opened_at",
        "case",
    ),
    Work(
        "instructed",
        "写的批示",
        lambda user: Instruction.objects.filter(by=user),
        "at",
        "case",
    ),
    Work(
        "claimed",
        "签收的",
        lambda user: Assignment.objects.filter(claimed_by=user),
        "claimed_at",
        "case",
    ),
    Work(
        "reported",
        "反馈结果的",
        lambda user: Assignment.objects.filter(reported_by=user),
        "reported_at",
        "case",
    ),
    Work(
        "mediated",
        "主持的调解（场）",
        lambda user: Session.objects.filter(host__user=user, state=Session.State.HELD),
        "starts_at",
        "mediation__case",
    ),
    Work(
        "followed",
        "回访的（次）",
        lambda user: FollowUp.objects.filter(by=user),
        "at",
        "case",
    ),
    Work(
        "events",
        "上报的网格事件",
        lambda user: GridEvent.objects.filter(reported_by=user),
        "received_at",
        None,
    ),
    Work(
        "events_handled",
        "处理的网格事件（核实、交办、反馈、核查、办结等，次）",
        lambda user: EventLine.objects.filter(by=user).exclude(verb__in=_NOT_HANDLING),
        "at",
        None,
        event="event",
    ),
)
BY_KEY = {work.key: work for work in WORKS}


@dataclass(frozen=True)
class Done:
    """A kind of work with its two numbers and where their rows are."""

    work: Work
    week: int
    month: int
    week_url: str
    month_url: str


def starts() -> tuple[date, date]:
    """This week's Monday, and the first of the month."""
    today = clock.today()
    return today - timedelta(days=today.weekday()), today.replace(day=1)


def done_by(user: User) -> list[Done]:
    """One query for each kind, whatever one has done. Kinds without a row are left out."""
    week, month = starts()
    found = []
    for work in WORKS:
        midnight = datetime.combine(week, time(), clock.SHANGHAI)
        this_week = Count("pk", filter=Q(**{f"{work.at}__gte": midnight}))
        rows = work.since(user, min(week, month)).order_by()
        first = datetime.combine(month, time(), clock.SHANGHAI)
        numbers = rows.aggregate(
            week=this_week, month=Count("pk", filter=Q(**{f"{work.at}__gte": first}))
        )
        if any(numbers.values()):
            urls = [_url(work, day) for day in (week, month)]
            found.append(Done(work, numbers["week"], numbers["month"], *urls))
    return found


def _url(work: Work, day: date) -> str:
    return f"{reverse('reports:mine_list', args=[work.key])}?since={day.isoformat()}"


@dataclass(frozen=True)
class Line:
    """A row of one's own list; without an address where one does not see the case any more."""

    number: str
    url: str
    title: str
    at: str


def lines_of(work: Work, rows: list[Any], user: User) -> list[Line]:
    """The rows of one screen of the list, the cases in one query."""
    if work.case is None:
        return _of_no_case(work, rows, user)
    cases = {row.pk: _case_id(work.case, row) for row in rows}
    ids = [pk for pk in cases.values() if pk is not None]
    seen = Case.objects.visible_to(user).in_bulk(ids)
    return [_line(work, row, seen.get(cases[row.pk] or 0)) for row in rows]


def _of_no_case(work: Work, rows: list[Any], user: User) -> list[Line]:
    """A consultation has no page of its own; an event has, as long as one sees it."""
    if rows and isinstance(rows[0], Consultation):
        return [Line(str(row.get_category_display()), "", row.text, _at(work, row)) for row in rows]
    events = [(row, getattr(row, work.event) if work.event else row) for row in rows]
    seen = GridEvent.objects.visible_to(user).in_bulk([event.pk for _, event in events])
    return [
        Line(
            event.short_number,
            event.get_absolute_url() if event.pk in seen else "",
            "",
            _at(work, row),
        )
        for row, event in events
    ]


def _case_id(path: str, row: Any) -> int | None:
    """The id of the case a row belongs to."""
    *before, last = path.split("__")
    for name in before:
        row = getattr(row, name)
    found: int | None = getattr(row, f"{last}_id") if last else row.pk
    return found


def _line(work: Work, row: Any, case: Case | None) -> Line:
    at = _at(work, row)
    if case is None:
        return Line(getattr(row, "number", "") or "–", "", "", at)
    return Line(case.short_number, case.get_absolute_url(), case.title, at)


def _at(work: Work, row: Any) -> str:
    moment = clock.local(getattr(row, work.at))
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"
