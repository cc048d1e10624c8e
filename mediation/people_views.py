"""调解员、调解组织: the register, for who keeps it and who reads it; 我的空闲时间."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediation.composition import faults_of
from mediation.models import Body, Mediator
from mediation.offering import PoolFilter
from mediation.people_forms import (
    OWN,
    ROWS,
    BodyForm,
    LeaveForm,
    MediatorForm,
    row_form,
)
from mediation.policies import is_own, manages
from mediation.services import people
from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid, NotAllowed, NotFound, WrongState
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.identity import mask_id, mask_phone
from zongzhi.lib.paging import Order, paginate

READERS = (Permission.MEDIATION, Permission.VIEW_CENTER, Permission.MEDIATE)


def _home(user: User) -> Center:
    posts = user.posts_giving(Permission.MEDIATION) or list(user.posts_today)
    return posts[0].center


@needs(*READERS)
@require_GET
def mediators(request: StaffRequest) -> HttpResponse:
    """名册: by 领域、语言、镇 and name; those who left only when asked for."""
    center = _home(request.user)
    narrow = PoolFilter(request.GET or None, center=center)
    rows = Mediator.objects.visible_to(request.user)
    left = request.GET.get("left") == "1"
    found = narrow.apply(rows.filter(is_active=not left)).select_related(
        "body__department", "level", "center"
    )
    context = {
        "page": paginate(found.prefetch_related("specialities", "honours"), Order(), request.GET),
        "filter": narrow,
        "left": left,
        "manages": request.user.can(Permission.MEDIATION),
    }
    return render(request, "mediation/mediators.html", context)


@needs(Permission.MEDIATION)
@require_http_methods(["GET", "POST"])
def create_mediator(request: StaffRequest) -> HttpResponse:
    center = _home(request.user)
    form = MediatorForm(request.POST if request.method == "POST" else None, center=center)
    if form.is_valid() and (saved := _save(request, form, center, None)):
        messages.success(request, f"{saved.name}已加入名册。")
        return redirect("mediation:mediator", saved.pk)
    status = 422 if form.is_bound else 200
    return render(request, "mediation/mediator_new.html", {"form": form}, status=status)


def _save(
    request: StaffRequest, form: MediatorForm, center: Center, mediator: Mediator | None
) -> Mediator | None:
    try:
        return people.save_mediator(
            mediator=mediator,
            center=center,
            by=request.user,
            address=client_address(request),
            **form.cleaned_data,
        )
    except Invalid as error:
        _tell(form, error.errors)
        return None


def _tell(form: forms.BaseForm, errors: dict[str, list[str]]) -> None:
    for name, found in errors.items():
        form.add_error(name if name in form.fields else None, found)


def _mediator(user: User, pk: int) -> Mediator:
    rows = Mediator.objects.visible_to(user).select_related("center__region", "home", "user")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("没有这位调解员")
    return found


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def mediator(request: StaffRequest, pk: int) -> HttpResponse:
    """One mediator: changed by who keeps the register, read by the centre."""
    one = _mediator(request.user, pk)
    may = manages(request.user, one.center_id)
    if request.method == "POST" and not may:
        raise NotAllowed("调解员名册由管调解组织的岗位改，这个账号只能看")
    form = MediatorForm(
        request.POST if request.method == "POST" else None, center=one.center, mediator=one
    )
    if form.is_valid() and _save(request, form, one.center, one):
        messages.success(request, f"{one.name}已保存。")
        return redirect("mediation:mediator", pk)
    return _page(request, one, form=form, status=422 if form.is_bound else 200)


def _page(
    request: StaffRequest,
    one: Mediator,
    *,
    form: MediatorForm | None = None,
    bound: dict[str, Any] | None = None,
    leaving: LeaveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    may = manages(request.user, one.center_id)
    today = clock.today()
    year = one.trainings.filter(on__year=today.year).values_list("hours", flat=True)
    own = is_own(request.user, one)
    context = {
        "one": one,
        "form": form or MediatorForm(center=one.center, mediator=one),
        "may": may,
        "sections": _sections(one, bound or {}, may=may, own=own),
        "hours_this_year": sum(year),
        "year": today.year,
        "phone": mask_phone(one.phone) if one.phone else "",
        "id_number": mask_id(one.id_number) if one.id_number else "",
        "leaving": leaving or LeaveForm(),
    }
    return render(request, "mediation/mediator.html", context, status=status)


def _sections(
    one: Mediator, bound: dict[str, Any], *, may: bool, own: bool, only: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The rows that hang from a mediator, each with its form for who may add one."""
    return [
        {
            "what": what,
            "label": label,
            "rows": getattr(one, related).all(),
            "form": (bound.get(what) or row_form(what)) if may or (own and what in OWN) else None,
        }
        for what, (_, label, related) in ROWS.items()
        if not only or what in only
    ]


