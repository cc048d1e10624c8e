"""The page of one case: 概况, 当事人, 材料文书, 全部经过."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cases import timeline as history
from cases.models import Case
from cases.paper_tab import paper_tab
from cases.policies import can_note, can_register, can_reveal, can_triage
from cases.presenting import case_page
from cases.searching import find_case
from cases.services.revealing import reveal_party
from cases.viewers import look
from orgs.recent import remember
from zongzhi.lib import clock, dates
from zongzhi.lib.http import StaffRequest, client_address

TABS = ("overview", "parties", "papers", "mediation", "history")
RECENT = 3


@login_required
@require_GET
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """A case; a short number leads to the newest case that has it."""
    case = find_case(request.user, number)
    if number != case.number:
        return redirect(case)
    remember(request, label=case.short_number, url=case.get_absolute_url())
    tab = request.GET.get("tab", "")
    return render_case(request, case, tab if tab in TABS else "overview")


@login_required
@require_GET
def timeline(request: StaffRequest, number: str) -> HttpResponse:
    """全部经过, newest first."""
    return render_case(request, find_case(request.user, number), "history")


@login_required
@require_GET
def viewers(request: StaffRequest, number: str) -> HttpResponse:
    """谁也在看: asked every half minute by whoever has the case open."""
    names = look(find_case(request.user, number), request.user)
    return render(request, "cases/_viewers.html", {"viewers": names})


@login_required
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, number: str) -> HttpResponse:
    """显示: one party's numbers, for this one answer, with a line in the access log."""
    case = find_case(request.user, number)
    if request.method == "GET":  # the answer's address, opened again
        return redirect(f"{case.get_absolute_url()}?tab=parties")
    party = reveal_party(
        case=case,
        party_id=request.POST.get("party", ""),
        by=request.user,
        reason=request.POST.get("reason", ""),
        address=client_address(request),
    )
    response = render_case(request, case, "parties", revealed=party.pk)
    response["Cache-Control"] = "no-store"
    return response


def render_case(
    request: StaffRequest, case: Case, tab: str, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The frame of the case page with one tab open."""
    now = clock.now()
    revealed = extra.pop("revealed", None)
    context: dict[str, Any] = {
        "case": case,
        "shown": case_page(case, request.user, now, revealed=revealed),
        "tab": tab,
        "counts": {
            "parties": len(case.parties.all()),
            "history": case.history_length,
            "papers": case.attachments.count(),
        },
        "may_reveal": can_reveal(request.user, case),
        "may_attach": case.is_open and can_note(request.user, case),
        "may_print": can_register(request.user, case),
        "may_transcribe": can_triage(request.user, case) and case.accepted_at is not None,
        "watermark": f"{request.user.name} {dates.moment(now)}",
    }
    context |= _of_tab(request, case, tab) | extra
    return render(request, f"cases/detail_{tab}.html", context, status=status)


def _of_tab(request: StaffRequest, case: Case, tab: str) -> dict[str, Any]:
    if tab == "overview":
        return {
            "entries": history.entries_of(history.events_of(case, reader=request.user)[:RECENT])
        }
    if tab == "papers":
        return paper_tab(case, request.user)
    if tab == "history":
        only = request.GET.get("only", "")
        only = only if only in history.FILTERS else "all"
        before = request.GET.get("before", "")
        events = history.events_of(case, reader=request.user, only=only)
        if before.isdecimal() and len(before) < 9:
            events = events.filter(seq__lt=int(before))
        found = list(events[: history.SHOWN + 1])
        shown, more = found[: history.SHOWN], len(found) > history.SHOWN
        return {
            "entries": history.entries_of(shown),
            "only": only,
            "filters": history.FILTERS.items(),
            "older": shown[-1].seq if more else None,
        }
    return {}
