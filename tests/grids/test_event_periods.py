"""网格事件期限: changed by rows from a day on; what runs keeps its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grids.models import EventPeriod
from orgs.models import AccessLog, User
from orgs.permissions import RoleCode
from tests.county import person
from tests.grids.field import Field
from zongzhi.lib import clock

PAGE = reverse("grids:event_periods")


@pytest.fixture
def admin(field: Field) -> User:
    return person("set", "管理", field.county.county, RoleCode.SYSTEM_ADMIN)


def typed(**changed: Any) -> dict[str, Any]:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    return {
        "step": "verify",
        "category": "",
        "number": "1",
        "unit": "hours",
        "effective_from": tomorrow,
        **changed,
    }


def test_a_new_length_holds_from_its_day_on_and_is_logged(
    field: Field, monday: Any, client: Client, admin: User
) -> None:
    running = field.report()
    client.force_login(admin)
    assert client.post(PAGE, typed()).status_code == 302
    assert "还没生效" in client.get(PAGE).content.decode()
    with clock.at(monday + timedelta(days=1)):
        later = field.report()
        assert later.due_at is not None
        assert later.due_at - later.received_at == timedelta(hours=1)
    due = running.due_at
    running.refresh_from_db()
    assert running.due_at == due
    logged = AccessLog.objects.get(action=AccessLog.Action.RULE)
    assert "核实 一般的 1 个工作小时" in logged.subject


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"number": "0"}, "最少是 1"),
        ({"number": "91"}, "最多是 90"),
        ({"number": "半"}, "要是整数"),
        ({"effective_from": "2026-04-13"}, "从明天起"),
        ({"effective_from": "明天"}, "日期写成"),
    ],
)
def test_what_cannot_be_is_said_and_everything_typed_is_kept(
    monday: Any, client: Client, admin: User, changed: dict[str, str], told: str
) -> None:
    client.force_login(admin)
    before = EventPeriod.objects.count()
    answer = client.post(PAGE, typed(category="facility", **changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert '<option value="facility" selected' in page
    assert EventPeriod.objects.count() == before
