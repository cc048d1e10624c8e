"""导出 and 打印 of a list.

As an Excel file: masked at once, whole only with a reason and a second person. On paper: masked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from cases.export_form import ExportForm
from cases.exporting import columns, lines, printed_columns, printed_lines
from cases.filters import CaseFilter
from cases.querysets import CaseQuerySet
from cases.services.exports import MOST_PRINTED, log_printing
from cases.sought import PARAM
from cases.views.lists import asked_for, list_address
from orgs.countersigning import countersign
from orgs.exporting import MOST, Agreed, Exported, as_download, export
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest, client_address

Make = Callable[[Agreed | None], IO[bytes]]


@never_cache
@sensitive_post_parameters("password")
@needs(Permission.EXPORT)
@require_http_methods(["GET", "POST"])
def export_list(request: StaffRequest) -> HttpResponseBase:
    """The cases of this address. What was asked for is logged by its names, not its words."""
    asked = asked_for(request)
    if not asked.is_valid():
        return redirect(list_address(request.GET))
    total, found = _length(asked), _in_order(asked)

    def make(agreed: Agreed | None) -> IO[bytes]:
        full = agreed is not None
        exported = Exported(
            what="事项列表",
            columns=columns(full=full),
            rows=lines(found, full=full, user=request.user, now=asked.now, most=MOST),
            total=total,
            asked=_names(request, asked),
            agreed=agreed,
        )
        return export(exported, by=request.user, address=client_address(request))

    context = {
        "title": "导出事项",
        "total": f"{MOST}+" if total > MOST else str(total),
        "words": _words(request, asked),
        "back": list_address(request.GET),
    }
    return answer(request, make, name="事项列表", context=context)


@never_cache
@login_required
@require_GET
def print_list(request: StaffRequest) -> HttpResponseBase:
    """打印: the whole list of this address on a sheet, masked; opening it is logged."""
    asked = asked_for(request)
    if not asked.is_valid():
        return redirect(list_address(request.GET))
    user, now = request.user, clock.now()
    rows = printed_lines(_in_order(asked), user=user, now=asked.now, most=MOST_PRINTED)
    if rows:
        names = _names(request, asked)
        address = client_address(request)
        log_printing(what="事项列表", count=len(rows), by=user, address=address, asked=names)
    total = _length(asked)
    context = {
        "columns": printed_columns(),
        "rows": rows,
        "total": f"{MOST}+" if total > MOST else str(total),
        "most": MOST_PRINTED,
        "cut": total > len(rows),
        "words": _words(request, asked),
        "printed_at": now,
        "back": list_address(request.GET),
    }
    return render(request, "cases/case_print.html", context)


def _length(asked: CaseFilter) -> int:
    """How many cases there are, as far as an export goes."""
    number: int = asked.qs.order_by().values("pk")[: MOST + 1].count()
    return number


def _in_order(asked: CaseFilter) -> CaseQuerySet:
    """The cases in the order of the list."""
    minus = "-" if asked.order.descending else ""
    rows: CaseQuerySet = asked.qs.order_by(f"{minus}{asked.order.field}", f"{minus}pk")
    return rows


def _words(request: StaffRequest, asked: CaseFilter) -> str:
    """The conditions, but not the words searched for: they may be somebody's name."""
    text = asked.form.cleaned_data.get("q")
    words = [word for word in asked.words() if word != text]
    words += ["有关键词"] if text else []
    words += ["一个人的事项"] if request.GET.get(PARAM) else []
    return "、".join(words) or "全部"


def _names(request: StaffRequest, asked: CaseFilter) -> dict[str, Any]:
    """What was asked for, by its names, for the log."""
    return {"filters": sorted({*asked.form.cleaned_data} - {"q"}), "text": "q" in request.GET}


def answer(
    request: StaffRequest, make: Make, *, name: str, context: Mapping[str, object]
) -> HttpResponseBase:
    """The page that asks how, or the file; what stands against it is said on the page."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            file = make(_agreed(request, form))
            return as_download(file, name)
        except Invalid as error:
            _tell(form, error)
    page = {**context, "form": form, "may_full": request.user.can(Permission.EXPORT_FULL)}
    return render(request, "cases/export.html", page, status=422 if form.is_bound else 200)


def _agreed(request: StaffRequest, form: ExportForm) -> Agreed | None:
    if not form.is_full:
        return None
    said = form.cleaned_data
    colleague = countersign(
        request,
        by=request.user,
        username=said["colleague"],
        password=said["password"],
        permission=Permission.EXPORT_FULL,
    )
    return Agreed(said["reason"].strip(), colleague)


def _tell(form: ExportForm, error: Invalid) -> None:
    for field, sentences in error.errors.items():
        form.add_error(field, sentences)
    if not error.errors:
        form.add_error(None, error.message)
