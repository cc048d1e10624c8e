"""What a person changes about their own account, and where they are signed in."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs import factors, services, sessions
from orgs.forms import CodeForm, FontForm, PasswordForm
from orgs.views.signing import onward
from zongzhi.lib.http import StaffRequest, client_address


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: StaffRequest) -> HttpResponse:
    """改密码. The session stays, all others of this person end."""
    user, here = request.user, request.session.session_key
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.set_password(
            user=user,
            password=form.cleaned_data["new_password"],
            address=client_address(request),
        )
        update_session_auth_hash(request, user)
        sessions.moved(here, request.session.session_key)
        messages.success(request, "密码已换，90 天内有效")
        return redirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "must_change": user.password_is_stale}
    status = 422 if form.is_bound else 200
    return render(request, "orgs/change_password.html", context, status=status)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: StaffRequest) -> HttpResponse:
    """绑定动态口令: show the secret to the telephone once, and see that it knows it."""
    user = request.user
    if factors.is_set_up(user):
        return render(request, "orgs/second_factor.html", {"done": True})
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        address = client_address(request)
        if factors.confirm(user=user, code=form.cleaned_data["code"], address=address):
            messages.success(request, "动态口令已绑定，下次登录要用")
            return redirect(settings.LOGIN_REDIRECT_URL)
        form.refuse("这 6 位数对不上。看手机上现在的数，手机时间要准")
    factor = factors.start(user)
    context = {
        "form": form,
        "secret": factor.secret,
        "picture": _picture(factors.address_of(factor)),
        "must": factors.must_have(user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "orgs/second_factor.html", context, status=status)


def _picture(text: str) -> str:
    drawn = segno.make(text, error="m").svg_inline(omitsize=True)
    return mark_safe(drawn)  # drawn here, from a text of ours


@login_required
@require_GET
def places(request: StaffRequest) -> HttpResponse:
    """登录的地方: every browser this person is signed in with."""
    here = request.session.session_key
    context = {"places": sessions.places_of(request.user, here)}
    return render(request, "orgs/places.html", context)


@login_required
@require_POST
def end_others(request: StaffRequest) -> HttpResponse:
    """退出其它."""
    ended = sessions.end_others(
        user=request.user, here=request.session.session_key, address=client_address(request)
    )
    messages.success(request, f"其它 {ended} 处已退出，接口令牌也失效了")
    return redirect("orgs:places")


@login_required
@require_POST
def choose_font(request: StaffRequest) -> HttpResponse:
    form = FontForm(request.POST)
    if form.is_valid():
        services.choose_font_size(user=request.user, size=form.cleaned_data["font"])
    return redirect(onward(request))
