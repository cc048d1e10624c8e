"""Signing in and out, and what a person changes about their own account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from orgs import services, signin
from orgs.forms import FontForm, PasswordForm, SignInForm
from orgs.models import AccessLog, User
from zongzhi.lib.http import StaffRequest, client_address


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """登录. Five wrong passwords lock the account for half an hour; it says until when."""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(_onward(request))
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        if form.user is not None:
            login(request, form.user)
            _log(request, AccessLog.Action.SIGN_IN, form.user)
            return redirect(_onward(request))
        _log_failure(request, form.cleaned_data["username"])
        form.refuse(signin.wrong(request, form.cleaned_data["username"]))
    context = {"form": form, "next": _next(request)}
    return render(request, "orgs/login.html", context, status=status)


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, as long as that is inside this site."""
    target = _next(request)
    here = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if here else settings.LOGIN_REDIRECT_URL


def _log(request: HttpRequest, action: AccessLog.Action, user: User) -> None:
    services.log_access(action, user=user, address=client_address(request), subject=user.username)


def _log_failure(request: HttpRequest, username: str) -> None:
    """A name nobody has is not written down: it may be a password in the wrong field."""
    known = User.objects.filter(username=username).exists()
    services.log_access(
        AccessLog.Action.SIGN_IN_FAILED,
        user=None,
        address=client_address(request),
        subject=username if known else "",
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        _log(request, AccessLog.Action.SIGN_OUT, request.user)
    logout(request)
    return redirect("orgs:login")


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: StaffRequest) -> HttpResponse:
    """改密码. The session stays, all others of this person end."""
    user = request.user
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.set_password(
            user=user,
            password=form.cleaned_data["new_password"],
            address=client_address(request),
        )
        update_session_auth_hash(request, user)
        messages.success(request, "密码已换，90 天内有效")
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "must_change": user.password_is_stale}
    status = 422 if form.is_bound else 200
    return render(request, "orgs/change_password.html", context, status=status)


@login_required
@require_POST
def choose_font(request: StaffRequest) -> HttpResponse:
    form = FontForm(request.POST)
    if form.is_valid():
        services.choose_font_size(user=request.user, size=form.cleaned_data["font"])
    return redirect(_onward(request))
