"""配置: rights, people, logs. The calendar and the clock rules are a floor up, in `cases`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs import accounts, factors, signin
from orgs.forms import LogFilter, PersonForm, PostForm, RolesForm
from orgs.gates import centers_of, needs
from orgs.models import AccessLog, Post, Role, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, paginate

ADMINISTRATION = (Permission.SETTINGS, Permission.ROLES, Permission.LOGS)


@needs(*ADMINISTRATION)
@require_GET
def index(request: StaffRequest) -> HttpResponse:
    """配置: what this administrator may set, and nothing else."""
    may = {
        "settings": request.user.can(Permission.SETTINGS),
        "roles": request.user.can(Permission.ROLES),
        "logs": request.user.can(Permission.LOGS),
    }
    return render(request, "settings/index.html", {"may": may})


# ---------------------------------------------------------------- 角色权限


@dataclass(frozen=True)
class Box:
    """One cell of the matrix."""

    name: str
    value: str
    label: str
    ticked: bool


@needs(Permission.ROLES)
@require_http_methods(["GET", "POST"])
def roles(request: StaffRequest) -> HttpResponse:
    """角色权限: the matrix, role by permission. Every change is a row of the access log."""
    rows = list(Role.objects.all())
    form = RolesForm(rows, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            changed = accounts.change_roles(
                wanted=form.wanted(), by=request.user, address=client_address(request)
            )
            messages.success(request, f"{changed} 个角色的权限已改，马上起作用")
            return redirect("orgs:roles")
        except Invalid as error:
            messages.error(request, error.message)
            status = error.status
    given = {role.pk: set(form.given(role)) for role in rows}
    matrix = [
        (
            permission.label,
            [
                Box(
                    form.name_of(role),
                    permission.value,
                    f"{role.name}：{permission.label}",
                    permission.value in given[role.pk],
                )
                for role in rows
            ],
        )
        for permission in Permission
    ]
    return render(request, "settings/roles.html", {"roles": rows, "matrix": matrix}, status=status)


# ---------------------------------------------------------------- 人员


def people_of(admin: User) -> QuerySet[User]:
    """Whom an administrator may manage: people with a post in their area, or with none at all."""
    here = Post.objects.filter(
        user=OuterRef("pk"), center__in=centers_of(admin, Permission.ROLES).values("pk")
    )
    anywhere = Post.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(here) | ~Exists(anywhere))


@needs(Permission.ROLES)
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """人员: found by account, name or unit; locked ones first when asked for."""
    text = request.GET.get("q", "").strip()
    locked = signin.locked_usernames()
    rows = people_of(request.user)
    if text:
        posts = Post.objects.filter(
            Q(department__name__icontains=text) | Q(center__name__icontains=text)
        )
        rows = rows.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(pk__in=posts.values("user"))
        )
    if request.GET.get("locked"):
        rows = rows.filter(username__in=locked)
    if request.GET.get("bare"):
        held = Post.objects.held_on(clock.today())
        rows = rows.filter(is_active=True).exclude(pk__in=held.values("user"))
    page = paginate(rows.prefetch_related(_posts_held()), Order(), request.GET)
    context = {"page": page, "q": text, "locked": locked, "only_locked": "locked" in request.GET}
    return render(request, "settings/people.html", context)


def _posts_held() -> Prefetch[str, QuerySet[Post], str]:
    held = Post.objects.held_on(clock.today()).select_related("role", "center", "department")
    return Prefetch("posts", queryset=held, to_attr="held")


@never_cache
@needs(Permission.ROLES)
@require_http_methods(["GET", "POST"])
def create_person(request: StaffRequest) -> HttpResponse:
    """新建账号. The first password is shown once, here, and changed at the first sign-in."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user, password = accounts.create_person(
                **form.cleaned_data, by=request.user, address=client_address(request)
            )
        except Invalid as error:
            for name, sentences in error.errors.items():
                form.add_error(name, sentences[0])
        else:
            return render(request, "settings/password.html", {"person": user, "password": password})
    status = 422 if form.is_bound else 200
    return render(request, "settings/create_person.html", {"form": form}, status=status)


