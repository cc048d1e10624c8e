from __future__ import annotations

from datetime import date, datetime
from functools import partial
from time import monotonic

from celery import shared_task

from cases.sweeping import each
from reports.ahead import ENOUGH, boards_wanted, recount_board
from reports.briefing import Crowds
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

    What was missed before is made up for. Safe to run twice, in two workers, late, or never to
    finish.
    """
    now, crowds = clock.now(), Crowds()
    for kind in Brief.Kind:
        missing: list[tuple[int, date]] = []
        each(
            f"draft {kind.value} brief",
            partial(_numbered, kind, now, missing),
            partial(_draft, kind, now, crowds, missing),
        )


def _numbered(kind: Brief.Kind, now: datetime, missing: list[tuple[int, date]]) -> range:
    """A centre may lack several: what is due is named by its place in the list."""
    missing += briefs.due(kind, now)
    return range(len(missing))


def _draft(
    kind: Brief.Kind, now: datetime, crowds: Crowds, missing: list[tuple[int, date]], place: int
) -> None:
    center_id, first = missing[place]
    briefs.draft_brief(center_id=center_id, kind=kind, now=now, first=first, crowds=crowds)


@shared_task(ignore_result=True)
def recount_walls() -> None:
    """Every minute: the walls that hang somewhere, so that none is counted while it is asked."""
    each("recount wall", walls_wanted, recount_wall)


@shared_task(ignore_result=True)
def recount_boards() -> None:
    """Every minute: the boards somebody looks at, so that nobody waits for one to be counted.

    What it does not come to before the next minute is the next one's: two would count together.
    """
    until = monotonic() + ENOUGH
    each(
        "recount board",
        boards_wanted,
        lambda user_id: recount_board(user_id) if monotonic() < until else None,
    )
