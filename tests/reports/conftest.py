"""What the tests of bulletins begin with."""

from __future__ import annotations

import pytest

from reports.models import Bulletin
from tests.county import County
from tests.lives import Lives
from tests.reports.marches import a_march, a_scheme, drafted


@pytest.fixture
def draft(lives: Lives, county: County) -> Bulletin:
    """The draft of March, made on the first of April."""
    a_march(lives)
    a_scheme(county)
    return drafted()
