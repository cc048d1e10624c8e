"""通报: the list, the draft, issuing it, correcting it, printing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case
from dispatch.circulars import Facts, case_ids, rows_of
from dispatch.composing.circular import compose_circular
from dispatch.models import Circular
from dispatch.paper_pages import paper_page
from dispatch.services import circulating
from dispatch.supervision_forms import CircularForm
from orgs.gates import needs
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib.errors import AlreadyDone, Invalid
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

_WHO = (Permission.SUPERVISE, Permission.DECIDE, Permission.VIEW_UNIT)


@needs(*_WHO)
@require_GET
def circulars(request: StaffRequest) -> HttpResponse:
    """通报, the newest first."""
    rows = Circular.objects.visible_to(request.user).select_related("center", "corrects")
    page = paginate(rows, Order("drafted_at", descending=True), request.GET)
    return render(request, "dispatch/circulars.html", {"page": page})


@needs(*_WHO)
@require_http_methods(["GET", "POST"])
def circular(request: StaffRequest, pk: int) -> HttpResponse:
    """One circular: a draft with its facts as they stand and a text to write, or as issued."""
    found = _found(request, pk)
    form = CircularForm(
        request.POST if request.method == "POST" else None, initial={"text": found.text}
    )
    if form.is_valid():
        circulating.write_circular(circular_id=pk, by=request.user, **form.cleaned_data)
        messages.success(request, "正文已保存")
        return redirect("dispatch:circular", pk)
    facts = rows_of(found)
    context = {
        "circular": found,
        "facts": _linked(request.user, facts),
        "form": form if found.issued_at is None else None,
        "may_write": circulating.can_write(request.user, found),
        "may_issue": circulating.can_issue(request.user, found),
        "corrections": found.corrections.filter(issued_at__isnull=False),
    }
    status = 422 if form.is_bound else 200
    return render(request, "dispatch/circular.html", context, status=status)


@needs(*_WHO)
@require_http_methods(["GET", "POST"])
def issue(request: StaffRequest, pk: int) -> HttpResponse:
    """印发, after a look at what it says."""
    found = _found(request, pk)
    if request.method == "POST":
        try:
            issued = circulating.issue_circular(circular_id=pk, by=request.user)
            messages.success(request, f"{issued.number} 已印发，点名的单位已收到")
        except (Invalid, AlreadyDone) as error:
            messages.warning(request, error.message)
        return redirect("dispatch:circular", pk)
    context = {"circular": found, "facts": _linked(request.user, rows_of(found))}
    return render(request, "dispatch/issue_circular.html", context)


@needs(*_WHO)
@require_POST
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """起草更正."""
    _found(request, pk)
    draft = circulating.correct_circular(circular_id=pk, by=request.user)
    return redirect("dispatch:circular", draft.pk)


@needs(*_WHO)
@require_GET
def print_circular(request: StaffRequest, pk: int) -> HttpResponse:
    """The circular as an official document."""
    found = _found(request, pk)
    facts = rows_of(found)
    seen = Case.objects.visible_to(request.user).filter(pk__in=case_ids(facts))
    return paper_page(
        request,
        compose_circular(found, facts, dict(seen.values_list("pk", "short_number"))),
        title="通报",
        back=(circulating.url_of(found), "回到通报"),
        number=found.number,
    )


def _found(request: StaffRequest, pk: int) -> Circular:
    rows = Circular.objects.visible_to(request.user).select_related(
        "center", "corrects", "issued_by", "drafted_by"
    )
    return get_object_or_404(rows, pk=pk)


Linked = list[tuple[Facts, list[tuple[str, int, list[Case]]]]]


def _linked(user: User, facts: list[Facts]) -> Linked:
    """Each number with those of its cases that this person may open."""
    seen = Case.objects.visible_to(user).in_bulk(case_ids(facts))
    return [
        (
            row,
            [
                (label, len(pks), [seen[pk] for pk in pks if pk in seen])
                for label, pks in (
                    ("月底超期", row.overdue),
                    ("督办单没答复", row.unanswered),
                    ("红牌", row.red),
                )
            ],
        )
        for row in facts
    ]
