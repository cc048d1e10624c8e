from __future__ import annotations

from datetime import datetime
from functools import partial

from celery import shared_task

from cases.sweeping import each
from reports.models import Brief
from reports.screen import recount_wall, walls_wanted
from reports.services import briefs, drafting
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def draft_bulletins() -> None:
    """Every hour of the morning: on the 1st it makes last month's; later, what is still missing."""
    now = clock.now()
    each(
        "draft bulletin",
        partial(drafting.months_due, now),
        lambda pk: drafting.draft_month(scheme_id=pk, now=now),
    )
    each(
        "draft quarter",
        partial(drafting.quarters_due, now),
        lambda pk: drafting.draft_quarter(month_id=pk, now=now),
    )


@shared_task(ignore_result=True)
def draft_briefs() -> None:
    """Every hour of the day: on Monday last week's, on the 1st last month's, a quarter's after it.

    Safe to run twice, in two workers, late, or never to finish.
    """
    now = clock.now()
    for kind in Brief.Kind:
        each(
            f"draft {kind.value} brief",
            partial(briefs.due, kind, now),
            partial(_draft, kind, now),
        )


def _draft(kind: Brief.Kind, now: datetime, center_id: int) -> None:
    briefs.draft_brief(center_id=center_id, kind=kind, now=now)


@shared_task(ignore_result=True)
def recount_walls() -> None:
    """Every minute: the walls that hang somewhere, so that none is counted while it is asked."""
    each("recount wall", walls_wanted, recount_wall)
