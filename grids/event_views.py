"""网格事件: the list, the desk where reports are verified, one event, its acts, its photos."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Textarea
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grids.acts import EventAct, act_of, allowed, refuse
from grids.event_exporting import WHAT, export_events
from grids.event_filters import VIEWS, EventFilter
from grids.event_forms import EventForm, VerifyForm
from grids.event_places import elsewhere
from grids.event_policies import handles, units_of, units_of_centers
from grids.event_rows import entries_of, for_rows, photos_of
from grids.event_suggesting import suggestion_for
from grids.models import EventPhoto, GridEvent
from grids.querysets import EventQuerySet, stems_of, waiting_at_desk, within
from grids.services.photos import MOST_PHOTOS, add_photo
from grids.vocabulary import Category, EventStage
from orgs.exporting import MOST, as_download
from orgs.gates import needs
from orgs.models import Region, User
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, NotFound
from zongzhi.lib.handing_out import shown
from zongzhi.lib.http import StaffRequest, client_address
from zongzhi.lib.paging import Page, paginate

QUEUE = 50
NUMBER_LENGTH = 12  # longer ones are full numbers


# --- The list -------------------------------------------------------------------------------------


@login_required
@require_GET
def event_list(request: StaffRequest) -> HttpResponse:
    """Grid events, narrowed by the address."""
    asked = _asked(request)
    page: Page[GridEvent] = Page([], 0)
    if asked.is_valid():
        page = paginate(_loaded(asked.qs), asked.order, request.GET)
    view = request.GET.get("view") or "all"
    context = {
        "form": asked.form,
        "given": request.GET,
        "page": page,
        "rows": for_rows(page.rows, clock.now()),
        "view": view,
        "tabs": [(key, words, _address(request, key)) for key, words in VIEWS.items()],
        "options": _options(request.user),
        "query": urlencode(_given(request)),
        "can_export": request.user.can(Permission.EXPORT),
        "can_triage": request.user.can(Permission.TRIAGE),
        "narrowed": bool(_given(request)),
    }
    return render(request, "grids/events/list.html", context)


@needs(Permission.EXPORT)
@require_POST
def export(request: StaffRequest) -> HttpResponseBase:
    """导出 of the list of this address; what was asked for is logged by its names."""
    asked = _asked(request)
    back = f"{reverse('grids:events')}?{urlencode(_given(request))}"
    if not asked.is_valid():
        return redirect(back)
    minus = "-" if asked.order.descending else ""
    rows = _loaded(asked.qs).order_by(f"{minus}received_at", f"{minus}pk")
    try:
        file = export_events(
            rows[:MOST],
            total=asked.qs.order_by().values("pk")[: MOST + 1].count(),
            by=request.user,
            address=client_address(request),
            asked=sorted(_given(request)),
        )
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect(back)
    return as_download(file, WHAT)


def _asked(request: StaffRequest) -> EventFilter:
    return EventFilter(
        request.GET, queryset=GridEvent.objects.visible_to(request.user), request=request
    )


def _loaded(events: EventQuerySet) -> EventQuerySet:
    return events.select_related("grid", "center", "unit", "worker")


def _given(request: StaffRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "") for name in EventFilter.base_filters}
    return {name: value for name, value in asked.items() if value}


def _address(request: StaffRequest, view: str) -> str:
    given = {**_given(request), "view": view}
    return f"{reverse('grids:events')}?{urlencode(given)}"


def _options(user: User) -> dict[str, list[tuple[str, str]]]:
    """What the selects offer: the places and units this person's events can be of."""
    areas = Region.objects.filter(within(stems_of(user), "code"))
    centers = {post.center_id for post in user.posts_giving(Permission.VIEW_CENTER)}
    return {
        "categories": list(Category.choices),
        "areas": list(areas.order_by("code").values_list("code", "name")),
        "units": list(units_of_centers(centers).values_list("code", "name")),
        "stages": list(EventStage.choices),
        "valid": [("false", "没说清"), ("true", "说清了")],
        "urgent": [("true", "要马上处理的")],
    }


