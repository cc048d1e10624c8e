"""我的工作量 and the lists behind it: only ever one's own."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from reports.mine import BY_KEY, done_by, lines_of, starts
from zongzhi.lib.errors import NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate


@never_cache
@login_required
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """What I did this week and this month."""
    week, month = starts()
    context = {"done": done_by(request.user), "week": week, "month": month}
    return render(request, "reports/mine.html", context)


@never_cache
@login_required
@require_GET
def mine_list(request: StaffRequest, key: str) -> HttpResponse:
    """The rows behind one of my numbers."""
    work = BY_KEY.get(key)
    if work is None:
        raise NotFound("没有这张清单")
    since = _day(request.GET.get("since", "")) or starts()[1]
    rows = work.since(request.user, since)
    if before := (work.case or "").split("__")[:-1]:
        rows = rows.select_related("__".join(before))
    if work.event:
        rows = rows.select_related(work.event)
    page = paginate(rows, Order(work.at, descending=True), request.GET, total=rows.count())
    context = {
        "work": work,
        "since": since,
        "page": page,
        "lines": lines_of(work, page.rows, request.user),
    }
    return render(request, "reports/mine_list.html", context)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2100 else None
