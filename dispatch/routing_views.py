"""分流规则 in the settings: the ordered list and its draft, 试一试, versions, how each has done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Case
from cases.registration_form import is_unit_name
from dispatch.comparing import differences
from dispatch.models import RuleDraft, RuleSet
from dispatch.routing import Rule, match
from dispatch.routing_forms import PeriodForm, RuleForm, SaveForm, TryForm
from dispatch.routing_stats import WHICH, Period, hits_of, tallies_of
from dispatch.rulebook import book_of, draft_of, from_draft, rules_in
from dispatch.services import rules as rulebook
from orgs.gates import centers_of, needs
from orgs.models import Center, User
from orgs.permissions import Permission
from zongzhi.lib.errors import DomainError, Invalid
from zongzhi.lib.http import StaffRequest, changes_nothing, client_address
from zongzhi.lib.paging import Order, paginate

NEWEST = Order("at", descending=True)
SWITCHES = {"stop": False, "start": True}
MOVES = {"up": True, "down": False}


@needs(Permission.SETTINGS)
@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    """The rules of one's own centre; on to those of the one chosen."""
    own = request.user.posts_giving(Permission.SETTINGS)[0].center
    if asked := request.GET.get("center", ""):
        return redirect("routing:rules_of", _center(request.user, asked).region.code)
    return _page(request, own, TryForm(center=own), SaveForm())


def _center(user: User, place: str) -> Center:
    """A centre whose rules this person may set: their own and those below."""
    within = centers_of(user, Permission.SETTINGS).select_related("region", "parent")
    return get_object_or_404(within, region__code=place)


@needs(Permission.SETTINGS)
@require_GET
def rules_of(request: StaffRequest, place: str) -> HttpResponse:
    """The list as it is in force, or as this person is changing it."""
    center = _center(request.user, place)
    return _page(request, center, TryForm(center=center), SaveForm())


@needs(Permission.SETTINGS)
@require_POST
@never_cache
@changes_nothing
def try_out(request: StaffRequest, place: str) -> HttpResponse:
    """试一试: which rule fires and why, which lost and why; by the draft where there is one."""
    center = _center(request.user, place)
    form = TryForm(request.POST, center=center)
    verdict = None
    if form.is_valid():
        shown, _ = _shown(request.user, center)
        verdict = match(shown, form.facts(is_unit_name))
    status = 200 if form.is_valid() else 422
    return _page(request, center, form, SaveForm(), status=status, verdict=verdict)


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, place: str, code: str = "") -> HttpResponse:
    """A rule of the draft: a new one, or one that is there."""
    center = _center(request.user, place)
    shown, _ = _shown(request.user, center)
    rule = next((one for one in shown if one.code == code), None)
    if code and rule is None:
        raise Http404
    begun = RuleForm.begin(rule) if rule else {"code": _next_code(shown)}
    sent = request.POST if request.method == "POST" else None
    form = RuleForm(sent, center=center, initial=begun)
    if form.is_valid():
        try:
            row = form.as_row(is_active=rule.is_active if rule else True)
            rulebook.put_rule(center=center, by=request.user, row=row, replaces=code)
            messages.success(request, f"{row['code']} 已记在草稿里，保存以后才起作用")
            return redirect("routing:rules_of", place)
        except Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name, found)
    context = {"center": center, "form": form, "rule": rule}
    status = 422 if form.is_bound else 200
    return render(request, "settings/routing_rule.html", context, status=status)


def _next_code(rules: tuple[Rule, ...]) -> str:
    numbers = [int(rule.code[2:]) for rule in rules if rule.code[2:].isdecimal()]
    return f"R-{max(numbers, default=0) + 1:02}"


@needs(Permission.SETTINGS)
@require_POST
def change(request: StaffRequest, place: str, code: str, what: str) -> HttpResponse:
    """One place up or down, stopped or started: in the draft."""
    center = _center(request.user, place)
    if what in MOVES:
        rulebook.move_rule(center=center, by=request.user, code=code, up=MOVES[what])
    elif what in SWITCHES:
        rulebook.switch_rule(center=center, by=request.user, code=code, on=SWITCHES[what])
    else:
        raise Http404
    return redirect("routing:rules_of", place)


@needs(Permission.SETTINGS)
@require_POST
def save(request: StaffRequest, place: str) -> HttpResponse:
    """Make the draft the next version, with a line on what was changed."""
    center, form = _center(request.user, place), SaveForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            saved = rulebook.save_rules(
                center=center,
                by=request.user,
                note=form.cleaned_data["note"],
                address=client_address(request),
            )
            messages.success(request, f"已保存为第 {saved.number} 版，现在起按它建议")
            return redirect("routing:rules_of", place)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
    return _page(request, center, TryForm(center=center), form, status=status)


