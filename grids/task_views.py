"""网格任务: what was asked of the grids, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids.models import GridTask
from grids.querysets import GridTaskQuerySet
from grids.services.tasks import FOR_A_CASE, arrive, drop_task, finish_task, give_task, own_tasks
from grids.signals import case_wanted
from grids.task_forms import TaskForm
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

SOON = timedelta(hours=2)  # what is asked for from a case is mostly asked for now
VIEWS = {"open": "没办完", "late": "过了时间", "all": "全部"}


@login_required
@require_GET
def task_list(request: StaffRequest) -> HttpResponse:
    """The tasks of this person's area or grid."""
    return _page(request)


def _page(
    request: StaffRequest, *, failed: int | None = None, told: str = "", status: int = 200
) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "open"
    tasks = _narrowed(own_tasks(request.user), view)
    loaded = tasks.select_related("grid", "center", "duty", "by", "done_by")
    order = Order("at", descending=True) if view == "all" else Order("due_at")
    served = set()
    if request.user.can(Permission.GRID_WORK):
        roles = request.user.grid_roles.held_on(clock.today())
        served = set(roles.values_list("grid", flat=True))
    context = {
        "page": paginate(loaded, order, request.GET),
        "view": view,
        "views": VIEWS.items(),
        "now": clock.now(),
        "served": served,
        "may_give": request.user.can(Permission.TRIAGE),
        "centers": {post.center_id for post in request.user.posts_giving(Permission.TRIAGE)},
        "failed": failed,
        "told": told,
        "typed": request.POST.get("result", ""),
    }
    return render(request, "grids/events/tasks.html", context, status=status)


def _narrowed(tasks: GridTaskQuerySet, view: str) -> GridTaskQuerySet:
    if view == "all":
        return tasks
    return tasks.open().filter(due_at__lt=clock.now()) if view == "late" else tasks.open()


@needs(Permission.TRIAGE)
@require_http_methods(["GET", "POST"])
def new_task(request: StaffRequest) -> HttpResponse:
    """派任务."""
    if request.method == "GET":
        given = _begun(request)
        return render(
            request,
            "grids/events/new_task.html",
            {"form": TaskForm(user=request.user, initial=given)},
        )
    form, status = TaskForm(request.POST, user=request.user), 422
    if form.is_valid():
        try:
            _check_case(request, form.cleaned_data["case_number"])
            task = give_task(by=request.user, **form.cleaned_data)
        except DomainError as error:
            status = error.status
            _tell(form, error)
        else:
            messages.success(request, f"已派给{task.grid.name}")
            return redirect("grids:tasks")
    return render(request, "grids/events/new_task.html", {"form": form}, status=status)


def _begun(request: StaffRequest) -> dict[str, Any]:
    """What the form begins with when it is asked for from a case: 请网格先到场."""
    number = request.GET.get("case", "")[:16]
    answers = case_wanted.send(GridTask, number=number, by=request.user) if number else []
    places = [place for _, place in answers if place is not None]
    if not places:
        return {}
    soon = clock.local(clock.now() + SOON).replace(second=0, microsecond=0)
    return {
        "case_number": number,
        "grid": places[0],
        "text": f"{FOR_A_CASE[0]}：",
        "due_at": soon,
    }


def _check_case(request: StaffRequest, number: str) -> None:
    """A case of a higher floor: it says whether this person may see one of that number."""
    if not number:
        return
    answers = case_wanted.send(GridTask, number=number, by=request.user)
    if all(place is None for _, place in answers):
        raise Invalid(errors={"case_number": [f"没有编号 {number} 的事项，核对一次"]})


def _tell(form: TaskForm, error: DomainError) -> None:
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)
    if not named:
        form.add_error(None, error.message)


@login_required
@require_POST
def do_task(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """到场, 完成 or 撤销."""
    user = request.user
    try:
        if verb == "arrive":
            arrive(task_id=pk, by=user)
        elif verb == "finish":
            finish_task(task_id=pk, by=user, result=request.POST.get("result", ""))
        elif verb == "drop":
            drop_task(task_id=pk, by=user)
        else:
            raise NotFound("没有这一页")
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, failed=pk, told=error.message, status=error.status)
    messages.success(request, {"arrive": "已记到场", "finish": "已办完", "drop": "已撤销"}[verb])
    return redirect("grids:tasks")
