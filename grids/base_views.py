"""人口, 房屋单位场所设施: found by grid, name or number; kept by who keeps the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids.base_forms import ResidentForm, SiteForm
from grids.base_policies import keeps, reads_phones
from grids.base_searching import LEAST, PARAM, named, page_of, remember_number, remembered
from grids.models import Grid, Resident, Site
from grids.querysets import stems_of
from grids.services import base
from orgs.gates import needs
from orgs.models import Region, User
from orgs.models.places import Level
from orgs.permissions import Permission
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest, changes_nothing, client_address
from zongzhi.lib.identity import mask_phone

READERS = (Permission.VIEW_CENTER, Permission.GRID_WORK)
REASONS = ("办事要联系", "核对信息", "安全检查")
_MOST_GRIDS = 200  # of one village; the largest has some dozens


@dataclass(frozen=True)
class Step:
    """A place to go down to, on the way to a grid."""

    name: str
    url: str


class Browser:
    """Which grid, name or kind the address asks for, and the way down to a grid."""

    def __init__(self, request: StaffRequest, home: str) -> None:
        self.home, self.user, self.asked = reverse(home), request.user, request.GET
        self.name = request.GET.get("name", "").strip()[:60]
        self.code = request.GET.get("grid", "").strip()[:18]
        self.grid = self._grid()
        self.wrong = self._wrong()

    def _grid(self) -> Grid | None:
        grids = Grid.objects.visible_to(self.user)
        return grids.select_related("region").filter(code=self.code).first() if self.code else None

    def _wrong(self) -> str:
        if self.code and self.grid is None:
            return f"没有编码是“{self.code}”的网格，核对编码"
        if self.name and len(self.name) < LEAST and self.grid is None:
            return f"名称至少写 {LEAST} 个字，或者先选网格"
        return ""

    @property
    def asks(self) -> bool:
        """Something narrow enough to be looked for."""
        return not self.wrong and bool(self.grid or self.name)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.grid is not None:
            rows = rows.filter(grid=self.grid)
            return rows.filter(name__startswith=self.name) if self.name else rows
        return named(rows, self.name, self.user)

    def steps(self) -> list[Step]:
        """The places below the one the address names, down to the grids of a village."""
        if self.asks:
            return []
        stems = stems_of(self.user)
        if not stems:
            return self._grids(Grid.objects.visible_to(self.user))
        place = self._place(stems)
        if place is not None and place.level == Level.VILLAGE:
            return self._grids(Grid.objects.filter(code__startswith=place.code))
        below = Region.objects.filter(parent=place) if place else self._tops()
        return [Step(one.name, f"{self.home}?place={one.code}") for one in below]

    def _place(self, stems: list[str]) -> Region | None:
        tops = list(self._tops())
        asked = self.asked.get("place", "")
        if asked and any(asked.startswith(stem) for stem in stems):
            return Region.objects.filter(code=asked).first()
        return tops[0] if len(tops) == 1 else None

    def _tops(self) -> QuerySet[Region]:
        posts = self.user.posts_giving(Permission.VIEW_CENTER)
        return Region.objects.filter(pk__in={post.center.region_id for post in posts})

    def _grids(self, rows: QuerySet[Grid]) -> list[Step]:
        listed = rows.filter(is_active=True).order_by("code")[:_MOST_GRIDS]
        return [Step(one.name, f"{self.home}?grid={one.code}") for one in listed]

    @property
    def may_add(self) -> bool:
        return self.grid is not None and keeps(self.user, self.grid)


def _seen(user: User) -> QuerySet[Grid]:
    return Grid.objects.visible_to(user)


# ---------------------------------------------------------------- 人口


@needs(*READERS)
@require_http_methods(["GET", "POST"])
@changes_nothing
def residents(request: StaffRequest) -> HttpResponse:
    """By grid or name in the address; by number as a POST, answered with an opaque word."""
    if request.method == "POST":
        return _sought(request)
    return _residents(request)


def _sought(request: StaffRequest) -> HttpResponse:
    text = request.POST.get("number", "").strip()
    try:
        key = base.find_by_number(text=text, by=request.user, address=client_address(request))
    except Invalid as error:
        return _residents(request, number=text, number_wrong=error.message, status=422)
    return redirect(f"{reverse('grids:residents')}?{PARAM}={remember_number(request, key)}")


def _residents(request: StaffRequest, status: int = 200, **more: str) -> HttpResponse:
    browser = Browser(request, "grids:residents")
    rows = Resident.objects.visible_to(request.user).select_related("grid__region")
    by_number = PARAM in request.GET
    page = None
    if by_number:
        page = page_of(rows.numbered(remembered(request) or ""), request.GET)
    elif browser.asks:
        page = page_of(browser.narrow(rows), request.GET)
    context = {
        "browser": browser,
        "page": page,
        "by_number": by_number,
        "imports": request.user.can(Permission.GRIDS),
        **more,
    }
    status = 422 if browser.wrong else status
    return render(request, "grids/base/residents.html", context, status=status)


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def resident_new(request: StaffRequest) -> HttpResponse:
    return _edit_resident(request, None)


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def resident(request: StaffRequest, pk: int) -> HttpResponse:
    seen = Resident.objects.visible_to(request.user).select_related("grid__region")
    one = seen.filter(pk=pk).first()
    if one is None and request.method == "GET":
        raise NotFound("没有这一条，可能已经删了")
    return _edit_resident(request, one, pk)


def _edit_resident(
    request: StaffRequest, one: Resident | None, pk: int | None = None
) -> HttpResponse:
    initial = {"grid": request.GET.get("grid", "")}
    if one is not None:
        initial = {"grid": one.grid.code, "name": one.name, "external_ref": one.external_ref}
    form = ResidentForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        grids=_seen(request.user),
    )
    status = 422 if form.is_bound else 200
    if pk is not None and one is None:
        status = _gone(form, "没有这一条，可能已经删了。刚才写的还在下面")
    elif form.is_valid():
        try:
            saved = base.save_resident(
                pk=pk,
                by=request.user,
                address=client_address(request),
                **form.cleaned_data,
            )
            messages.success(request, f"{saved.name}已保存。")
            return redirect(f"{reverse('grids:residents')}?grid={saved.grid.code}")
        except DomainError as error:
            status = error.status
            _tell(form, error)
    # What was typed stays to be read, also by who may keep it no more.
    may = form.is_bound or one is None or keeps(request.user, one.grid)
    context = {"form": form, "one": one, "may": may}
    return render(request, "grids/base/resident.html", context, status=status)


def _gone(form: ResidentForm | SiteForm, said: str) -> int:
    """Not there, or not for this person: only the sentence, and what they typed."""
    form.errors.clear()
    form.add_error(None, said)
    return NotFound.status


def _tell(form: ResidentForm | SiteForm, error: DomainError) -> None:
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name, found)
    if not named:
        form.add_error(None, error.message)


@needs(*READERS)
@require_POST
def resident_remove(request: StaffRequest, pk: int) -> HttpResponse:
    gone = base.remove_resident(pk=pk, by=request.user, address=client_address(request))
    messages.success(request, f"{gone.name}已从{gone.grid.name}删掉。")
    return redirect(f"{reverse('grids:residents')}?grid={gone.grid.code}")


# ---------------------------------------------------------------- 房屋、单位、场所、设施


@needs(*READERS)
@require_GET
def sites(request: StaffRequest) -> HttpResponse:
    browser = Browser(request, "grids:sites")
    kind = request.GET.get("kind", "")
    kind = kind if kind in Site.Kind.values else ""
    gone = request.GET.get("gone") == "1"
    rows = Site.objects.visible_to(request.user).filter(is_active=not gone)
    rows = (rows.filter(kind=kind) if kind else rows).select_related("grid__region")
    context = {
        "browser": browser,
        "page": page_of(browser.narrow(rows), request.GET) if browser.asks else None,
        "kind": kind,
        "kinds": Site.Kind.choices,
        "gone": gone,
        "imports": request.user.can(Permission.GRIDS),
    }
    status = 422 if browser.wrong else 200
    return render(request, "grids/base/sites.html", context, status=status)


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def site_new(request: StaffRequest) -> HttpResponse:
    return _edit_site(request, None)


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def site(request: StaffRequest, pk: int) -> HttpResponse:
    one = Site.objects.visible_to(request.user).select_related("grid__region").filter(pk=pk).first()
    if one is None and request.method == "GET":
        raise NotFound("没有这一处")
    return _edit_site(request, one, pk)


_PLAIN = ("kind", "name", "address", "contact", "external_ref", "note", "is_active")


def _edit_site(request: StaffRequest, one: Site | None, pk: int | None = None) -> HttpResponse:
    initial: dict[str, Any] = {"grid": request.GET.get("grid", "")}
    if one is not None:
        initial = {name: getattr(one, name) for name in _PLAIN} | {"grid": one.grid.code}
    form = SiteForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        grids=_seen(request.user),
    )
    if one is not None and one.phone:
        form.fields["phone"].help_text = f"现在是 {mask_phone(one.phone)}，不填就不改"
    status = 422 if form.is_bound else 200
    if pk is not None and one is None:
        status = _gone(form, "没有这一处。刚才写的还在下面")
    elif form.is_valid():
        try:
            saved = base.save_site(
                pk=pk,
                values=form.cleaned_data,
                by=request.user,
                address=client_address(request),
            )
        except DomainError as error:
            status = error.status
            _tell(form, error)
        else:
            messages.success(request, f"{saved.name}已保存。")
            return redirect("grids:site", saved.pk)
    return _site_page(request, one, form=form, status=status)


def _site_page(
    request: StaffRequest,
    one: Site | None,
    *,
    form: SiteForm,
    shown: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "one": one,
        # What was typed stays to be read, also by who may keep it no more.
        "may": form.is_bound or one is None or keeps(request.user, one.grid),
        "may_reveal": one is not None and bool(one.phone) and reads_phones(request.user, one.grid),
        "phone": mask_phone(one.phone) if one and one.phone else "",
        "shown": shown,
        "reasons": REASONS,
    }
    return render(request, "grids/base/site.html", context, status=status)


@needs(*READERS)
@require_POST
@changes_nothing
def site_phone(request: StaffRequest, pk: int) -> HttpResponse:
    """显示号码: once, in the answer to this very request."""
    one = base.read_phone(
        pk=pk,
        reason=request.POST.get("reason", ""),
        by=request.user,
        address=client_address(request),
    )
    initial = {name: getattr(one, name) for name in _PLAIN} | {"grid": one.grid.code}
    form = SiteForm(initial=initial, grids=_seen(request.user))
    response = _site_page(request, one, form=form, shown=one.phone)
    response["Cache-Control"] = "no-store"
    return response
