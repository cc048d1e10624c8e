"""分流台, 待批申请, 督办台, 督办单, and the suggestion for the registration page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cases.clocks import clocks_of
from cases.models import Case, DisputeType, Document
from cases.registration_form import RegistrationForm
from cases.vocabulary import Clock, Complexity
from cases.window import registering_post
from dispatch import desk as desks
from dispatch import supervision as watching
from dispatch.composing.sheet import compose_sheet
from dispatch.models import Request, Supervision
from dispatch.paper_pages import make_button, paper_page, to_the_document
from dispatch.queues import (
    REQUESTS,
    desk_queue,
    oldest_first,
    pending_requests,
    whistles_of,
)
from dispatch.routing import Rule
from dispatch.services.reminding import remind_unit
from dispatch.suggesting import suggestion_for
from dispatch.unit_record import record_of, watched_units
from orgs.calendars import calendar_of
from orgs.gates import needs
from orgs.models import Center, Department, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError
from zongzhi.lib.http import StaffRequest, changes_nothing, render_page_or_fragment
from zongzhi.lib.paging import Order, paginate


@needs(Permission.TRIAGE)
@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """分流台: the oldest of a queue is open; under htmx only the case that was asked for."""
    user, now = request.user, clock.now()
    counted = desks.counts_of(user)
    tab = _tab(request.GET.get("tab", ""), counted)
    case, asked = _selected(user, tab, request.GET.get("case", ""))
    queue_url = f"{reverse('dispatch:desk')}?{urlencode({'tab': tab})}"
    context = {
        "tabs": desks.tabs_of(user, counted),
        "tab": tab,
        "whistles": whistles_of(user).unanswered().count(),
        "queue": desks.queue_of(user, tab, now) if tab != REQUESTS else [],
        "requests": _requests(user)[: desks.QUEUE_SHOWN] if tab == REQUESTS else [],
        "pane": desks.pane_of(user, case, now, request=asked) if case else None,
        "queue_url": queue_url,
        "next": f"{queue_url}&done={case.number}" if case else queue_url,
        "undo": desks.undo_of(user, _just_done(user, request.GET.get("done", "")), now),
    }
    return render_page_or_fragment(request, "dispatch/desk.html", "dispatch/_pane.html", context)


def _tab(asked: str, counted: dict[str, int]) -> str:
    """The tab asked for; else the first in which something waits."""
    if asked in counted:
        return asked
    return next((tab for tab, number in counted.items() if number), "to_dispatch")


def _selected(user: User, tab: str, number: str) -> tuple[Case | None, Request | None]:
    """The case on the right: the one asked for while it waits there, else the oldest."""
    if tab == REQUESTS:
        rows = _requests(user)
        asked = rows.filter(case__number=number).first() or rows.first()
        return (_load(user, asked.case.number), asked) if asked else (None, None)
    queue = desk_queue(user, tab)
    found = queue.filter(number=number).first() if number else None
    chosen = found or oldest_first(queue).first()
    return (_load(user, chosen.number), None) if chosen else (None, None)


def _load(user: User, number: str) -> Case | None:
    cases = Case.objects.visible_to(user).filter(number=number)
    return cases.for_detail().select_related("suggested_unit").first()


def _just_done(user: User, number: str) -> Case | None:
    if not number.isdecimal():
        return None
    return Case.objects.visible_to(user).filter(number=number).for_detail().first()


def _requests(user: User) -> Any:
    rows = pending_requests(user).order_by("at", "pk")
    return rows.select_related("case", "by", "assignment__unit", "suggested")


@needs(Permission.HEAD, Permission.DECIDE, Permission.TRIAGE)
@require_GET
def requests(request: StaffRequest) -> HttpResponse:
    """等我批的: every request that is this person's to decide, the oldest first."""
    page = paginate(
        pending_requests(request.user).select_related(
            "case", "by", "assignment__unit", "suggested"
        ),
        Order("at"),
        request.GET,
    )
    context = {"page": page, "here": request.get_full_path()}
    return render(request, "dispatch/requests.html", context)