@needs(Permission.SETTINGS)
@require_POST
def discard(request: StaffRequest, place: str) -> HttpResponse:
    rulebook.discard_draft(center=_center(request.user, place), by=request.user)
    messages.success(request, "没保存的改动已去掉")
    return redirect("routing:rules_of", place)


def _shown(user: User, center: Center) -> tuple[tuple[Rule, ...], RuleDraft | None]:
    """The rules as this person sees them: their draft, or what is in force."""
    draft = draft_of(center, user)
    if draft is not None:
        return from_draft(draft.rows), draft
    return book_of(center.pk, user.reference_revision).rules, None


def _page(
    request: StaffRequest,
    center: Center,
    trying: TryForm,
    saving: SaveForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    shown, draft = _shown(request.user, center)
    current = book_of(center.pk, request.user.reference_revision)
    period, period_form = _period(request)
    told = tallies_of(center, period, [rule.code for rule in shown])
    tallies = {tally.code: tally for tally in told}
    context = {
        "center": center,
        "centers": centers_of(request.user, Permission.SETTINGS).select_related("region"),
        "current": current.version,
        "draft": draft,
        "changes": differences(current.rules, shown) if draft else [],
        "rows": [(rule, tallies.pop(rule.code)) for rule in shown],
        "gone": list(tallies.values()),
        "period": period,
        "period_form": period_form,
        "trying": trying,
        "saving": saving,
        **more,
    }
    return render(request, "settings/routing.html", context, status=status)


def _period(request: StaffRequest) -> tuple[Period, PeriodForm]:
    """The period the address asks for; the last quarter of a year where it asks for none."""
    usual = Period.recent()
    asked = {name: request.GET.get(name, "") for name in ("since", "until")}
    if not any(asked.values()):
        return usual, PeriodForm(initial={"since": usual.since, "until": usual.until})
    form = PeriodForm(asked)
    return Period(**form.cleaned_data) if form.is_valid() else usual, form


@needs(Permission.SETTINGS)
@require_GET
def versions(request: StaffRequest, place: str) -> HttpResponse:
    """Every version with who, when and why; two of them side by side."""
    center = _center(request.user, place)
    rows = RuleSet.objects.filter(center=center).select_related("by", "copied_from")
    page = paginate(rows, Order("at", descending=True), request.GET)
    later = _numbered(rows, request.GET.get("b", "")) or (page.rows[0] if page.rows else None)
    earlier = _numbered(rows, request.GET.get("a", "")) or (
        rows.filter(number__lt=later.number).order_by("-number").first() if later else None
    )
    context = {
        "center": center,
        "page": page,
        "earlier": earlier,
        "later": later,
        "differences": (
            differences(rules_in(earlier.pk), rules_in(later.pk)) if earlier and later else []
        ),
    }
    return render(request, "settings/routing_versions.html", context)


def _numbered(rows: Any, text: str) -> RuleSet | None:
    known = text.isdecimal() and len(text) < 9
    found: RuleSet | None = rows.filter(number=int(text)).first() if known else None
    return found


@needs(Permission.SETTINGS)
@require_http_methods(["GET", "POST"])
def go_back(request: StaffRequest, place: str, number: int) -> HttpResponse:
    """回到第几版: what would change, and a line on why; it is one more version."""
    center = _center(request.user, place)
    old = get_object_or_404(RuleSet, center=center, number=number)
    form = SaveForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            saved = rulebook.roll_back(
                center=center,
                number=number,
                by=request.user,
                note=form.cleaned_data["note"],
                address=client_address(request),
            )
            messages.success(request, f"已回到第 {number} 版的规则，记为第 {saved.number} 版")
            return redirect("routing:rules_of", place)
        except DomainError as error:
            form.add_error(None, error.message)
            status = error.status
    book = book_of(center.pk, request.user.reference_revision)
    context = {
        "center": center,
        "old": old,
        "current": book.version,
        "differences": differences(book.rules, rules_in(old.pk)),
        "form": form,
    }
    return render(request, "settings/routing_back.html", context, status=status)


@needs(Permission.SETTINGS)
@require_GET
def hits(request: StaffRequest, place: str) -> HttpResponse:
    """The dispatches behind a number: from which unit to which, and by whom."""
    center = _center(request.user, place)
    period, form = _period(request)
    code, which = request.GET.get("rule", "")[:10], request.GET.get("which", "")
    which = which if which in WHICH else ""
    rows = hits_of(center, period, code, which).select_related(
        "case", "rule__rules", "suggested", "chosen", "by"
    )
    page = paginate(rows, NEWEST, request.GET)
    mine = Case.objects.visible_to(request.user).filter(pk__in=[hit.case_id for hit in page.rows])
    context = {
        "center": center,
        "page": page,
        "code": code,
        "which": which,
        "which_label": WHICH[which],
        "period": period,
        "period_form": form,
        "readable": set(mine.values_list("pk", flat=True)),
    }
    return render(request, "settings/routing_hits.html", context)
