"""排班表, 今日值班, 换班, 排班模板, and 入驻与场所."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dispatch.duty import begins, by_presence, on_duty
from dispatch.models import Half, Residency, Shift, ShiftChange, ShiftTemplate, Swap
from dispatch.models.roster import is_staff_of_a_center
from dispatch.roster import (
    WEEKDAYS,
    duties_today,
    heads_of,
    monday_of,
    month_of,
    usual_week,
    week_of,
)
from dispatch.roster_forms import (
    AwayForm,
    MissedForm,
    PublishForm,
    ResidencyForm,
    RoomForm,
    StandForm,
    StandInForm,
    SwapForm,
    UsualForm,
    WindowForm,
)
from dispatch.scheduling import Row, is_own, may_set
from dispatch.services import premises, rostering, swapping
from dispatch.services.rostering import row_of
from orgs.calendars import calendar_of
from orgs.gates import needs
from orgs.models import Center, Room, User, Window
from orgs.permissions import Permission
from zongzhi.lib import clock
from zongzhi.lib.errors import DomainError, Invalid, NotAllowed
from zongzhi.lib.http import StaffRequest, client_address

YEARS = range(2000, 2100)


def center_of(user: User, asked: str) -> Center:
    """The centre whose roster is meant: the one asked for among one's own, else where one
    keeps the roster, else the first."""
    posts = [*user.posts_giving(Permission.ROSTER), *user.posts_today]
    if not posts:
        raise NotAllowed("这个账号还没有岗位，看不了排班表")
    named = [post.center for post in posts if str(post.center_id) == asked]
    return (named or [posts[0].center])[0]


def day_of(text: str) -> date | None:
    """The day an address names; None for what is no day, or one no roster will ever reach."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def roster_url(center: Center, monday: date) -> str:
    week = urlencode({"week": monday.isoformat(), "center": center.pk})
    return f"{reverse('dispatch:roster')}?{week}"


def _refused(form: forms.BaseForm, error: DomainError) -> int:
    """Say at the form why the service said no; the status to answer with."""
    if isinstance(error, Invalid) and error.errors:
        for name, found in error.errors.items():
            form.add_error(name if name in form.fields else None, found)
    else:
        form.add_error(None, error.message)
    return error.status


# ---------------------------------------------------------------- 排班表


@login_required
@require_GET
def roster(request: StaffRequest) -> HttpResponse:
    """排班表: a week, or a month at a glance; one department's row with `unit`."""
    user = request.user
    center = center_of(user, request.GET.get("center", ""))
    day = day_of(request.GET.get("week", "")) or clock.today()
    context: dict[str, Any] = {
        "center": center,
        "today": monday_of(clock.today()),
        "shows_phones": is_staff_of_a_center(user),
        "may_schedule": user.can_at(Permission.ROSTER, center.pk),
        "unit": request.GET.get("unit", ""),
        "waiting": Swap.objects.waiting_for(user),
    }
    if request.GET.get("view") == "month":
        first = day.replace(day=1)
        context |= {
            "month": month_of(center, first),
            "weekdays": WEEKDAYS,
            "monday": monday_of(day),
        }
        return render(request, "dispatch/roster_month.html", context)
    context["week"] = week_of(center, monday_of(day), user, unit=context["unit"])
    return render(request, "dispatch/roster.html", context)


@login_required
@require_GET
def today(request: StaffRequest) -> HttpResponse:
    """今日值班（看谁在岗）: who is there now, whom to ring, who comes when."""
    center, now = center_of(request.user, request.GET.get("center", "")), clock.now()
    duties = by_presence(on_duty(center, now).values())
    context = {
        "center": center,
        "now": now,
        "head": heads_of(calendar_of(center), now.date(), 1)[0],
        "duties": duties_today(center, now),
        "present": [duty for duty in duties if duty.present],
        "on_call": [duty for duty in duties if duty.on_call],
        "away": [duty for duty in duties if duty.away],
        "shows_phones": is_staff_of_a_center(request.user),
    }
    return render(request, "dispatch/roster_today.html", context)


@login_required
@require_GET
def print_week(request: StaffRequest) -> HttpResponse:
    """排班公示, A4 across: names and places, and the telephones of duty contacts only."""
    center = center_of(request.user, request.GET.get("center", ""))
    monday = monday_of(day_of(request.GET.get("week", "")) or clock.today())
    context = {
        "week": week_of(center, monday, request.user),
        "center": center,
        "printed_at": clock.now(),
    }
    return render(request, "dispatch/roster_print.html", context)


