from __future__ import annotations

from celery import shared_task

from cases.anchors import write_anchor
from cases.recalculation import catch_up


@shared_task(ignore_result=True)
def anchor_history() -> None:
    """Every night: a signed line of all heads, so that a cut-off history shows."""
    write_anchor()


@shared_task(ignore_result=True)
def recalculate_clocks() -> None:
    """Every 10 minutes: a calendar correction that the settings page did not carry through."""
    catch_up()
