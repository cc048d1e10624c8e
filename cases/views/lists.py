"""Lists of cases: everything, what waits for me, what a number on another page counts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cases import choices
from cases.filters import MINE, VIEWS, CaseFilter
from cases.models import Case
from cases.rows import rows_of
from cases.searching import case_number, not_found
from cases.vocabulary import Label, Risk, Satisfaction, Source
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import CURSORS, Page, paginate


@login_required
@require_GET
def case_list(request: StaffRequest) -> HttpResponse:
    """Cases, narrowed by the address; a search with one hit opens it."""
    visible = Case.objects.visible_to(request.user)
    asked = CaseFilter(request.GET, queryset=visible, request=request)
    page: Page[Case] = Page([], 0)
    if asked.is_valid():
        page = paginate(asked.qs.for_list(), asked.order, request.GET)
        if _is_search(request) and page.total == 1:
            return redirect(page.rows[0])
    rows = rows_of(page.rows, user=request.user, now=asked.now)
    context = {
        "asked": asked,
        "form": asked.form,
        "given": request.GET,
        "page": page,
        "rows": rows,
        "text": request.GET.get("q", ""),
        "views": _tabs(request),
        "view": request.GET.get("view") or "all",
        "title": VIEWS.get(request.GET.get("view", ""), "全部") + "事项",
        "empty_text": "" if rows else _empty(request.user, asked),
        "narrowed": asked.is_valid() and bool(asked.words()),
        "options": _options(),
        "can_register": request.user.can(Permission.REGISTER),
        "with_acts": any(row.may_claim for row in rows),
        "here": request.get_full_path(),
    }
    return render(request, "cases/case_list.html", context, status=200 if asked.is_valid() else 422)


def _is_search(request: StaffRequest) -> bool:
    return {name for name, value in request.GET.items() if value} == {"q"}


def _tabs(request: StaffRequest) -> list[tuple[str, str, str]]:
    """The views as (name, label, address); changing the view keeps the other conditions."""
    tabs = []
    for name, label in VIEWS.items():
        params = request.GET.copy()
        for cursor in CURSORS:
            params.pop(cursor, None)
        params["view"] = name
        tabs.append((name, label, f"?{params.urlencode()}"))
    return tabs


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
