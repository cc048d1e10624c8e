"""What this room hangs on the case page: the agreement, and the other ways where there is none."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import Case
from mediation.agreed import settlement_of
from mediation.agreement_pages import page_of
from mediation.models import Mediation, Referral
from mediation.routes import route_for
from orgs.models import User

register = template.Library()


@register.inclusion_tag("mediation/_agreement.html")
def agreement_panel(case: Case, user: User) -> dict[str, Any]:
    """The agreements that hold, what is to be performed, the thirty days; who handed it over."""
    pages = []
    for found in settlement_of(case).agreements:
        found.mediation.case = case
        pages.append(page_of(found))
    handed = case.statutory_since is not None
    known = Referral.objects.select_related("received_by", "returned_by")
    rows = known.filter(case=case) if handed else known.none()
    return {"case": case, "agreements": pages, "referrals": rows, "user": user}


@register.inclusion_tag("mediation/_routes.html")
def routes_panel(case: Case, *, always: bool = False) -> dict[str, Any]:
    """路线图, where a mediation has ended without an agreement; `always` where one is ending."""
    return {"route": route_for(case.type.code) if always or _ended_without(case) else None}


def _ended_without(case: Case) -> bool:
    if case.mediated_at is None or settlement_of(case).open is not None:
        return False
    last = Mediation.objects.filter(case=case).first()
    without = ("", Mediation.Ending.AGREED, Mediation.Ending.CASE_ENDED)
    return last is not None and last.ending not in without
