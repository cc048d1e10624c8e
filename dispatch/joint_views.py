"""吹哨, 会商, 会商任务, 线索, 专班: lists, and pages of units that need not see a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispatch.clue_forms import ClueAnswerForm, ClueForm
from dispatch.group_forms import GroupForm
from dispatch.joint_pages import (
    WHISTLES,
    receipts_of,
    seen_cases,
    task_rows,
    whistle_rows,
)
from dispatch.models import Clue, ClueTarget, JointSession, JointTask, TaskGroup, Whistle
from dispatch.queues import (
    clues_received,
    clues_sent,
    clues_to_sign,
    tasks_of,
    tasks_to_do,
    whistles_of,
)
from dispatch.services import clues as referring
from dispatch.services import grouping
from dispatch.services.convening import finish_task
from dispatch.services.whistling import answer_whistle
from dispatch.services.whistling import arrive as record_arrival
from dispatch.session_forms import FinishTaskForm
from dispatch.whistle_forms import AnswerWhistleForm
from orgs.gates import centers_of, needs
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotAllowed
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

STAFF = (Permission.TRIAGE, Permission.HANDLE, Permission.DECIDE)

# ---------------------------------------------------------------- 吹哨


@needs(*STAFF)
@require_GET
def whistles(request: StaffRequest) -> HttpResponse:
    """吹哨: what nobody has answered first; every number is the length of its list."""
    user = request.user
    mine = whistles_of(user)
    lists = {
        "unanswered": mine.unanswered(),
        "awaited": mine.awaited(),
        "to_rate": mine.to_rate(),
        "all": mine,
    }
    view = request.GET.get("view", "")
    view = view if view in lists else "unanswered"
    rows = lists[view].select_related("case__type", "unit", "center", "sent_by", "answered_by")
    page = paginate(rows, Order("sent_at", descending=view == "all"), request.GET)
    context = {
        "page": page,
        "rows": whistle_rows(page.rows, user, clock.now()),
        "views": [(key, label, lists[key].count()) for key, label in WHISTLES.items()],
        "view": view,
        "here": request.get_full_path(),
    }
    return render(request, "dispatch/whistles.html", context)


def _whistle(user: User, pk: int) -> Whistle:
    rows = Whistle.objects.visible_to(user).select_related(
        "case__type", "case__center", "case__unit", "unit", "center", "sent_by", "answered_by"
    )
    return get_object_or_404(rows, pk=pk)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_GET
def whistle(request: StaffRequest, pk: int) -> HttpResponse:
    """One whistle: where, whom to call, what for; the unit answers here."""
    row = _whistle(request.user, pk)
    form = AnswerWhistleForm(case=row.case, user=request.user, on_page=True)
    return _whistle_page(request, row, form)


def _whistle_page(
    request: StaffRequest, row: Whistle, form: AnswerWhistleForm, *, status: int = 200
) -> HttpResponse:
    shown = whistle_rows([row], request.user, clock.now())[0]
    context = {"row": shown, "form": form, "here": row.get_absolute_url()}
    return render(request, "dispatch/whistle.html", context, status=status)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_POST
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    """应哨 by the unit, whether it sees the case or not; 马上到 is one press."""
    row = _whistle(request.user, pk)
    form = AnswerWhistleForm(request.POST, case=row.case, user=request.user, on_page=True)
    status = 422
    if form.is_valid():
        try:
            given = {**form.arguments(), "whistle": row.pk}
            answer_whistle(case_id=row.case_id, by=request.user, **given)
            messages.success(request, f"{row.case.short_number} 已应哨，中心看到了。")
            return redirect(row)
        except DomainError as error:
            status = tell(form, error)
    return _whistle_page(request, row, form, status=status)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_POST
def arrive(request: StaffRequest, pk: int) -> HttpResponse:
    """到场, by the unit or by the desk."""
    row = _whistle(request.user, pk)
    record_arrival(case_id=row.case_id, by=request.user, whistle=row.pk)
    messages.success(request, f"{row.case.short_number} 到场已记下。")
    return redirect(row)


def tell(form: Any, error: DomainError) -> int:
    """Put the sentence where it belongs; what was typed stays."""
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)
    if not named:
        form.add_error(None, error.message)
    return error.status


# ---------------------------------------------------------------- 会商

SESSIONS = {"planned": "已安排", "held": "已开", "cancelled": "取消", "all": "全部"}


@needs(*STAFF)
@require_GET
def sessions(request: StaffRequest) -> HttpResponse:
    """联合会商: what is arranged first; then what was held, and what was called off."""
    mine = JointSession.objects.visible_to(request.user)
    lists = {
        "planned": mine.planned(),
        "held": mine.filter(held_at__isnull=False),
        "cancelled": mine.filter(cancelled_at__isnull=False),
        "all": mine,
    }
    view = request.GET.get("view", "")
    view = view if view in lists else "planned"
    rows = lists[view].select_related("chair", "room", "center")
    page = paginate(
        rows.prefetch_related("seats__unit", "cases", "tasks"),
        Order("starts_at", descending=view != "planned"),
        request.GET,
    )
    context = {
        "page": page,
        "views": [(key, label, lists[key].count()) for key, label in SESSIONS.items()],
        "view": view,
    }
    return render(request, "dispatch/sessions.html", context)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_GET
def session(request: StaffRequest, pk: int) -> HttpResponse:
    """One session: who, where, what about; its minutes and tasks."""
    user = request.user
    rows = JointSession.objects.visible_to(user).select_related("chair", "room", "center")
    row = get_object_or_404(rows.prefetch_related("seats__unit", "cases"), pk=pk)
    seen = seen_cases(user, [case.pk for case in row.cases.all()])
    tasks = row.tasks.visible_to(user).select_related("unit", "case", "session__center")
    first = next((case for case in row.cases.all() if case.center_id == row.center_id), None)
    runs = user.can_at(Permission.TRIAGE, row.center_id)
    context = {
        "session": row,
        "cases": [(case, case.pk in seen) for case in row.cases.all()],
        "tasks": task_rows(tasks, user, clock.now()),
        "first": first if runs and row.state == JointSession.State.PLANNED else None,
        "minuted_by": row.minuted_by,
    }
    return render(request, "dispatch/session.html", context)


TASKS = {"mine": "本单位的", "open": "没办完", "done": "已办完"}


@needs(*STAFF)
@require_GET
def tasks(request: StaffRequest) -> HttpResponse:
    """会商任务: of one's own unit, and those one's centre has given; by time left."""
    mine = tasks_of(request.user)
    lists = {
        "mine": tasks_to_do(request.user),
        "open": mine.open(),
        "done": mine.filter(done_at__isnull=False),
    }
    view = request.GET.get("view", "")
    view = view if view in lists else "open"
    rows = lists[view].select_related("unit", "case", "session__center")
    page = paginate(rows, Order("due_at", descending=view == "done"), request.GET)
    context = {
        "page": page,
        "rows": task_rows(page.rows, request.user, clock.now()),
        "views": [(key, label, lists[key].count()) for key, label in TASKS.items()],
        "view": view,
    }
    return render(request, "dispatch/tasks.html", context)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_http_methods(["GET", "POST"])
def task(request: StaffRequest, pk: int) -> HttpResponse:
    """One task with the point of the agenda; the unit reports it here."""
    rows = JointTask.objects.visible_to(request.user).select_related(
        "unit", "case__center", "case__unit", "session__center", "session__room", "done_by"
    )
    row = get_object_or_404(rows, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = FinishTaskForm(posted, case=row.case, user=request.user, on_page=True)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            result = form.cleaned_data["result"]
            finish_task(case_id=row.case_id, by=request.user, task=row.pk, result=result)
            messages.success(request, "会商任务已报办完。")
            return redirect(row)
        except DomainError as error:
            status = tell(form, error)
    shown = task_rows([row], request.user, clock.now())[0]
    return render(request, "dispatch/task.html", {"row": shown, "form": form}, status=status)


# ---------------------------------------------------------------- 线索


CLUES = {"to_sign": "没签收", "received": "收到的", "sent": "移送的"}


def _with_targets(rows: QuerySet[Clue], user: User) -> QuerySet[Clue]:
    """Each clue with the receipts this person may see."""
    targets = ClueTarget.objects.visible_to(user).select_related("unit", "received_by")
    return rows.select_related("center", "sent_by", "case").prefetch_related(
        Prefetch("targets", queryset=targets)
    )


@needs(*STAFF)
@require_http_methods(["GET", "POST"])
def clues(request: StaffRequest) -> HttpResponse:
    """移送线索: those this centre has sent, those sent to this unit; a new one without a case."""
    user = request.user
    lists = {
        "to_sign": clues_to_sign(user),
        "received": clues_received(user),
        "sent": clues_sent(user),
    }
    center = _desk_of(user)
    view = request.GET.get("view", "")
    if view not in lists:  # what waits to be signed first: the number in the menu
        view = "sent" if center and not lists["to_sign"].exists() else "to_sign"
    posted = request.POST if request.method == "POST" else None
    form = ClueForm(posted, center=center) if center else None
    if posted is not None and (form is None or center is None):
        raise NotAllowed("线索由分流员移送，这个账号不能移送")
    if form is not None and center is not None and form.is_valid():
        try:
            return redirect(referring.send_clue(center=center, by=user, **form.cleaned_data))
        except Invalid as error:
            tell(form, error)
    page = paginate(
        _with_targets(lists[view], user), Order("sent_at", descending=True), request.GET
    )
    now = clock.now()
    context = {
        "page": page,
        "rows": [(row, receipts_of(row.targets.all(), user, now)) for row in page.rows],
        "views": [(key, label, lists[key].count()) for key, label in CLUES.items()],
        "view": view,
        "form": form,
    }
    status = 200 if posted is None else 422
    return render(request, "dispatch/clues.html", context, status=status)


def _desk_of(user: User) -> Center | None:
    """The centre whose 分流员 this person is."""
    return next((post.center for post in user.posts_giving(Permission.TRIAGE)), None)


def _clue(user: User, pk: int) -> Clue:
    return get_object_or_404(_with_targets(Clue.objects.visible_to(user), user), pk=pk)


@needs(*STAFF, Permission.VIEW_CENTER)
@require_http_methods(["GET", "POST"])
def clue(request: StaffRequest, pk: int) -> HttpResponse:
    """One clue; a receiver says here what came of it."""
    row = _clue(request.user, pk)
    form = ClueAnswerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            referring.finish_clue(clue_id=row.pk, by=request.user, text=text)
            messages.success(request, f"{row.number} 已反馈。")
            return redirect(row)
        except DomainError as error:
            status = tell(form, error)
    seen = seen_cases(request.user, [row.case_id] if row.case_id else [])
    context = {
        "clue": row,
        "receipts": receipts_of(row.targets.all(), request.user, clock.now()),
        "case": row.case if row.case_id in seen else None,
        "form": form,
    }
    return render(request, "dispatch/clue.html", context, status=status)


@needs(*STAFF)
@require_POST
def receive(request: StaffRequest, pk: int) -> HttpResponse:
    """签收 a clue: one press."""
    row = _clue(request.user, pk)
    referring.receive_clue(clue_id=row.pk, by=request.user)
    messages.success(request, f"{row.number} 已签收。")
    return redirect(row)


# ---------------------------------------------------------------- 专班


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def groups(request: StaffRequest) -> HttpResponse:
    """专班: which units see to which trade together; and a new one."""
    return _group_form(request, None)


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def group(request: StaffRequest, pk: int) -> HttpResponse:
    """One 专班, to be changed or put out of use."""
    return _group_form(request, get_object_or_404(_groups(request.user), pk=pk))


def _groups(user: User) -> QuerySet[TaskGroup]:
    mine = TaskGroup.objects.filter(center__in=centers_of(user, Permission.SETTINGS))
    return mine.select_related("center", "lead").prefetch_related("types", "members")


def _group_form(request: StaffRequest, row: TaskGroup | None) -> HttpResponse:
    center = row.center if row else request.user.posts_giving(Permission.SETTINGS)[0].center
    posted = request.POST if request.method == "POST" else None
    form = GroupForm(posted, center=center, group=row)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            saved = grouping.save_group(
                group_id=row.pk if row else None,
                center=center,
                by=request.user,
                **form.cleaned_data,
            )
            messages.success(request, f"{saved.name}已保存。")
            return redirect("dispatch:groups")
        except Invalid as error:
            status = tell(form, error)
    page = paginate(_groups(request.user), Order(), request.GET)
    context = {"page": page, "form": form, "group": row}
    return render(request, "settings/groups.html", context, status=status)