@needs(*READERS)
@require_POST
def add(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """One more honour, term, training, weekly hours or days away."""
    one, related = _mediator(request.user, pk), _related(what)
    people.needs_leave(request.user, one, related)
    form = row_form(what, request.POST)
    if form.is_valid():
        people.add_row(
            mediator=one,
            related=related,
            by=request.user,
            address=client_address(request),
            **form.cleaned_data,
        )
        messages.success(request, f"{ROWS[what][1]}已加。")
        return _back(request, one)
    if not manages(request.user, one.center_id):
        return _own_page(request, one, {what: form}, status=422)
    return _page(request, one, bound={what: form}, status=422)


@needs(*READERS)
@require_POST
def remove(request: StaffRequest, pk: int, what: str, row: int) -> HttpResponse:
    one, related = _mediator(request.user, pk), _related(what)
    people.remove_row(
        mediator=one, related=related, pk=row, by=request.user, address=client_address(request)
    )
    messages.success(request, f"{ROWS[what][1]}已删。")
    return _back(request, one)


def _related(what: str) -> str:
    if what not in ROWS:
        raise Http404
    return ROWS[what][2]


def _back(request: StaffRequest, one: Mediator) -> HttpResponse:
    if not manages(request.user, one.center_id):
        return redirect("mediation:own_time")
    return redirect("mediation:mediator", one.pk)


@needs(Permission.MEDIATION)
@require_POST
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    """移出名册, with why; or back onto it."""
    one = _mediator(request.user, pk)
    address = client_address(request)
    if not one.is_active:
        people.return_to_register(mediator=one, by=request.user, address=address)
        messages.success(request, f"{one.name}重新在册。")
        return redirect("mediation:mediator", pk)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _page(request, one, leaving=form, status=422)
    try:
        people.leave_register(
            mediator=one, by=request.user, address=address, why=form.cleaned_data["why"]
        )
    except WrongState as error:
        form.add_error("why", error.message)
        return _page(request, one, leaving=form, status=error.status)
    messages.success(request, f"{one.name}已移出名册，不再给当事人选。")
    return redirect("mediation:mediator", pk)


@needs(Permission.MEDIATE)
@require_GET
def own_time(request: StaffRequest) -> HttpResponse:
    """我的空闲时间: a mediator's own weekly hours and days away."""
    one = Mediator.objects.filter(user=request.user).select_related("center__region").first()
    if one is None:
        raise NotFound("这个账号还没有对应到调解员名册，找管调解组织的岗位对上")
    return _own_page(request, one, {})


def _own_page(
    request: StaffRequest, one: Mediator, bound: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    sections = _sections(one, bound, may=False, own=True, only=OWN)
    context = {"one": one, "sections": sections}
    return render(request, "mediation/own_time.html", context, status=status)


# ---------------------------------------------------------------- 调解组织


def _bodies(user: User) -> QuerySet[Body]:
    centers = {post.center_id for post in user.posts_today}
    if user.can(Permission.VIEW_CENTER):
        centers |= {pk for post in user.posts_giving(Permission.VIEW_CENTER) for pk in post.reach}
    members = Mediator.objects.active().prefetch_related("services")
    rows = Body.objects.filter(department__center__in=centers)
    return rows.select_related("department__center").prefetch_related(
        Prefetch("mediators", queryset=members, to_attr="members")
    )


@needs(*READERS)
@require_GET
def bodies(request: StaffRequest) -> HttpResponse:
    """调解组织: each with its people and what the law would still ask."""
    today = clock.today()
    page = paginate(_bodies(request.user), Order(), request.GET)
    context = {"page": page, "rows": [(row, _faults(row, today)) for row in page.rows]}
    return render(request, "mediation/bodies.html", context)


def _faults(body: Any, today: date) -> list[str]:
    return faults_of(body, body.members, today)


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def body(request: StaffRequest, pk: int) -> HttpResponse:
    """One body: its number word, its report to the court, its members and their terms."""
    row: Any = get_object_or_404(_bodies(request.user), pk=pk)
    may = manages(request.user, row.department.center_id)
    if request.method == "POST" and not may:
        raise NotAllowed("调解组织由管调解组织的岗位改，这个账号只能看")
    form = BodyForm(request.POST if request.method == "POST" else None, body=row)
    if form.is_valid():
        people.save_body(
            body=row, by=request.user, address=client_address(request), **form.cleaned_data
        )
        messages.success(request, f"{row.name}已保存。")
        return redirect("mediation:body", pk)
    context = {
        "body": row,
        "faults": _faults(row, clock.today()),
        "form": form,
        "may": may,
    }
    return render(request, "mediation/body.html", context, status=422 if form.is_bound else 200)
