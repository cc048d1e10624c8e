"""网格: the list, one grid, who serves it, its shape, its cards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import register_pages as pages
from grids.accounts import RULE
from grids.figures import open_events_url
from grids.models import Grid, GridRole, Training
from grids.register_forms import (
    EndForm,
    FactsForm,
    GridFilter,
    MoveForm,
    NewGridForm,
    PartnersForm,
    RoleForm,
    ShapeForm,
)
from grids.register_rules import grid_of, keeps, must_keep, next_code, size_hint
from grids.services import register, roles
from grids.shapes import (
    LARGEST_OF_AREA,
    LARGEST_OF_ONE,
    MOST_FAULTS,
    BadShapeError,
    read_many,
    read_one,
)
from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound, WrongState
from zongzhi.lib.http import StaffRequest, client_address

READERS = (Permission.GRIDS, Permission.VIEW_CENTER, Permission.GRID_WORK)
MOST_CARDS = 60


@needs(*READERS)
@require_GET
def register_list(request: StaffRequest) -> HttpResponse:
    """网格 by village: who serves them and what is open there."""
    narrow = GridFilter(request.GET, user=request.user)
    narrow.is_valid()
    rows = Grid.objects.visible_to(request.user)
    page = pages.page_of(pages.narrowed(rows, narrow.cleaned_data, request.GET), request.GET)
    context = {
        "page": page,
        "lines": pages.lines_of(page.rows, request.user),
        "filter": narrow,
        "nobody": request.GET.get("nobody") == "1",
        "closed": request.GET.get("closed") == "1",
        "keeps": request.user.can(Permission.GRIDS),
        "sees_map": request.user.can(Permission.VIEW_CENTER) or request.user.can(Permission.GRIDS),
        "query": request.GET.urlencode(),
    }
    return render(request, "grids/register/list.html", context)


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def create(request: StaffRequest) -> HttpResponse:
    """新建网格: the number follows from the village."""
    form = NewGridForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        town=request.GET.get("town", ""),
    )
    if form.is_valid():
        try:
            grid = register.create_grid(
                by=request.user, address=client_address(request), **form.cleaned_data
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, f"{grid.name}已建，编码 {grid.code}。")
            return redirect("grids:grid", grid.code)
    context = {"form": form, "next": _next_codes(form)}
    status = 422 if form.is_bound else 200
    return render(request, "grids/register/new.html", context, status=status)


def _next_codes(form: NewGridForm) -> str:
    """What the number will be, once a village has been chosen."""
    said = getattr(form, "cleaned_data", {})
    if not said.get("village") or not said.get("kind"):
        return ""
    try:
        return next_code(said["village"], said["kind"])
    except Invalid:
        return ""


def tell(form: forms.BaseForm, error: DomainError) -> None:
    """What a service has found wrong, beside the field it names."""
    found = getattr(error, "errors", None) or {}
    if not found:
        form.add_error(None, error.message)
    for name, sentences in found.items():
        form.add_error(name if name in form.fields else None, sentences)


# --- one grid -------------------------------------------------------------------------------------


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def grid(request: StaffRequest, code: str) -> HttpResponse:
    """One grid; its facts are changed by who keeps the register."""
    one = grid_of(request.user, code)
    if request.method == "GET":
        return _page(request, one)
    must_keep(request.user, code)
    form = FactsForm(request.POST, grid=one)
    if not form.is_valid():
        return _page(request, one, facts=form, status=422)
    register.change_grid(
        grid=one, by=request.user, address=client_address(request), **form.cleaned_data
    )
    messages.success(request, f"{one.name}已保存。")
    return redirect("grids:grid", code)


def _page(request: StaffRequest, one: Grid, *, status: int = 200, **bound: Any) -> HttpResponse:
    may = keeps(request.user, one.code)
    [line] = pages.lines_of([one], request.user)
    context = {
        "grid": one,
        "line": line,
        "events_url": open_events_url(one.code),
        "hint": size_hint(one),
        "people": pages.people_of(one),
        "partners": one.partners.all(),
        "micro_grids": one.micro_grids.order_by("code"),
        "drawing": pages.drawing_of(one),
        "may": may,
        "why_not_close": register.why_not_close(one) if may and one.is_active else [],
        "rule": RULE,
        "today": clock.today(),
        "sees_people": may or request.user.can(Permission.VIEW_CENTER),
        "form": next((form for form in bound.values() if form is not None), None),
    }
    if may:
        context |= {
            "facts": FactsForm(grid=one),
            "role_form": RoleForm(),
            "end_form": EndForm(),
            "move_form": MoveForm(),
            "partners_form": PartnersForm(grid=one),
            "shape_form": ShapeForm(),
            "acting": None,
        }
    return render(request, "grids/register/grid.html", context | bound, status=status)


@needs(Permission.GRIDS)
@require_POST
def begin(request: StaffRequest, code: str) -> HttpResponse:
    """Somebody begins to serve the grid."""
    one = grid_of(request.user, code)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            role = roles.begin_for_newcomer(
                grid=one, by=request.user, address=client_address(request), **form.cleaned_data
            )
        except DomainError as error:
            tell(form, error)
        else:
            words = f"{role.user.name}从 {role.since} 起是{role.get_kind_display()}"
            messages.success(request, f"{words}，账号 {role.user.username}。")
            return redirect("grids:grid", code)
    return _page(request, one, role_form=form, status=422)


def _role(one: Grid, pk: int) -> GridRole:
    found = one.roles.select_related("grid", "user").filter(pk=pk).first()
    if found is None:
        raise NotFound("这个网格里没有这一位")
    return found


@needs(Permission.GRIDS)
@require_POST
def end(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Somebody's service runs out."""
    one = grid_of(request.user, code)
    role, form = _role(one, pk), EndForm(request.POST)
    if form.is_valid():
        try:
            roles.end_role(
                role=role, by=request.user, address=client_address(request), **form.cleaned_data
            )
        except Invalid as error:
            tell(form, error)
        else:
            messages.success(request, f"{role.user.name}做到 {form.cleaned_data['until']}。")
            return redirect("grids:grid", code)
    return _page(request, one, end_form=form, acting=pk, status=422)


