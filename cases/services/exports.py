"""打印 of a list: what leaves on paper is logged as what leaves as a file is (`orgs.exporting`)."""

from __future__ import annotations

from typing import Any

from orgs.models import AccessLog, User
from orgs.services import log_access

MOST_PRINTED = 500


def log_printing(
    *, what: str, count: int, by: User, address: str | None, asked: dict[str, Any]
) -> None:
    """A list that leaves on paper, masked: who, when, how much, and by which conditions."""
    log_access(
        AccessLog.Action.PRINT,
        user=by,
        address=address,
        subject=f"{what} {count} 件",
        data={"rows": count, "asked": asked},
    )
