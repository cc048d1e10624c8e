"""代网格员录入: where phones cannot connect, the sheet of paper is typed in at the village."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from grids.event_policies import workers_of
from grids.models import Grid, GridRole, GridTask
from grids.paper_forms import ROWS, PaperPatrol, PaperResult, PaperRow, rows_for
from grids.querysets import stems_of, within
from grids.services.paper import finish_task_on_paper, note_patrol_on_paper
from grids.services.reporting import OLDEST_PAPER, report_on_paper
from grids.vocabulary import Category
from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotAllowed, NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, paginate

MOST_ROWS = 40
PaperForm = TypeVar("PaperForm", PaperPatrol, PaperResult)


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


@dataclass
class _Sheet:
    """Everything on the page of one grid: the rows, and two small forms beside them."""

    grid: Grid
    rows: Sequence[PaperRow]
    patrol: PaperPatrol | None  # None when nobody of the grid has walked it as a worker
    result: PaperResult | None  # None when no task waits there, or nobody can have done one
    said: str = ""


@needs(Permission.REGISTER)
@require_http_methods(["GET", "POST"])
def enter(request: StaffRequest, code: str) -> HttpResponse:
    """The rows of one grid's sheet: all of them, or none and what is wrong with which.

    Beside them a day walked and the result of a task; whatever else is typed stays on the page.
    """
    grid = _grid(request.user, code, even_closed=request.method == "POST")
    if request.method != "POST":
        return _page(request, _sheet_of(request, grid), 200)
    if "more" in request.POST:
        return _page(request, _as_typed(request, grid, more=5), 200)
    if "patrol" in request.POST:
        return _patrolled(request, grid)
    if "result" in request.POST:
        return _finished(request, grid)
    return _entered(request, grid)


def _sheet_of(request: StaffRequest, grid: Grid) -> _Sheet:
    """An empty one."""
    return _Sheet(
        grid,
        rows_for(_workers(grid)),
        _open(_patrol_form(grid)),
        _open(_result_form(request.user, grid)),
    )


def _patrol_form(grid: Grid, data: Any = None) -> PaperPatrol:
    """Offers only those from whom the service takes a day."""
    walkers = _workers(grid).filter(pk__in=User.objects.holding(Permission.GRID_WORK))
    return PaperPatrol(data, workers=walkers, prefix="patrol", initial=_new_day())


def _result_form(user: User, grid: Grid, data: Any = None) -> PaperResult:
    """The same for a task: who serves the grid today with the right to work there."""
    doers = _workers(grid).filter(pk__in=workers_of(grid.pk))
    return PaperResult(data, workers=doers, tasks=_tasks(user, grid), prefix="result")


def _open(form: PaperForm) -> PaperForm | None:
    """An empty form, if there is somebody to choose and something to say it of."""
    return form if form.can_be_filled else None


def _new_day() -> dict[str, Any]:
    return {"client_id": uuid.uuid4(), "day": clock.today()}


def _as_typed(request: StaffRequest, grid: Grid, more: int = 0) -> _Sheet:
    """Everything typed so far, and more rows when asked; nothing is checked yet."""
    workers, data = _workers(grid), request.POST
    count = _count(data.get("count", ""))
    sheet = _sheet_of(request, grid)
    typed = rows_for(workers, data, count)
    fresh = rows_for(workers, None, min(count + more, MOST_ROWS))
    for old, new in zip(typed, fresh, strict=False):
        new.initial = old.typed
    sheet.rows = fresh
    if sheet.patrol is not None:
        walked = _patrol_form(grid, data).typed
        given = {name: value for name, value in walked.items() if value}
        sheet.patrol.initial = _new_day() | given
    if sheet.result is not None:
        sheet.result.initial = _result_form(request.user, grid, data).typed
    return sheet


def _entered(request: StaffRequest, grid: Grid) -> HttpResponse:
    sheet = _as_typed(request, grid)
    sheet.rows = rows_for(_workers(grid), request.POST, _count(request.POST.get("count", "")))
    written = [row for row in sheet.rows if row.is_written]
    if not written:
        sheet.said = "还没写，至少写一行"
        return _page(request, sheet, 422)
    wrong = [row for row in written if not row.is_valid()]
    try:
        if not wrong and _taken(request, grid, written):
            sheet.rows = rows_for(_workers(grid))
            return _go_on(request, sheet)
    except DomainError as error:
        sheet.said = f"{error.message}。写的都在下面，还没有录入"
        return _page(request, sheet, error.status)
    return _page(request, sheet, 422)


def _patrolled(request: StaffRequest, grid: Grid) -> HttpResponse:
    sheet = _as_typed(request, grid)
    sheet.patrol = form = _patrol_form(grid, request.POST)
    status = 422
    if form.is_valid():
        try:
            note, is_new = note_patrol_on_paper(
                grid=grid, by=request.user, address=client_address(request), **form.cleaned_data
            )
        except DomainError as error:
            status = _told(form, error)
        else:
            said = f"已记 {note.by.name} {note.day.month} 月 {note.day.day} 日：{note.text}"
            messages.success(request, said if is_new else f"{said}，没有重复记")
            sheet.patrol = _open(_patrol_form(grid))
            return _go_on(request, sheet)
    return _page(request, sheet, status)


def _finished(request: StaffRequest, grid: Grid) -> HttpResponse:
    sheet = _as_typed(request, grid)
    sheet.result = form = _result_form(request.user, grid, request.POST)
    status = 422
    if form.is_valid():
        try:
            finish_task_on_paper(
                by=request.user, address=client_address(request), **form.cleaned_data
            )
        except DomainError as error:
            status = _told(form, error)
        else:
            messages.success(request, "已记任务结果")
            sheet.result = _open(_result_form(request.user, grid))
            return _go_on(request, sheet)
    return _page(request, sheet, status)


def _told(form: forms.Form, error: DomainError) -> int:
    """Say it beside its field; the status to answer with."""
    for name, sentences in _named(error).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    return error.status


def _go_on(request: StaffRequest, sheet: _Sheet) -> HttpResponse:
    """To the empty page; with something else still typed on it, to that."""
    beside = [form for form in (sheet.patrol, sheet.result) if form is not None]
    if any(form.is_written for form in (*beside, *sheet.rows)):
        return _page(request, sheet, 200)
    return redirect("paper:enter", code=sheet.grid.code)


def _taken(request: StaffRequest, grid: Grid, rows: Sequence[PaperRow]) -> bool:
    """Whether all came in; what the service would not take is said at its row."""
    reports = [row.report(grid) for row in rows]
    told, new = report_on_paper(reports, by=request.user)
    for number, error in told.items():
        _told(rows[number], error)
    if not told:
        said = f"已录入 {len(reports)} 行"
        messages.success(request, said if new else f"{said}，前面录过，没有重复录入")
    return not told


def _named(error: DomainError) -> dict[str, list[str]]:
    same = {"reported_at": "day", "reported_by": "worker"}
    errors = error.errors if isinstance(error, Invalid) else {}
    errors = errors or {"": [error.message]}
    return {same.get(name, name): sentences for name, sentences in errors.items()}


def _count(said: str) -> int:
    return min(int(said), MOST_ROWS) if said.isdecimal() and len(said) < 4 else ROWS


@needs(Permission.REGISTER)
@require_GET
def sheet(request: StaffRequest, code: str) -> HttpResponse:
    """The empty sheet for a grid, to be printed."""
    grid = _grid(request.user, code)
    context = {"grid": grid, "workers": _workers(grid), "categories": Category.labels}
    return render(request, "grids/paper/sheet.html", {**context, "lines": range(14)})


def _page(request: StaffRequest, sheet: _Sheet, status: int) -> HttpResponse:
    rows = sheet.rows
    wrong = [(n, row) for n, row in enumerate(rows, 1) if row.is_bound and _is_wrong(row)]
    context = {
        "sheet": sheet,
        "grid": sheet.grid,
        "rows": rows,
        "wrong": wrong,
        "small": [form for form in (sheet.patrol, sheet.result) if form and form.errors],
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


def _tasks(user: User, grid: Grid) -> QuerySet[GridTask]:
    """Those of the grid that wait for a result."""
    return GridTask.objects.visible_to(user).open().filter(grid=grid)


def _workers(grid: Grid) -> QuerySet[User]:
    """Who served the grid at any time a sheet can be from."""
    since = clock.today() - OLDEST_PAPER
    roles = GridRole.objects.filter(Q(until=None) | Q(until__gte=since), grid=grid)
    return User.objects.filter(pk__in=roles.exclude(kind="guide").values("user"))
