"""约谈: the list, proposing, deciding, recording, following the commitments, printing."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case, Document
from dispatch import supervision as watching
from dispatch.composing.talk import compose_talk
from dispatch.models import Commitment, Talk
from dispatch.paper_pages import make_button, paper_page, to_the_document
from dispatch.queues import pending_talks
from dispatch.services import talking
from dispatch.supervision_forms import (
    CallTalkForm,
    ProposeTalkForm,
    RecordTalkForm,
    RefuseTalkForm,
    SettleForm,
)
from orgs.gates import needs
from orgs.models import Department
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

_WHO = (Permission.SUPERVISE, Permission.DECIDE, Permission.VIEW_UNIT)


@needs(*_WHO)
@require_GET
def talks(request: StaffRequest) -> HttpResponse:
    """约谈, the newest first; `view=mine` are those this person decides."""
    mine = request.GET.get("view") == "mine"
    rows = pending_talks(request.user) if mine else Talk.objects.visible_to(request.user)
    page = paginate(
        rows.select_related("unit", "center"), Order("proposed_at", descending=True), request.GET
    )
    return render(request, "dispatch/talks.html", {"page": page, "mine": mine})


@needs(Permission.SUPERVISE)
@require_http_methods(["GET", "POST"])
def propose(request: StaffRequest, code: str) -> HttpResponse:
    """建议约谈 about a unit, for any of its cases that are late or under 督办."""
    user, center = request.user, watching.center_of(request.user)
    unit = get_object_or_404(Department, code=code)
    moments = watching.moments_for(center, clock.now())
    late = watching.condition("overdue", moments) | watching.condition("supervised", moments)
    cases = Case.objects.visible_to(user).open().filter(late, unit=unit, center=center)
    cases = cases.order_by("due_at", "pk")
    form = ProposeTalkForm(request.POST if request.method == "POST" else None, cases=cases)
    if form.is_valid():
        try:
            talk = talking.propose_talk(
                unit=unit,
                center=center,
                cases=list(form.cleaned_data["cases"]),
                reason=form.cleaned_data["reason"],
                by=user,
            )
            return redirect("dispatch:talk", talk.pk)
        except DomainError as error:
            _tell(form, error)
    status = 422 if form.is_bound else 200
    context = {"unit": unit, "form": form, "has_cases": cases.exists()}
    return render(request, "dispatch/propose_talk.html", context, status=status)


@needs(*_WHO)
@require_GET
def talk(request: StaffRequest, pk: int) -> HttpResponse:
    """One talk from proposal to the last commitment, with what this person may do about it."""
    return _page(request, _found(request, pk))


@needs(*_WHO)
@require_POST
def call(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), CallTalkForm(request.POST)
    if form.is_valid():
        try:
            talking.call_talk(talk_id=pk, by=request.user, **form.cleaned_data)
            return _done(request, pk, f"已定约谈{found.unit.name}，已告诉对方")
        except Invalid as error:
            _tell(form, error)
    return _page(request, found, call=form)


@needs(*_WHO)
@require_POST
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), RefuseTalkForm(request.POST)
    if form.is_valid():
        talking.refuse_talk(talk_id=pk, by=request.user, **form.cleaned_data)
        return _done(request, pk, "已定不约谈")
    return _page(request, found, refuse=form)


@needs(*_WHO)
@require_POST
def call_off(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), RefuseTalkForm(request.POST)
    if form.is_valid():
        talking.call_off_talk(talk_id=pk, by=request.user, **form.cleaned_data)
        return _done(request, pk, "约谈已取消")
    return _page(request, found, refuse=form)


@needs(*_WHO)
@require_POST
def record(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), RecordTalkForm(request.POST)
    if form.is_valid():
        try:
            talking.record_talk(talk_id=pk, by=request.user, **form.arguments())
            return _done(request, pk, "约谈记录已保存")
        except Invalid as error:
            _tell(form, error)
    return _page(request, found, record=form)


@needs(*_WHO)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """兑现了没有."""
    seen = Commitment.objects.filter(talk__in=Talk.objects.visible_to(request.user))
    promise = get_object_or_404(seen, pk=pk)
    form = SettleForm(request.POST)
    if form.is_valid():
        try:
            talking.settle_commitment(commitment_id=pk, by=request.user, **form.cleaned_data)
            return _done(request, promise.talk_id, "已核对")
        except Invalid as error:
            _tell(form, error)
    return _page(request, _found(request, promise.talk_id), settle=form, settling=pk)


@needs(*_WHO)
@require_GET
def print_talk(request: StaffRequest, pk: int) -> HttpResponse:
    """约谈记录: as it stands in the 材料文书 of its first case, or as it would."""
    user, kind = request.user, Document.Kind.TALK
    found = _found(request, pk)
    cases = list(Case.objects.visible_to(user).for_detail().filter(talks=found).order_by("pk"))
    for case in cases:
        if made := to_the_document(user, case, kind, found.pk):
            return made
    return paper_page(
        request,
        compose_talk(found, cases, list(found.commitments.all())),
        title="约谈记录",
        back=(talking.url_of(found), "回到约谈"),
        make=make_button(user, cases[0], kind, found.pk) if cases else None,
    )


def _found(request: StaffRequest, pk: int) -> Talk:
    rows = Talk.objects.visible_to(request.user).select_related(
        "center", "unit", "proposed_by", "decided_by", "recorded_by"
    )
    return get_object_or_404(rows, pk=pk)


def _done(request: StaffRequest, pk: int, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("dispatch:talk", pk)


def _tell(form: Form, error: DomainError) -> None:
    """Put the sentence where it belongs; what was typed stays."""
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)
    if not named:
        form.add_error(None, error.message)


def _page(request: StaffRequest, found: Talk, *, settling: int = 0, **bound: Form) -> HttpResponse:
    """The page; a form that was sent comes back as it was typed."""
    user = request.user
    waiting = found.decided_at is None and talking.can_decide(user, found.center)
    records = found.is_called and found.recorded_at is None and talking.can_record(user, found)
    planned = found.is_called and found.recorded_at is None
    calls_off = planned and talking.can_decide(user, found.center)
    cases = Case.objects.visible_to(user).filter(talks=found).select_related("type").order_by("pk")
    context = {
        "talk": found,
        "cases": cases,
        "promises": found.commitments.select_related("settled_by"),
        "may_decide": waiting,
        "may_settle": talking.can_record(user, found),
        "call": bound.get("call") or (CallTalkForm() if waiting else None),
        "refuse": bound.get("refuse") or (RefuseTalkForm() if waiting or calls_off else None),
        "record": bound.get("record") or (_record_form(found) if records else None),
        "settle": bound.get("settle"),
        "settling": settling,
        "today": clock.today(),
    }
    return render(request, "dispatch/talk.html", context, status=422 if bound else 200)


def _record_form(found: Talk) -> RecordTalkForm:
    held_at = clock.local(found.meet_at) if found.meet_at else None
    return RecordTalkForm(initial={"held_at": held_at, "present": found.invited})
