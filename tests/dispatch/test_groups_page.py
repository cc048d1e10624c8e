"""专班: a settings page of the system administrator."""

from __future__ import annotations

from typing import Any

from django.test import Client

from dispatch.models import TaskGroup
from orgs.models import AccessLog, User
from tests.county import County
from tests.dispatch.together import costs_the_same

GIVEN: dict[str, Any] = {
    "name": "欠薪专班",
    "types": ["10", "11"],
    "lead": "RS",
    "members": ["RS", "ZJ"],
    "contact": "李强",
    "phone": "0990-2120001",
    "is_active": "on",
}


def test_a_group_is_written_down_and_logged(county: County, sysadmin: User, client: Client) -> None:
    client.force_login(sysadmin)
    assert client.post("/settings/groups/", GIVEN).status_code == 302
    group = TaskGroup.objects.get()
    assert (group.lead, group.members.count()) == (county.human_resources, 2)
    assert AccessLog.objects.get(action="reference").subject == "专班 欠薪专班"


def test_a_group_is_changed_and_put_out_of_use(
    county: County, sysadmin: User, client: Client
) -> None:
    client.force_login(sysadmin)
    client.post("/settings/groups/", GIVEN)
    url = f"/settings/groups/{TaskGroup.objects.get().pk}/"
    assert "欠薪专班" in client.get(url).content.decode()
    client.post(url, {**GIVEN, "is_active": "", "members": ["ZJ"]})
    group = TaskGroup.objects.get()
    assert (group.is_active, [unit.code for unit in group.members.all()]) == (False, ["ZJ"])


def test_a_name_is_taken_once(county: County, sysadmin: User, client: Client) -> None:
    client.force_login(sysadmin)
    client.post("/settings/groups/", GIVEN)
    answer = client.post("/settings/groups/", GIVEN)
    assert answer.status_code == 422
    assert "已经有叫“欠薪专班”的专班" in answer.content.decode()


def test_more_groups_cost_no_more_queries(county: County, sysadmin: User, client: Client) -> None:
    def more() -> None:
        name = f"专班{TaskGroup.objects.count()}"
        group = TaskGroup.objects.create(
            center=county.county, name=name, lead=county.housing, contact="周凯", phone="1"
        )
        group.members.add(county.police)

    costs_the_same(client, sysadmin, "/settings/groups/", more)
