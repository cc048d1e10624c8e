"""How long a look-up among the residents takes, by the very code the page uses; or of a point.

Run inside our project: `python -m bench.lookups COUNT|points`. Prints JSON, milliseconds.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import django

from bench.files import id_number, name

ASKED = 200


def main(count: int) -> dict[str, Any]:
    """Look for people all over the list as the officer of a county and of a village."""
    from grids.models import Resident  # noqa: PLC0415
    from orgs.models import User  # noqa: PLC0415

    found: dict[str, Any] = {}
    picks = [n * (count // ASKED) for n in range(ASKED)]
    for who in ("county", "village"):
        user = User.objects.get(username=who)
        people = Resident.objects.visible_to(user).select_related("grid__region")
        looks: dict[str, Callable[[int], Any]] = {
            "number": partial(_numbered, people),
            "name": partial(_named, people, user, None),
            "beginning": partial(_named, people, user, 2),
        }
        for what, look in looks.items():
            found[f"{who} {what}"] = timed(picks, look)
    return found


def _numbered(people: Any, n: int) -> Any:
    from grids.base_searching import number_key, page_of  # noqa: PLC0415

    return page_of(people.numbered(number_key(id_number(n))), {})


def _named(people: Any, user: Any, length: int | None, n: int) -> Any:
    from grids.base_searching import named, page_of  # noqa: PLC0415

    return page_of(named(people, name(n)[:length], user), {})


def points() -> dict[str, float]:
    """Say in which grid points all over the city lie."""
    from grids.models import GridShape  # noqa: PLC0415
    from grids.places import grid_at  # noqa: PLC0415

    boxes = GridShape.objects.order_by("pk").values_list("west", "south", "east", "north")
    middles = [((w + e) / 2, (s + n) / 2) for w, s, e, n in boxes[:: len(boxes) // ASKED]]
    if any(grid_at(*middle) is None for middle in middles):
        raise SystemExit("bench: a point within a shape was in no grid")
    return timed(range(len(middles)), lambda n: grid_at(*middles[n]))


def timed(picks: Iterable[int], look: Callable[[int], Any]) -> dict[str, float]:
    """Milliseconds of the middle one, of nineteen in twenty, of the longest."""
    times = []
    for n in picks:
        began = time.perf_counter()
        look(n)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    kept = {
        "p50": times[len(times) // 2],
        "p95": times[len(times) * 19 // 20],
        "longest": times[-1],
    }
    return {key: round(value, 1) for key, value in kept.items()}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(points() if sys.argv[1] == "points" else main(int(sys.argv[1]))))
