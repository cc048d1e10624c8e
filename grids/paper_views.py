"""代网格员录入: where phones cannot connect, the sheet of paper is typed in at the village."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from grids.models import Grid, GridRole
from grids.paper_forms import ROWS, PaperRow, rows_for
from grids.querysets import stems_of, within
from grids.services.reporting import OLDEST_PAPER, report_on_paper
from grids.vocabulary import Category
from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

MOST_ROWS = 40


@needs(Permission.REGISTER)
@require_GET
def choose(request: StaffRequest) -> HttpResponse:
    """The grids of the area, each with its sheet."""
    sought = request.GET.get("q", "").strip()
    grids = _grids(request.user)
    if sought:
        grids = grids.filter(Q(name__icontains=sought) | Q(code__startswith=sought))
    page = paginate(grids, Order(), request.GET)
    return render(request, "grids/paper/choose.html", {"page": page, "sought": sought})


@needs(Permission.REGISTER)
@require_http_methods(["GET", "POST"])
def enter(request: StaffRequest, code: str) -> HttpResponse:
    """The rows of one grid's sheet: all of them, or none and what is wrong with which."""
    grid = _grid(request.user, code, even_closed=request.method == "POST")
    workers = _workers(grid)
    count = _count(request.POST.get("count", ""))
    if request.method != "POST":
        return _page(request, grid, rows_for(workers), 200)
    if "more" in request.POST:
        return _page(request, grid, _with_more(workers, request.POST, count), 200)
    rows = rows_for(workers, request.POST, count)
    written = [row for row in rows if row.is_written]
    if not written:
        return _page(request, grid, rows, 422, "还没写，至少写一行")
    wrong = [row for row in written if not row.is_valid()]
    try:
        if not wrong and _taken(request, grid, written):
            return redirect("paper:enter", code=grid.code)
    except DomainError as error:
        return _page(request, grid, rows, error.status, f"{error.message}。写的都在下面，还没有录入")
    return _page(request, grid, rows, 422)


def _taken(request: StaffRequest, grid: Grid, rows: Sequence[PaperRow]) -> bool:
    """Whether all came in; what the service would not take is said at its row."""
    reports = [row.report(grid) for row in rows]
    told, new = report_on_paper(reports, by=request.user)
    for number, error in told.items():
        for name, sentences in _named(error).items():
            for sentence in sentences:
                rows[number].add_error(name if name in rows[number].fields else None, sentence)
    if not told:
        said = f"已录入 {len(reports)} 行"
        messages.success(request, said if new else f"{said}，前面录过，没有重复录入")
    return not told


def _named(error: Invalid) -> dict[str, list[str]]:
    same = {"reported_at": "day", "reported_by": "worker"}
    errors = error.errors or {"": [error.message]}
    return {same.get(name, name): sentences for name, sentences in errors.items()}


def _with_more(workers: Any, data: Any, count: int) -> list[PaperRow]:
    """The rows typed so far and five more; nothing is checked yet."""
    typed = rows_for(workers, data, count)
    fresh = rows_for(workers, None, min(count + 5, MOST_ROWS))
    for old, new in zip(typed, fresh, strict=False):
        new.initial = {name: old[name].value() for name in old.fields}
    return fresh


def _count(said: str) -> int:
    return min(int(said), MOST_ROWS) if said.isdecimal() and len(said) < 4 else ROWS


@needs(Permission.REGISTER)
@require_GET
def sheet(request: StaffRequest, code: str) -> HttpResponse:
    """The empty sheet for a grid, to be printed."""
    grid = _grid(request.user, code)
    context = {"grid": grid, "workers": _workers(grid), "categories": Category.labels}
    return render(request, "grids/paper/sheet.html", {**context, "lines": range(14)})


def _page(
    request: StaffRequest, grid: Grid, rows: Sequence[PaperRow], status: int, said: str = ""
) -> HttpResponse:
    wrong = [(n, row) for n, row in enumerate(rows, 1) if row.is_bound and _is_wrong(row)]
    context = {
        "grid": grid,
        "rows": rows,
        "wrong": wrong,
        "said": said,
        "can_have_more": len(rows) < MOST_ROWS,
        "days": OLDEST_PAPER.days,
    }
    return render(request, "grids/paper/enter.html", context, status=status)


def _is_wrong(row: PaperRow) -> bool:
    return row.is_written and bool(row.errors)


def _grids(user: User, *, even_closed: bool = False) -> QuerySet[Grid]:
    stems = stems_of(user)
    if not stems:
        raise NotAllowed("代网格员录入由社区、镇街综治中心做")
    grids = Grid.objects.all() if even_closed else Grid.objects.active()
    return grids.filter(within(stems, "code")).select_related("region")


def _grid(user: User, code: str, *, even_closed: bool = False) -> Grid:
    """A grid of the area. One closed while its sheet was typed still shows what was typed."""
    found: Grid | None = _grids(user, even_closed=even_closed).filter(code=code).first()
    if found is None:
        raise NotFound("没有这个网格")
    return found


def _workers(grid: Grid) -> QuerySet[User]:
    """Who served the grid at any time a sheet can be from."""
    since = clock.today() - OLDEST_PAPER
    roles = GridRole.objects.filter(Q(until=None) | Q(until__gte=since), grid=grid)
    return User.objects.filter(pk__in=roles.exclude(kind="guide").values("user"))
