"""指标词典, and the list behind every number of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from reports.indicators.behind import behind as behind_of
from reports.indicators.links import asked_for
from zongzhi.lib.http import StaffRequest


@never_cache
@login_required
@require_GET
def behind(request: StaffRequest, key: str) -> HttpResponse:
    """The list behind a number: as the reader sees it, or of a centre's official table."""
    asked = asked_for(key, request.GET, request.user)
    context = {"behind": behind_of(asked, request.GET, request.user), "asked": asked}
    return render(request, "reports/behind.html", context)
