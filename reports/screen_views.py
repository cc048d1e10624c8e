"""大屏, its data, and the settings page of its keys."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.gates import needs
from orgs.models import Center, User
from orgs.permissions import Permission
from reports.displays import display_of, issue_display, revoke_display
from reports.models import Display
from reports.screen import is_demo, wall_of
from reports.screen_drawing import columns_of, data_of, date_words, parts_of
from reports.screen_facts import Asked
from reports.screen_forms import DisplayForm, EnterForm
from zongzhi.lib import clock
from zongzhi.lib.errors import NotAllowed
from zongzhi.lib.http import StaffRequest, client_address

COOKIE = "display"
COOKIE_LASTS = timedelta(days=400)  # as long as browsers keep one; the key is what is revoked


def _center_of(request: HttpRequest) -> Center | None:
    """Whose wall this request may see: a display's centre, or the one a leader sits in."""
    display = display_of(request.COOKIES.get(COOKIE, ""), address=client_address(request))
    if display is not None:
        return display.center
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated or user.password_is_stale:
        return None
    posts = user.posts_giving(Permission.BOARD)
    if not posts:
        raise NotAllowed("大屏不由这个账号用。要用，找本单位管理员开通")
    return posts[0].center


@never_cache
@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """大屏: whole without script too, asking itself again every minute."""
    center = _center_of(request)
    if center is None:
        return redirect("reports:enter_screen")
    asked, wall = Asked.of(request.GET), wall_of(center)
    query = f"?{asked.query}" if asked.query else ""
    context = {
        "wall": wall,
        "asked": asked,
        "columns": columns_of(parts_of(wall, asked), asked),
        "date": date_words(clock.local(wall.at)),
        "is_demo": is_demo(),
        "data_url": f"{reverse('reports:screen_data')}{query}",
    }
    return render(request, "screen/screen.html", context)


@never_cache
@require_GET
def screen_data(request: HttpRequest) -> HttpResponse:
    """What the wall asks for every minute."""
    center = _center_of(request)
    if center is None:
        return JsonResponse({"detail": "登录已过期，或口令已收回"}, status=401)
    wall = wall_of(center)
    return JsonResponse(data_of(wall, parts_of(wall, Asked.of(request.GET))))


@never_cache
@require_http_methods(["GET", "POST"])
def enter_screen(request: HttpRequest) -> HttpResponse:
    """Where the key of a display is typed, once; it stays on that computer."""
    form = EnterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        key = form.cleaned_data["key"].strip()
        if display_of(key, address=client_address(request)) is not None:
            return _remember(redirect("reports:screen"), key)
        form.add_error("key", "口令不对、已经收回，或者不能从这台电脑用")
    status = 422 if form.is_bound else 200
    return render(request, "screen/enter.html", {"form": form}, status=status)


def _remember(response: HttpResponse, key: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        key,
        max_age=COOKIE_LASTS,
        path=reverse("reports:screen"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


@never_cache
@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def displays(request: StaffRequest) -> HttpResponse:
    """配置 > 大屏: the displays of one's centres, and the key of a new one, shown once."""
    form = DisplayForm(request.user, request.POST if request.method == "POST" else None)
    made, key = None, ""
    if form.is_valid():
        made, key = issue_display(
            name=form.cleaned_data["name"],
            center_id=form.cleaned_data["center"].pk,
            network=form.cleaned_data["network"],
            by=request.user,
            address=client_address(request),
        )
        form = DisplayForm(request.user)
    rows = Display.objects.visible_to(request.user).select_related("center", "created_by")
    context = {"form": form, "made": made, "key": key, "rows": rows}
    status = 422 if form.is_bound else 200
    return render(request, "settings/displays.html", context, status=status)


@needs(Permission.SETTINGS)
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """收回: the wall stops at its next question."""
    display = revoke_display(display_id=pk, by=request.user, address=client_address(request))
    messages.success(request, f"“{display.name}”的口令已收回，那块屏不再更新")
    return redirect("reports:displays")
