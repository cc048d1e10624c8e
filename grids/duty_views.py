"""百项清单: what may be asked of a grid worker. To read; to draw up anew and publish."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from grids.duty_lists import (
    ADMITTING,
    Line,
    current_list,
    differences,
    lines_of,
    not_admitted,
    read_lines,
)
from grids.models import DutyList
from grids.register_forms import DutyListForm
from grids.register_rules import centers_over
from grids.register_views import tell
from grids.services.duties import publish_list
from grids.vocabulary import Category
from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.http import StaffRequest, client_address

READERS = (Permission.GRIDS, Permission.VIEW_CENTER, Permission.GRID_WORK, Permission.VIEW_UNIT)
_MOST_BYTES = 1024 * 1024


def _home(user: User) -> Center:
    posts = user.posts_giving(Permission.GRIDS) or list(user.posts_today)
    return posts[0].center


def _lists(center: Center) -> Any:
    over = [one.pk for one in centers_over(center.region.code)]
    return DutyList.objects.filter(center__in=over).select_related("center", "published_by")


@needs(*READERS)
@require_GET
def duties(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The list in force here, or one of the versions."""
    center = _home(request.user)
    current = current_list(center)
    shown = current if pk is None else _lists(center).filter(pk=pk).first()
    if pk is not None and shown is None:
        raise NotFound("没有这一版清单")
    lines = list(shown.duties.all()) if shown else []
    lines.sort(key=lambda row: (_rank(row.category), row.number))
    context = {
        "shown": shown,
        "current": current,
        "groups": [
            (label, list(rows))
            for label, rows in groupby(lines, lambda row: row.get_category_display())
        ],
        "count": len(lines),
        "versions": list(_lists(center).order_by("-effective_from", "-pk")),
        "may": request.user.can(Permission.GRIDS),
        "today": clock.today(),
    }
    return render(request, "grids/register/duties.html", context)


def _rank(category: str) -> int:
    return list(Category).index(Category(category))


@needs(Permission.GRIDS)
@require_http_methods(["GET", "POST"])
def new_duties(request: StaffRequest) -> HttpResponse:
    """A new version: pasted or sent, looked at, published."""
    center = _home(request.user)
    current = current_list(center)
    if request.method == "GET":
        text = "\n".join(line.text for line in lines_of(current))
        return _draw_up(request, center, current, DutyListForm(text=text))
    form = DutyListForm(request.POST, request.FILES)
    lines = _lines(form) if form.is_valid() else []
    said = form.cleaned_data if form.is_valid() else {}
    if said and (refused := not_admitted(center, lines, said["effective_from"])):
        form.add_error("lines", refused)
    elif said and request.POST.get("publish") == "1":
        try:
            listing = publish_list(
                center=center,
                title=said["title"],
                effective_from=said["effective_from"],
                note=said["note"],
                lines=lines,
                by=request.user,
                address=client_address(request),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, f"第 {listing.number} 版已公布，{len(lines)} 项。")
            return redirect("grids:duty_list", listing.pk)
    return _draw_up(request, center, current, form, lines)


def _lines(form: DutyListForm) -> list[Line]:
    """What was typed or sent; what is wrong with it goes beside the field."""
    file, text, name = form.cleaned_data.get("file"), form.cleaned_data["lines"], "lines"
    if file is not None:
        name, text = "file", _text_of(form, file)
        form.data = {
            **{name: form.data.get(name) for name in form.data},
            "lines": text,
        }  # kept, to be mended here
    if form.errors:
        return []
    lines, faults = read_lines(text)
    for fault in faults[:50]:
        form.add_error(name, fault)
    return lines


def _text_of(form: DutyListForm, file: Any) -> str:
    if file.size > _MOST_BYTES:
        form.add_error("file", "文件超过 1 MB")
        return ""
    try:
        return str(file.read().decode("utf-8-sig")).replace("\0", "")
    except UnicodeDecodeError:
        form.add_error("file", "文件不是 UTF-8 文本，另存为 UTF-8 再传")
        return ""


def _draw_up(
    request: StaffRequest,
    center: Center,
    current: DutyList | None,
    form: DutyListForm,
    lines: list[Line] | None = None,
) -> HttpResponse:
    checked = form.is_bound and not form.errors
    added, gone = differences(current, lines or [])
    context = {
        "form": form,
        "center": center,
        "chooses": center.level not in ADMITTING,
        "current": current,
        "checked": checked,
        "lines": lines or [],
        "added": added,
        "gone": gone,
    }
    status = 422 if form.errors else 200
    return render(request, "grids/register/new_duties.html", context, status=status)
