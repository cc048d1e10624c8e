"""研判: the list, one brief with its paragraphs, its review, its paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cases.wording import word_file
from orgs.gates import needs
from orgs.permissions import Permission
from reports import brief_pages
from reports.brief_forms import EditForm, MatterForm, ReviewForm
from reports.indicators.behind import behind
from reports.indicators.counting import Span
from reports.kept import KeptAsked
from reports.models import Brief
from reports.services import briefs as services
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import Invalid
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@never_cache
@needs(Permission.BOARD)
@require_GET
def briefs(request: StaffRequest) -> HttpResponse:
    """研判, the newest first; of one kind where the address names it."""
    rows = Brief.objects.visible_to(request.user).select_related("center").defer("behind")
    kind = request.GET.get("kind", "")
    if kind in Brief.Kind.values:
        rows = rows.filter(kind=kind)
    page = paginate(rows, Order("drafted_at", descending=True), request.GET)
    lines = [(row, brief_pages.period_of(row)) for row in page.rows]
    context = {"page": page, "lines": lines, "kind": kind, "kinds": Brief.Kind.choices}
    return render(request, "reports/briefs.html", context)


@never_cache
@needs(Permission.BOARD)
@require_GET
def brief(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(
    request: StaffRequest,
    pk: int,
    *,
    review: ReviewForm | None = None,
    matter: MatterForm | None = None,
) -> HttpResponse:
    """One brief: what was computed stays beside what was written."""
    found = _found(request, pk)
    step = services.next_step(found)
    may_write = found.sealed_at is None and services.may_write(request.user, found)
    decides = step == services.Step.DECIDED
    may_review = services.may_decide(request.user, found) if decides else may_write
    paragraphs = brief_pages.paragraphs_of(found)
    bad = review or matter
    context = {
        "brief": found,
        "title": brief_pages.title_of(found),
        "paragraphs": [
            (one, EditForm(initial={"text": one.text}, auto_id=f"id_{one.place}_%s"))
            for one in paragraphs
        ],
        "reviews": brief_pages.reviews_of(found),
        "matters": brief_pages.matters_of(found),
        "step": step,
        "may_write": may_write,
        "may_review": step is not None and may_review,
        "review": review or ReviewForm(),
        "matter": matter or MatterForm(),
        "form": bad,
    }
    return render(request, "reports/brief.html", context, status=422 if bad else 200)


def _found(request: StaffRequest, pk: int) -> Brief:
    rows = Brief.objects.visible_to(request.user).select_related("center__region")
    return get_object_or_404(rows, pk=pk)


@needs(Permission.BOARD)
@require_POST
def edit(request: StaffRequest, pk: int, place: int) -> HttpResponse:
    """Write a paragraph anew."""
    _found(request, pk)
    form = EditForm(request.POST)
    if not form.is_valid():
        raise Invalid("这一段太长，最多 3000 字")
    services.edit_paragraph(brief_id=pk, place=place, by=request.user, **form.cleaned_data)
    messages.success(request, "这一段已改，原来算出来的还在旁边")
    return redirect("reports:brief", pk)


@needs(Permission.BOARD)
@require_POST
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """初定, 议定 or 审定: the step that the page showed."""
    _found(request, pk)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, review=form)
    said = services.review_brief(
        brief_id=pk, step=request.POST.get("step", ""), by=request.user, **form.cleaned_data
    )
    messages.success(request, f"已{said.get_step_display()}")
    return redirect("reports:brief", pk)


@needs(Permission.BOARD)
@require_POST
def matter(request: StaffRequest, pk: int) -> HttpResponse:
    """升级, 降级 or 销号 of a named matter."""
    _found(request, pk)
    form = MatterForm(request.POST)
    if form.is_valid():
        try:
            services.name_matter(brief_id=pk, by=request.user, **form.cleaned_data)
        except Invalid as error:
            for name, sentences in error.errors.items():
                form.add_error(name, sentences[0])
        else:
            messages.success(request, "已记下")
            return redirect("reports:brief", pk)
    return _page(request, pk, matter=form)


@never_cache
@needs(Permission.BOARD)
@require_GET
def brief_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows that a number of the brief counted when it was drafted."""
    found = _found(request, pk)
    span = Span.of_days(found.first, found.last, found.as_of)
    asked = KeptAsked.of(found.behind, request.GET.get("cell", ""), span, found.center)
    context = {
        "behind": behind(asked, request.GET, request.user),
        "asked": asked,
        "may_read": False,
    }
    return render(request, "reports/behind.html", context)


@never_cache
@needs(Permission.BOARD)
@require_GET
def print_brief(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    context = {
        "title": brief_pages.title_of(found),
        "paper": brief_pages.paper_of(found),
        "back": services.url_of(found),
        "back_label": "回到研判",
        "foot": _foot(request),
    }
    return render(request, "dispatch/paper.html", context)


@never_cache
@needs(Permission.BOARD)
@require_GET
def word(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    content = word_file(brief_pages.paper_of(found), foot=_foot(request))
    response = HttpResponse(content, content_type=DOCX)
    name = f"{brief_pages.title_of(found)}.docx"
    said = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = said or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _foot(request: StaffRequest) -> str:
    return f"打印：{request.user.name} {dates.moment(clock.now())}"
