"""只是咨询: a line for the count of visitors, and the list of such lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases.consultation_form import ConsultationForm
from cases.drafts import content_of, drafts_of
from cases.models import Consultation
from cases.registration_form import as_uuid
from cases.services.registration import record_consultation
from orgs.permissions import Permission
from zongzhi.lib.errors import NotAllowed
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.identity import mask_name, mask_phone
from zongzhi.lib.paging import Order, paginate

_ASKED = ("category", "text", "name", "phone", "visitors", "draft", "submission_id")


@login_required
@require_http_methods(["GET", "POST"])
def consultations(request: StaffRequest) -> HttpResponse:
    """What people of my centres asked, and one more line."""
    _refuse_strangers(request)
    begun = _begun(request)
    form = ConsultationForm(request.POST if request.method == "POST" else None, initial=begun)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in _ASKED}
        _, is_new = record_consultation(by=request.user, **asked)
        messages.success(request, "已记一笔咨询" if is_new else "已经记过，没有重复记")
        return redirect("cases:consultations")
    seen = (Permission.REGISTER, Permission.VIEW_CENTER)
    centers = {post.center_id for right in seen for post in request.user.posts_giving(right)}
    rows = Consultation.objects.filter(center__in=centers).select_related("received_by", "became")
    page = paginate(rows, Order(descending=True), request.GET)
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, mask_name(row.name) if row.name else "", mask_phone(row.phone))
            for row in page.rows
        ],
        "can_register": request.user.can(Permission.REGISTER),
    }
    return render(request, "cases/consultations.html", context, status=status)


def _begun(request: StaffRequest) -> dict[str, Any]:
    """What was typed into 新登记 before it turned out to be only a question."""
    sent = as_uuid(request.GET.get("draft", ""))
    draft = drafts_of(request.user).filter(submission_id=sent).first() if sent else None
    if draft is None:
        return {}
    typed = {name: values[0] for name, values in content_of(draft).items() if values}
    kept = {name: typed.get(name, "") for name in ("name", "phone")}
    visitors = typed.get("visitors") or "1"
    return {**kept, "text": typed.get("narrative", ""), "visitors": visitors, "draft": sent}


def _refuse_strangers(request: StaffRequest) -> None:
    user = request.user
    if not (user.can(Permission.REGISTER) or user.can(Permission.VIEW_CENTER)):
        raise NotAllowed("咨询由窗口登记员记，这个账号看不到")
    if request.method == "POST" and not user.can(Permission.REGISTER):
        raise NotAllowed("咨询由窗口登记员记，这个账号不能记")