@needs(Permission.GRIDS)
@require_POST
def move(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """To another grid, in one go."""
    one = grid_of(request.user, code)
    role, form = _role(one, pk), MoveForm(request.POST)
    if form.is_valid():
        try:
            to = grid_of(request.user, form.cleaned_data["to"].strip())
            roles.move_role(
                role=role,
                to=to,
                since=form.cleaned_data["since"],
                by=request.user,
                address=client_address(request),
            )
        except NotFound:
            form.add_error("to", "辖区里没有这个编码的网格")
        except Invalid as error:
            tell(form, error)
        else:
            since = form.cleaned_data["since"]
            messages.success(request, f"{role.user.name}从 {since} 起调到{to.name}。")
            return redirect("grids:grid", code)
    return _page(request, one, move_form=form, acting=pk, status=422)


@needs(Permission.GRIDS)
@require_POST
def partners(request: StaffRequest, code: str) -> HttpResponse:
    """四个一."""
    one = grid_of(request.user, code)
    form = PartnersForm(request.POST, grid=one)
    if not form.is_valid():
        return _page(request, one, partners_form=form, status=422)
    register.set_partners(
        grid=one, partners=form.partners(), by=request.user, address=client_address(request)
    )
    messages.success(request, "四个一已保存。")
    return redirect("grids:grid", code)


@needs(Permission.GRIDS)
@require_POST
def activate(request: StaffRequest, code: str) -> HttpResponse:
    """停用 or 恢复."""
    one = grid_of(request.user, code)
    active = request.POST.get("active") == "1"
    register.set_active(grid=one, active=active, by=request.user, address=client_address(request))
    messages.success(request, f"{one.name}已{'恢复' if active else '停用'}。")
    return redirect("grids:grid", code)


@needs(Permission.GRIDS)
@require_POST
def shape(request: StaffRequest, code: str) -> HttpResponse:
    """The shape of one grid, from a file; or taken away."""
    one = grid_of(request.user, code)
    address = client_address(request)
    if request.POST.get("remove") == "1":
        register.set_shape(grid=one, geometry=None, by=request.user, address=address)
        messages.success(request, "边界已删。")
        return redirect("grids:grid", code)
    form = ShapeForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            geometry = read_one(_bytes(form.cleaned_data["file"], LARGEST_OF_ONE))
        except BadShapeError as error:
            form.add_error("file", error.sentences)
        else:
            register.set_shape(grid=one, geometry=geometry, by=request.user, address=address)
            messages.success(request, "边界已换。")
            return redirect("grids:grid", code)
    return _page(request, one, shape_form=form, status=422)


def _bytes(file: Any, most: int) -> bytes:
    if file.size > most:
        raise BadShapeError(f"文件超过 {most // 1024 // 1024} MB，简化边界或者分成几份再传")
    content: bytes = file.read()
    return content


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def shapes(request: StaffRequest) -> HttpResponse:
    """导入边界: of a whole area, all or nothing; every bad feature named."""
    form = ShapeForm(request.POST, request.FILES) if request.method == "POST" else ShapeForm()
    faults: list[str] = []
    if form.is_valid():
        try:
            features = read_many(_bytes(form.cleaned_data["file"], LARGEST_OF_AREA))
            count = register.set_shapes(
                features=features, by=request.user, address=client_address(request)
            )
        except BadShapeError as error:
            faults = error.sentences
        except Invalid as error:
            faults = error.errors["file"]
        else:
            messages.success(request, f"{count} 个网格的边界已导入。")
            return redirect("grids:map")
    form.fields["file"].help_text = "GeoJSON 要素集（FeatureCollection），最大 20 MB"
    context = {
        "form": form,
        "faults": faults[:MOST_FAULTS],
        "more": max(0, len(faults) - MOST_FAULTS),
    }
    status = 422 if form.is_bound else 200
    return render(request, "grids/register/shapes.html", context, status=status)


# --- on paper -------------------------------------------------------------------------------------


@needs(*READERS)
@require_GET
def notice(request: StaffRequest, code: str) -> HttpResponse:
    """公示牌: name, extent, who with telephone, whom to complain to, 四个一."""
    one = grid_of(request.user, code)
    if not one.is_active:
        raise WrongState("这个网格停用了，没有公示牌")
    context = {
        "grid": one,
        "people": [role for role in pages.people_of(one).now if role.since <= clock.today()],
        "partners": one.partners.all(),
        "printed_at": clock.now(),
    }
    return render(request, "grids/register/notice.html", context)


@needs(*READERS)
@require_GET
def cards(request: StaffRequest) -> HttpResponse:
    """联系卡: of the grids of a list, several on a sheet; of one grid, the sheet full of them."""
    rows = Grid.objects.visible_to(request.user).active()
    code = request.GET.get("grid", "")
    if code:
        one = grid_of(request.user, code)
        rows = rows.filter(pk=one.pk)
    else:
        narrow = GridFilter(request.GET, user=request.user)
        narrow.is_valid()
        rows = pages.narrowed(rows, narrow.cleaned_data, request.GET)
    found = list(pages.with_people_and_partners(rows).order_by("code")[: MOST_CARDS + 1])
    context = {
        "cards": found[:MOST_CARDS] * (8 if code else 1),
        "too_many": len(found) > MOST_CARDS,
        "most": MOST_CARDS,
        "one": code,
    }
    return render(request, "grids/register/cards.html", context)


# --- one person -----------------------------------------------------------------------------------


@needs(*READERS)
@require_GET
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody who serves or served grids of the area: where and when, and their training."""
    mine = GridRole.objects.filter(user=pk, grid__in=Grid.objects.visible_to(request.user))
    served = list(mine.select_related("grid__region").order_by("-since", "-pk"))
    if not served:
        raise NotFound("没有这一位网格员")
    year = clock.today().year
    trainings = Training.objects.filter(people=pk).select_related("center")
    hours = sum(row.hours for row in trainings if row.on.year == year)
    context = {
        "person": User.objects.get(pk=pk),
        "served": served,
        "trainings": trainings[:100],
        "hours": hours,
        "year": year,
        "today": clock.today(),
    }
    return render(request, "grids/register/person.html", context)
