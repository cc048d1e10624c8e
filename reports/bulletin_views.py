"""月度通报: the list, the table for whoever reads it, one unit's arithmetic, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.wording import word_file
from orgs.gates import needs
from orgs.models import AccessLog, Department
from orgs.permissions import Permission
from orgs.services import log_access
from reports import bulletin_papers
from reports.bulletin_forms import (
    AnswerForm,
    BonusForm,
    CorrectionForm,
    ObjectionForm,
    PublishForm,
)
from reports.bulletin_pages import arithmetic_of, table_of
from reports.bulletins import leads, rows_of
from reports.models import Bonus, Bulletin, Correction, Objection
from reports.models.bulletins import own_units
from reports.scoring import Rules
from reports.services import bulletins as services
from reports.services import drafting
from zongzhi.lib import clock, dates
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, paginate
from zongzhi.lib.stored import path_to

WHO = (
    Permission.SUPERVISE,
    Permission.DECIDE,
    Permission.VIEW_UNIT,
    Permission.VIEW_CENTER,
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@needs(*WHO)
@require_GET
def bulletins(request: StaffRequest) -> HttpResponse:
    """月度通报 and 季排名, the newest first."""
    rows = Bulletin.objects.visible_to(request.user).select_related("center")
    page = paginate(rows, Order("since", descending=True), request.GET)
    context = {"page": page, "may_draft": request.user.can(Permission.SUPERVISE)}
    return render(request, "reports/bulletins.html", context)


@needs(Permission.SUPERVISE)
@require_POST
def draft(request: StaffRequest) -> HttpResponse:
    """Draft by hand what the night should have drafted, for the centres one supervises."""
    made = drafting.draft_for(by=request.user, now=clock.now())
    if made:
        messages.success(request, f"已起草 {len(made)} 份")
    else:
        messages.info(request, "没有要起草的：该起草的都起草了，或者那段时间没有数")
    return redirect("reports:bulletins")


def _found(request: StaffRequest, pk: int) -> Bulletin:
    rows = Bulletin.objects.visible_to(request.user).select_related(
        "center__region", "scheme", "sent_by", "sealed_by", "published_by"
    )
    return get_object_or_404(rows, pk=pk)


def _unit(code: str) -> Department:
    return get_object_or_404(Department, code=code)


@needs(*WHO)
@require_GET
def bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    """One bulletin: the whole order for leaders, one's own row and the middle for a unit."""
    found, user = _found(request, pk), request.user
    own = Department.objects.filter(own_units(user)).values("pk")
    led = leads(user, found)
    objections = found.objections.select_related("unit", "by", "answered_by")
    slips = Correction.objects.filter(row__bulletin=found).select_related("row", "by")
    table = table_of(user, found)
    context = {
        "bulletin": found,
        "table": table,
        "leads": led,
        "may_manage": services.can_manage(user, found),
        "may_decide": services.can_decide(user, found),
        "why_not_seal": services.why_not_seal(found, clock.now()),
        "objections": objections if led else objections.filter(unit__in=own),
        "corrections": slips if table.sees_all else slips.filter(row__unit__in=own),
        "names": {line.key: line.name for line in table.rules.lines},
    }
    return render(request, "reports/bulletin.html", context)


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def unit(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """算式 of one unit; while it is being checked, its head says here that it is right, or not."""
    found, user = _found(request, pk), request.user
    about = _unit(code)
    sums = arithmetic_of(user, found, about)
    if sums is None:
        raise NotFound("没有这一页")
    form, status = ObjectionForm(rules=Rules.of(found.rules)), 200
    if request.method == "POST":
        form, status = ObjectionForm(request.POST, rules=Rules.of(found.rules)), 422
        if form.is_valid():
            try:
                services.object_to(bulletin_id=pk, by=user, unit=code, **form.cleaned_data)
                messages.success(request, "意见已提，等综治中心答复")
                return redirect("reports:bulletin_unit", pk, code)
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.status
    objections = found.objections.filter(unit=about).select_related("unit", "by", "answered_by")
    context = {
        "bulletin": found,
        "sums": sums,
        "unit": about,
        "form": form,
        "checks": found.state == Bulletin.State.CHECKING and services.heads(user, about),
        "may_correct": found.state == Bulletin.State.PUBLISHED and services.can_manage(user, found),
        "objections": objections,
        "corrections": Correction.objects.filter(row__bulletin=found, row__unit=about),
        "names": {line["key"]: line["name"] for line in found.rules["lines"]},
        "rules": Rules.of(found.rules),
        "bonuses": found.bonuses.filter(unit=about),
    }
    return render(request, "reports/bulletin_unit.html", context, status=status)


@needs(*WHO)
@require_POST
def agree(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """核对无误."""
    _found(request, pk)
    services.agree(bulletin_id=pk, by=request.user, unit=code)
    messages.success(request, "已记下：核对无误")
    return redirect("reports:bulletin_unit", pk, code)


def _act(
    request: StaffRequest, pk: int, act: Callable[..., Any], said: str, **given: Any
) -> HttpResponse:
    """One button: do it, say so, back to the bulletin."""
    _found(request, pk)
    act(bulletin_id=pk, by=request.user, **given)
    messages.success(request, said)
    return redirect("reports:bulletin", pk)


@needs(*WHO)
@require_POST
def recount(request: StaffRequest, pk: int) -> HttpResponse:
    """重新数."""
    return _act(request, pk, services.recount, "已按现在的记录和方案重新数")


@needs(*WHO)
@require_POST
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """发给各单位核对."""
    said = f"已发给各单位，{services.CHECK_DAYS} 个工作日内可以提意见"
    return _act(request, pk, services.send_for_checking, said)


@needs(*WHO)
@require_POST
def seal(request: StaffRequest, pk: int) -> HttpResponse:
    """定稿."""
    return _act(request, pk, services.seal, "已定稿，数字不再变")


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def bonus(request: StaffRequest, pk: int) -> HttpResponse:
    """人工加分: what has been given, and a form for more while it is a draft."""
    found = _found(request, pk)
    if not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    units = [(row.unit.code, row.unit_name) for row in rows_of(found)]
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, status = BonusForm(*posted, units=units), 200
    if form.is_bound:
        status = 422
    if form.is_valid():
        try:
            services.give_bonus(bulletin_id=pk, by=request.user, **form.cleaned_data)
            messages.success(request, "已加分，所有单位都看得到")
            return redirect("reports:bulletin_bonus", pk)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {
        "bulletin": found,
        "form": form,
        "rules": Rules.of(found.rules),
        "bonuses": found.bonuses.select_related("unit", "by"),
        "is_draft": found.state == Bulletin.State.DRAFT and not found.is_quarter,
    }
    return render(request, "reports/bulletin_bonus.html", context, status=status)


def _tell(form: Any, error: DomainError) -> None:
    errors = error.errors if isinstance(error, Invalid) else {}
    for name, sentences in errors.items():
        form.add_error(name if name in form.fields else None, sentences)
    if not errors:
        form.add_error(None, error.message)


@needs(*WHO)
@require_POST
def take_back_bonus(request: StaffRequest, pk: int, bonus_id: int) -> HttpResponse:
    """Take a bonus out of the draft."""
    _found(request, pk)
    services.take_back_bonus(bulletin_id=pk, bonus_id=bonus_id, by=request.user)
    messages.success(request, "这笔加分已去掉")
    return redirect("reports:bulletin_bonus", pk)


@needs(*WHO)
@require_GET
def bonus_file(request: StaffRequest, pk: int, bonus_id: int) -> HttpResponseBase:
    """The paper behind a bonus, for everybody who reads the bulletin; saved, never opened."""
    one = get_object_or_404(Bonus.objects.filter(bulletin=_found(request, pk)), pk=bonus_id)
    try:
        file = path_to(one.stored_as).open("rb") if one.stored_as else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise NotFound("没有这份材料")
    return _file(file, one.file_name, "application/octet-stream")


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: int, objection_id: int) -> HttpResponse:
    """答复一条意见."""
    found = _found(request, pk)
    rows = Objection.objects.filter(bulletin=found).select_related("unit", "by")
    objection = get_object_or_404(rows, pk=objection_id)
    if not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    form = AnswerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = services.answer_objection(
                objection_id=objection_id,
                by=request.user,
                upheld=said["upheld"] == "yes",
                text=said["text"],
            )
            messages.success(request, f"已答复。{done.changed}")
            return redirect("reports:bulletin", pk)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {
        "bulletin": found,
        "objection": objection,
        "form": form,
        "names": {line["key"]: line["name"] for line in found.rules["lines"]},
    }
    return render(request, "reports/bulletin_answer.html", context, status=status)


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """发布, after a look at who will see what, with the rules on rankings beside the choice."""
    found = _found(request, pk)
    if not services.can_decide(request.user, found):
        raise NotFound("没有这一页")
    posted = request.POST if request.method == "POST" else None
    form = PublishForm(posted, initial={"publicity": found.publicity})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            done = services.publish(bulletin_id=pk, by=request.user, **form.cleaned_data)
            messages.success(request, f"{done.number} 已发布，各单位已收到")
            return redirect("reports:bulletin", pk)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {"bulletin": found, "form": form, "table": table_of(request.user, found)}
    return render(request, "reports/bulletin_publish.html", context, status=status)


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """更正单 about one unit's row."""
    found, about = _found(request, pk), _unit(code)
    row = rows_of(found).filter(unit=about).first()
    if row is None or not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    posted = request.POST if request.method == "POST" else None
    form = CorrectionForm(posted, said=services.said_by(found, row))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.correct(bulletin_id=pk, by=request.user, unit=code, **form.cleaned_data)
            messages.success(request, f"更正单已开，{row.unit_name}已收到；通报本身不变")
            return redirect("reports:bulletin_unit", pk, code)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {"bulletin": found, "unit": about, "row": row, "form": form}
    return render(request, "reports/bulletin_correct.html", context, status=status)


# --- on paper -------------------------------------------------------------------------------------


@needs(*WHO)
@require_GET
def print_bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    """As an official document, with what this reader may read."""
    found = _found(request, pk)
    _log(request, AccessLog.Action.PRINT, found)
    paper = bulletin_papers.compose(found, table_of(request.user, found))
    context = {
        "title": "月度通报",
        "paper": paper,
        "back": drafting.url_of(found),
        "back_label": "回到通报",
        "foot": f"打印：{request.user.name} {dates.moment(clock.now())}　{found.number}".strip(),
    }
    return render(request, "dispatch/paper.html", context)


@needs(*WHO)
@require_GET
def word(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same as a Word file."""
    found = _found(request, pk)
    _log(request, AccessLog.Action.EXPORT, found)
    paper = bulletin_papers.compose(found, table_of(request.user, found))
    response = HttpResponse(word_file(paper, foot=_mark(request)), content_type=WORD)
    name = f"{found.title}.docx"
    response.headers["Content-Disposition"] = _attachment(name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@needs(*WHO)
@require_GET
def excel(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The table as an Excel file."""
    found = _found(request, pk)
    _log(request, AccessLog.Action.EXPORT, found)
    file = bulletin_papers.workbook(found, table_of(request.user, found), _mark(request))
    return _file(file, f"{found.title}.xlsx", SHEET)


def _mark(request: StaffRequest) -> str:
    now = clock.now()
    return f"{request.user.name} {dates.document(now)} {now:%H:%M} 导出　只限工作使用，不得外传"


def _log(request: StaffRequest, action: AccessLog.Action, found: Bulletin) -> None:
    log_access(
        action,
        user=request.user,
        address=client_address(request),
        subject=found.title,
        data={"bulletin": found.pk},
    )


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _file(file: Any, name: str, media_type: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
