"""网格员手机: home, a report, a patrol note, what waits for me, what became of what I said."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import phone_lists as lists
from grids.acts import EventAct, act_of, allowed
from grids.event_places import standing
from grids.event_rows import entries_of, photos_of
from grids.models import GridEvent, GridTask
from grids.phone_forms import CENTER, SELF, PatrolForm, ReportForm, WhereForm
from grids.services.patrols import note_patrol
from grids.services.photos import MOST_PHOTOS, add_photo, may_add_photos
from grids.services.reporting import mark_seen, report_event
from grids.services.tasks import arrive, finish_task
from grids.vocabulary import EventStage
from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from orgs.sessions import mark_of
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate
from zongzhi.lib.stored import Upload

View = Callable[Concatenate[StaffRequest, ...], HttpResponseBase]
PHONES_OWN = frozenset({"supplement", "feedback", "hand-back", "check", "note"})


def phone_page(view: View) -> Callable[..., HttpResponseBase]:
    """A page of a grid worker, kept by nobody but the phone's own service worker.

    It says whose it is, so that the phone throws the pages of one person away before another's.
    """
    guarded = never_cache(needs(Permission.GRID_WORK)(view))

    @wraps(view)
    def page(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if wants_json(request):
            answer: HttpResponseBase = _for_the_queue(guarded, request, *args, **kwargs)
            return answer
        response = guarded(request, *args, **kwargs)
        if isinstance(request.user, User):
            response["X-Account"] = mark_of(request.user)
        return response

    return page


def wants_json(request: HttpRequest) -> bool:
    """Whether the queue of a phone is asking, not a person."""
    return request.headers.get("Accept", "") == "application/json"


def _for_the_queue(view: Callable[..., Any], request: Any, *args: Any, **kwargs: Any) -> Any:
    """What a queue sends belongs to whoever wrote it, and is refused in a sentence."""
    if not isinstance(request.user, User):
        return JsonResponse({"message": "登录后自动上传"}, status=401)
    if request.headers.get("X-Account") != mark_of(request.user):
        return JsonResponse({"message": "这一条是另一个账号写的"}, status=401)
    try:
        return view(request, *args, **kwargs)
    except DomainError as error:
        return JsonResponse({"message": error.message}, status=error.status)


def _page(
    request: StaffRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The light frame of the phone: whose it is, and which grids they serve."""
    context = {
        "grids": lists.grids_of(request.user),
        "account": mark_of(request.user),
        "worker": request.user,
        **context,
    }
    return render(request, template, context, status=status)


@phone_page
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """首页."""
    waiting = lists.to_do(request.user)
    answered = lists.answered(request.user)
    newest = answered.order_by("-done_at", "-pk")[: lists.SHOWN]
    context = {
        "tab": "home",
        "waiting": waiting[: lists.SHOWN],
        "waiting_total": len(waiting),
        "answered": lists.report_rows(newest),
        "answered_total": answered.count(),
    }
    return _page(request, "phone/home.html", context)


@phone_page
@require_http_methods(["GET", "POST"])
def report(request: StaffRequest) -> HttpResponse:
    """上报一件事; with ?who=self 自己办了，记一笔."""
    spot = request.GET.get("who") == SELF
    initial = {"who": SELF if spot else CENTER, "place": lists.last_place(request.user)}
    form = ReportForm(
        request.POST if request.method == "POST" else None, user=request.user, initial=initial
    )
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            return _reported(request, form)
        except DomainError as error:
            status = error.status
            _say(form, error)
    if form.is_bound and wants_json(request):
        return _refused(form, status)
    context = {"tab": "home", "form": form, "spot": spot, "most_photos": MOST_PHOTOS}
    return _page(request, "phone/report.html", context, status)


def _reported(request: StaffRequest, form: ReportForm) -> HttpResponse:
    found, is_new = report_event(form.report, by=request.user)
    said = f"已提交 {found.short_number}"
    if not is_new:
        said = f"{said}，没有重复提交"
    if wants_json(request):
        return JsonResponse({"message": said, "number": found.number, "is_new": is_new})
    messages.success(request, said)
    for upload in request.FILES.getlist("photos")[:MOST_PHOTOS]:
        _photo_beside(request, found, upload)
    return redirect("phone:home")


