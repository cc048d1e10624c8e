"""法院收案数 of the last half year: what the county's court told the centre, month by month."""

from __future__ import annotations

from datetime import timedelta

from reports.indicators.series import months_back
from reports.services.entered import enter_court_intake
from zongzhi.demo.lives import World
from zongzhi.lib import clock

MONTHS = 6
RECEIVED = (31, 28, 36, 33, 40, 29)  # civil cases of a month, invented


def build(world: World) -> None:
    """Each month in the first days of the next, by who supervises."""
    now, by = clock.now(), world.user("supervisor")
    for back, number in zip(range(MONTHS, 0, -1), RECEIVED, strict=True):
        month = months_back(now.date().replace(day=1), back)
        told = months_back(month, -1) + timedelta(days=4)
        with clock.at(
            min(now, now.replace(year=told.year, month=told.month, day=told.day, hour=10))
        ):
            enter_court_intake(
                month=month,
                number=number,
                source=f"示范县人民法院立案庭 {month.month} 月报表",
                by=by,
            )
