"""调解安排: the timetable, one session, the slips for the parties, 我的调解."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.acts import allowed
from cases.clocks import clocks_of
from cases.levels import standing_of
from cases.models import Case
from cases.presenting import show_party
from mediation import timetable
from mediation.meetings import outside_hours
from mediation.models import Session
from mediation.session_pages import (
    MINE,
    before_of,
    for_list,
    may_read_record,
    shown,
)
from mediation.session_pages import mine as own_sessions
from orgs.calendars import calendar_of
from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

STAFF = (Permission.TRIAGE, Permission.HANDLE, Permission.MEDIATE, Permission.VIEW_CENTER)
YEARS = range(2000, 2100)
VERBS = ("record-session", "move-session", "call-off-session")


@needs(*STAFF)
@require_GET
def grid(request: StaffRequest) -> HttpResponse:
    """Rooms or mediators side by side: a day on the raster, or a week by days.

    With `case`, a free time leads to the form that arranges a session of it.
    """
    asked = request.GET
    center = _center(request.user, asked.get("center", ""))
    day = _day(asked.get("day", ""))
    monday = day - timedelta(days=day.weekday())
    is_week = asked.get("view") == "week"
    by_mediator = asked.get("by") == "mediators"
    named = asked.get("q", "").strip()[:20]
    columns, more = timetable.rooms_of(center), 0
    if by_mediator:
        sunday = monday + timedelta(days=6)
        columns, more = timetable.mediators_of(center, monday, sunday, named=named)
    week = timetable.week_of(center, monday, columns, request.user) if is_week else None
    step = timedelta(days=7 if is_week else 1)
    context: dict[str, Any] = {
        "center": center,
        "columns": columns,
        "more": more,
        "named": named,
        "by": "mediators" if by_mediator else "rooms",
        "view": "week" if is_week else "day",
        "day": None if is_week else timetable.day_of(center, day, columns, request.user),
        "week": week,
        "on": day,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "days": [monday + timedelta(days=n) for n in range(7)],
        "previous": day - step,
        "following": day + step,
        "today": clock.today(),
        "case": _case(request.user, asked.get("case", "")),
    }
    return render(request, "mediation/grid.html", context)


def _center(user: User, asked: str) -> Center:
    posts = user.posts_today
    named = [post.center for post in posts if str(post.center_id) == asked]
    return (named or [posts[0].center])[0]


def _day(text: str) -> date:
    """The day an address names; today for what is none, or one nobody will ever reach."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return day if day.year in YEARS else clock.today()


def _case(user: User, number: str) -> Case | None:
    """The case a session is looked for."""
    return Case.objects.visible_to(user).named(number).first() if number else None


@needs(*STAFF)
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """我的调解: what this mediator has before and behind them."""
    user, now = request.user, clock.now()
    view = request.GET.get("view", "")
    view = view if view in MINE else "planned"
    order = Order("starts_at", descending=view != "planned")
    page = paginate(for_list(own_sessions(user, view, now)), order, request.GET)
    context = {
        "page": page,
        "rows": shown(page.rows, now),
        "views": [
            (key, label, own_sessions(user, key, now).count()) for key, label in MINE.items()
        ],
        "view": view,
    }
    return render(request, "mediation/mine.html", context)


def _session(user: User, pk: int) -> Session:
    rows = Session.objects.visible_to(user).select_related(
        "host", "room", "attempt", "recorded_by", "planned_by", "moved_to", "mediation__center"
    )
    return get_object_or_404(rows, pk=pk)


@needs(*STAFF)
@require_GET
def session(request: StaffRequest, pk: int) -> HttpResponse:
    """One session: when, where, who is asked; how it went; what can be done with it now."""
    row, now = _session(request.user, pk), clock.now()
    case = Case.objects.visible_to(request.user).for_detail().get(pk=row.mediation.case_id)
    standing = standing_of(case, clocks_of(case.center), now)
    acts = [act for act in allowed(request.user, case) if act.verb in VERBS]
    presences = list(row.presences.select_related("party"))
    span = (row.starts_at, row.ends_at)
    context = {
        "session": row,
        "shown": shown([row], now)[0],
        "case": case,
        "presences": [(one, show_party(one.party, case)) for one in presences],
        "helpers": row.helpers.all(),
        "guests": row.guests.all(),
        "before": before_of(row, request.user, case),
        "outside": outside_hours(calendar_of(case.center), span) if row.is_planned else "",
        "standing": standing if row.attempt_id else None,
        "may_read": may_read_record(request.user, row, case),
        "moved_from": Session.objects.filter(moved_to=row).first(),
        "acts": acts if row.is_planned else [],
        "again": not row.is_planned and _may(request.user, case, "schedule-session"),
    }
    return render(request, "mediation/session.html", context)


def _may(user: User, case: Case, verb: str) -> bool:
    return any(act.verb == verb for act in allowed(user, case))


@needs(*STAFF)
@require_GET
def notice(request: StaffRequest, pk: int) -> HttpResponse:
    """调解通知书, one slip for each party that is asked: no matter, no other party, no number of
    theirs."""
    row = _session(request.user, pk)
    if not row.is_planned:
        raise NotFound("这次调解已经开过、改期或者取消，没有通知书要打")
    case = Case.objects.visible_to(request.user).for_detail().get(pk=row.mediation.case_id)
    asked = row.presences.select_related("party").order_by("pk")
    context = {
        "session": row,
        "case": case,
        "asked": [show_party(one.party, case) for one in asked],
        "printed": f"{request.user.name} {clock.now():%Y-%m-%d %H:%M}",
    }
    return render(request, "mediation/notice.html", context)
