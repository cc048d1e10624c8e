"""In the evening of a working day: who has not reported what ends today is told, once."""

from __future__ import annotations

import logging
from datetime import datetime

from grids.services.inspections import centers_silent, remind_center

logger = logging.getLogger(__name__)


def remind(now: datetime) -> None:
    """Each centre in a transaction of its own; what fails is logged and does not stop the rest."""
    for pk in list(centers_silent(now=now)):
        try:
            remind_center(center_id=pk)
        except Exception:
            logger.exception("reminding failed", extra={"row": pk})
