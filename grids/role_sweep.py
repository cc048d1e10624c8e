"""A service whose last day has gone by: what was given to that worker goes back to its centre."""

from __future__ import annotations

import logging

from grids.services.roles import given_to_leavers, put_back

logger = logging.getLogger(__name__)


def put_back_all() -> int:
    """How many went back. One in a transaction of its own; safe twice, late or killed."""
    done = 0
    for pk in list(given_to_leavers()):
        try:
            done += put_back(event_id=pk, by=None)
        except Exception:
            logger.exception("not put back", extra={"row": pk})
    return done
