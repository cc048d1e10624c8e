"""The list behind a number as a page, and as an Excel file of what the page shows."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from orgs.exporting import MOST, Exported, as_download, export_masked
from orgs.permissions import Permission
from reports.indicators.behind import behind, headings_of, lines_of
from reports.indicators.links import Asked
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.sheets import Column

WHAT = "清单"
FIRST = (Column("编号", 18), Column("事项", 40), Column("单位", 20), Column("发生地", 16))


def answer(request: StaffRequest, asked: Asked, *, may_read: bool) -> HttpResponseBase:
    """The page; posted, the file. `may_read`: whether the dictionary is this person's to read."""
    if request.method == "POST":
        return _download(request, asked)
    context = {
        "behind": behind(asked, request.GET, request.user),
        "asked": asked,
        "may_read": may_read,
        "here": _here(request),
        "can_export": request.user.can(Permission.EXPORT),
        "most": MOST,
    }
    page: HttpResponse = render(request, "reports/behind.html", context)
    return page


def _here(request: StaffRequest) -> str:
    """This list, from its beginning."""
    given = {key: value for key, value in request.GET.items() if key not in ("after", "before")}
    return f"{request.path}?{urlencode(given)}"


def _download(request: StaffRequest, asked: Asked) -> HttpResponseBase:
    """What is masked on the page is masked in the file: the same lines."""
    rows, span = asked.rows, asked.span
    exported = Exported(
        what=WHAT,
        columns=[*FIRST, *(Column(heading, 18) for heading in headings_of(rows))],
        rows=(
            (line.number, line.title, line.unit, line.town, *line.said)
            for line in lines_of(asked, request.user, most=MOST)
        ),
        total=asked.found.order_by().values("pk")[: MOST + 1].count(),
        asked=[rows.key, *sorted(request.GET)],
        unit="行",
        about="　".join(
            (
                f"　{rows.said}",
                f"{span.first_day:%Y-%m-%d}—{span.last_day:%Y-%m-%d}",
                *asked.words,
                f"数据到 {span.as_of:%Y-%m-%d %H:%M}",
            )
        ),
    )
    try:
        file = export_masked(exported, by=request.user, address=client_address(request))
    except Invalid as error:
        messages.warning(request, error.message)
        return redirect(_here(request))
    return as_download(file, WHAT)
