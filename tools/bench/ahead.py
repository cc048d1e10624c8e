"""Counts the leader's board and wall ahead, as the beat does every minute while somebody looks.

Run inside our project (`python -m bench.ahead`). Prints JSON: how many boards, how many walls.
"""

import json

import django


def main() -> dict[str, int]:
    """Look once, as the leader has this morning; then do what the beat does."""
    from orgs.models import User  # noqa: PLC0415
    from orgs.permissions import Permission  # noqa: PLC0415
    from reports.ahead import PARTS, boards_wanted, told  # noqa: PLC0415
    from reports.screen import wall_of, walls_wanted  # noqa: PLC0415
    from reports.tasks import recount_boards, recount_walls  # noqa: PLC0415

    leader = User.objects.get(username="leader")
    told(leader, *PARTS)
    wall_of(leader.posts_giving(Permission.BOARD)[0].center)
    said = {"boards": len(boards_wanted()), "walls": len(walls_wanted())}
    recount_boards()
    recount_walls()
    return said


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
