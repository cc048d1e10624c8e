"""Drafts last month's bulletins of every group of units, by the service that the night calls.

Run inside our project (`python -m bench.bulletin`), in a process of its own. Prints JSON: seconds,
the most that was resident in MiB, how many units there are in the bulletins and lists behind them.
"""

import json
import resource
import time
from typing import Any

import django


def main() -> dict[str, Any]:
    """Give every group a scheme, draft, and say what it took."""
    from orgs.models import Center  # noqa: PLC0415
    from orgs.models.places import Level  # noqa: PLC0415
    from reports.models import CountedList, DraftRow, Scheme  # noqa: PLC0415
    from reports.services import drafting, schemes  # noqa: PLC0415
    from zongzhi.lib import clock  # noqa: PLC0415

    schemes.ensure_schemes()
    _, of_units = schemes.STANDARD[Scheme.Group.DEPARTMENTS]
    above = (Level.CITY, Level.COUNTY)
    for center in Center.objects.filter(level__in=above).order_by("pk"):
        for group in Scheme.Group:
            if Scheme.objects.filter(center=center, group=group).exists():
                continue
            weights = schemes.FOR_GRIDS if group == Scheme.Group.GRIDS else of_units
            schemes.add_version(
                center=center,
                group=group.value,
                by=None,
                lines=[schemes.Weighed(key, weight) for key, weight in weights],
                effective=schemes.FROM_THE_START,
                name=f"{group.label}评分",
            )
    now = clock.now()
    due = drafting.months_due(now)
    began = time.monotonic()
    made = [drafting.draft_month(scheme_id=pk, now=now) for pk in due]
    seconds = time.monotonic() - began
    if not any(made):
        raise SystemExit("bench: no bulletin was drafted")
    return {
        "seconds": seconds,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "units": DraftRow.objects.count(),
        "lists": CountedList.objects.count(),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
