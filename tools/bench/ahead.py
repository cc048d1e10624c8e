"""Counts the leader's board and wall ahead, as the beat does every minute while somebody looks.

Run inside our project (`python -m bench.ahead [cold]`). Prints JSON: how many boards, how many
walls, and with `cold` the seconds that counting one of each takes.
"""

import json
import sys
import time

import django


def main(*, cold: bool) -> dict[str, float]:
    """Look once, as the leader has this morning; then do what the beat does."""
    from orgs.models import User  # noqa: PLC0415
    from orgs.permissions import Permission  # noqa: PLC0415
    from reports.ahead import PARTS, boards_wanted, told  # noqa: PLC0415
    from reports.screen import recount_wall, wall_of, walls_wanted  # noqa: PLC0415
    from reports.tasks import recount_boards, recount_walls  # noqa: PLC0415
    from zongzhi.lib import clock  # noqa: PLC0415

    leader = User.objects.get(username="leader")
    center = leader.posts_giving(Permission.BOARD)[0].center
    told(leader, *PARTS)
    wall_of(center)
    said = {"boards": len(boards_wanted()), "walls": len(walls_wanted())}
    recount_boards()
    recount_walls()
    began = time.monotonic()
    for part in PARTS if cold else ():
        part.count(leader, clock.now())
    if cold:
        recount_wall(center.pk)
    return said | {"seconds": time.monotonic() - began}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(cold="cold" in sys.argv)))
