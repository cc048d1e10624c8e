"""超期 is a step past its time, whoever must act; 超期在办 is a unit past its 办理期限."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.models import Case
from orgs.models import User
from reports.figures import LATE, AsOf, numbers_of
from reports.indicators.counting import ALL, Scope, Span, counted
from reports.indicators.ledger_sets import AT_WORK, AT_WORK_LATE
from reports.indicators.sets import OVERDUE_NOW
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock

SPAN = (date(2026, 4, 1), date(2026, 4, 28))


@pytest.fixture(autouse=True)
def _it_begins_in_april() -> None:
    clock.freeze(datetime(2026, 4, 1, 9, 0, tzinfo=clock.SHANGHAI))


def weeks_later() -> None:
    clock.freeze(datetime(2026, 4, 28, 9, 0, tzinfo=clock.SHANGHAI))


def numbers(county: County) -> tuple[int, int, int]:
    """With the unit and not late, late by the official table, late by the indicator."""
    sets = (AT_WORK, AT_WORK_LATE, OVERDUE_NOW)
    found = counted(sets, Scope(county.county), Span.of_days(*SPAN))[ALL]
    at_work, late, overdue = (found[rows.key] for rows in sets)
    return at_work, late, overdue


def test_a_unit_that_has_not_reported_is_late_by_both_names(lives: Lives, county: County) -> None:
    lives.claimed()
    assert numbers(county) == (1, 0, 0)
    weeks_later()
    assert numbers(county) == (0, 1, 1)


def test_what_waits_for_the_centre_is_not_the_units_lateness(lives: Lives, county: County) -> None:
    """Reported in time or late: from the report on it is the centre that must act."""
    lives.reported()
    late = lives.claimed()
    lives.returned()
    weeks_later()
    part = late.assignments.get()
    part.reported_at = clock.now()
    part.save(update_fields=["reported_at"])
    assert numbers(county) == (3, 0, 0)


def test_the_boards_late_is_any_step(leader: User, lives: Lives) -> None:
    lives.reported()
    weeks_later()
    found = numbers_of(leader, [LATE], AsOf(clock.now()))
    assert found["overdue"] == Case.objects.filter(due_at__lt=clock.now()).count() == 1
    assert "超期在办" in LATE.definition
