"""How long a look-up among the residents takes, by the very code the page uses.

Run inside our project: `python -m bench.lookups COUNT`. Prints JSON, milliseconds.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import django

from bench.files import id_number, name

ASKED = 200


def main(count: int) -> dict[str, Any]:
    """Look for people all over the list as the officer of a county and of a village."""
    from grids.base_searching import named, number_key, page_of  # noqa: PLC0415
    from grids.models import Resident  # noqa: PLC0415
    from orgs.models import User  # noqa: PLC0415

    found: dict[str, Any] = {}
    picks = [n * (count // ASKED) for n in range(ASKED)]
    for who in ("county", "village"):
        user = User.objects.get(username=who)

        def seen(user: Any = user) -> Any:
            return Resident.objects.visible_to(user).select_related("grid__region")

        found[f"{who} number"] = timed(
            picks, lambda n: page_of(seen().numbered(number_key(id_number(n))), {})
        )
        found[f"{who} name"] = timed(picks, lambda n: page_of(named(seen(), name(n)), {}))
        found[f"{who} beginning"] = timed(picks, lambda n: page_of(named(seen(), name(n)[:2]), {}))
    return found


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
    print(json.dumps(main(int(sys.argv[1]))))
