"""The sessions of a case, for its page; today's, for the workbench."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import Case
from mediation.models import Session
from mediation.session_pages import shown
from orgs.models import User
from zongzhi.lib import clock

register = template.Library()


@register.inclusion_tag("mediation/_sessions.html")
def sessions_panel(case: Case, user: User) -> dict[str, Any]:
    """What was arranged and what came of it; nothing for a case that never had a mediation."""
    rows: list[Session] = []
    if case.mediated_at is not None:
        seen = Session.objects.visible_to(user).filter(mediation__case=case)
        rows = list(seen.select_related("host", "room").order_by("-starts_at", "-pk"))
    return {
        "case": case,
        "sessions": shown(rows, clock.now()),
    }