def _photo_beside(request: StaffRequest, found: GridEvent, upload: Upload) -> None:
    """Without a script the photos come with the form; a bad one does not lose the report."""
    try:
        add_photo(found.pk, upload, uuid.uuid4(), request.user)
    except DomainError as error:
        messages.error(request, error.message)


@phone_page
@require_POST
def where(request: StaffRequest) -> HttpResponse:
    """In which grid a point lies that has just been tapped for; nothing of it is kept."""
    form = WhereForm(request.POST)
    if not form.is_valid():
        raise Invalid("没有取到位置，写在“在哪”里就行")
    words, code = standing(**form.cleaned_data, own=list(lists.grids_of(request.user)))
    return JsonResponse({"words": words, "grid": code})


@phone_page
@require_http_methods(["GET", "POST"])
def patrol(request: StaffRequest) -> HttpResponse:
    """巡查记录: one line a day."""
    form = PatrolForm(request.POST if request.method == "POST" else None, user=request.user)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            return _patrolled(request, form)
        except DomainError as error:
            status = error.status
            _say(form, error)
    if form.is_bound and wants_json(request):
        return _refused(form, status)
    noted = lists.patrols_of(request.user)[:7]
    context = {"tab": "home", "form": form, "noted": noted}
    return _page(request, "phone/patrol.html", context, status)


def _patrolled(request: StaffRequest, form: PatrolForm) -> HttpResponse:
    note, is_new = note_patrol(**form.cleaned_data, by=request.user)
    said = f"已记 {note.day.month} 月 {note.day.day} 日：{note.text}"
    if not is_new:
        said = f"{said}，没有重复记"
    if wants_json(request):
        return JsonResponse({"message": said, "is_new": is_new})
    messages.success(request, said)
    return redirect("phone:home")


@phone_page
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """我的事: 等我办的, 我报的, 没传上去的."""
    user, of = request.user, request.GET.get("of", "todo")
    context: dict[str, Any] = {"tab": "mine", "of": of}
    if of in ("reported", "answered"):
        rows = lists.answered(user) if of == "answered" else lists.reported_by(user)
        page = paginate(rows, Order("received_at", descending=True), request.GET)
        context |= {"page": page, "rows": lists.report_rows(page.rows)}
    elif of != "unsent":
        context |= {"of": "todo", "rows": lists.to_do(user)}
    return _page(request, "phone/mine.html", context)


@phone_page
@require_GET
def me(request: StaffRequest) -> HttpResponse:
    """我: my grids, the size of the letters, how to use it, sign out."""
    sizes = list(User.FontSize)
    larger = sizes[(sizes.index(User.FontSize(request.user.font_size)) + 1) % len(sizes)]
    context = {"tab": "me", "larger": larger}
    return _page(request, "phone/me.html", context)


# --- One event ------------------------------------------------------------------------------------


@phone_page
@require_GET
def event(request: StaffRequest, number: str) -> HttpResponse:
    """What became of it, and what I can do about it now."""
    found = _event(request.user, number)
    if found.reported_by_id == request.user.pk and found.stage == EventStage.DONE:
        mark_seen(found)
    return _show(request, found)


@phone_page
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """补充, 反馈, 退回中心, 核查, 记一笔: the same acts as everywhere, through the same door."""
    found = _event(request.user, number)
    if request.method == "GET":  # back from signing in again
        return redirect("phone:event", number=found.number)
    doing = _act(verb)
    form = _form_of(doing, found, request.user, request.POST)
    status = 422
    if form.is_valid():
        try:
            doing.service(event_id=found.pk, by=request.user, **form.arguments())
        except DomainError as error:
            status = error.status
            _say(form, error)
        else:
            messages.success(request, f"{found.short_number} 已{doing.done}")
            for upload in request.FILES.getlist("photos")[:MOST_PHOTOS]:
                _result_photo(request, found, upload)
            return redirect("phone:event", number=found.number)
    return _show(request, _event(request.user, number), {verb: form}, status)


def _result_photo(request: StaffRequest, found: GridEvent, upload: Upload) -> None:
    try:
        add_photo(found.pk, upload, uuid.uuid4(), request.user, of_result=True)
    except DomainError as error:
        messages.error(request, error.message)


