"""What this floor hangs on the case page and the desk: 强制报告, and cases that are linked."""

from __future__ import annotations

from typing import Any

from django import template

from cases.compulsory import reports_of
from cases.links import linked_to
from cases.models import Case
from cases.policies import can_note
from cases.statutory import shown
from grids.models import GridEvent, GridTask
from grids.querysets import stems_of
from orgs.models import User
from orgs.permissions import Permission
from zongzhi.lib import clock

register = template.Library()


@register.inclusion_tag("cases/panels/_reports.html", takes_context=True)
def compulsory_reports_panel(context: dict[str, Any], case: Case, user: User) -> dict[str, Any]:
    """强制报告: what must be reported and by when, what has been; and the form to say so."""
    phones = {phone.kind: phone.phone for phone in case.center.duty_phones.all()}
    rows = [(report, phones.get(report.authority, "")) for report in reports_of(case)]
    return {
        "case": case,
        "rows": rows,
        "may_settle": can_note(user, case),
        "settling": context.get("settling"),
        "form": context.get("form"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("cases/panels/_links.html")
def linked_cases(case: Case, user: User) -> dict[str, Any]:
    """What the window said about other cases: 建议并为群体事项, 另一件事."""
    return {"links": linked_to(case, user)}


@register.inclusion_tag("cases/panels/_case_of_event.html")
def case_of_event(event: GridEvent, user: User) -> dict[str, Any]:
    """The case a grid event was raised to: its number always, where it stands to who may see it."""
    case = None
    if event.case_number:
        case = Case.objects.visible_to(user).filter(number=event.case_number).first()
    return {"event": event, "case": case}


@register.inclusion_tag("cases/panels/_event_of_case.html")
def events_of_case(case: Case, user: User) -> dict[str, Any]:
    """The grid events a case was raised from, to whoever may see them."""
    raised = GridEvent.objects.visible_to(user).filter(case_number=case.number)
    return {"events": raised.select_related("grid").order_by("pk")}


@register.inclusion_tag("cases/panels/_grid_tasks.html")
def grid_tasks_of_case(case: Case, user: User) -> dict[str, Any]:
    """What grids were asked to do for a case, and the way to ask: 先到场稳控、回访."""
    tasks = GridTask.objects.visible_to(user).filter(case_number=case.number)
    code = case.grid.code if case.grid else case.occurred_region.code
    stems = stems_of(user, Permission.TRIAGE)
    return {
        "case": case,
        "tasks": list(tasks.select_related("grid", "done_by").order_by("pk")),
        "may_give": case.is_open and any(code.startswith(stem) for stem in stems),
        "now": clock.now(),
    }


@register.inclusion_tag("cases/panels/_statutory.html")
def statutory_panel(case: Case) -> dict[str, Any]:
    """法定期限: what the law gives time for, how it stands, how the last day came about."""
    terms = (
        case.statutory_terms.select_related("extended_by")
        if case.statutory_since is not None
        else ()
    )
    return {"rows": [(term, shown(term, clock.today())) for term in terms]}
