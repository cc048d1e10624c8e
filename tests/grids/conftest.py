"""The cast of the grids: a grid of the village, and the worker who serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from grids.models import Grid, GridEvent, GridRole
from grids.services.reporting import Report, report_event
from grids.vocabulary import Category
from orgs.models import User
from tests.county import LONG_AGO, County
from tests.grids.field import Field, build_field
from zongzhi.lib import clock

Reported = Callable[..., GridEvent]
MONDAY = datetime(2026, 4, 13, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def grid(county: County) -> Grid:
    region = county.village.region
    return Grid.objects.create(code=f"{region.code}003", name="柳湾村第3网格", region=region)


@pytest.fixture
def worker(grid_worker: User, grid: Grid) -> User:
    """赵小军, who serves the grid."""
    GridRole.objects.create(
        grid=grid, user=grid_worker, kind=GridRole.Kind.FULL_TIME, since=LONG_AGO
    )
    return grid_worker


@pytest.fixture
def report(grid: Grid) -> Callable[..., Report]:
    """report(…): a report of a broken lamp, except for what is said."""

    def make(**said: Any) -> Report:
        given = {
            "client_id": uuid4(),
            "grid": grid,
            "category": Category.FACILITY,
            "text": "3组路口的路灯不亮",
        }
        return Report(**given | said)

    return make


@pytest.fixture
def reported(worker: User, report: Callable[..., Report]) -> Reported:
    """reported(…): that report, sent by the worker of the grid."""
    return lambda **said: report_event(report(**said), by=worker)[0]


@pytest.fixture
def monday() -> Iterator[datetime]:
    with clock.at(MONDAY):
        yield MONDAY


@pytest.fixture
def field(county: County) -> Field:
    return build_field(county)