@login_required
@require_POST
def generate(request: StaffRequest) -> HttpResponse:
    """按模板生成: fills what is missing in a week."""
    center = center_of(request.user, request.POST.get("center", ""))
    monday = monday_of(day_of(request.POST.get("week", "")) or clock.today())
    added = rostering.generate_week(center=center, monday=monday, by=request.user)
    if added:
        messages.success(request, f"按模板排上 {added} 个半天，手工改过的没有动")
    else:
        messages.info(request, "模板里有的都已经排上，没有要补的")
    return redirect(roster_url(center, monday))


@needs(Permission.ROSTER)
@require_http_methods(["GET", "POST"])
def publish(request: StaffRequest) -> HttpResponse:
    """公示一周: what will be published, and every gap with its reason."""
    center = center_of(request.user, request.GET.get("center", ""))
    monday = monday_of(day_of(request.GET.get("week", "")) or clock.today())
    week = week_of(center, monday, request.user)
    gaps = [gap.shift for gap in week.gaps]
    form = PublishForm(gaps, request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            rostering.publish_week(
                center=center,
                monday=monday,
                by=request.user,
                gap_reason=form.cleaned_data["gap_reason"],
                gap_reasons=form.reasons,
            )
            messages.success(request, "已公示。以后改的，表上写明“公示后改”")
            return redirect(roster_url(center, monday))
        except DomainError as error:
            status = _refused(form, error)
    lines = [(gap, form[f"gap-{gap.shift.pk}"]) for gap in week.gaps]
    context = {"week": week, "center": center, "form": form, "lines": lines}
    return render(request, "dispatch/roster_publish.html", context, status=status)


# ---------------------------------------------------------------- 一格


@login_required
@require_http_methods(["GET", "POST"])
def cell(request: StaffRequest, day: str, what: str) -> HttpResponse:
    """One day of one row: who stands there, and what may be done about it."""
    center = center_of(request.user, request.GET.get("center", ""))
    chosen, row = _day(day), row_of(center, what)
    form = StandForm(
        row,
        request.POST if request.method == "POST" else None,
        initial=_usual_place(row, chosen),
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and not may_set(request.user, row):
        raise NotAllowed(f"{row.name}的班由排班的人和本单位负责人排")
    if form.is_valid():
        try:
            rostering.set_shifts(
                row=row,
                day=chosen,
                halves=form.halves,
                standing=form.standing,
                by=request.user,
            )
            messages.success(request, f"{row.name} {chosen.month}月{chosen.day}日已排")
            return redirect(roster_url(center, monday_of(chosen)))
        except DomainError as error:
            status = _refused(form, error)
    return _cell(request, row, chosen, form=form, status=status)


def _day(text: str) -> date:
    day = day_of(text)
    if day is None:
        raise Http404
    return day


def _usual_place(row: Row, day: date) -> dict[str, Any]:
    """What is there already, or where the row usually stands."""
    shift = Shift.objects.filter(**row.fields, day=day).order_by("half").first()
    if shift is not None:
        names = ("person", "name", "phone", "window", "room")
        return {name: getattr(shift, f"{name}_id", None) or getattr(shift, name) for name in names}
    seat = Residency.objects.filter(center=row.center, department=row.department).first()
    return {"window": seat.window_id} if seat and row.department else {}


def _cell(
    request: StaffRequest,
    row: Row,
    day: date,
    *,
    form: StandForm | None = None,
    acting: tuple[int, str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a cell; `acting` is the form of one shift that was not accepted."""
    user = request.user
    here = Shift.objects.filter(**row.fields, day=day).for_roster().select_related("center")
    may = may_set(user, row)
    seat = Residency.objects.filter(center=row.center, department=row.department)
    context = {
        "row": row,
        "day": day,
        "head": heads_of(calendar_of(row.center), day, 1)[0],
        "monday": monday_of(day),
        "form": form or StandForm(row, initial=_usual_place(row, day)),
        "may": may,
        "past": day < clock.today(),
        "seat": seat.select_related("contact", "department").first() if row.department else None,
        "shifts": [_offered(user, shift, may=may, acting=acting) for shift in here],
        "free": [Half(h).label for h in Half.values if h not in {s.half for s in here}],
        "changes": ShiftChange.objects.filter(shift__in=here).select_related("by", "shift"),
        "shows_phones": is_staff_of_a_center(user),
    }
    return render(request, "dispatch/roster_cell.html", context, status=status)


def _offered(
    user: User, shift: Shift, *, may: bool, acting: tuple[int, str, forms.Form] | None
) -> dict[str, Any]:
    """One half day with the forms this person may use on it."""
    begun = begins(shift.center, shift.day, shift.half) <= clock.now()
    own, ahead = is_own(user, shift), shift.day >= clock.today()
    planned = shift.state == Shift.State.PLANNED
    offered: dict[str, forms.Form] = {}
    if ahead and planned and (may or own):
        offered["away"] = AwayForm()
    if not begun and (may or own):
        if planned:
            offered["swap"] = SwapForm(shift)
        if planned or shift.is_gap:
            offered["stand-in"] = StandInForm(shift)
    if begun and planned and user.can_at(Permission.ROSTER, shift.center_id):
        offered["missed"] = MissedForm()
    if acting is not None and acting[0] == shift.pk:
        offered[acting[1]] = acting[2]
    return {
        "shift": shift,
        "half": Half(shift.half).label,
        "forms": [(verb, *WORDS[verb], form) for verb, form in offered.items()],
        "opened": acting[1] if acting and acting[0] == shift.pk else "",
        "back": ahead and not planned and (may or (own and shift.is_gap)),
        "cancel": ahead and may and shift.state != Shift.State.CANCELLED,
        "pending": Swap.objects.filter(shift=shift, state=Swap.State.ASKED)
        .select_related("partner")
        .first(),
    }


# Verb → heading of its form, words on its button.
WORDS = {
    "away": ("请假", "标为请假"),
    "swap": ("换班", "问对方同不同意"),
    "stand-in": ("找人替", "问他能不能替"),
    "missed": ("没来", "标为没来"),
}
ACT_FORMS: dict[str, Callable[[Shift, Any], forms.Form]] = {
    "away": lambda shift, data: AwayForm(data),
    "missed": lambda shift, data: MissedForm(data),
    "swap": SwapForm,
    "stand-in": StandInForm,
}


@login_required
@require_POST
def change_shift(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """请假, 销假, 没来, 不排, 换班, 找人替: of one half day."""
    rows = Shift.objects.visible_to(request.user).for_roster()
    shift = get_object_or_404(rows.select_related("center"), pk=pk)
    row = Row(shift.center, shift.department, shift.duty)
    by = request.user
    if what in ("back", "cancel"):
        act = rostering.mark_back if what == "back" else rostering.cancel_shift
        act(shift_id=pk, by=by)
        messages.success(request, "已恢复" if what == "back" else "这半天不排了，模板也不会再补")
        return redirect(rostering.address_of(shift))
    if what not in ACT_FORMS:
        raise Http404
    form, status = ACT_FORMS[what](shift, request.POST), 422
    if form.is_valid():
        try:
            messages.success(request, _act(what, pk, form.cleaned_data, by))
            return redirect(rostering.address_of(shift))
        except Invalid as error:
            status = _refused(form, error)
    return _cell(request, row, shift.day, acting=(pk, what, form), status=status)


def _act(what: str, pk: int, data: dict[str, Any], by: User) -> str:
    """Do it; what to say afterwards."""
    match what:
        case "away":
            rostering.mark_away(shift_id=pk, reason=data["reason"], by=by)
            return "已标请假，这半天空缺，可以找人替"
        case "missed":
            rostering.mark_missed(shift_id=pk, reason=data["reason"], by=by)
            return "已标“没来”"
        case "swap":
            swap = swapping.ask_swap(
                shift_id=pk, other_id=data["other"].pk, by=by, reason=data["reason"]
            )
        case _:
            swap = swapping.ask_stand_in(
                shift_id=pk, partner=data["partner"], by=by, reason=data["reason"]
            )
    return f"已问{swap.partner.name}，同意以前班次不变"


# ---------------------------------------------------------------- 换班


@login_required
@require_GET
def swaps(request: StaffRequest) -> HttpResponse:
    """换班: what waits for my word, and what I wait for."""
    waiting = Swap.objects.waiting_for(request.user)
    return render(request, "dispatch/roster_swaps.html", {"waiting": waiting})


@login_required
@require_POST
def answer_swap(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """同意, 不同意, 撤回: one click each."""
    match what:
        case "agree":
            swapping.answer_swap(swap_id=pk, agree=True, by=request.user)
            messages.success(request, "已同意，班次换好了，对方也收到了消息")
        case "refuse":
            swapping.answer_swap(swap_id=pk, agree=False, by=request.user)
            messages.success(request, "没同意，班次没有变，对方也收到了消息")
        case "withdraw":
            swapping.withdraw_swap(swap_id=pk, by=request.user)
            messages.success(request, "已撤回，班次没有变")
        case _:
            raise Http404
    return redirect("dispatch:roster_swaps")


# ---------------------------------------------------------------- 模板


@needs(Permission.ROSTER, Permission.HEAD)
@require_GET
def template(request: StaffRequest) -> HttpResponse:
    """排班模板: the usual week."""
    center = center_of(request.user, request.GET.get("center", ""))
    context = {"center": center, "rows": usual_week(center, request.user), "weekdays": WEEKDAYS}
    return render(request, "dispatch/roster_template.html", context)


@needs(Permission.ROSTER, Permission.HEAD)
@require_http_methods(["GET", "POST"])
def template_row(request: StaffRequest, what: str) -> HttpResponse:
    """The usual week of one row."""
    center = center_of(request.user, request.GET.get("center", ""))
    row = row_of(center, what)
    if not may_set(request.user, row):
        raise NotAllowed(f"{row.name}的班由排班的人和本单位负责人排")
    seat = Residency.objects.filter(center=center, department=row.department).first()
    initial = {"window": seat.window_id} if seat and row.department else {}
    form = UsualForm(row, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        number = rostering.set_template(
            row=row,
            weekdays=form.cleaned_data["weekdays"],
            halves=form.halves,
            standing=form.standing,
            by=request.user,
        )
        messages.success(request, f"{row.name}的模板已改 {number} 个半天，已经排好的班不变")
        return redirect(f"{request.path}?center={center.pk}")
    usual = ShiftTemplate.objects.filter(**row.fields)
    context = {
        "row": row,
        "form": form,
        "usual": usual.select_related("person", "window", "room", "department"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "dispatch/roster_template_row.html", context, status=status)


@needs(Permission.ROSTER, Permission.HEAD)
@require_POST
def remove_template(request: StaffRequest, what: str, pk: int) -> HttpResponse:
    center = center_of(request.user, request.GET.get("center", ""))
    rostering.remove_template(row=row_of(center, what), template_id=pk, by=request.user)
    messages.success(request, "已从模板删掉，已经排好的班不变")
    back = reverse("dispatch:template_row", args=[what])
    return redirect(f"{back}?center={center.pk}")


# ---------------------------------------------------------------- 入驻与场所


def _settings_center(user: User) -> Center:
    return user.posts_giving(Permission.SETTINGS)[0].center


PREMISES: dict[str, tuple[type[Room | Window | Residency], str]] = {
    "room": (Room, "功能室"),
    "window": (Window, "窗口"),
    "residency": (Residency, "入驻"),
}


@needs(Permission.SETTINGS)
@require_GET
def premises_page(request: StaffRequest) -> HttpResponse:
    """入驻与场所: rooms, windows, and who is present how."""
    center = _settings_center(request.user)
    seats = Residency.objects.filter(center=center)
    kinds = list(Residency.Kind.values)
    context = {
        "center": center,
        "rooms": Room.objects.filter(center=center),
        "windows": Window.objects.filter(center=center).select_related("department"),
        "seats": sorted(
            seats.select_related("department", "window", "contact"),
            key=lambda seat: (kinds.index(seat.kind), seat.pk),
        ),
    }
    return render(request, "dispatch/premises.html", context)


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def premises_form(request: StaffRequest, what: str, pk: int | None = None) -> HttpResponse:
    """Add or change one of them."""
    center = _settings_center(request.user)
    row, label = _premises(what, pk, center)
    data = request.POST if request.method == "POST" else None
    form: Any
    if isinstance(row, Room):
        form = RoomForm(data, instance=row)
    elif isinstance(row, Window):
        form = WindowForm(data, instance=row, center=center)
    else:
        form = ResidencyForm(data, instance=row, center=center)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            address = client_address(request)
            premises.keep_premises(row=form.instance, by=request.user, address=address)
            messages.success(request, f"{label}已保存")
            return redirect("dispatch:premises")
        except Invalid as error:
            status = _refused(form, error)
    context = {"form": form, "label": label, "what": what, "pk": pk}
    return render(request, "dispatch/premises_form.html", context, status=status)


def _premises(what: str, pk: int | None, center: Center) -> tuple[Room | Window | Residency, str]:
    if what not in PREMISES:
        raise Http404
    model, label = PREMISES[what]
    if pk is None:
        return model(center=center), label
    rows: Any = model
    return get_object_or_404(rows, pk=pk, center=center), label


@needs(Permission.SETTINGS)
@require_POST
def remove_premises(request: StaffRequest, what: str, pk: int) -> HttpResponse:
    row, label = _premises(what, pk, _settings_center(request.user))
    premises.remove_premises(row=row, by=request.user, address=client_address(request))
    messages.success(request, f"{label}已删除")
    return redirect("dispatch:premises")
