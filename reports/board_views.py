"""The list behind 同一对方."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cases.models import Party
from cases.rows import rows_of
from cases.thresholds import Threshold
from orgs.gates import needs
from orgs.permissions import Permission
from reports.indicators.links import moment_of
from reports.signs import cases_against, limits
from zongzhi.lib import clock
from zongzhi.lib.errors import NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate


@never_cache
@needs(Permission.BOARD)
@require_GET
def opponent(request: StaffRequest, pk: int) -> HttpResponse:
    """What was registered in those days against the one that a party of a case is."""
    party = Party.objects.visible_to(request.user).filter(pk=pk).first()
    if party is None:
        raise NotFound("没有这张清单")
    at = moment_of(request.GET.get("as_of", "")) or clock.now()
    found = cases_against(request.user, party, at).for_list()
    page = paginate(found, Order("registered_at", descending=True), request.GET)
    context = {
        "name": party.name if party.is_organization else "同一个人",
        "days": limits(at)(Threshold.SIGN_DAYS),
        "at": at,
        "page": page,
        "rows": rows_of(page.rows, user=request.user, now=at),
    }
    return render(request, "reports/opponent.html", context)
