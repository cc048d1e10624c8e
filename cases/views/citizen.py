"""群众进度页: behind the slip, without signing in. Nothing kept by the browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases import limits
from cases.citizen_forms import LastFourForm, RatingForm
from cases.models import Case
from cases.progress import knows_phone, no_rating, progress_of
from cases.services.closing import rate_case
from cases.vocabulary import RatedBy
from orgs.models import Center
from zongzhi.lib.errors import DomainError
from zongzhi.lib.http import client_address

View = Callable[..., HttpResponse]
_OPENED = "opened_cases"


def kept_private(view: View) -> View:
    """No caches, no search engines, no referrer elsewhere: the address itself is the key.

    Not "no-referrer": browsers then send `Origin: null`, and Django refuses the forms.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


@require_GET
@kept_private
def leave(request: HttpRequest) -> HttpResponse:
    """离开本页 leads here: a page that says nothing about anybody."""
    return render(request, "citizen/leave.html", {"leave_url": reverse("citizen:leave")})


@require_http_methods(["GET", "POST"])
@kept_private
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """Where the matter stands; a POST with four digits opens the result."""
    case = _case(request, token)
    if isinstance(case, HttpResponse):
        return case
    form = LastFourForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        told, status = _open(request, case, form.cleaned_data["last4"])
        if not told:
            return redirect("citizen:progress", token)
        form.add_error("last4", told)
    shown = progress_of(case, opened=case.pk in request.session.get(_OPENED, []))
    context = {"shown": shown, "form": form, "rated": "rated" in request.GET}
    context["rating"] = RatingForm()
    return _page(request, "citizen/progress.html", case, status=status, **context)


@require_http_methods(["GET", "POST"])
@kept_private
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """评价: three taps, one per round and one 追评."""
    case = _case(request, token)
    if isinstance(case, HttpResponse):
        return case
    form = RatingForm(request.POST if request.method == "POST" else None)
    if case.is_silent:
        return redirect("citizen:progress", token)
    status, refused = (422 if form.is_bound else 200), no_rating(case)
    if refused:
        status = 409 if form.is_bound else 200
    elif form.is_valid():
        try:
            rate_case(token=token, rated_by=_rated_by(request), **form.arguments())
            return redirect(f"{reverse('citizen:progress', args=[token])}?rated=1")
        except DomainError as error:
            status, refused = error.status, error.message
    return _page(
        request, "citizen/rate.html", case, status=status, form=form, rating=form, refused=refused
    )


def _rated_by(request: HttpRequest) -> RatedBy:
    """A browser somebody of the staff is signed in on is the window's, whoever taps."""
    return RatedBy.TABLET if request.user.is_authenticated else RatedBy.SCAN


def _case(request: HttpRequest, token: str) -> Case | HttpResponse:
    """The case behind the token, or the page that says there is none, or to wait."""
    who = f"token {client_address(request)}"
    if limits.tried(who) >= limits.WRONG_TOKENS:
        return render(request, "citizen/wait.html", _phone(None), status=429)
    case = Case.objects.filter(token=token).for_detail().first()
    if case is not None:
        return case
    limits.count_try(who)
    return render(request, "citizen/not_found.html", _phone(None), status=404)


def _open(request: HttpRequest, case: Case, last_4: str) -> tuple[str, int]:
    """Remember that this browser knows the four digits; else what to say, and the status."""
    who = f"last4 {case.pk} {client_address(request)}"
    if limits.tried(who) >= limits.WRONG_LAST_4:
        return "试得太多，过一个小时再试。也可以打电话问", 429
    if knows_phone(case, last_4):
        opened = request.session.get(_OPENED, [])
        request.session[_OPENED] = [*opened, case.pk][-5:]
        return "", 200
    left = limits.WRONG_LAST_4 - limits.count_try(who)
    if left <= 0:
        return "后 4 位对不上，过一个小时再试。也可以打电话问", 422
    return f"后 4 位对不上，还能试 {left} 次。也可以打电话问", 422


def _page(
    request: HttpRequest, template: str, case: Case, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {**_phone(case.center), "token": case.token, **more}
    return render(request, template, context, status=status)


def _phone(center: Center | None) -> dict[str, str]:
    """Whom to ring: the centre in charge, or the highest there is."""
    if center is None:
        center = Center.objects.filter(level="county").first() or Center.objects.first()
    return {
        "center_name": center.name if center else "",
        "center_phone": center.phone if center else "",
        "leave_url": reverse("citizen:leave"),
    }
