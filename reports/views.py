"""工作台, 看板, and what stands behind 接待."""

from __future__ import annotations

from datetime import datetime, time

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from reports import board as boards
from reports.ahead import SIGNS, STANDING, TRENDS, told
from reports.figures import FIGURES, AsOf
from reports.indicators.links import moment_of
from reports.signs import Signs
from reports.trends import trends_of
from reports.workbench import workbench_of
from zongzhi.lib import clock
from zongzhi.lib.http import StaffRequest, is_phone
from zongzhi.lib.paging import Order, paginate


@never_cache
@login_required
@require_GET
def workbench(request: StaffRequest) -> HttpResponse:
    """工作台: what waits for me, and what I wait for; a grid worker's phone has its own pages."""
    if is_phone(request) and _is_only_grid_worker(request.user):
        return redirect("phone:home")
    page = workbench_of(request.user, AsOf(clock.now()))
    context = {"page": page, "here": reverse("reports:workbench"), "now": clock.now()}
    return render(request, "reports/workbench.html", context)


def _is_only_grid_worker(user: User) -> bool:
    posts = user.posts_today
    return bool(posts) and all(post.gives(Permission.GRID_WORK) for post in posts)


@never_cache
@needs(Permission.BOARD)
@require_GET
def board(request: StaffRequest) -> HttpResponse:
    """看板: the figures with the lists behind them, and what needs the leader."""
    user = request.user
    standing, behind, signs = told(user, STANDING, TRENDS, SIGNS)
    board = boards.board_of(user, standing)
    context = {
        "board": board,
        "trends": trends_of(behind, board.stages),
        "signs": Signs(*signs),
        "scope": "、".join(center.name for center in boards.centers_seen(user)),
        "definitions": [figure.definition for figure in FIGURES],
        "here": reverse("reports:board"),
    }
    return render(request, "reports/board.html", context)


@needs(Permission.VIEW_CENTER, Permission.REGISTER)
@require_GET
def visits(request: StaffRequest) -> HttpResponse:
    """来访登记簿: the rows behind 接待, visits for cases and consultations apart."""
    user = request.user
    since = _day(request.GET.get("since", "")) or AsOf(clock.now()).month
    until = moment_of(request.GET.get("as_of", ""))
    within = Q(at__gte=since) & (Q(at__lte=until) if until else Q())
    came, asked = (
        boards.visits_of(user).filter(within),
        boards.consultations_of(user).filter(within),
    )
    if request.GET.get("mine"):
        came, asked = came.filter(received_by=user), asked.filter(received_by=user)
    kind = "consultations" if request.GET.get("kind") == "consultations" else "visits"
    rows = (
        came.select_related("case", "received_by")
        if kind == "visits"
        else (asked.select_related("received_by"))
    )
    context = {
        "kind": kind,
        "page": paginate(rows, Order(descending=True), request.GET),
        "visits_total": came.count(),
        "consultations_total": asked.count(),
        "coming": boards.coming_of(came, asked, ""),
        "since": since,
        "until": until,
        "mine": request.GET.get("mine", ""),
    }
    return render(request, "reports/visits.html", context)


def _day(text: str) -> datetime | None:
    """The midnight a day begins at; None for anything that is no day."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), clock.SHANGHAI) if day else None