@needs(Permission.SUPERVISE)
@require_GET
def supervision(request: StaffRequest) -> HttpResponse:
    """督办台: by unit, with how each case stands and what may be done about it."""
    user = request.user
    moments = watching.moments_for(watching.center_of(user), clock.now())
    cases = watching.watched_cases(user)
    numbers = watching.numbers_of(cases, moments)
    view = request.GET.get("view", "")
    view = view if view in watching.VIEWS else "overdue"
    unit = request.GET.get("unit", "")[:20]
    groups = watching.groups_of(user, cases, view, moments, unit=unit)
    context = {
        "views": [(key, label, numbers[key]) for key, label in watching.VIEWS.items()],
        "view": view,
        "view_label": watching.VIEWS[view],
        "unit": unit,
        "groups": groups,
        "total": sum(group.number for group in groups),
        "still_days": moments.still_days,
        "here": request.get_full_path(),
    }
    return render(request, "dispatch/supervision.html", context)


@needs(Permission.SUPERVISE)
@require_POST
def remind(request: StaffRequest) -> HttpResponse:
    """提醒: one click for all of a unit's cases under a view."""
    user, center = request.user, watching.center_of(request.user)
    unit = get_object_or_404(Department, code=request.POST.get("unit", "")[:20])
    view = request.POST.get("view", "")
    view = view if view in watching.VIEWS else "overdue"
    moments = watching.moments_for(center, clock.now())
    cases = watching.cases_of(user, view, moments, unit.code).values_list("pk", flat=True)
    try:
        chase = remind_unit(unit=unit, center=center, case_ids=list(cases), by=user)
        messages.success(request, f"已提醒{unit.name} {chase.cases.count()} 件")
    except DomainError as error:
        messages.warning(request, error.message)
    return redirect(f"{reverse('dispatch:supervision')}?{urlencode({'view': view})}")


@needs(Permission.SUPERVISE, Permission.VIEW_UNIT)
@require_GET
def unit_supervision(request: StaffRequest, code: str) -> HttpResponse:
    """督办情况: what the centre has done about a unit, for the centre and for the unit itself."""
    unit = get_object_or_404(watched_units(request.user), code=code)
    context = {"unit": unit, "record": record_of(request.user, unit, clock.today())}
    return render(request, "dispatch/unit_supervision.html", context)


@needs(Permission.SUPERVISE, Permission.HANDLE, Permission.TRIAGE)
@require_GET
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """督办单: as it stands in the 材料文书 of the case, or as it would."""
    rows = Supervision.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("unit", "opened_by"), pk=pk)
    case = Case.objects.visible_to(request.user).for_detail().get(pk=found.case_id)
    kind = Document.Kind.SUPERVISION
    if made := to_the_document(request.user, case, kind, found.pk):
        return made
    found.case = case
    return paper_page(
        request,
        compose_sheet(found, calendar_of(case.center), until=found.closed_at or found.opened_at),
        title="督办单",
        back=(case.get_absolute_url(), "看事项"),
        number=case.number,
        make=make_button(request.user, case, kind, found.pk),
    )


@needs(Permission.REGISTER)
@require_POST
@changes_nothing
def suggest(request: StaffRequest) -> HttpResponse:
    """类型 and 去向 as the text reads; the clerk decides."""
    post = registering_post(request.user)
    form = RegistrationForm(request.POST, post=post)
    best = form.best_type
    type_code = form.chosen_type or (best.code if best else "")
    told = suggestion_for(form, type_code=type_code, user=request.user)
    context = {
        "form": form,
        "types": [] if form.chosen_type else form.suggested,
        "told": told,
        "due": _due(post.center, type_code, told.rule) if told.rule else "",
    }
    return render(request, "dispatch/_suggested.html", context)


def _due(center: Center, type_code: str, rule: Rule) -> str:
    """「办理期限 7 个工作日。」"""
    kind = DisputeType.objects.filter(code=type_code).first()
    due = clocks_of(center).due(
        Clock.HANDLING,
        clock.now(),
        complexity=rule.complexity or Complexity.ORDINARY,
        type_id=kind.pk if kind else None,
    )
    return f"办理期限 {due.days} {'个工作日' if due.unit == 'working' else '天'}。"
