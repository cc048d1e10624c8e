"""What this floor hangs on the case page: missing facts, pending requests, the open 督办单."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import Case
from cases.vocabulary import Label
from dispatch.duty import duty_of
from dispatch.facts import missing_facts
from dispatch.models import Request, RuleHit
from dispatch.ruling import hops_of, ruling_on
from dispatch.services.asking import may_decide
from orgs.models import User
from zongzhi.lib import clock

register = template.Library()


@register.inclusion_tag("cases/panels/_missing_facts.html")
def missing_facts_panel(case: Case) -> dict[str, Any]:
    """还缺: what must be known before a result counts."""
    return {"facts": missing_facts(case) if case.is_open else [], "case": case}


@register.simple_tag
def missing_facts_of(case: Case) -> list[str]:
    """The names of the missing facts."""
    return missing_facts(case)


@register.inclusion_tag("cases/panels/_requests.html")
def pending_requests_panel(case: Case, user: User) -> dict[str, Any]:
    """待批申请: what is asked for, and whether it is this person's to decide."""
    return {"case": case, "requests": _pending(case, user)}


@register.inclusion_tag("cases/panels/_supervision.html")
def supervision_panel(case: Case) -> dict[str, Any]:
    """The open 督办单, with its answer; none, nothing."""
    if case.stage != "supervision":
        return {"sheet": None}
    return {"sheet": case.supervisions.filter(closed_at=None).select_related("unit").first()}


@register.inclusion_tag("cases/panels/_instructions.html")
def instructions_panel(case: Case) -> dict[str, Any]:
    """领导批示 and what was answered."""
    rows = case.instructions.select_related("unit", "by", "answered_by").order_by("-pk")
    found = list(rows)
    for row in found:
        row.case = case  # loaded with its centre already
    return {"rows": found}


@register.inclusion_tag("cases/panels/_marks.html")
def marks_panel(case: Case) -> dict[str, Any]:
    """督办牌, those taken back too; none before the case was ever supervised."""
    if case.supervised_at is None:
        return {"marks": []}
    return {"marks": case.marks.select_related("revoked_by").order_by("-pk")}


@register.inclusion_tag("cases/panels/_return.html")
def return_panel(case: Case) -> dict[str, Any]:
    """Both arguments about a return, for whoever rules on it."""
    return {"ruling": ruling_on(case) if case.label == Label.TO_RULE else None}


@register.simple_tag
def hop_of(case: Case) -> str:
    """「第 2 手」; nothing before anybody has it."""
    number = hops_of(case)
    return f"第 {number} 手" if number else ""


@register.simple_tag
def directly_sent(case: Case) -> RuleHit | None:
    """直派: the dispatch by which the window itself has sent the case, while it stands."""
    hit = case.rule_hits.filter(direct=True).select_related("chosen", "rule").last()
    return hit if hit is not None and case.unit_id == hit.chosen_id else None


@register.simple_tag
def say_where(case: Case, say: str, hit: RuleHit | None) -> str:
    """What to tell the visitor, with who of the unit is there now and at which window."""
    if hit is None:
        return say
    duty = duty_of(hit.chosen, case.center, clock.now())
    here = duty is not None and duty.present
    who = duty.person if duty is not None and here else ""
    where = f"，在 {duty.where}" if duty is not None and here and duty.where else ""
    unit = f"您的事已经交给{hit.chosen.name}"
    return say.replace(f"{unit}。", f"{unit}{who}{where}。")


def _pending(case: Case, user: User) -> list[tuple[Request, bool]]:
    rows = case.requests.filter(decided_at=None).select_related("by", "suggested", "assignment")
    found = []
    for row in rows:
        row.case = case  # loaded with its centre already
        found.append((row, may_decide(row, user)))
    return found
