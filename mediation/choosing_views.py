"""点菜: the page on the turned screen, and the same on paper. Nothing on it names the case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases.acts import act_of, refusal, why_not
from cases.models import Case
from cases.searching import find_case
from mediation.models import Choice, Mediation
from mediation.offering import PoolFilter, offers, pool_of
from mediation.policies import mediates
from mediation.proceedings import SIDES, open_mediation, principals, side_of
from mediation.services.choosing import choose_mediator
from orgs.models import User
from zongzhi.lib.errors import DomainError, NotAllowed, WrongState
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.identity import mask_name

PRINTED = 24  # on a sheet of two columns


class PickForm(forms.Form):
    """What the card's button and the questions above the cards say."""

    party = forms.IntegerField(
        error_messages={"required": "先选是哪一方来选", "invalid": "先选是哪一方来选"}
    )
    consent = forms.ChoiceField(choices=Choice.Consent, required=False)
    mediator = forms.IntegerField(
        error_messages={"required": "还没选调解员", "invalid": "还没选调解员"}
    )


def _case(user: User, number: str) -> tuple[Case, Mediation]:
    case = find_case(user, number)
    if not mediates(user, case):
        raise NotAllowed(refusal(act_of("choose-mediator"), case))
    mediation = open_mediation(case)
    if mediation is None:
        raise WrongState(f"{case.short_number} 没有在进行的调解，先启动调解")
    return case, mediation


@login_required
@require_http_methods(["GET", "POST"])
def choose(request: StaffRequest, number: str) -> HttpResponse:
    """请选一位调解员. Without script each button is a form's own; staff return by a plain link."""
    case, mediation = _case(request.user, number)
    if request.method == "GET" and "done" in request.GET:
        return _done(request, case, mediation)
    if request.method == "GET" and "arrange" in request.GET:
        return render(request, "mediation/chosen.html", {"case": case, "host": None})
    if reason := why_not(act_of("choose-mediator"), case):
        raise WrongState(reason)
    form = PickForm(request.POST if request.method == "POST" else None)
    status, told = 200, ""
    if form.is_bound:
        status, told = _pick(request, case, form)
        if not told:
            return redirect(f"{reverse('mediation:choose', args=[case.number])}?done=1")
    return _page(request, case, mediation, form, told=told, status=status)


def _pick(request: StaffRequest, case: Case, form: PickForm) -> tuple[int, str]:
    if not form.is_valid():
        return 422, str(next(iter(form.errors.values()))[0])
    given = form.cleaned_data
    party = next((p for p in case.parties.all() if p.pk == given["party"]), None)
    if party is None:
        return 422, "先选是哪一方来选"
    try:
        choose_mediator(
            case_id=case.pk,
            by=request.user,
            mediator=given["mediator"],
            party=party,
            consent=given["consent"] or Choice.Consent.NOT_ASKED,
        )
    except DomainError as error:
        # Why somebody had better not is for staff, not for this screen.
        hidden = bool({"overruled_why", "both_agree", "mediator"} & set(_named(error)))
        return error.status, "这一位现在不能选，换一位，或者让中心安排" if hidden else error.message
    return 200, ""


def _named(error: DomainError) -> dict[str, list[str]]:
    named: dict[str, list[str]] = getattr(error, "errors", {})
    return named


def _page(
    request: StaffRequest,
    case: Case,
    mediation: Mediation,
    form: PickForm,
    *,
    told: str,
    status: int,
) -> HttpResponse:
    narrow = PoolFilter(_asked(request, case), center=case.center)
    page, cards = offers(case, mediation, narrow.asked(), request.GET)
    context: dict[str, Any] = {
        "case": case,
        "filter": narrow,
        "page": page,
        "cards": cards,
        "parties": [
            (one.pk, SIDES[side_of(one)], mask_name(one.name, organisation=one.is_organization))
            for one in principals(case.parties.all())
        ],
        "picked": form.data.get("party", "") if form.is_bound else "",
        "consent": form.data.get("consent", "") if form.is_bound else "",
        "consents": [c for c in Choice.Consent.choices if c[0] != Choice.Consent.CHANGE],
        "told": told,
    }
    return render(request, "mediation/choose.html", context, status=status)


def _asked(request: StaffRequest, case: Case) -> dict[str, str]:
    """The filters of the address; at first, who knows this kind of matter, if anybody does."""
    named = {name: request.GET.get(name, "") for name in ("q", "type", "language", "town")}
    if any(name in request.GET for name in named):
        return named
    fits = pool_of(case.center).filter(specialities=case.type_id).exists()
    return {**named, "type": case.type.code if fits else ""}


def _done(request: StaffRequest, case: Case, mediation: Mediation) -> HttpResponse:
    choice = mediation.choices.filter(is_current=True).select_related("mediator").first()
    if choice is None:
        return redirect("mediation:choose", case.number)
    return render(request, "mediation/chosen.html", {"case": case, "host": choice.mediator})


@login_required
@require_GET
def choose_print(request: StaffRequest, number: str) -> HttpResponse:
    """The same list on paper, to be ticked by hand; without the number of the case."""
    case, mediation = _case(request.user, number)
    narrow = PoolFilter(_asked(request, case), center=case.center)
    page, cards = offers(case, mediation, narrow.asked(), request.GET, size=PRINTED)
    return render(
        request, "mediation/choose_print.html", {"case": case, "cards": cards, "page": page}
    )
