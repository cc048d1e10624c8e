"""草稿: kept while somebody types; listed, put away, fetched back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cases.drafts import deleted_drafts_of, drafts_of, show
from cases.registration_form import RegistrationForm
from cases.services.drafting import delete_draft, restore_draft, save_draft
from cases.window import registering_post
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

DELETED_SHOWN = 50
# What belongs to one sending of the form, not to what was typed.
_NOT_KEPT = {"submission_id", "same", "group", "secrecy", "direct"}
# What stands in a form nobody has typed in.
_GIVEN = {"visitors", "id_kind", "destination", "consultation", "place"}


@login_required
@require_GET
def drafts(request: StaffRequest) -> HttpResponse:
    """我的登记 → 草稿."""
    registering_post(request.user)
    page = paginate(drafts_of(request.user), Order("saved_at", descending=True), request.GET)
    deleted = deleted_drafts_of(request.user).order_by("-deleted_at", "-pk")[:DELETED_SHOWN]
    context = {
        "page": page,
        "drafts": [show(draft) for draft in page.rows],
        "deleted": [show(draft) for draft in deleted],
    }
    return render(request, "cases/drafts.html", context)


@login_required
@require_POST
def save(request: StaffRequest, submission_id: uuid.UUID) -> HttpResponse:
    """Keep what has been typed; then come back to it, or go on with 只是咨询."""
    registering_post(request.user)
    is_question = "consult" in request.POST
    typed: dict[str, list[Any]] = {
        name: [str(value) for value in request.POST.getlist(name)]
        for name in RegistrationForm.base_fields
        if name in request.POST and name not in _NOT_KEPT
    }
    if is_question and not any(any(typed[name]) for name in typed.keys() - _GIVEN):
        return redirect("cases:consultations")
    try:
        draft = save_draft(submission_id=submission_id, by=request.user, content=typed)
    except DomainError as error:
        if not request.htmx:
            raise
        return HttpResponse(error.message, status=error.status)  # beside the form, in place
    if is_question:
        return redirect(f"{reverse('cases:consultations')}?draft={submission_id}")
    saved = f"{clock.local(draft.saved_at):%H:%M:%S}"
    if request.htmx:
        return HttpResponse(f"已自动保存 {saved}", content_type="text/plain; charset=utf-8")
    messages.success(request, f"已暂存 {saved}，随时可以接着填")
    return redirect(f"{reverse('cases:new')}?draft={submission_id}")


@login_required
@require_POST
def delete(request: StaffRequest, submission_id: uuid.UUID) -> HttpResponse:
    delete_draft(submission_id=submission_id, by=request.user)
    messages.success(request, "草稿已删除，7 天内可以在下面找回")
    return redirect("cases:drafts")


@login_required
@require_POST
def restore(request: StaffRequest, submission_id: uuid.UUID) -> HttpResponse:
    restore_draft(submission_id=submission_id, by=request.user)
    messages.success(request, "草稿已找回")
    return redirect("cases:drafts")
