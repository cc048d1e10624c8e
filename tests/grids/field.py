"""A grid of 柳湾村 with who serves it, and events brought to any point of their life."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grids.models import Grid, GridEvent, GridRole
from grids.services import events as services
from grids.services.reporting import Report, report_event
from grids.vocabulary import Category
from orgs.models import Department, User
from orgs.permissions import RoleCode
from tests.county import LONG_AGO, County, person

SAID = "3组村口路灯不亮三天了，晚上老人走路看不见"


@dataclass(frozen=True)
class Field:
    """Who does what with an ordinary event; every method returns it fresh at that point."""

    county: County
    grid: Grid
    station: Department
    town: User
    second: User
    above: User
    handler: User
    worker: User

    def report(self, **changed: Any) -> GridEvent:
        given: dict[str, Any] = {
            "client_id": uuid.uuid4(),
            "grid": self.grid,
            "category": Category.FACILITY,
            "text": SAID,
            "place": "3组村口",
        }
        by = changed.pop("by", self.worker)
        event, _ = report_event(Report(**{**given, **changed}), by=by)
        return event

    def verify(self, event: GridEvent, **given: Any) -> GridEvent:
        given = {"truth": "true", "valid": True, "by": self.town, **given}
        return services.verify_event(event_id=event.pk, **given)

    def at(self, point: str) -> GridEvent:
        """An event at one of the points below."""
        made: GridEvent = _POINTS[point](self)
        return made


_POINTS: dict[str, Callable[[Field], GridEvent]] = {
    "reported": lambda f: f.report(),
    "asked": lambda f: services.ask_event(
        event_id=f.report().pk, by=f.town, text="在哪一根电杆，什么时候坏的"
    ),
    "verified": lambda f: f.verify(f.report(), then="later"),
    "with_unit": lambda f: f.verify(f.report(), then="unit", unit=f.station),
    "with_worker": lambda f: f.verify(f.report(), then="worker", worker=f.worker),
    "with_center": lambda f: f.verify(f.report(), then="center"),
    "fed_back": lambda f: services.feed_back_event(
        event_id=f.at("with_unit").pk, by=f.handler, text="换了灯泡，已经亮了"
    ),
    "checking": lambda f: services.request_check_event(event_id=f.at("fed_back").pk, by=f.town),
    "done": lambda f: services.check_event(event_id=f.at("checking").pk, by=f.worker, passed=True),
}
POINTS = tuple(_POINTS)


def build_field(county: County) -> Field:
    """A grid of the village whose events come to the town: the village has nobody for them."""
    grid = Grid.objects.create(
        code=f"{county.village.region.code}001", name="柳湾村第1网格", region=county.village.region
    )
    station = Department.objects.create(code="QSZ-CJ", name="青石镇城建站", center=county.town)
    worker = person("grid", "赵小军", county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(grid=grid, user=worker, kind=GridRole.Kind.FULL_TIME, since=LONG_AGO)
    return Field(
        county=county,
        grid=grid,
        station=station,
        town=person("town_triage", "吴桂英", county.town, RoleCode.TRIAGE),
        second=person("town_triage2", "陈立", county.town, RoleCode.TRIAGE),
        above=person("county_triage", "周敏", county.county, RoleCode.TRIAGE),
        handler=person("station", "刘建国", county.town, RoleCode.HANDLER, department=station),
        worker=worker,
    )
