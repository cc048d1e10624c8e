"""月度通报: the list, the table for whoever reads it, one unit's arithmetic, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.gates import needs
from orgs.models import Department
from orgs.permissions import Permission
from reports import behind_page, bulletin_papers
from reports.bulletin_forms import (
    AnswerForm,
    BonusForm,
    CorrectionForm,
    ObjectionForm,
    PublishForm,
    WhyForm,
)
from reports.bulletin_lists import asked_of
from reports.bulletin_pages import Shown, arithmetic_of, slips_for, table_of
from reports.bulletin_slips import corrected, items_of
from reports.bulletins import leads, row_with, rows_for, rows_of
from reports.models import Bulletin, Correction, Objection
from reports.models.bulletins import OfOne, own_units
from reports.scoring import Rules
from reports.services import bulletins as services
from reports.services import drafting
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, Page, numbered, paginate

WHO = (
    Permission.SUPERVISE,
    Permission.DECIDE,
    Permission.VIEW_UNIT,
    Permission.VIEW_CENTER,
)
ON_A_SCREEN = 100
_SCREENS = ("page", "few")


@needs(*WHO)
@require_GET
def bulletins(request: StaffRequest) -> HttpResponse:
    """月度通报 and 季度排名, the newest first."""
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


def found_for(request: StaffRequest, pk: int) -> Bulletin:
    """The bulletin, where this reader may know of it."""
    rows = Bulletin.objects.visible_to(request.user).select_related(
        "center__region", "scheme", "sent_by", "sealed_by", "published_by"
    )
    return get_object_or_404(rows, pk=pk)


@needs(*WHO)
@require_GET
def bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    """One bulletin: the whole order for leaders, one's own row and the middle for a unit."""
    found, user = found_for(request, pk), request.user
    own = Department.objects.filter(own_units(user)).values("pk")
    led = leads(user, found)
    objections = found.objections.select_related("unit", "grid", "by", "answered_by")
    table = table_of(user, found)
    context = {
        "bulletin": found,
        "table": table,
        "rows": _screen(request, table.rows, "page"),
        "few": _screen(request, table.few, "few"),
        "leads": led,
        "may_manage": services.can_manage(user, found),
        "may_decide": services.can_decide(user, found),
        "why_not_seal": services.why_not_seal(found, clock.now()),
        "objections": objections if led else objections.filter(unit__in=own),
        "corrections": table.slips,
        "unit_names": table.names,
        "small_said": bulletin_papers.small_said(table.rules),
        "names": {line.key: line.name for line in table.rules.lines},
    }
    return render(request, "reports/bulletin.html", context)


def _screen(request: StaffRequest, rows: list[Shown], name: str) -> Page[Shown]:
    """A county may have a thousand grids: a screen of them at a time."""
    other = {key: request.GET[key] for key in _SCREENS if key != name and key in request.GET}

    def address(number: int) -> str:
        return f"?{urlencode({**other, name: number})}#{name}"

    return numbered(rows, request.GET.get(name), address, size=ON_A_SCREEN)