# --- The desk -------------------------------------------------------------------------------------


@needs(Permission.TRIAGE)
@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """核实台: what waits to be verified or given to somebody: urgent ones, then the oldest."""
    waiting = waiting_at_desk(request.user)
    queue = list(_loaded(waiting).order_by("-is_urgent", "received_at", "pk")[:QUEUE])
    number = request.GET.get("event", "")
    chosen = next((e for e in queue if e.number == number), queue[0] if queue else None)
    context: dict[str, Any] = {
        "queue": for_rows(queue, clock.now()),
        "total": waiting.count(),
        "most": QUEUE,
        "own": GridEvent.objects.visible_to(request.user).done_by_centers_of(request.user).count(),
        "own_url": f"{reverse('grids:events')}?view=own",
        "next": reverse("grids:event_desk"),
    }
    if chosen is not None:
        context |= _pane(request.user, _find(request.user, chosen.number))
    return render(request, "grids/events/desk.html", context)


def _pane(user: User, event: GridEvent) -> dict[str, Any]:
    """The event on the right, with the one form that mostly settles it."""
    acts = allowed(user, event)
    main = next((act for act in acts if act.verb in ("verify", "assign")), None)
    suggestion = suggestion_for(event)
    form = None
    if main is not None:
        form = main.form(event=event, user=user)
        form.initial = {**form.initial, **_suggested(main, suggestion)}
    return {
        **_about(user, event),
        "act": main,
        "form": form,
        "suggestion": suggestion,
        "others": [act for act in acts if act is not main],
    }


def _suggested(act: EventAct, suggestion: Any) -> dict[str, str]:
    if suggestion is None:
        return {}
    chooser = "then" if act.verb == "verify" else "to"
    return {chooser: "unit", "unit": suggestion.unit.code}


# --- One event ------------------------------------------------------------------------------------


@login_required
@require_GET
def event_page(request: StaffRequest, number: str) -> HttpResponse:
    """An event; a short number leads to the newest that has it."""
    event = _find(request.user, number)
    if event.number != number:
        return redirect(event)
    return render(request, "grids/events/event.html", _context(request.user, event))


def _context(user: User, event: GridEvent) -> dict[str, Any]:
    return {
        **_about(user, event),
        "acts": allowed(user, event),
        "entries": entries_of(event, user),
        "repeats": list(event.merged.visible_to(user).order_by("pk")[:QUEUE]),
    }


def _about(user: User, event: GridEvent) -> dict[str, Any]:
    """What every page of one event shows; where its reporter stood, the centre alone is told."""
    return {
        "event": event,
        "row": for_rows([event], clock.now())[0],
        "photos": photos_of(event),
        "elsewhere": elsewhere(event) if handles(user, event) else "",
    }


def _find(user: User, number: str) -> GridEvent:
    column = "number" if len(number) > NUMBER_LENGTH else "short_number"
    seen = GridEvent.objects.visible_to(user).filter(**{column: number})
    rows = seen.select_related(
        "grid__region",
        "center__parent",
        "center__region",
        "unit",
        "worker",
        "reported_by",
        "typed_by",
        "duty",
        "merged_into",
    )
    event: GridEvent | None = rows.order_by("-received_at").first()
    if event is None:
        raise NotFound(f"没有编号 {number} 的网格事件，核对一次")
    return event


@login_required
@require_GET
def photo(request: StaffRequest, number: str, pk: int) -> FileResponse:
    """A photo, to whoever may see its event; `?small`: as small as a list needs it."""
    event = _find(request.user, number)
    found = EventPhoto.objects.filter(event=event, pk=pk).first()
    if found is None:
        raise NotFound("没有这张照片")
    try:
        small = "small" in request.GET
        return shown(found.stored_as, found.media_type, _name_of(found), small=small)
    except FileNotFoundError:
        raise NotFound("照片的文件不在了，找系统管理员") from None


