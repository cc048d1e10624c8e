"""协议履行: every clause that is to be performed; one agreement with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import DateTimeField
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from cases.acts import Act, allowed
from cases.searching import find_case
from mediation.agreed import Settlement, settlement_of
from mediation.agreement_pages import (
    VIEWS,
    confirmations_open,
    countdown,
    lists_of,
    page_of,
    term_rows,
)
from mediation.models import Agreement
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

STAFF = (
    Permission.TRIAGE,
    Permission.HANDLE,
    Permission.MEDIATE,
    Permission.FOLLOW_UP,
    Permission.DECIDE,
)
# The acts that belong to an agreement, as its page offers them, and on which of several they fall.
ACTS: dict[str, Callable[[Settlement], Agreement | None]] = {
    **dict.fromkeys(("sign", "amend-agreement"), lambda found: found.draft),
    **dict.fromkeys(("scan-agreement", "void-agreement"), lambda found: found.current),
    "apply-confirmation": lambda found: found.in_force,
    **dict.fromkeys(("court-takes", "court-decides"), lambda found: found.at_court),
}


@needs(*STAFF)
@require_GET
def agreements(request: StaffRequest) -> HttpResponse:
    """What is to be performed first; every number is the length of its list."""
    user, today = request.user, clock.today()
    lists = lists_of(user, today)
    running = confirmations_open(user)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "due"
    numbers = {**{key: rows.count() for key, rows in lists.items()}, "confirm": running.count()}
    context: dict[str, Any] = {
        "views": [(key, label, numbers[key]) for key, label in VIEWS.items()],
        "view": view,
    }
    if view == "confirm":
        rows = running.select_related("case").annotate(ends_at=Cast("last_day", DateTimeField()))
        page = paginate(rows, Order("ends_at"), request.GET)
        context |= {"page": page, "countdowns": [countdown(row, today) for row in page.rows]}
    else:
        terms = lists[view].select_related("agreement__mediation__case__unit", "by_party")
        # Keyset paging goes by moments; clauses without a day come last.
        dated = terms.annotate(due_at=Cast("due_on", DateTimeField()))
        shown = paginate(dated, Order("due_at", nullable=True), request.GET)
        context |= {"page": shown, "rows": term_rows(shown.rows, today)}
    return render(request, "mediation/agreements.html", context)


@needs(*STAFF)
@require_GET
def agreement(request: StaffRequest, pk: int) -> HttpResponse:
    """One agreement; what may be done with it now."""
    rows = Agreement.objects.visible_to(request.user).select_related(
        "mediation__case__center",
        "mediation__case__type",
        "mediation__case__unit",
        "mediation__body__department",
        "mediation__host",
        "written_by",
        "scan",
        "confirmation__applied_by",
    )
    found = get_object_or_404(rows, pk=pk)
    case = found.mediation.case
    context = {"shown": page_of(found), "case": case, "acts": _acts(request, found)}
    return render(request, "mediation/agreement.html", context)


def _acts(request: StaffRequest, found: Agreement) -> list[Act]:
    """Only what would fall on this one: a void one, and most times an older one, is only read."""
    case = find_case(request.user, found.mediation.case.number)
    settlement = settlement_of(case)
    on = {verb: which(settlement) for verb, which in ACTS.items()}
    here = {verb for verb, row in on.items() if row is not None and row.pk == found.pk}
    mine = next((row for row in settlement.agreements if row.pk == found.pk), None)
    if mine is not None and mine.in_force_on is not None and mine.has_to_do:
        here.add("perform")
    return [act for act in allowed(request.user, case) if act.verb in here]
