"""指标词典, and the list behind every number of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from orgs.gates import needs
from orgs.permissions import Permission
from reports.behind_page import answer
from reports.indicators.links import asked_for
from reports.indicators.measured import groups_of
from reports.services.entered import enters_for
from zongzhi.lib.http import StaffRequest


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def behind(request: StaffRequest, key: str) -> HttpResponseBase:
    """The list behind a number: as the reader sees it, or of a centre's official table."""
    asked = asked_for(key, request.GET, request.user)
    return answer(request, asked, may_read=request.user.can(Permission.BOARD))


@never_cache
@needs(Permission.BOARD)
@require_GET
def dictionary(request: StaffRequest) -> HttpResponse:
    """Every indicator: how it is counted, where that is from, and its lists of this month."""
    user = request.user
    context = {"groups": groups_of(user), "may_enter": enters_for(user) is not None}
    return render(request, "reports/indicators.html", context)
