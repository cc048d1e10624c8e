"""新登记, its question about duplicates, and the page after it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cases.acts import act_of
from cases.choices import last_town
from cases.compulsory import reports_of
from cases.drafts import content_of, drafts_of
from cases.duplicates import ask_about, duplicates_of, strong, weak
from cases.effects import said_after
from cases.grid_events import begun_from
from cases.models import Case, Consultation
from cases.presenting import case_page
from cases.registration_form import ANOTHER, RegistrationForm
from cases.searching import find_case
from cases.services.drafting import forget_draft
from cases.services.registration import register_case, revisit_for_event
from cases.window import danger_phones, registering_post, with_reader
from orgs.models import Post
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError
from zongzhi.lib.http import StaffRequest


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Register a matter, once however often it is sent."""
    post = registering_post(request.user)
    data = request.POST if request.method == "POST" else request.GET
    sent = _uuid(data.get("submission_id") or data.get("draft"))
    if sent is not None and (before := _sent_before(request, sent)):
        return before
    if request.method == "GET":
        form = RegistrationForm(post=post, initial=_begun(request, post, sent))
        return _page(request, form)
    form = RegistrationForm(request.POST, post=post)
    if not form.is_valid():
        if form.is_secret:
            forget_draft(submission_id=form.draft_id, by=request.user)
        return _page(request, form, status=422)
    found = duplicates_of(form.registration(), by=request.user)
    answer = form.cleaned_data["same"]
    chosen = next((case for case in found if case.number == answer), None)
    if chosen is not None:
        return _revisit(request, form, chosen)
    if found and answer != ANOTHER:
        return _page(request, form, status=422, asked=True)
    return _register(request, form, found)


@login_required
@require_GET
def registered(request: StaffRequest, number: str) -> HttpResponse:
    """已登记: the number, what to say, what is still missing, the slip."""
    case = find_case(request.user, number)
    context = {
        "case": case,
        "shown": case_page(case, request.user, clock.now()),
        "reports": [report for report in reports_of(case) if report.settled_at is None],
        "phones": danger_phones(case.center),
    }
    return render(request, "cases/registered.html", context)


def _uuid(text: str | None) -> uuid.UUID | None:
    """The submission id in an address or a form; None for anything else."""
    try:
        found: uuid.UUID = RegistrationForm.base_fields["submission_id"].clean(text)
    except ValidationError:
        return None  # judged with the rest of the form
    return found


def _begun(request: StaffRequest, post: Post, sent: uuid.UUID | None) -> dict[str, Any]:
    """What the form begins with: a draft, the words of a consultation, or nothing."""
    if sent is None:
        return _carried_over(request, post)
    draft = drafts_of(request.user).filter(submission_id=sent).first()
    if draft is None:  # the first words of a form that was reloaded before it was kept
        return {"submission_id": sent}
    typed = {
        name: values if name == "special" else values[0]
        for name, values in content_of(draft).items()
        if values
    }
    return {**typed, "submission_id": sent}


def _carried_over(request: StaffRequest, post: Post) -> dict[str, Any]:
    """转为事项: the words of a grid event, or of a consultation, that is no case yet."""
    if number := request.GET.get("event", ""):
        return begun_from(number, request.user)
    pk = request.GET.get("consultation", "")
    if not pk.isdecimal() or len(pk) > 15:
        return {}
    questions = Consultation.objects.filter(center=post.center, became=None)
    asked = questions.filter(pk=int(pk)).first()
    if asked is None:
        return {}
    typed = {"narrative": asked.text, "name": asked.name, "phone": asked.phone}
    return {**typed, "visitors": asked.visitors, "consultation": asked.pk}


def _sent_before(request: StaffRequest, submission_id: uuid.UUID) -> HttpResponse | None:
    """Where this very form has led already: to a case, or to a visit of one."""
    seen = Case.objects.visible_to(request.user)
    case = seen.filter(registered_by=request.user, submission_id=submission_id).first()
    if case is not None:
        return _registered(request, case, again=True)
    mine = {"visits__submission_id": submission_id, "visits__received_by": request.user}
    visited = seen.filter(**mine).first()
    if visited is None:
        return None
    messages.info(request, f"{visited.short_number} 这次来访已经记过，没有重复记。")
    return redirect(visited)


def _register(request: StaffRequest, form: RegistrationForm, found: list[Case]) -> HttpResponse:
    others = weak(form.sketch(), by=request.user) if form.cleaned_data["group"] else []
    registration = form.registration(
        separate_from=[case.pk for case in found], group_with=[case.pk for case in others]
    )
    try:
        case, is_new = register_case(registration, by=request.user)
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=error.status)
    forget_draft(submission_id=registration.submission_id, by=request.user)
    if case.not_sent:
        messages.warning(request, f"已登记 {case.short_number}。{case.not_sent}")
    return _registered(request, case, again=not is_new)


def _revisit(request: StaffRequest, form: RegistrationForm, case: Case) -> HttpResponse:
    sent = form.cleaned_data["submission_id"]
    try:
        revisit_for_event(
            case_id=case.pk,
            by=request.user,
            visitors=form.cleaned_data["visitors"],
            text=form.cleaned_data["narrative"],
            event=form.event.number if form.event else "",
            submission_id=sent,
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, form, status=error.status)
    forget_draft(submission_id=sent, by=request.user)
    messages.success(request, said_after(act_of("revisit"), case))
    return redirect(case)


def _registered(request: StaffRequest, case: Case, *, again: bool) -> HttpResponse:
    if again:
        at = clock.local(case.registered_at)
        said = f"已登记 {case.short_number}（{at:%H:%M}），没有重复登记"
        messages.info(request, said)
    return redirect("cases:registered", case.number)


def _page(
    request: StaffRequest, form: RegistrationForm, *, status: int = 200, asked: bool = False
) -> HttpResponse:
    context = {"form": form, "asked": asked, **_window_context(request, form)}
    if form.is_bound:
        context |= duplicates_context(request, form)
    response = render(request, "cases/new.html", context, status=status)
    return with_reader(response, form.post.window)


def _window_context(request: StaffRequest, form: RegistrationForm) -> dict[str, Any]:
    """What the page needs to know of the window: its town, its reader, whom it calls."""
    return {
        "window": form.post.window,
        "last_town": last_town(request.user, form.post.center),
        "phones": danger_phones(form.post.center),
    }


def duplicates_context(request: StaffRequest, form: RegistrationForm) -> dict[str, Any]:
    """Strong duplicates with their question, weak ones to know about."""
    sketch = form.sketch()
    found = strong(sketch, by=request.user)
    return {
        "duplicates": ask_about(found, form.typed("name")),
        "others": weak(sketch, by=request.user),
        "answer": form.typed("same"),
    }
