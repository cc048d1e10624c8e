"""导出: the list as an Excel file; masked at once, whole only with a reason and a second person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases.export_form import ExportForm
from cases.exporting import columns, lines
from cases.services.exports import MOST, Agreed, export
from cases.views.lists import asked_for, list_address
from orgs.countersigning import countersign
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest, client_address

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    total = asked.qs.order_by().values("pk")[: MOST + 1].count()
    order = asked.order
    minus = "-" if order.descending else ""
    found = asked.qs.order_by(f"{minus}{order.field}", f"{minus}pk")

    def make(agreed: Agreed | None) -> IO[bytes]:
        full = agreed is not None
        return export(
            what="事项列表",
            columns=columns(full=full),
            rows=lines(found, full=full, user=request.user, now=asked.now, most=MOST),
            total=total,
            by=request.user,
            address=client_address(request),
            agreed=agreed,
            asked={
                "filters": sorted({*asked.form.cleaned_data} - {"q"}),
                "text": "q" in request.GET,
            },
        )

    words = [word for word in asked.words() if word != asked.form.cleaned_data.get("q")]
    context = {
        "title": "导出事项",
        "total": f"{MOST}+" if total > MOST else str(total),
        "words": "、".join(words) or "全部",
        "back": list_address(request.GET),
    }
    return answer(request, make, name="事项列表", context=context)


def answer(
    request: StaffRequest, make: Make, *, name: str, context: Mapping[str, object]
) -> HttpResponseBase:
    """The page that asks how, or the file; what stands against it is said on the page."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            file = make(_agreed(request, form))
            return _file(file, f"{name} {clock.now():%Y%m%d-%H%M}.xlsx")
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


def _file(file: IO[bytes], name: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=SHEET)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