def _form_of(doing: EventAct, found: GridEvent, user: User, data: Any = None) -> Any:
    """The form of an act; several stand on one page, so each has labels of its own."""
    return doing.form(data, event=found, user=user, auto_id=f"id_{doing.verb}_%s")


def _act(verb: str) -> EventAct:
    if verb not in PHONES_OWN:
        raise NotFound("手机上没有这个操作，到电脑上办")
    return act_of(verb)


def _event(user: User, number: str) -> GridEvent:
    seen = GridEvent.objects.visible_to(user).select_related(
        "grid", "center", "unit", "worker", "duty"
    )
    found: GridEvent | None = seen.filter(number=number).first()
    if found is None:
        raise NotFound("没有这件事，回首页再找")
    return found


def _show(
    request: StaffRequest,
    found: GridEvent,
    bound: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    bound = bound or {}
    open_now = [doing for doing in allowed(request.user, found) if doing.verb in PHONES_OWN]
    forms = [
        (doing, bound.get(doing.verb) or _form_of(doing, found, request.user)) for doing in open_now
    ]
    refused = [form for verb, form in bound.items() if verb not in {d.verb for d in open_now}]
    waits = lists.events_to_do(request.user).filter(pk=found.pk).exists()
    context = {
        "tab": "mine",
        "event": found,
        "became": lists.asked_of(found) if waits else lists.what_became(found),
        "wanted": lists.wanted_of(found) if waits else "",
        "followed": lists.followed(found, request.user),
        "photos": photos_of(found),
        "lines": entries_of(found, request.user),
        "forms": forms,
        "refused": refused,
        "may_add_photos": may_add_photos(found, request.user),
    }
    return _page(request, "phone/event.html", context, status)


# --- Photos ---------------------------------------------------------------------------------------


@phone_page
@require_POST
def take_photo(request: StaffRequest) -> HttpResponse:
    """One photo of a report that has come in already; sent apart, once."""
    upload = request.FILES.get("photo")
    try:
        client_id = uuid.UUID(request.POST.get("client_id", ""))
        of_event = uuid.UUID(request.POST.get("event", ""))
    except ValueError:
        raise Invalid("照片没有带编号，重新打开这一页再传") from None
    if upload is None:
        raise Invalid("还没选照片")
    own = GridEvent.objects.filter(client_id=of_event, reported_by=request.user).first()
    if own is None:
        raise NotFound("没有这件事")
    _, is_new = add_photo(own.pk, upload, client_id, request.user)
    return JsonResponse({"is_new": is_new})


# --- Forms refused --------------------------------------------------------------------------------


def _say(form: Any, error: DomainError) -> None:
    """The service's words, beside the field where there is one."""
    errors = error.errors if isinstance(error, Invalid) else {}
    for name, sentences in errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    if not errors:
        form.add_error(None, error.message)


def _refused(form: Any, status: int = 422) -> JsonResponse:
    sentences = [sentence for found in form.errors.values() for sentence in found]
    return JsonResponse({"message": "；".join(sentences)}, status=status)


# --- One task -------------------------------------------------------------------------------------


@phone_page
@require_http_methods(["GET", "POST"])
def task(request: StaffRequest, pk: int) -> HttpResponse:
    """A task from above: 到场, then what came of it."""
    found = _task(request.user, pk)
    status, said, typed = 200, "", request.POST.get("result", "")
    if request.method == "POST":
        try:
            return _task_done(request, found)
        except DomainError as error:
            status, said = error.status, error.message
            found = _task(request.user, pk)
    context = {"tab": "mine", "task": found, "said": said, "typed": typed}
    return _page(request, "phone/task.html", context, status)


def _task_done(request: StaffRequest, found: GridTask) -> HttpResponse:
    if "arrived" in request.POST:
        arrive(task_id=found.pk, by=request.user)
        messages.success(request, "已记到场")
    else:
        result = request.POST.get("result", "")
        finish_task(task_id=found.pk, by=request.user, result=result)
        messages.success(request, "已提交结果")
    return redirect("phone:task", pk=found.pk)


def _task(user: User, pk: int) -> GridTask:
    seen = GridTask.objects.visible_to(user).select_related("grid", "center", "duty", "done_by")
    found: GridTask | None = seen.filter(pk=pk).first()
    if found is None:
        raise NotFound("没有这个任务，回首页再找")
    return found
