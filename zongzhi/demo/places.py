"""Puts the demo county's places, units and people into an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Model
from pypinyin import Style, lazy_pinyin

from dispatch.models import Residency, RuleSet
from dispatch.rulebook import from_draft
from dispatch.services.rules import add_rows
from grids.models import Grid, GridRole
from mediation.models import Body
from orgs.models import (
    Center,
    Department,
    DutyPhone,
    Post,
    Region,
    Role,
    Room,
    User,
    Window,
)
from orgs.models.places import Level
from zongzhi.demo import county
from zongzhi.demo.people import landline
from zongzhi.demo.rules import RULES

M = TypeVar("M", bound=Model)
OPEN_FOR = timedelta(days=700)  # the centres, when somebody looks


@dataclass
class Places:
    """Where everything of the county lies in the database, by the codes of `county`."""

    regions: dict[str, Region] = field(default_factory=dict)
    centers: dict[str, Center] = field(default_factory=dict)
    units: dict[str, Department] = field(default_factory=dict)
    windows: dict[tuple[str, int], Window] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)


def build_places(*, since: date, at: datetime) -> Places:
    """Create all of it; people hold their posts from `since`."""
    places = Places()
    for level in Level:
        _build_level(places, level)
    _build_rooms_and_windows(places)
    _build_units(places)
    _build_residencies(places)
    _build_routing_rules(places, at)
    _build_duty_phones(places)
    _build_grids(places)
    _build_people(places, since, at)
    return places


def _keyed(rows: list[M], key: Callable[[M], str]) -> dict[str, M]:
    """Insert the rows; by their key, with the ids the database gave them."""
    created = type(rows[0])._default_manager.bulk_create(rows)
    return {key(row): row for row in created}


def _build_level(places: Places, level: Level) -> None:
    """Regions and centres of one level; the level above is there already."""
    here = [region for region in county.REGIONS if region.level == level.value]
    regions = [
        Region(code=r.code, name=r.name, level=level, parent=places.regions.get(r.parent))
        for r in here
    ]
    places.regions |= _keyed(regions, lambda region: region.code)
    centers = [
        Center(
            name=county.CENTER[r.code].name,
            region=places.regions[r.code],
            level=level,
            parent=places.centers.get(r.parent),
            phone=county.CENTER[r.code].phone,
            address=county.CENTER[r.code].address,
        )
        for r in here
    ]
    places.centers |= _keyed(centers, lambda center: center.region.code)


def _build_rooms_and_windows(places: Places) -> None:
    Room.objects.bulk_create(
        Room(center=places.centers[room.center], name=room.name, kind=room.kind)
        for room in county.ROOMS
    )
    windows = Window.objects.bulk_create(
        Window(center=places.centers[w.center], number=w.number, name=w.name)
        for w in county.WINDOWS
    )
    places.windows = {(w.center.region.code, w.number): w for w in windows}


def _build_units(places: Places) -> None:
    rows = [_unit(places, department) for department in county.DEPARTMENTS]
    places.units = _keyed(rows, lambda unit: unit.code)
    Body.objects.bulk_create(
        Body(department=places.units[code], kind=kind) for code, kind in county.BODY_KINDS.items()
    )


def _unit(places: Places, department: county.Department) -> Department:
    """A unit under the name people use; a centre as a unit belongs to the centre above it."""
    home = places.centers[department.center]
    runs = home if department.kind == "center" else None
    name = department.name if runs else department.short
    return Department(
        code=department.code,
        name=name,
        kind=department.kind,
        center=(runs.parent or runs) if runs else home,
        runs=runs,
        duties=department.duties,
        phone=department.phone,
        initials=initials(name),
    )


def initials(name: str) -> str:
    """「人社局」 as somebody types it: rsj."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:30]


def _build_residencies(places: Places) -> None:
    """Who sits in the county centre, at which window; a window with one tenant bears its name."""
    tenants: dict[tuple[str, int], list[Department]] = {}
    rows = []
    for department in county.DEPARTMENTS:
        if department.residency is None:
            continue
        seat = (department.center, department.window) if department.window else None
        unit = places.units[department.code]
        if seat is not None:
            tenants.setdefault(seat, []).append(unit)
        rows.append(
            Residency(
                department=unit,
                center=places.centers[department.center],
                kind=department.residency,
                window=places.windows[seat] if seat else None,
            )
        )
    Residency.objects.bulk_create(rows)
    for seat, units in tenants.items():
        if len(units) == 1:
            places.windows[seat].department = units[0]
    Window.objects.bulk_update(places.windows.values(), ["department"])


def _build_routing_rules(places: Places, at: datetime) -> None:
    """Version 1 of the county and of its town."""
    for center, rules in RULES.items():
        version = RuleSet.objects.create(
            center=places.centers[center], number=1, note="中心成立时定的", at=at - OPEN_FOR
        )
        add_rows(version, from_draft([rule.as_row() for rule in rules]))


def _build_duty_phones(places: Places) -> None:
    """Every centre knows whom to call: numbers that ring nowhere."""
    DutyPhone.objects.bulk_create(
        DutyPhone(center=center, kind=kind, phone=landline(2000 + 10 * number + index))
        for number, center in enumerate(places.centers.values())
        for index, kind in enumerate(county.DUTY_PHONES)
    )


def _build_grids(places: Places) -> None:
    rows = [
        Grid(
            code=grid.code,
            name=grid.name,
            region=places.regions[grid.village],
            kind=grid.kind,
            households=grid.households,
        )
        for grid in county.GRIDS
    ]
    places.grids = _keyed(rows, lambda grid: grid.code)


def _build_people(places: Places, since: date, at: datetime) -> None:
    password = make_password(settings.DEMO_PASSWORD)  # once: 250 slow hashes would take a minute
    rows = [
        User(
            username=person.username,
            name=person.name,
            phone=person.phone,
            password=password,
            is_demo=True,
            must_change_password=False,
            password_set_at=at,
        )
        for person in county.PEOPLE
    ]
    places.users = _keyed(rows, lambda user: user.username)
    roles = {role.code: role for role in Role.objects.all()}
    Post.objects.bulk_create(_posts(places, roles, since))
    GridRole.objects.bulk_create(
        GridRole(
            grid=places.grids[duty.grid],
            user=places.users[duty.username],
            kind=duty.role,
            since=since,
        )
        for duty in county.GRID_DUTIES
    )


def _posts(places: Places, roles: dict[str, Role], since: date) -> Iterable[Post]:
    for person in county.PEOPLE:
        for post in person.posts:
            yield Post(
                user=places.users[person.username],
                role=roles[post.role],
                center=places.centers[post.center],
                department=places.units[post.department] if post.department else None,
                window=places.windows[(post.center, post.window)] if post.window else None,
                since=since,
            )
