"""对接: what other organs have handed over, by the days left, and two rates of a month."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.models import StatutoryTerm
from mediation.handed_over import CLOCKS
from mediation.periods import month_of
from mediation.referral_pages import (
    LISTS,
    VIEWS,
    lists_of,
    months_lists,
    rates_of,
    referral_rows,
)
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

STAFF = (Permission.TRIAGE, Permission.HANDLE, Permission.MEDIATE, Permission.DECIDE)


@needs(*STAFF)
@require_GET
def referrals(request: StaffRequest) -> HttpResponse:
    """Lists of what is open, or of what a figure of the month counts."""
    user, today = request.user, clock.today()
    month = month_of(request.GET.get("month", ""))
    lists = lists_of(user)
    counted = months_lists(user, month)
    view = request.GET.get("view", "")
    behind = view in counted
    view = view if behind or view in lists else "running"
    rows = counted[view] if behind else lists[view]
    page = paginate(rows.select_related("case__center"), Order(descending=True), request.GET)
    periods = StatutoryTerm.objects.filter(
        clock__in=CLOCKS.values(), about__in=[row.pk for row in page.rows]
    )
    context = {
        "page": page,
        "rows": referral_rows(page.rows, periods, today),
        "views": [(key, label, lists[key].count()) for key, label in VIEWS.items()],
        "view": view,
        "behind": LISTS.get(view, ""),
        "rates": rates_of(user, month),
        "month": month,
    }
    return render(request, "mediation/referrals.html", context)
