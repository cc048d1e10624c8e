"""One page for every act of the registry: its form, its refusal, its effect."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from cases.acts import Act, act_of, refusal, why_not_for
from cases.effects import said_after
from cases.forms import ActForm
from cases.meanwhile import refuse_if_changed
from cases.models import Case
from cases.presenting import case_page
from cases.rows import rows_of
from cases.searching import find_case
from orgs.models import User
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, DomainError, NotAllowed, NotFound, WrongState
from zongzhi.lib.http import StaffRequest

# Acts that deserve more than their form: what the person must read before doing it.
LEAD_INS = {
    "decline": "cases/acts/_legal_terms.html",
    "follow-up": "cases/acts/_follow_up.html",
    "approve": "cases/acts/_result.html",
    "send-back": "cases/acts/_result.html",
    "report": "cases/acts/_report.html",
    "decide": "cases/acts/_requests.html",
    "rule": "cases/acts/_return.html",
    "answer": "cases/acts/_supervision.html",
    "lift": "cases/acts/_supervision.html",
    "instruct": "cases/acts/_instructions.html",
    "answer-instruction": "cases/acts/_instructions.html",
    "accept-instruction": "cases/acts/_instructions.html",
    "refuse-mediation": "cases/acts/_routes.html",
    "end-mediation": "cases/acts/_routes.html",
}

# Forms that are more than one field below the other.
BODIES = {
    "minute": "cases/acts/_minute.html",
    "schedule-session": "mediation/acts/_schedule.html",
    "move-session": "mediation/acts/_move.html",
    "record-session": "mediation/acts/_record.html",
}


@login_required
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """Do one act, or ask for what it needs."""
    case = find_case(request.user, number)
    chosen = _act(verb)
    if not chosen.who(request.user, case):
        raise NotAllowed(refusal(chosen, case))
    if request.method == "GET":
        _refuse(chosen, case, request.user)
        form = chosen.form(case=case, user=request.user, on_page=True)
        # What the page that leads here knows already: a time and a room of a timetable.
        form.initial = {k: v for k, v in request.GET.items() if k in form.fields}
        return _page(request, chosen, case, form)
    form = chosen.form(
        request.POST, case=case, user=request.user, on_page=True, files=request.FILES
    )
    if form.wants_lines:
        return _page(request, chosen, case, form)
    return _do(request, chosen, case, form)


def _do(request: StaffRequest, chosen: Act, case: Case, form: ActForm) -> HttpResponse:
    """What was handed in, done; or refused, with everything that was typed."""
    status, changed, told = 422, None, ""
    if form.is_valid():
        try:
            if not _refusal(chosen, case, request.user):
                refuse_if_changed(case, request.POST.get("seen", ""), by=request.user)
            changed = chosen.service(case_id=case.pk, by=request.user, **form.arguments())
        except DomainError as error:
            status, told = error.status, _tell(form, error)
    if request.POST.get("row"):
        return _row(request, chosen, changed or case, told, status=status)
    if changed is None:
        again = find_case(request.user, case.number)
        return _page(request, chosen, again, form, status=status)
    messages.success(request, said_after(chosen, changed))
    return redirect(_next(request, chosen, changed))


def _act(verb: str) -> Act:
    try:
        return act_of(verb)
    except KeyError:
        raise NotFound("没有这一页") from None


def _refuse(chosen: Act, case: Case, user: User) -> None:
    """A page for an act that the door would not let through is not worth filling in."""
    if no := _refusal(chosen, case, user):
        raise no


def _refusal(chosen: Act, case: Case, user: User) -> WrongState | None:
    """What the door would say; that is more to the point than that something has changed."""
    if chosen.done is not None and (sentence := chosen.done(case)):
        return AlreadyDone(sentence)
    reason = why_not_for(chosen, user, case)
    return WrongState(reason) if reason else None


def _tell(form: ActForm, error: DomainError) -> str:
    """Put the sentence where it belongs; what was typed stays."""
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)
    if not named:
        form.add_error(None, error.message)
    return error.message


def _page(
    request: StaffRequest, chosen: Act, case: Case, form: ActForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "act": chosen,
        "case": case,
        "form": form,
        "shown": case_page(case, request.user, clock.now()),
        "lead_in": LEAD_INS.get(chosen.verb),
        "body": BODIES.get(chosen.verb),
        "submit": form.submit or chosen.label,
        "next": _safe_next(request),
        "calm": status == 409,  # somebody was faster: nothing is wrong with what was typed
    }
    if chosen.verb == "follow-up":
        context["calls"] = case.follow_ups.filter(round=case.round)
        context["ratings"] = case.ratings.filter(round=case.round)
    return render(request, "cases/act.html", context, status=status)


def _row(request: StaffRequest, chosen: Act, case: Case, told: str, *, status: int) -> HttpResponse:
    """The answer for a button in a list: under htmx the row in place, else the list again."""
    if not request.htmx:
        add = messages.warning if told else messages.success
        add(request, told or said_after(chosen, case))
        return redirect(_next(request, chosen, case))
    now = clock.now()
    shown = Case.objects.visible_to(request.user).for_list().filter(pk=case.pk)
    row = next(iter(rows_of(shown, user=request.user, now=now)), None)
    claimed = chosen.verb == "claim" and not told
    context = {
        "row": row,
        "told": f"已签收 {now:%H:%M}，由你办理" if claimed else told,
        "undo": claimed,
        "with_acts": True,
        "here": _safe_next(request),
    }
    return render(request, "components/case_row.html", context, status=status if told else 200)


def _next(request: StaffRequest, chosen: Act, case: Case) -> str:
    """Where the form was asked for; else the case, open where the act is drawn."""
    tab = f"?tab={chosen.tab}" if chosen.tab else ""
    return _safe_next(request) or f"{case.get_absolute_url()}{tab}"


def _safe_next(request: StaffRequest) -> str:
    """Where to go afterwards, if it is an address of this site."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else ""
