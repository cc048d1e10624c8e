"""研判: the list, one brief with its paragraphs, its review, its paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.wording import word_file
from orgs.gates import needs
from orgs.permissions import Permission
from reports import behind_page, brief_pages
from reports.brief_forms import DraftForm, EditForm, MatterForm, ReviewForm, RhythmForm
from reports.indicators.counting import Span
from reports.kept import KeptAsked, rows_of
from reports.models import Brief
from reports.refusals import refused
from reports.rhythm import rhythm as rhythm_now
from reports.services import briefs as services
from zongzhi.lib import clock, dates, handing_out
from zongzhi.lib.errors import DomainError, NotAllowed, NotFound
from zongzhi.lib.http import StaffRequest
from zongzhi.lib.paging import Order, paginate


@never_cache
@needs(Permission.BOARD)
@require_GET
def briefs(request: StaffRequest) -> HttpResponse:
    """研判, the newest first; of one kind where the address names it."""
    return _list(request, None)


def _list(request: StaffRequest, form: DraftForm | None, status: int = 200) -> HttpResponse:
    rows = Brief.objects.visible_to(request.user).select_related("center")
    kind = request.GET.get("kind", "")
    if kind in Brief.Kind.values:
        rows = rows.filter(kind=kind)
    page = paginate(rows, Order("drafted_at", descending=True), request.GET)
    lines = [(row, brief_pages.period_of(row)) for row in page.rows]
    centers = services.centers_to_draft(request.user)
    context = {
        "page": page,
        "lines": lines,
        "kind": kind,
        "kinds": Brief.Kind.choices,
        "form": form or (DraftForm(None, centers=centers) if centers else None),
        "bad": form is not None,
    }
    return render(request, "reports/briefs.html", context, status=status)


@needs(Permission.BOARD)
@require_POST
def draft(request: StaffRequest) -> HttpResponse:
    """起草 of a past period that has none yet."""
    centers = services.centers_to_draft(request.user)
    if not centers:
        raise NotAllowed("研判由本中心督办的人或领导起草")
    form, status = DraftForm(request.POST, centers=centers), 422
    if form.is_valid():
        center_id, kind, first = form.chosen
        try:
            made = services.draft_by_hand(
                center_id=center_id, kind=kind, first=first, by=request.user
            )
        except DomainError as error:
            status = refused(form, error)
        else:
            messages.success(request, "已起草，改好后初定风险")
            return redirect("reports:brief", made.pk)
    return _list(request, form, status)


@never_cache
@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def rhythm(request: StaffRequest) -> HttpResponse:
    """配置 > 研判周期: which levels draft what by themselves."""
    data = request.POST if request.method == "POST" else None
    form = RhythmForm(data, now=rhythm_now())
    if form.is_valid():
        services.set_rhythm(wanted=form.wanted, by=request.user, now=clock.now())
        messages.success(request, "已保存，从下一次起草起生效")
        return redirect("reports:brief_rhythm")
    status = 422 if form.is_bound else 200
    context = {"form": form, "missed": services.MISSED - 1}
    return render(request, "settings/brief_rhythm.html", context, status=status)


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
    text: tuple[int, EditForm] | None = None,
    status: int = 422,
) -> HttpResponse:
    """One brief: what was computed stays beside what was written."""
    found = _found(request, pk)
    step = services.next_step(found)
    may_write = found.sealed_at is None and services.may_write(request.user, found)
    decides = step == services.Step.DECIDED
    may_review = services.may_decide(request.user, found) if decides else may_write
    paragraphs = brief_pages.paragraphs_of(found)
    bad = review or matter or (text[1] if text else None)
    typed = dict([text] if text else [])
    context = {
        "brief": found,
        "title": brief_pages.title_of(found),
        "paragraphs": [
            (
                one,
                typed.get(one.place)
                or EditForm(None, place=one.place, text=one.text, seen=one.seen),
            )
            for one in paragraphs
        ],
        "reviews": brief_pages.reviews_of(found),
        "matters": brief_pages.matters_of(found),
        "step": step,
        # What was typed stays on the page, also when somebody was faster.
        "may_write": may_write or text is not None or matter is not None,
        "may_review": step is not None and (may_review or review is not None),
        "review": review or ReviewForm(),
        "matter": matter or MatterForm(),
        "form": bad,
    }
    return render(request, "reports/brief.html", context, status=status if bad else 200)


def _found(request: StaffRequest, pk: int) -> Brief:
    rows = Brief.objects.visible_to(request.user).select_related("center__region")
    return get_object_or_404(rows, pk=pk)


@needs(Permission.BOARD)
@require_POST
def edit(request: StaffRequest, pk: int, place: int) -> HttpResponse:
    """Write a paragraph anew."""
    _found(request, pk)
    form, status = EditForm(request.POST, place=place), 422
    if form.is_valid():
        try:
            services.edit_paragraph(brief_id=pk, place=place, by=request.user, **form.cleaned_data)
        except NotFound:
            raise
        except DomainError as error:
            form = _again(request, pk, place)
            form.full_clean()
            status = refused(form, error)
        else:
            messages.success(request, "这一段已改，原来算出来的还在旁边")
            return redirect("reports:brief", pk)
    return _page(request, pk, text=(place, form), status=status)


def _again(request: StaffRequest, pk: int, place: int) -> EditForm:
    """What was typed, beside what stands there by now."""
    paragraphs = brief_pages.paragraphs_of(_found(request, pk))
    seen = next((one.seen for one in paragraphs if one.place == place), 0)
    data = request.POST.copy()
    data["seen"] = str(seen)
    return EditForm(data, place=place)


@needs(Permission.BOARD)
@require_POST
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """初定, 议定 or 审定: the step that the page showed."""
    _found(request, pk)
    form, status = ReviewForm(request.POST), 422
    if form.is_valid():
        step = request.POST.get("step", "")
        try:
            said = services.review_brief(
                brief_id=pk, step=step, by=request.user, **form.cleaned_data
            )
        except DomainError as error:
            status = refused(form, error)
        else:
            messages.success(request, f"已{said.get_step_display()}")
            return redirect("reports:brief", pk)
    return _page(request, pk, review=form, status=status)


@needs(Permission.BOARD)
@require_POST
def matter(request: StaffRequest, pk: int) -> HttpResponse:
    """升级, 降级 or 销号 of a named matter."""
    _found(request, pk)
    form, status = MatterForm(request.POST), 422
    if form.is_valid():
        try:
            services.name_matter(brief_id=pk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            status = refused(form, error)
        else:
            messages.success(request, "已记下")
            return redirect("reports:brief", pk)
    return _page(request, pk, matter=form, status=status)


@never_cache
@needs(Permission.BOARD)
@require_http_methods(["GET", "POST"])
def brief_list(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The rows that a number of the brief counted when it was drafted."""
    found = _found(request, pk)
    span = Span.of_days(found.first, found.last, found.as_of)
    cell = request.GET.get("cell", "")
    asked = KeptAsked.of(rows_of(found.kept_rows, cell), cell, span, found.center)
    return behind_page.answer(request, asked, may_read=False)


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
    return handing_out.document(content, f"{brief_pages.title_of(found)}.docx")


def _foot(request: StaffRequest) -> str:
    return f"打印：{request.user.name} {dates.moment(clock.now())}"
