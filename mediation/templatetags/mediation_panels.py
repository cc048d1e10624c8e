"""The proceeding of a case, for the tab 「调解」 of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Prefetch

from cases import statutory
from cases.acts import Act
from cases.lights import Shown
from cases.models import Case
from cases.vocabulary import Clock, Stage, Willing
from mediation.avoiding import warnings_of
from mediation.models import Choice, Conflict, Mediation, Objection
from mediation.policies import mediates
from mediation.procedure import ROOMS
from mediation.proceedings import SIDES
from orgs.models import User
from zongzhi.lib import clock, dates

register = template.Library()


@dataclass(frozen=True)
class Running:
    """The period the law or custom gives, with its light and its last day."""

    light: Shown
    last_day: str
    extended: str


@register.inclusion_tag("mediation/panel.html")
def mediation_panel(case: Case, user: User, acts: list[Act]) -> dict[str, Any]:
    """What runs, who mediates, who was chosen and objected to; then what ran before."""
    rows = list(_mediations(case, user))
    now = next((row for row in rows if row.is_open), None)
    return {
        "case": case,
        "user": user,
        "mediation": now,
        "before": [row for row in rows if not row.is_open],
        "choices": list(now.choices.all()) if now else [],
        "current": next((one for one in now.choices.all() if one.is_current), None)
        if now
        else None,
        "objections": [(SIDES[one.side], one) for one in now.objections.all()] if now else [],
        "conflicts": list(now.conflicts.all()) if now else [],
        "host_warned": _warned(case, now),
        "running": _running(case),
        "rooms": _by_room(acts),
        "may_choose": now is not None
        and mediates(user, case)
        and any(act.verb == "choose-mediator" for act in acts),
        "refused": case.willing_to_mediate == Willing.NO
        and case.stage in (Stage.TRIAGE, Stage.HANDLING, Stage.SUPERVISION),
    }


def _mediations(case: Case, user: User) -> Any:
    choices = Choice.objects.select_related("mediator", "by_party", "by")
    against = Objection.objects.select_related("against", "by")
    told = Conflict.objects.select_related("mediator", "by")
    rows = Mediation.objects.visible_to(user).filter(case=case)
    return rows.select_related("body__department", "unit", "host", "started_by").prefetch_related(
        "helpers",
        Prefetch("choices", queryset=choices),
        Prefetch("objections", queryset=against),
        Prefetch("conflicts", queryset=told),
    )


def _by_room(acts: list[Act]) -> dict[str, list[Act]]:
    """What may be done now, under the part of the tab that it belongs to."""
    verbs = {room: {act.verb for act in those} for room, those in ROOMS.items()}
    return {room: [act for act in acts if act.verb in verbs[room]] for room in verbs}


def _warned(case: Case, mediation: Mediation | None) -> str:
    if mediation is None or mediation.host is None:
        return ""
    return "；".join(warnings_of(case, mediation, [mediation.host])[mediation.host.pk])


def _running(case: Case) -> Running | None:
    terms = statutory.terms_of(case)
    term = next((row for row in terms if row.clock == Clock.MEDIATION), None)
    if term is None:
        return None
    by = f"（{term.extended_by.name}记，{term.extended_why}）" if term.extended_by else ""
    extended = f"双方同意延长了 {term.extended_days} 天{by}" if term.extended_days else ""
    return Running(statutory.shown(term, clock.today()), dates.day(term.last_day), extended)
