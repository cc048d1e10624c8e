"""巡查记录 of the last days: what grid workers noted on their phones."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from uuid import uuid4

from grids.models import GridRole
from grids.services.patrols import BACK, note_patrol
from zongzhi.lib import clock

NOTES = ("", "河堤边有人钓鱼，已经劝走", "", "楼道里的杂物清了", "")


def build_patrols(now: datetime) -> None:
    """A line now and then, as people really write them: not every day, mostly that all is well."""
    texts = cycle(NOTES)
    roles = GridRole.objects.filter(kind=GridRole.Kind.FULL_TIME).select_related("grid", "user")
    for number, role in enumerate(roles.order_by("pk")):
        for back in range(1 + number % 2, BACK, 3):
            day = (now - timedelta(days=back)).replace(hour=17, minute=number % 60)
            with clock.at(day):
                note_patrol(
                    grid=role.grid,
                    day=day.date(),
                    text=next(texts),
                    client_id=uuid4(),
                    by=role.user,
                )