def _name_of(photo: EventPhoto) -> str:
    return f"照片{photo.pk}.{photo.media_type.rpartition('/')[2]}"


# --- Its acts -------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, number: str, verb: str) -> HttpResponse:
    """Do one act, or ask for what it needs."""
    chosen = _act(verb)
    if request.method == "POST" and chosen.page is None:
        return _do(request, chosen, number)
    event = _find(request.user, number)
    # A page for an act that the door would not let through is not worth filling in.
    refuse(chosen, event, request.user)
    if chosen.page is not None:
        return redirect(chosen.page(event))
    return _page(request, chosen, event, chosen.form(event=event, user=request.user))


def _act(verb: str) -> EventAct:
    try:
        return act_of(verb)
    except KeyError:
        raise NotFound("没有这一页") from None


def _do(request: StaffRequest, chosen: EventAct, number: str) -> HttpResponse:
    """What was handed in, done; or refused, with everything that was typed."""
    try:
        event = _find(request.user, number)
        form = chosen.form(request.POST, event=event, user=request.user)
        try:
            refuse(chosen, event, request.user)
            if not form.is_valid():
                return _page(request, chosen, event, form, status=422)
            done = chosen.service(event_id=event.pk, by=request.user, **form.arguments())
        except NotFound:
            raise
        except DomainError as error:
            _tell(form, error)
            event = _find(request.user, number)
            return _page(request, chosen, event, form, status=error.status)
    except NotFound as error:
        return _gone(request, chosen, error)
    messages.success(request, f"{done.short_number} 已{chosen.done}")
    _keep_photos(request, done)
    return redirect(_afterwards(request, form, done))


def _gone(request: StaffRequest, chosen: EventAct, error: NotFound) -> HttpResponse:
    """Nothing this person sees, any more or ever: what they wrote is theirs to keep."""
    fields = chosen.form.base_fields
    typed = [
        (str(field.label), request.POST[name])
        for name, field in fields.items()
        if isinstance(field.widget, Textarea) and request.POST.get(name)
    ]
    context = {"act": chosen, "told": error.message, "typed": typed}
    return render(request, "grids/events/gone.html", context, status=error.status)


def _afterwards(request: StaffRequest, form: EventForm, done: GridEvent) -> str:
    """转为事项 goes on to the registration; else back to where the form was asked for."""
    raised = isinstance(form, VerifyForm) and form.cleaned_data.get("then") == "raise"
    if raised and (page := act_of("raise").page):
        return page(done)
    if url := _safe_next(request):
        return url
    # Whoever has given it back does not see it any more.
    still_seen = GridEvent.objects.visible_to(request.user).filter(pk=done.pk).exists()
    return done.get_absolute_url() if still_seen else reverse("grids:events")


def _keep_photos(request: StaffRequest, event: GridEvent) -> None:
    """Photos of the result; one that cannot be kept does not undo what was said."""
    for upload in request.FILES.getlist("photos")[:MOST_PHOTOS]:
        try:
            add_photo(event.pk, upload, uuid.uuid4(), request.user, of_result=True)
        except DomainError as error:
            messages.warning(request, error.message)


def _tell(form: EventForm, error: DomainError) -> None:
    """The sentence that stopped it, instead of what no longer fits because of the same."""
    form.errors.clear()
    named: dict[str, list[str]] = getattr(error, "errors", {})
    for name, found in named.items():
        form.add_error(name if name in form.fields else None, found)
    if not named:
        form.add_error(None, error.message)


def _page(
    request: StaffRequest, chosen: EventAct, event: GridEvent, form: EventForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **_about(request.user, event),
        "act": chosen,
        "form": form,
        "next": _safe_next(request),
        "calm": status in (403, 409),
        "no_units": "unit" in form.fields and not units_of(event.center).exists(),
    }
    return render(request, "grids/events/act.html", context, status=status)


def _safe_next(request: StaffRequest) -> str:
    """Where to go afterwards, if it is an address of this site."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else ""
