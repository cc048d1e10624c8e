"""Signing in and out, and coming back when the session has ended meanwhile."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from orgs import factors, kept, sessions, signin
from orgs.forms import CodeForm, SignInAgainForm, SignInForm
from orgs.models import AccessLog, User
from orgs.services import log_access
from zongzhi.lib.http import StaffRequest, client_address

HALF_SALT = "orgs.views.signing.half"
HALF_LASTS = 300  # seconds between the password and the code


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """登录. Five wrong passwords lock the account for half an hour; it says until when."""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        username = request.POST.get("username", "").strip()[:50]
        form.ask(signin.question_for(request, username))
        answer = _answer(request, form, username)
        if answer.user is not None:
            return _after_password(request, answer.user)
        status = 403 if answer.locked else 422
    context = {"form": form, "next": _next(request)}
    return render(request, "orgs/login.html", context, status=status)


def _answer(
    request: HttpRequest, form: SignInForm | SignInAgainForm, username: str
) -> signin.Answer:
    """Try the password, once the form is whole; what was refused is said in the form."""
    if not form.is_valid():
        return signin.Answer()
    answer = signin.try_password(request, username, form.cleaned_data["password"])
    if answer.user is None:
        form.ask(signin.question_for(request, username))
        form.refuse(answer.sentence)
    return answer


def _after_password(request: HttpRequest, user: User) -> HttpResponse:
    if not factors.is_set_up(user):
        return _let_in(request, user)
    half = signing.dumps([user.pk, user.get_session_auth_hash()], salt=HALF_SALT)
    return _ask_code(request, CodeForm(), half)


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    target = onward(request)
    sessions.begin(request, user)
    target = reverse("orgs:kept_form") if kept.kept_for(user) else target
    response = redirect(target)
    sessions.remember_owner(response, user)
    return response


@never_cache
@sensitive_post_parameters()
@require_POST
def second_step(request: HttpRequest) -> HttpResponse:
    """动态口令: the second half of an administrator's sign-in."""
    half = request.POST.get("half", "")
    user = _of_half(half)
    if user is None:
        return redirect("orgs:login")
    form = CodeForm(request.POST)
    status = 422
    if form.is_valid():
        answer = signin.try_code(request, user, form.cleaned_data["code"])
        if answer.user is not None:
            return _let_in(request, answer.user)
        form.refuse(answer.sentence)
        status = 403 if answer.locked else 422
    return _ask_code(request, form, half, status=status)


def _ask_code(
    request: HttpRequest, form: CodeForm, half: str, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "half": half, "next": _next(request)}
    return render(request, "orgs/second_step.html", context, status=status)


def _of_half(half: str) -> User | None:
    """Whose password was right within the last minutes, and has not been changed since."""
    try:
        pk, proof = signing.loads(half, salt=HALF_SALT, max_age=HALF_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == proof else None


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


def onward(request: HttpRequest) -> str:
    """Where the person wanted to go, as long as that is inside this site."""
    target = _next(request)
    here = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if here else settings.LOGIN_REDIRECT_URL


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        address, user = client_address(request), request.user
        log_access(AccessLog.Action.SIGN_OUT, user=user, address=address, subject=user.username)
    logout(request)
    return redirect("orgs:login")


# ---------------------------------------------------------------- a session that ends under a page


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How long the session still lives, whose it is, and a fresh token for the forms of the page.

    A POST says that somebody is at the keyboard: they listen to a visitor and send nothing.
    """
    if not isinstance(request.user, User):
        return JsonResponse({"left": 0, "token": get_token(request)}, status=401)
    if request.method == "POST":
        sessions.seen(request)
    return JsonResponse(
        {
            "left": sessions.seconds_left(request),
            "account": sessions.mark_of(request.user),
            "token": get_token(request),
        }
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The panel over a page whose session has ended: the same person only, and the page goes on."""
    pk = sessions.owner_of(request.headers.get("X-Account", ""))
    user = User.objects.filter(pk=pk or 0, is_active=True).first()
    if user is None:
        return HttpResponse(status=400)
    form = SignInAgainForm(
        with_code=factors.is_set_up(user), data=request.POST if request.method == "POST" else None
    )
    form.ask(signin.question_for(request, user.username))
    status = 200
    if form.is_bound:
        answer = _answer(request, form, user.username)
        if answer.user is not None and "code" in form.fields:
            answer = signin.try_code(request, user, form.cleaned_data["code"])
            if answer.user is None:
                form.refuse(answer.sentence)
        if answer.user is not None:
            return _go_on(request, answer.user)
        status = 403 if answer.locked else 422
    context = {"form": form, "person": user}
    return render(request, "orgs/_sign_in_again.html", context, status=status)


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    sessions.begin(request, user)
    told = {"token": get_token(request), "left": settings.SESSION_COOKIE_AGE}
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"signed-in": told})
    sessions.remember_owner(response, user)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page is older than the session, or another person has signed in beside it."""
    if getattr(request, "htmx", False):
        response = HttpResponse(status=401)
        response["HX-Trigger"] = "relogin"
        return response
    return render(request, "403_csrf.html", status=403)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def kept_form(request: StaffRequest) -> HttpResponse:
    """What was sent after the session had ended, to send again or to let go."""
    form = kept.kept_for(request.user)
    if request.method == "POST":
        kept.drop(request.user)
        return redirect(settings.LOGIN_REDIRECT_URL)
    if form is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {
        "path": form.path,
        "fields": kept.fields_of(form),
        "seal": kept.seal_of(form),
        "at": form.at,
    }
    return render(request, "orgs/kept_form.html", context)
