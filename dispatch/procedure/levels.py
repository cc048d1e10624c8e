"""Between levels: each attempt of a level is written down, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence

from cases import policies
from cases.acts import Act, staying
from cases.clocks import clocks_of
from cases.levels import LAST, Standing, standing_of, standings_of
from cases.models import Case
from cases.services.attempts import add_attempt
from cases.vocabulary import Stage
from dispatch.level_forms import AttemptForm
from orgs.calendars import revisions
from orgs.models import User
from zongzhi.lib import clock

STANDING = "_standing_known"  # what `load_standings` leaves on a case


def may_go_on(case: Case) -> bool:
    """Whether a case that has come up already may go up again: this level has done what it can."""
    if case.center.level in LAST:
        return False
    known: Standing | None = getattr(case, STANDING, None)
    standing = known or standing_of(case, clocks_of(case.center), clock.now())
    return standing.is_used_up


def load_standings(cases: Sequence[Case]) -> None:
    """Load what `may_go_on` asks, for those of many cases that need it."""
    asked = [case for case in cases if case.center.level not in LAST]
    if not asked:
        return
    known = revisions()
    clocks = {case.center_id: clocks_of(case.center, known) for case in asked}
    standings = standings_of(asked, clock.now(), clocks)
    for case in asked:
        setattr(case, STANDING, standings[case.pk])


def _leads_or_triages(user: User, case: Case) -> bool:
    return policies.leads(user, case) or policies.can_triage(user, case)


def _somebody_mediates(case: Case) -> str | None:
    lead = case.lead
    if lead is None or lead.claimed_at is None:
        return "还没签收，签收以后才谈"
    return "已经反馈结果，正等审核" if lead.reported_at else None


ACTS = (
    Act(
        verb="attempt",
        label="记一次调解",
        who=_leads_or_triages,
        when=_somebody_mediates,
        arcs=staying(Stage.HANDLING, Stage.SUPERVISION),
        service=add_attempt,
        form=AttemptForm,
        rank=32,
    ),
)
