"""What goes on around a case, for its page: attempts, whistles, sessions with tasks, clues."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Prefetch

from cases.clocks import clocks_of
from cases.levels import Standing, standing_of
from cases.models import Case
from cases.vocabulary import Stage
from dispatch.joint_pages import receipts_of, task_rows, whistle_rows
from dispatch.models import Clue, ClueTarget, JointSession, JointTask, Whistle
from orgs.models import User
from zongzhi.lib import clock

register = template.Library()


@register.inclusion_tag("cases/panels/_together.html")
def together_panel(case: Case, user: User, acts: list[Any]) -> dict[str, Any]:
    """Attempts of this level, who was called, who sat together, who was told."""
    now = clock.now()
    whistles = (
        Whistle.objects.visible_to(user)
        .filter(case=case)
        .select_related("case__type", "unit", "center")
    )
    tasks = JointTask.objects.visible_to(user).filter(case=case, dropped_at=None)
    receipts = ClueTarget.objects.visible_to(user).select_related("unit")
    clues = Clue.objects.visible_to(user).filter(case=case)
    return {
        "case": case,
        "standing": _standing(case),
        "may_report": any(act.verb == "report" for act in acts),
        "whistles": whistle_rows(whistles.order_by("-pk"), user, now),
        "sessions": JointSession.objects.visible_to(user).filter(cases=case),
        "tasks": task_rows(tasks.select_related("unit", "case", "session__center"), user, now),
        "clues": [
            (clue, receipts_of(clue.targets.all(), user, now))
            for clue in clues.prefetch_related(Prefetch("targets", queryset=receipts))
        ],
    }


def _standing(case: Case) -> Standing | None:
    """Shown while somebody may mediate, and for as long as something has been tried."""
    lead = case.lead
    if case.stage not in (Stage.HANDLING, Stage.SUPERVISION) or lead is None or not lead.claimed_at:
        return None
    return standing_of(case, clocks_of(case.center), clock.now())
