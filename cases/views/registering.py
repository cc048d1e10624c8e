"""新登记, its question about duplicates, and the page after it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cases.acts import act_of
from cases.duplicates import ask_about, duplicates_of
from cases.effects import said_after
from cases.models import Case, Consultation
from cases.presenting import case_page
from cases.registration_form import RegistrationForm
from cases.searching import find_case
from cases.services.registration import register_case, revisit_case
from orgs.models import Post
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotAllowed
from zongzhi.lib.http import StaffRequest

ANOTHER = "other"


@login_required
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Register a matter, once however often it is sent."""
    post = _post(request)
    if request.method == "GET":
        form = RegistrationForm(post=post, initial=_carried_over(request, post))
        return _page(request, form)
    form = RegistrationForm(request.POST, post=post)
    if before := _sent_before(request):
        return _registered(request, before, again=True)
    if not form.is_valid():
        return _page(request, form, status=422)
    asked = _ask(request, form)
    if asked is not None:
        return asked
    try:
        case, is_new = register_case(form.registration(), by=request.user)
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=error.status)
    return _registered(request, case, again=not is_new)


@login_required
@require_GET
def registered(request: StaffRequest, number: str) -> HttpResponse:
    """已登记: the number, what to say, what is still missing, the slip."""
    case = find_case(request.user, number)
    context = {"case": case, "shown": case_page(case, request.user, clock.now())}
    return render(request, "cases/registered.html", context)


def _post(request: StaffRequest) -> Post:
    posts = request.user.posts_giving(Permission.REGISTER)
    if not posts:
        raise NotAllowed("这个账号不能登记事项，由窗口登记员登记")
    return posts[0]


def _carried_over(request: StaffRequest, post: Post) -> dict[str, Any]:
    """转为事项: the words of a consultation of this centre."""
    pk = request.GET.get("consultation", "")
    if not pk.isdecimal() or len(pk) > 15:
        return {}
    asked = Consultation.objects.filter(center=post.center, pk=int(pk)).first()
    if asked is None:
        return {}
    return {"narrative": asked.text, "name": asked.name, "phone": asked.phone}


def _sent_before(request: StaffRequest) -> Case | None:
    """The case this very form has made already."""
    field = RegistrationForm.base_fields["submission_id"]
    try:
        number = field.clean(request.POST.get("submission_id"))
    except ValidationError:
        return None  # judged with the rest of the form
    mine = Case.objects.visible_to(request.user).filter(registered_by=request.user)
    return mine.filter(submission_id=number).first()


def _ask(request: StaffRequest, form: RegistrationForm) -> HttpResponse | None:
    """The question about duplicates, or the answer 再次来访; None to go on and register."""
    answer = form.cleaned_data["same"]
    if answer == ANOTHER:
        return None
    found = duplicates_of(form.registration(), by=request.user)
    chosen = next((case for case in found if case.number == answer), None)
    if chosen is None:
        if not found:
            return None
        name = form.cleaned_data["name"]
        return _page(request, form, status=422, duplicates=ask_about(found, name))
    return _revisit(request, form, chosen)


def _revisit(request: StaffRequest, form: RegistrationForm, case: Case) -> HttpResponse:
    try:
        revisit_case(
            case_id=case.pk,
            by=request.user,
            visitors=form.cleaned_data["visitors"],
            text=form.cleaned_data["narrative"],
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=error.status)
    messages.success(request, said_after(act_of("revisit"), case))
    return redirect(case)


def _registered(request: StaffRequest, case: Case, *, again: bool) -> HttpResponse:
    if again:
        at = clock.local(case.registered_at)
        said = f"已登记 {case.short_number}（{at:%H:%M}），没有重复登记"
        messages.info(request, said)
    return redirect("cases:registered", case.number)


def _page(
    request: StaffRequest, form: RegistrationForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {"form": form, **extra}
    return render(request, "cases/new.html", context, status=status)
