"""The cast of the grids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.county import County
from tests.grids.field import Field, build_field
from zongzhi.lib import clock

MONDAY = datetime(2026, 4, 13, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def monday() -> Iterator[datetime]:
    with clock.at(MONDAY):
        yield MONDAY


@pytest.fixture
def field(county: County) -> Field:
    return build_field(county)
