"""A small county for tests: the smallest legal rows, no randomness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cases.models import DisputeType
from cases.reference import (
    ensure_clock_rules,
    ensure_thresholds,
    ensure_types,
    ensure_upper_platform,
)
from grids.reference import ensure_event_periods
from orgs.models import Center, Department, Post, Region, Role, User
from orgs.models.places import Level
from orgs.permissions import RoleCode
from orgs.reference import ensure_calendar, ensure_roles

PASSWORD = "Zongzhi@2026"
LONG_AGO = date(2020, 1, 1)


def ensure_reference() -> None:
    """Roles, calendar, types and clocks, as `manage.py setup` leaves them."""
    if not Role.objects.exists() or not DisputeType.objects.exists():
        ensure_roles()
        ensure_calendar(range(2025, 2028))
        ensure_types()
        ensure_clock_rules()
        ensure_thresholds()
        ensure_upper_platform()
        ensure_event_periods()


@dataclass(frozen=True)
class County:
    """A city above, a county, one town and one village in it, and units to give cases to."""

    city: Center
    county: Center
    town: Center
    village: Center
    human_resources: Department
    housing: Department
    police: Department
    town_unit: Department
    village_unit: Department


def build_county() -> County:
    """Create the county; every call in a transaction of its own test."""
    ensure_reference()
    city = _center("990100000000", "示范市", Level.CITY, None)
    county = _center("990101000000", "示范县", Level.COUNTY, city)
    town = _center("990101100000", "青石镇", Level.TOWN, county)
    village = _center("990101100201", "柳湾村", Level.VILLAGE, town)
    return County(
        city=city,
        county=county,
        town=town,
        village=village,
        human_resources=_unit("RS", "人社局", county),
        housing=_unit("ZJ", "住建局", county),
        police=_unit("GA", "公安局", county),
        town_unit=_unit("QSZ", "青石镇综治中心", county, runs=town),
        village_unit=_unit("LWC", "柳湾村综治中心", town, runs=village),
    )


def _center(code: str, name: str, level: Level, parent: Center | None) -> Center:
    region = Region.objects.create(
        code=code, name=name, level=level, parent=parent.region if parent else None
    )
    return Center.objects.create(
        name=f"{name}综治中心", region=region, level=level, parent=parent, phone="0990-2120000"
    )


def _unit(code: str, name: str, center: Center, *, runs: Center | None = None) -> Department:
    kind = Department.Kind.CENTER if runs else Department.Kind.BUREAU
    return Department.objects.create(
        code=code, name=name, center=center, runs=runs, kind=kind, phone="0990-2120001"
    )


def person(
    username: str,
    name: str,
    center: Center,
    *roles: RoleCode,
    department: Department | None = None,
    password: str | None = None,
) -> User:
    """Somebody holding these roles there; signs in with PASSWORD only when told to."""
    user = User.objects.create_user(
        username, password, name=name, must_change_password=False, phone="0990-2120002"
    )
    for role in roles:
        Post.objects.create(
            user=user,
            role=Role.objects.get(code=role.value),
            center=center,
            department=department,
            since=LONG_AGO,
        )
    return user
