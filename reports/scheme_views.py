"""评分方案: how the units of each group are scored, tried out on last month before it holds."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dispatch.circulars import month_before
from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission
from reports.bulletin_forms import SchemeForm, initial_of
from reports.indicators.dictionary import INDICATORS
from reports.models import Scheme, SchemeLine
from reports.scoring import left_out_said
from reports.services import drafting, schemes
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.http import StaffRequest, client_address


def _center(user: User) -> Center:
    return user.posts_giving(Permission.SETTINGS)[0].center


def _last(center: Center, group: str) -> Scheme | None:
    return Scheme.objects.filter(center=center, group=group).order_by("-version").first()


@needs(Permission.SETTINGS)
@require_GET
def scheme_list(request: StaffRequest) -> HttpResponse:
    """Each group with the versions its scheme has had."""
    center = _center(request.user)
    known = Scheme.objects.filter(center=center).order_by("-version").select_related("made_by")
    versions: dict[str, list[Scheme]] = {}
    for one in known.prefetch_related("lines"):
        versions.setdefault(one.group, []).append(one)
    groups = [(group, versions.get(group.value, [])) for group in Scheme.Group]
    context = {"center": center, "groups": groups, "names": _names()}
    return render(request, "reports/schemes.html", context)


def _names() -> dict[str, str]:
    return {one.key: one.name for one in INDICATORS}


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def scheme(request: StaffRequest, group: str) -> HttpResponse:
    """A new version, beginning as the last one; 试算 shows last month by it and keeps nothing."""
    if group not in Scheme.Group.values:
        raise NotFound("没有这一页")
    center = _center(request.user)
    last = _last(center, group)
    lines: Sequence[SchemeLine] = list(last.lines.all()) if last else []
    first = schemes.first_month(center, group)
    form = SchemeForm(
        request.POST if request.method == "POST" else None,
        first=first,
        group=group,
        initial=initial_of(last, lines, first),
    )
    status, tried = (422 if form.is_bound else 200), None
    if form.is_valid():
        try:
            if "try" in request.POST:
                tried, status = _try(center, group, form), 200
            else:
                made = schemes.add_version(
                    center=center,
                    group=group,
                    by=request.user,
                    lines=form.weighed,
                    address=client_address(request),
                    **form.arguments(),
                )
                messages.success(request, f"已存为第 {made.version} 版，发布过的通报不变")
                return redirect("reports:schemes")
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
    context = {
        "center": center,
        "group": Scheme.Group(group),
        "last": last,
        "form": form,
        "tried": tried,
        "month": month_before(clock.today()),
        "is_of_grids": group == Scheme.Group.GRIDS,
        "left_out_said": left_out_said(tried.left_out) if tried else "",
    }
    return render(request, "reports/scheme.html", context, status=status)


def _try(center: Center, group: str, form: SchemeForm) -> drafting.Tried:
    """Last month by these weights."""
    schemes.check_lines(form.weighed, group)
    said = form.arguments()
    return drafting.tried(
        center=center,
        group=group,
        rules=drafting.rules_from(
            [(line.indicator, line.kind, line.weight) for line in form.weighed],
            yellow=said["yellow"],
            red=said["red"],
            bonus_cap=said["bonus_cap"],
            small_sample=said["small_sample"],
        ),
        month=month_before(clock.today()),
    )
