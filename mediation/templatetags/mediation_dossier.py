"""卷宗 on the page of a case."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import Case
from mediation.dossier import dossier_of
from mediation.dossier_loading import proceedings_of

register = template.Library()


@register.inclusion_tag("mediation/_dossier.html")
def dossier_panel(case: Case) -> dict[str, Any]:
    """Each dossier of the case with what it lacks; the newest first."""
    rows = [
        {"mediation": row, "dossier": dossier_of(case, row)}
        for row in reversed(proceedings_of(case))
    ]
    return {"rows": rows}
