from __future__ import annotations

from functools import partial

from celery import shared_task

from cases.sweeping import each
from reports.services import drafting
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