def _person(request: StaffRequest, pk: int) -> User:
    return get_object_or_404(people_of(request.user), pk=pk)


@needs(Permission.ROLES)
@require_GET
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: account, posts from–to, and what may be done about them."""
    form = PostForm(centers_of(request.user, Permission.ROLES))
    return _show_person(request, _person(request, pk), form)


def _show_person(
    request: StaffRequest, user: User, form: PostForm, *, status: int = 200
) -> HttpResponse:
    posts = user.posts.select_related("role", "center", "department", "window").order_by("-pk")
    today = clock.today()
    context = {
        "person": user,
        "posts": posts,
        "today": today,
        "yesterday": today - timedelta(days=1),
        "form": form,
        "is_locked": user.username in signin.locked_usernames(),
        "is_self": user.pk == request.user.pk,
        "has_factor": factors.is_set_up(user),
    }
    return render(request, "settings/person.html", context, status=status)


@needs(Permission.ROLES)
@require_POST
def give_post(request: StaffRequest, pk: int) -> HttpResponse:
    user = _person(request, pk)
    form = PostForm(centers_of(request.user, Permission.ROLES), request.POST)
    if not form.is_valid():
        return _show_person(request, user, form, status=422)
    post = accounts.give_post(
        user=user, **form.cleaned_data, by=request.user, address=client_address(request)
    )
    messages.success(request, f"{user.name}已是{post.center.name}的{post.role.name}")
    return redirect("orgs:person", pk)


@needs(Permission.ROLES)
@require_POST
def end_post(request: StaffRequest, pk: int) -> HttpResponse:
    mine = centers_of(request.user, Permission.ROLES)
    post = get_object_or_404(Post.objects.select_related("user", "role"), pk=pk, center__in=mine)
    try:
        until = datetime.strptime(request.POST.get("until", ""), "%Y-%m-%d").date()  # noqa: DTZ007
        accounts.end_post(post=post, until=until, by=request.user, address=client_address(request))
        messages.success(request, f"{post.role.name} 到 {until:%Y-%m-%d} 为止")
    except ValueError:
        messages.error(request, "日期写成 2026-11-30 这样")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("orgs:person", post.user_id)


@never_cache
@needs(Permission.ROLES)
@require_POST
def change_person(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """重置密码, 停用, 启用, 解锁, 解除动态口令."""
    user, by, address = _person(request, pk), request.user, client_address(request)
    match what:
        case "reset-password":
            password = accounts.reset_password(user=user, by=by, address=address)
            context = {"person": user, "password": password, "again": True}
            return render(request, "settings/password.html", context)
        case "deactivate" | "activate":
            accounts.set_active(user=user, active=what == "activate", by=by, address=address)
            messages.success(request, f"{user.name}的账号已{'启用' if user.is_active else '停用'}")
        case "unlock":
            accounts.unlock(user=user, by=by, address=address)
            messages.success(request, f"{user.name}的账号已解锁，可以再登录")
        case "reset-factor":
            accounts.reset_factor(user=user, by=by, address=address)
            messages.success(request, f"{user.name}的动态口令已解除，下次登录重新绑定")
        case _:
            raise Http404
    return redirect("orgs:person", pk)


# ---------------------------------------------------------------- 日志


@needs(Permission.LOGS)
@require_GET
def logs(request: StaffRequest) -> HttpResponse:
    """访问日志: who signed in, looked behind a mask, changed rights; newest first."""
    form = LogFilter(request.GET)
    form.is_valid()
    data = form.cleaned_data
    rows = AccessLog.objects.select_related("user")
    if data.get("action"):
        rows = rows.filter(action=data["action"])
    if data.get("q"):
        rows = rows.filter(Q(user__username=data["q"]) | Q(subject=data["q"]))
    if data.get("since"):
        rows = rows.filter(at__date__gte=data["since"])
    if data.get("until"):
        rows = rows.filter(at__date__lte=data["until"])
    page = paginate(rows, Order(descending=True), request.GET)
    filtered = any(data.get(name) for name in form.fields)
    context = {"form": form, "page": page, "filtered": filtered}
    return render(request, "settings/logs.html", context)
