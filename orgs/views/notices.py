"""消息, and the numbers in the frame of every page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from orgs import services
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate


@login_required
@require_GET
def notice_list(request: StaffRequest) -> HttpResponse:
    """消息, newest first."""
    page = paginate(request.user.notices.all(), Order(descending=True), request.GET)
    return render(request, "orgs/notice_list.html", {"notices": page.rows, "page": page})


@login_required
@require_POST
def read_notices(request: StaffRequest) -> HttpResponse:
    number = services.mark_notices_read(user=request.user)
    messages.success(request, f"{number} 条标为已读" if number else "没有没读的消息")
    return redirect("orgs:notice_list")


@never_cache
@login_required
@require_GET
def counts(request: StaffRequest) -> HttpResponse:
    """Every number in the frame, polled once a minute."""
    return render(request, "components/counts.html")
