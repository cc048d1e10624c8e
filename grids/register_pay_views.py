"""补贴和培训 of who serves the grids: rates, a month's list, who learnt what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids import register_sheets
from grids.allowances import lists_of, month_of, rates_of
from grids.models import AllowanceList, AllowanceRate, GridRole, Training
from grids.querysets import stems_of, within
from grids.register_forms import RateForm, TrainingForm
from grids.register_pages import serving
from grids.register_rules import keeps, towns_seen
from grids.register_views import tell
from grids.services import allowances, trainings
from orgs.gates import needs
from orgs.models import AccessLog, Center, User
from orgs.permissions import Permission
from orgs.services import log_access
from zongzhi.lib import clock
from zongzhi.lib.amounts import yuan
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.handing_out import sheet
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, paginate

NEWEST = Order(descending=True)


def _home(user: User) -> Center:
    return user.posts_giving(Permission.GRIDS)[0].center


# --- 补贴 -----------------------------------------------------------------------------------------


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def rates(request: StaffRequest) -> HttpResponse:
    """补贴标准 by kind, from a month on; and the lists drawn up so far."""
    center = _home(request.user)
    form = RateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            allowances.set_rate(
                center=center, by=request.user, address=client_address(request), **form.cleaned_data
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, "标准已存，从那个月起按它算。")
            return redirect("grids:allowances")
    month = clock.today().replace(day=1)
    labels = dict(GridRole.Kind.choices)
    lists = lists_of(request.user).select_related("center", "fixed_by")
    context = {
        "center": center,
        "form": form,
        "rates": [
            (labels.get(row.kind, ""), row) for row in AllowanceRate.objects.filter(center=center)
        ],
        "inherited": [
            (labels.get(kind, ""), yuan(amount)) for kind, amount in rates_of(center, month).items()
        ],
        "lists": lists.annotate(people=Count("rows__user", distinct=True))[:36],
        "month": month,
        "today": clock.today(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "grids/register/allowances.html", context, status=status)


@needs(Permission.GRIDS)
@require_POST
def draw_up(request: StaffRequest) -> HttpResponse:
    """A month's list, or the same once more while it is not fixed."""
    month = month_of(request.POST.get("month", ""), clock.today())
    try:
        listing = allowances.draw_up(center=_home(request.user), month=month, by=request.user)
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect("grids:allowances")
    return redirect("grids:allowance_list", listing.pk)


def _listing(user: User, pk: int) -> AllowanceList:
    found = lists_of(user).select_related("center__region", "fixed_by").filter(pk=pk).first()
    if found is None:
        raise NotFound("没有这份补贴名单")
    return found


def _rows(listing: AllowanceList) -> Any:
    return listing.rows.select_related("user")


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def allowance_list(request: StaffRequest, pk: int) -> HttpResponse:
    """One month; fixed by a press, and then it never moves."""
    listing = _listing(request.user, pk)
    if request.method == "POST":
        allowances.fix_list(listing=listing, by=request.user, address=client_address(request))
        messages.success(request, "名单定下来了，不再变。")
        return redirect("grids:allowance_list", pk)
    labels = dict(GridRole.Kind.choices)
    rows = [(row, labels.get(row.kind, "")) for row in _rows(listing)]
    context = {
        "listing": listing,
        "rows": rows,
        "total": sum(row.amount for row, _ in rows),
        "people": len({row.user_id for row, _ in rows}),
        "title": register_sheets.title_of(listing),
        "printed_at": clock.now(),
        "may": request.user.can_at(Permission.GRIDS, listing.center_id),
    }
    return render(request, "grids/register/allowance_list.html", context)


@needs(Permission.GRIDS)
@require_GET
def export(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The list as an Excel file whose total is a formula; logged."""
    listing = _listing(request.user, pk)
    rows = list(_rows(listing))
    title = register_sheets.title_of(listing)
    mark = f"{request.user.name} {clock.now():%Y-%m-%d %H:%M} 导出　只限工作使用，不得外传"
    log_access(
        AccessLog.Action.EXPORT,
        user=request.user,
        address=client_address(request),
        subject=title[:100],
        data={"rows": len(rows)},
    )
    file = register_sheets.allowances(listing, rows, mark)
    return sheet(file, f"{title}.xlsx")


# --- 培训 -----------------------------------------------------------------------------------------


def _trainings(user: User) -> QuerySet[Training]:
    """Those of the centres in the area, and those above whose people were there from here."""
    stems = sorted({*stems_of(user), *stems_of(user, Permission.GRIDS)})
    return Training.objects.filter(within(stems, "center__region__code"))


@needs(Permission.GRIDS, Permission.VIEW_CENTER)
@require_GET
def training_list(request: StaffRequest) -> HttpResponse:
    """培训记录: when, what, how long, who."""
    rows = _trainings(request.user).select_related("center").prefetch_related("people")
    context = {
        "page": paginate(rows, NEWEST, request.GET),
        "keeps": request.user.can(Permission.GRIDS),
    }
    return render(request, "grids/register/trainings.html", context)


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def record_training(request: StaffRequest) -> HttpResponse:
    """Write one down: the town is chosen first, then who of it was there."""
    towns = list(towns_seen(request.user).order_by("code"))
    asked = request.POST.get("town") or request.GET.get("town", "")
    town = next((row for row in towns if row.code == asked), towns[0] if len(towns) == 1 else None)
    people = User.objects.none()
    if town is not None:
        roles = serving().filter(grid__code__startswith=town.stem)
        inside = [
            role.user_id
            for role in roles.select_related("grid")
            if keeps(request.user, role.grid.code)
        ]
        people = User.objects.filter(pk__in=inside).order_by("name", "pk")
    form = TrainingForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        said = form.cleaned_data
        try:
            trainings.record_training(
                center=_home(request.user),
                by=request.user,
                address=client_address(request),
                people=form.came(),
                **{name: said[name] for name in ("on", "subject", "organiser", "hours")},
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, "培训已记。")
            return redirect("grids:trainings")
    context = {"form": form, "towns": towns, "town": town, "count": people.count()}
    status = 422 if form.is_bound else 200
    return render(request, "grids/register/new_training.html", context, status=status)


@needs(Permission.GRIDS)
@require_POST
def remove_training(request: StaffRequest, pk: int) -> HttpResponse:
    row = _trainings(request.user).filter(pk=pk).first()
    if row is None:
        raise NotFound("没有这次培训")
    trainings.remove_training(training=row, by=request.user, address=client_address(request))
    messages.success(request, "培训记录已删。")
    return redirect("grids:trainings")