@never_cache
@needs(*WHO)
@require_http_methods(["GET", "POST"])
def kept_list(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The rows that a number of a bulletin counted: for its centre's leaders and the unit."""
    found, user = found_for(request, pk), request.user
    rows = rows_for(user, found)
    if not leads(user, found):
        own = set(Department.objects.filter(own_units(user)).values_list("pk", flat=True))
        rows = [row for row in rows if row.unit_id in own]
    row = row_with(rows, request.GET.get("unit"))
    if row is None:
        raise NotFound("没有这张清单")
    asked = asked_of(found, row, request.GET.get("cell", ""))
    return behind_page.answer(request, asked, may_read=user.can(Permission.BOARD))


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def unit(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """算式 of one unit; while it is being checked, its head says here that it is right, or not."""
    found, user = found_for(request, pk), request.user
    sums = arithmetic_of(user, found, code)
    if sums is None:
        raise NotFound("没有这一页")
    row = sums.shown.row
    its = {"unit": row.unit, "grid": row.grid}
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
    objections = found.objections.filter(**its).select_related("by", "answered_by")
    context = {
        "bulletin": found,
        "sums": sums,
        "form": form,
        "checks": found.state == Bulletin.State.CHECKING and services.heads(user, row.unit),
        "may_correct": found.state == Bulletin.State.PUBLISHED and services.can_manage(user, found),
        "objections": objections,
        "waits": any(one.answered_at is None for one in objections),
        # What was typed stays on the page, also when the deadline passed meanwhile.
        "may_object": form.is_bound or services.may_still_object(found, clock.now()),
        "corrections": slips_for(user, found).filter(row__unit=row.unit, row__grid=row.grid),
        "names": {line["key"]: line["name"] for line in found.rules["lines"]},
        "rules": Rules.of(found.rules),
        "bonuses": found.bonuses.standing().filter(**its),
        "unit_names": {row.compared_id: row.unit_name},
    }
    return render(request, "reports/bulletin_unit.html", context, status=status)


@needs(*WHO)
@require_POST
def agree(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """核对无误."""
    found_for(request, pk)
    services.agree(bulletin_id=pk, by=request.user, unit=code)
    messages.success(request, "已记下：核对无误")
    return redirect("reports:bulletin_unit", pk, code)


def _act(
    request: StaffRequest, pk: int, act: Callable[..., Any], said: str, **given: Any
) -> HttpResponse:
    """One button: do it, say so, back to the bulletin."""
    found_for(request, pk)
    act(bulletin_id=pk, by=request.user, address=client_address(request), **given)
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
@require_http_methods(["GET", "POST"])
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """收回 what the units are checking, saying why."""
    found = found_for(request, pk)
    if not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    form = WhyForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.take_back(
                bulletin_id=pk,
                by=request.user,
                address=client_address(request),
                **form.cleaned_data,
            )
            messages.success(request, "已收回，各单位已收到；改好再发来核对")
            return redirect("reports:bulletin", pk)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {"bulletin": found, "form": form}
    return render(request, "reports/bulletin_take_back.html", context, status=status)


@needs(*WHO)
@require_POST
def seal(request: StaffRequest, pk: int) -> HttpResponse:
    """定稿."""
    return _act(request, pk, services.seal, "已定稿，数字不再变")


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def bonus(request: StaffRequest, pk: int) -> HttpResponse:
    """人工加分: what has been given, and a form for more while it is a draft."""
    found = found_for(request, pk)
    if not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    units = [(row.code, row.unit_name) for row in rows_of(found)]
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, status = BonusForm(*posted, units=units, who=found.who), 200
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
        "bonuses": table_of(request.user, found).bonuses,
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
@require_http_methods(["GET", "POST"])
def take_back_bonus(request: StaffRequest, pk: int, bonus_id: int) -> HttpResponse:
    """取消一笔加分, saying why; it stays to be read."""
    found = found_for(request, pk)
    one = get_object_or_404(found.bonuses.select_related("unit", "grid"), pk=bonus_id)
    if not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    form = WhyForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.take_back_bonus(
                bulletin_id=pk, bonus_id=bonus_id, by=request.user, **form.cleaned_data
            )
            messages.success(request, "这笔加分已取消")
            return redirect("reports:bulletin_bonus", pk)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {"bulletin": found, "bonus": one, "form": form}
    return render(request, "reports/bulletin_bonus_revoke.html", context, status=status)


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: int, objection_id: int) -> HttpResponse:
    """答复一条意见."""
    found = found_for(request, pk)
    rows = Objection.objects.filter(bulletin=found).select_related("unit", "grid", "by")
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
        "unit_name": _name_of(found, objection),
        "form": form,
        "names": {line["key"]: line["name"] for line in found.rules["lines"]},
    }
    return render(request, "reports/bulletin_answer.html", context, status=status)


def _name_of(found: Bulletin, one: OfOne) -> str:
    """As the bulletin calls it."""
    row = row_with(rows_of(found), one.code)
    return one.called if row is None else row.unit_name


@needs(*WHO)
@require_http_methods(["GET", "POST"])
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """发布, after a look at who will see what, with the rules on rankings beside the choice."""
    found = found_for(request, pk)
    if not services.can_decide(request.user, found):
        raise NotFound("没有这一页")
    posted = request.POST if request.method == "POST" else None
    form = PublishForm(posted, initial={"publicity": found.publicity})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            done = services.publish(
                bulletin_id=pk,
                by=request.user,
                address=client_address(request),
                **form.cleaned_data,
            )
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
    found = found_for(request, pk)
    row = row_with(corrected(found), code)
    if row is None or not services.can_manage(request.user, found):
        raise NotFound("没有这一页")
    posted = request.POST if request.method == "POST" else None
    form = CorrectionForm(posted, items=items_of(found, row), bulletin=found)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            slip = services.correct(
                bulletin_id=pk,
                by=request.user,
                unit=code,
                address=client_address(request),
                **form.arguments(),
            )
            _say_corrected(request, found, slip)
            return redirect("reports:bulletin_unit", pk, code)
        except DomainError as error:
            _tell(form, error)
            status = error.status
    context = {"bulletin": found, "row": row, "form": form}
    return render(request, "reports/bulletin_correct.html", context, status=status)


def _say_corrected(request: StaffRequest, found: Bulletin, slip: Correction) -> None:
    score = "" if slip.score_now is None else f"，得分更正为 {slip.score_now}"
    messages.success(request, f"更正单已开{score}，{slip.row.told}已收到；通报本身不变")
    quarter = drafting.sealed_quarter_of(found)
    if quarter is not None:
        messages.info(request, f"{quarter.title}已经定稿，得分有变的也要开更正单")
