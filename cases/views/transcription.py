"""上级平台转录: what to copy, in the order of their page, and what is not copied yet."""

from __future__ import annotations

from typing import IO, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Assignment, Case, UpperPlatform
from cases.presenting import last_lead
from cases.querysets import CaseQuerySet
from cases.rows import rows_of
from cases.searching import find_case
from cases.services import transcribing
from cases.transcribing import Line, in_one_line, lines_of
from cases.views.exports import answer
from orgs.exporting import MOST, Agreed, Exported, export
from orgs.gates import needs
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Order, Page, paginate
from zongzhi.lib.sheets import Column

TABS = {"today": "今天未转录", "earlier": "以前未转录", "done": "已转录"}
NEWEST = Order("registered_at", descending=True)


@needs(Permission.TRIAGE)
@require_GET
def transcription_list(request: StaffRequest) -> HttpResponse:
    """今天未转录 n 件, what was left from before, and what is done."""
    platforms = list(UpperPlatform.objects.filter(is_active=True))
    platform = _chosen(request, platforms)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "today"
    page: Page[Case] = Page([], 0)
    if platform is not None:
        page = paginate(_of_tab(request, platform, tab).for_list(), NEWEST, request.GET)
    rows = rows_of(page.rows, user=request.user, now=clock.now())
    context = {
        "platform": platform,
        "platforms": platforms,
        "tab": tab,
        "tabs": TABS.items(),
        "page": page,
        "rows": rows,
        "can_export": request.user.can(Permission.EXPORT) and bool(rows) and tab != "done",
    }
    return render(request, "cases/transcription_list.html", context)


@never_cache
@sensitive_post_parameters("password")
@needs(Permission.TRIAGE)
@require_http_methods(["GET", "POST"])
def transcription_export(request: StaffRequest) -> HttpResponseBase:
    """What is not copied yet as a sheet in the order of their template."""
    platform = _chosen(request, list(UpperPlatform.objects.filter(is_active=True)))
    if platform is None:
        raise NotFound("还没有上级平台，由系统管理员在“单位与字典”里加")
    tab = "earlier" if request.GET.get("tab") == "earlier" else "today"
    found = _of_tab(request, platform, tab).order_by("registered_at", "pk")
    total = found.order_by().values("pk")[: MOST + 1].count()
    fields = list(platform.fields.all())

    def make(agreed: Agreed | None) -> IO[bytes]:
        full = agreed is not None
        loaded = _with_all(found)[:MOST].iterator(200)
        cells = ([line.copied for line in _lines(platform, case, full=full)] for case in loaded)
        exported = Exported(
            what="转录上级平台",
            columns=[Column(field.label, 18) for field in fields],
            rows=cells,
            total=total,
            asked={"platform": platform.pk, "tab": tab},
            agreed=agreed,
        )
        return export(exported, by=request.user, address=client_address(request))

    context = {
        "title": f"导出到{platform.name}的模板",
        "total": f"{MOST}+" if total > MOST else str(total),
        "words": TABS[tab],
        "back": f"{reverse('cases:transcriptions')}?tab={tab}&platform={platform.pk}",
    }
    return answer(request, make, name="转录", context=context)


@login_required
@require_http_methods(["GET", "POST"])
def transcription(request: StaffRequest, number: str) -> HttpResponse:
    """One case as their page asks it; POST shows whole numbers, or marks it as copied."""
    case = find_case(request.user, number)
    transcribing.may_transcribe(request.user, case)
    platform = _chosen(request, list(UpperPlatform.objects.filter(is_active=True)))
    if platform is None:
        raise NotFound("还没有上级平台，由系统管理员在“单位与字典”里加")
    if request.method == "GET":
        return _panel(request, case, platform)
    if request.POST.get("what") == "show":
        transcribing.show_for_copying(case=case, by=request.user, address=client_address(request))
        return _panel(request, case, platform, full=True)
    typed = request.POST.get("their_number", "")
    try:
        transcribing.mark_transcribed(
            case_id=case.pk,
            platform=platform,
            their_number=typed,
            by=request.user,
            address=client_address(request),
            corrects=request.POST.get("what") == "correct",
        )
    except DomainError as error:
        return _panel(
            request, case, platform, status=error.status, error=error.message, typed=typed
        )
    messages.success(request, f"{case.short_number} 已标记转录")
    return redirect(f"{reverse('cases:transcriptions')}?platform={platform.pk}")


def _panel(
    request: StaffRequest,
    case: Case,
    platform: UpperPlatform,
    *,
    full: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    lines = lines_of(platform, case, case.lead or last_lead(case), full=full)
    done = case.transcriptions.filter(platform=platform).select_related("by")
    context = {
        "case": case,
        "platform": platform,
        "platforms": UpperPlatform.objects.filter(is_active=True),
        "lines": lines,
        "line": in_one_line(lines),
        "full": full,
        "done": list(done),
        **more,
    }
    response = render(request, "cases/transcription.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _chosen(request: StaffRequest, platforms: list[UpperPlatform]) -> UpperPlatform | None:
    """The platform the address names, or the first."""
    wanted = request.GET.get("platform", "")
    return next((row for row in platforms if str(row.pk) == wanted), next(iter(platforms), None))


def _of_tab(request: StaffRequest, platform: UpperPlatform, tab: str) -> CaseQuerySet:
    mine = transcribing.to_transcribe(request.user)
    found = transcribing.transcribed(mine, platform, done=tab == "done")
    if tab == "done":
        return found
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    from_today = {"registered_at__gte": midnight}
    return found.filter(**from_today) if tab == "today" else found.exclude(**from_today)


def _lines(platform: UpperPlatform, case: Case, *, full: bool) -> list[Line]:
    leads: list[Assignment] = case.last_leads  # type: ignore[attr-defined]  # by _with_all
    return lines_of(platform, case, next(iter(leads), None), full=full)


def _with_all(cases: CaseQuerySet) -> CaseQuerySet:
    leads = Assignment.objects.filter(role="lead").select_related("unit", "handler")
    return cases.select_related("type", "occurred_region__parent").prefetch_related(
        "parties", Prefetch("assignments", queryset=leads.order_by("-pk"), to_attr="last_leads")
    )
