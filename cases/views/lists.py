"""Lists of cases: everything, what waits for me, what a number on another page counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import choices
from cases.filters import MINE, VIEWS, CaseFilter
from cases.models import Case
from cases.querysets import CaseQuerySet, newest_seen, seen_by
from cases.rows import rows_of
from cases.searching import case_number, not_found
from cases.services.saved_views import forget_view, query_of, save_view
from cases.sought import PARAM, of_person, remember_person
from cases.vocabulary import Label, Risk, Satisfaction, Source
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import CURSORS, Cursor, Page, paginate


@dataclass(frozen=True)
class Tab:
    """A view over the list; with `pk` one of the person's own, which can be deleted."""

    label: str
    url: str
    current: bool
    pk: int | None = None


@login_required
@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Cases, narrowed by the address; a search with one hit opens it."""
    person = remember_person(request, request.GET.get("q", ""))
    asked = asked_for(request)
    page: Page[Case] = Page([], 0)
    if asked.is_valid():
        window = None if _is_narrowed(request) else partial(_newest_of, request.user)
        page = paginate(asked.qs.for_list(), asked.order, request.GET, window=window)
        if _is_search(request) and page.total == 1:
            return redirect(page.rows[0])
    if person:  # an old address with a number in it: nobody needs to see it again
        return redirect(list_address(_without_number(request.GET, person)))
    return render_list(request, asked, page)


def _is_narrowed(request: StaffRequest) -> bool:
    return any(value for name, value in request.GET.items() if name not in CURSORS)


def _newest_of(user: User, cases: CaseQuerySet, cursor: Cursor | None, most: int) -> CaseQuerySet:
    until, below = cursor or (None, 0)
    return newest_seen(user, cases, most, until=until, below=below)


def asked_for(request: StaffRequest) -> CaseFilter:
    """What the address asks for, among the cases this person may see."""
    visible = of_person(request, seen_by(request.user))
    return CaseFilter(request.GET, queryset=visible, request=request)


def render_list(
    request: StaffRequest, asked: CaseFilter, page: Page[Case], **more: Any
) -> HttpResponse:
    user = request.user
    now = asked.now if asked.is_valid() else clock.now()
    rows = rows_of(page.rows, user=user, now=now)
    context = {
        "asked": asked,
        "as_of": asked.moment if asked.is_valid() else None,
        "form": asked.form,
        "given": request.GET,
        "page": page,
        "rows": rows,
        "text": request.GET.get("q", ""),
        "person": request.GET.get(PARAM, ""),
        "tabs": _tabs(request),
        "view": request.GET.get("view") or "all",
        "title": VIEWS.get(request.GET.get("view", ""), "全部") + "事项",
        "empty_text": "" if rows else _empty(user, asked),
        "narrowed": asked.is_valid() and bool(asked.words() or request.GET.get(PARAM)),
        "options": _options(),
        "can_register": user.can(Permission.REGISTER),
        "can_export": user.can(Permission.EXPORT) and bool(rows),
        "can_export_full": user.can(Permission.EXPORT_FULL),
        "query": _query(request.GET),
        "may_save": bool(query_of(request.GET)),
        "with_acts": any(row.may_claim for row in rows),
        "here": request.get_full_path(),
        "watermark": f"{user.name} {dates.moment(clock.now())}",
        **more,
    }
    refused = more.get("view_error") or not asked.is_valid()
    return render(request, "cases/case_list.html", context, status=422 if refused else 200)


@login_required
@require_POST
def seek(request: StaffRequest) -> HttpResponse:
    """查询: the boxes send here, and the list opens at an address that names no number of anybody.

    A phone or identity number stays on the server; everything else becomes the address.
    """
    given = request.POST.copy()
    person = remember_person(request, given.get("q", ""))
    return redirect(list_address(_without_number(given, person) if person else given))


def list_address(given: QueryDict) -> str:
    """The list with the filters it knows, and nothing else that was sent."""
    query = _query(given)
    return reverse("cases:list") + (f"?{query}" if query else "")


def _query(given: QueryDict) -> str:
    names = [*CaseFilter.base_filters, PARAM]
    return urlencode(
        [(name, str(given[name]).strip()) for name in names if str(given.get(name, "")).strip()]
    )


def _without_number(given: QueryDict, person: str) -> QueryDict:
    clean = given.copy()
    clean.pop("q", None)
    clean[PARAM] = person
    return clean


@login_required
@require_http_methods(["GET", "POST"])
def save(request: StaffRequest) -> HttpResponse:
    """另存为我的视图: the filters of this address, under a name."""
    if request.method == "GET":  # the answer's address, opened again
        return redirect(list_address(request.GET))
    name = request.POST.get("name", "")
    try:
        view = save_view(by=request.user, name=name, given=request.GET)
    except Invalid as error:
        asked = asked_for(request)
        page: Page[Case] = Page([], 0)
        if asked.is_valid():
            page = paginate(asked.qs.for_list(), asked.order, request.GET)
        return render_list(request, asked, page, view_error=error.message, view_name=name)
    messages.success(request, f"已存成视图“{view.name}”")
    return redirect(f"{reverse('cases:list')}?{view.query}")


@login_required
@require_POST
def forget(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete a view of one's own; pressing twice does no harm."""
    forget_view(by=request.user, pk=pk)
    messages.success(request, "视图已删除")
    return redirect("cases:list")


def _is_search(request: StaffRequest) -> bool:
    return {name for name, value in request.GET.items() if value} in ({"q"}, {PARAM})


def _tabs(request: StaffRequest) -> list[Tab]:
    """The views of everybody, which keep the other conditions, and then one's own."""
    here = query_of(request.GET)
    own = [
        Tab(view.name, f"?{view.query}", view.query == here, view.pk)
        for view in request.user.saved_views.all()
    ]
    at_own = any(tab.current for tab in own)
    shown = request.GET.get("view") or "all"
    tabs = []
    for name, label in VIEWS.items():
        params = request.GET.copy()
        for cursor in CURSORS:
            params.pop(cursor, None)
        params["view"] = name
        tabs.append(Tab(label, f"?{params.urlencode()}", name == shown and not at_own))
    return tabs + own


def _empty(user: User, asked: CaseFilter) -> str:
    if not any(user.can(p) for p in (Permission.VIEW_CENTER, Permission.VIEW_UNIT)) and (
        not user.can(Permission.VIEW_OWN)
    ):
        return "窗口登记员、分流员、部门工作人员和中心领导能看事项，这个账号没有这些岗位。"
    if not asked.is_valid():
        return "条件有一处要改，改好再查。"
    text = asked.form.cleaned_data.get("q", "")
    if number := case_number(text):
        return f"{not_found(user, number)}。"
    words = asked.words()
    if words == [VIEWS["todo"]]:
        return "没有要你处理的事。"
    if asked.request.GET.get(PARAM):
        return "没有这个手机号或身份证号的事项，核对后再查。"
    return f"没有符合『{'＋'.join(words)}』的事项。" if words else "还没有事项。"


def _options() -> dict[str, object]:
    return {
        "labels": Label.choices,
        "units": choices.unit_options(),
        "types": choices.type_options(),
        "towns": choices.town_options(),
        "risks": Risk.choices,
        "sources": Source.choices,
        "mine": MINE.items(),
        "satisfactions": [("dissatisfied", "不满意的"), *Satisfaction.choices],
    }
