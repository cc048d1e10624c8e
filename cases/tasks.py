from __future__ import annotations

from celery import shared_task

from cases.anchors import write_anchor
from cases.recalculation import catch_up
from cases.services.drafting import purge_drafts
from cases.services.duties import chase_reports
from zongzhi.lib import clock


@shared_task(ignore_result=True)
def anchor_history() -> None:
    """Every night: a signed line of all heads, so that a cut-off history shows."""
    write_anchor()


@shared_task(ignore_result=True)
def recalculate_clocks() -> None:
    """Every 10 minutes: a calendar correction that the settings page did not carry through."""
    catch_up()


@shared_task(ignore_result=True)
def chase_compulsory_reports() -> None:
    """Every 5 minutes, day and night: reports that are past their time are told of, once each."""
    chase_reports(now=clock.now())


@shared_task(ignore_result=True)
def clear_drafts() -> None:
    """Every night: drafts that are deleted, sent or long untouched go for good."""
    purge_drafts(now=clock.now())
