"""Builds a city in an empty database: its places and people. What happens there comes as files.

Run inside our project as the owner of the tables (`python -m bench.city RESIDENTS`). Prints JSON:
how some sign in and whom they look for. 500 centres, 4,058 grids, 24,763 micro grids, 7,339
workers; every grid has a shape.
"""

import json
import sys
from datetime import date
from itertools import cycle, islice
from typing import Any

import django

from bench.county import copy, write
from bench.files import (
    COUNTIES,
    GRIDS,
    MICRO,
    TOWNS,
    WORKERS,
    grid_codes,
    id_number,
    name,
    village_codes,
)
from bench.sites.people import session_for

BACKEND = "orgs.signin.AccountBackend"
SINCE = date(2020, 1, 1)


def main(residents: int) -> dict[str, Any]:
    """Build it and say what the bench has to know."""
    from grids.base_searching import number_key  # noqa: PLC0415
    from orgs.models import Center, Region, User  # noqa: PLC0415
    from orgs.models.places import Level  # noqa: PLC0415
    from orgs.tokens import issue_channel_token  # noqa: PLC0415

    towns = [
        f"9901{c:02d}{t:03d}000"
        for c, t in zip(cycle(range(1, COUNTIES + 1)), range(100, 100 + TOWNS), strict=False)
    ]
    levels = (
        (Level.CITY, ["990100000000"], 0),
        (Level.COUNTY, [f"9901{c:02d}000000" for c in range(1, COUNTIES + 1)], 4),
        (Level.TOWN, towns, 6),
        (Level.VILLAGE, list(village_codes()), 9),
    )
    regions: dict[str, Any] = {}
    centers: dict[str, Any] = {}
    for level, codes, stem in levels:
        above = {code: code[:stem].ljust(12, "0") for code in codes}
        rows = [
            Region(
                code=code, name=f"{level.label}{code}", level=level, parent=regions.get(above[code])
            )
            for code in codes
        ]
        regions |= {one.code: one for one in Region.objects.bulk_create(rows)}
        made = Center.objects.bulk_create(
            Center(
                name=f"{level.label}{code}综治中心",
                region=regions[code],
                level=level,
                parent=centers.get(above[code]),
                phone="0990-2120000",
            )
            for code in codes
        )
        centers |= {one.region.code: one for one in made}
    grids = build_grids(regions)
    build_shapes()
    build_people(centers, grids)
    people = {one.username: one for one in User.objects.filter(username__in=NAMES)}
    sought = [n * (residents // SOUGHT) for n in range(SOUGHT)] if residents else []
    write("CREATE TABLE bench_key (n int PRIMARY KEY, key text)")
    copy("bench_key", [(n, number_key(id_number(n))) for n in sought])
    return {
        "sessions": {one: session_for(user, BACKEND) for one, user in people.items()},
        "tokens": {
            one: issue_channel_token(user=user, address="127.0.0.1") for one, user in people.items()
        },
        "people": [(name(n), id_number(n)) for n in sought],
    }


SOUGHT = 50
SIDE, STRIP, PARTS = 0.03, 0.002, 10
NAMES = ("county", "village", "worker1")
LOOKING = {"officer990101000000": "county", "officer990101100001": "village"}


def build_grids(regions: dict[str, Any]) -> dict[str, Any]:
    """Make the grids, then the micro grids that lie in them."""
    from grids.models import Grid  # noqa: PLC0415

    codes = list(grid_codes())
    whole = {
        one.code: one
        for one in Grid.objects.bulk_create(
            Grid(code=code, name=f"第{n}网格", region=regions[code[:12]], households=350)
            for n, code in enumerate(codes, 1)
        )
    }
    parents = islice(cycle(enumerate(codes)), MICRO)
    Grid.objects.bulk_create(
        [
            Grid(
                code=f"{code}{n // GRIDS + 1:02d}",
                name=f"微网格{n}",
                region=regions[code[:12]],
                kind="micro",
                parent=whole[code],
            )
            for n, (_, code) in enumerate(parents)
        ],
        batch_size=5000,
    )
    return whole


def build_shapes() -> None:
    """Draw them: villages are fields of a chessboard, grids its strips, micro grids cut those."""
    from grids.models import Grid, GridShape  # noqa: PLC0415

    villages = {code: n for n, code in enumerate(village_codes())}
    shapes = []
    for pk, code in Grid.objects.order_by("pk").values_list("pk", "code"):
        n, strip = villages[code[:12]], int(code[12:15])
        west, south = 103 + n % 20 * SIDE + strip * STRIP, 24 + n // 20 * SIDE
        width, height = STRIP, SIDE
        if part := int(code[15:] or 0):
            south, height = south + part * SIDE / PARTS, SIDE / PARTS
        east, north = west + width, south + height
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        shapes.append(
            GridShape(grid_id=pk, geometry=geometry, west=west, south=south, east=east, north=north)
        )
    GridShape.objects.bulk_create(shapes, batch_size=5000)


def build_people(centers: dict[str, Any], grids: dict[str, Any]) -> None:
    """Make the workers, each with a grid, a triage officer everywhere, and one who looks."""
    from grids.models import GridRole  # noqa: PLC0415
    from orgs.models import Post, Role, User  # noqa: PLC0415

    roles = {role.code: role for role in Role.objects.all()}
    officers = [User(username=f"officer{code}", name="示例", password="!") for code in centers]
    workers = [
        User(username=f"worker{n}", name="示例", password="!") for n in range(1, WORKERS + 1)
    ]
    for one in (*officers, *workers):
        one.must_change_password = False
    for one in officers:
        one.username = LOOKING.get(one.username, one.username)
    officers = User.objects.bulk_create(officers)
    workers = User.objects.bulk_create(workers)
    Post.objects.bulk_create(
        Post(user=one, role=roles["triage"], center=center, since=SINCE)
        for one, center in zip(officers, centers.values(), strict=True)
    )
    served = list(zip(workers, cycle(grids.items())))
    Post.objects.bulk_create(
        Post(user=one, role=roles["grid_worker"], center=centers[code[:12]], since=SINCE)
        for one, (code, _) in served
    )
    GridRole.objects.bulk_create(
        GridRole(grid=grid, user=one, kind="full_time", since=SINCE) for one, (_, grid) in served
    )


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
