"""Builds a city whose centres are compared: 500 of them, their bureaus and bodies, 7,339 workers.

Run inside our project as the owner of the tables (`python -m bench.units CASES`). Prints JSON: how
many units there are. The cases are `seed.sql`'s.
"""

import json
import sys
from typing import Any

import django

from bench import city
from bench.county import build_tables

# RS is the one whose people `seed.sql` leaves a stock of cases to.
BUREAUS = ("RS", "ZJ", "GA", "SF", "MZ", "WJ", "JT", "NY", "ZR", "SJ", "CG", "XF", "FL", "GH")


def main(cases: int) -> dict[str, Any]:
    """Build it and say how much there is."""
    from orgs.models import Center, Department  # noqa: PLC0415
    from orgs.models.places import Level  # noqa: PLC0415

    city.main(residents=0)
    centers = list(Center.objects.select_related("region", "parent").order_by("pk"))
    units = [
        Department(
            code=f"C{one.region.code}",
            name=one.name,
            center=one.parent or one,
            runs=one,
            kind=Department.Kind.CENTER,
        )
        for one in centers
    ]
    for n, county in enumerate(one for one in centers if one.level == Level.COUNTY):
        for code in BUREAUS:
            number = str(n) if n else ""
            units.append(Department(code=f"{code}{number}", name=f"{code}局{n}", center=county))
    for one in centers:
        if one.level == Level.TOWN:
            name, code = f"{one.name}调委会", f"B{one.region.code}"
            kind = Department.Kind.BODY
            units.append(Department(code=code, name=name, center=one, kind=kind))
    build_handlers(Department.objects.bulk_create(units))
    build_tables(cases)
    return {"units": len(units)}


def build_handlers(units: list[Any]) -> None:
    """Put somebody into every unit; and the two who take in and dispatch all of it."""
    from orgs.models import Post, Role, User  # noqa: PLC0415

    staff = [User(username=f"staff{unit.code}", name="示例", password="!") for unit in units]
    User.objects.bulk_create(
        User(username=name, name="示例", password="!") for name in ("clerk", "triage")
    )
    role = Role.objects.get(code="handler")
    Post.objects.bulk_create(
        Post(user=one, role=role, center=unit.center, department=unit, since=city.SINCE)
        for one, unit in zip(User.objects.bulk_create(staff), units, strict=True)
    )


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
