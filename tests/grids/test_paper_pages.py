from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grids.models import GridEvent
from grids.vocabulary import EventStage
from zongzhi.lib import clock


@pytest.fixture
def page(client: Client, village_officer, worker, grid) -> str:
    client.force_login(village_officer)
    return reverse("paper:enter", args=[grid.code])


def sheet(*rows: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = {"count": "8"}
    for number in range(8):
        said = rows[number] if number < len(rows) else {}
        given = {
            "client_id": str(uuid4()),
            "worker": "grid",
            "day": clock.today().isoformat(),
            "category": "other",
        }
        sent |= {f"r{number}-{name}": value for name, value in (given | said).items()}
    return sent


def said_by(response) -> str:
    return str(response.content.decode())


def test_a_sheet_comes_in_row_by_row(client, page, village_officer, worker) -> None:
    yesterday = clock.today() - timedelta(days=1)
    sent = sheet(
        {"text": "路灯不亮", "place": "3组", "category": "facility"},
        {"text": "劝住了两家吵架", "day": yesterday.isoformat(), "at": "9:30", "settled": "on"},
    )
    assert "已录入 2 行" in said_by(client.post(page, sent, follow=True))
    lamp, quarrel = GridEvent.objects.order_by("pk")
    assert (lamp.reported_by, lamp.typed_by, lamp.stage) == (worker, village_officer, "reported")
    assert clock.local(quarrel.reported_at).strftime("%H:%M") == "09:30"
    assert quarrel.stage == EventStage.DONE


def test_a_sheet_sent_twice_is_in_once(client, page) -> None:
    sent = sheet({"text": "路灯不亮"})
    client.post(page, sent)
    assert "没有重复录入" in said_by(client.post(page, sent, follow=True))
    assert GridEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"day": "gestern"}, "日期写成"),
        ({"at": "halb zehn"}, "时间写成"),
        ({"day": "2020-01-01"}, "31 天以前"),
        ({"text": "机密文件"}, "涉密"),
        ({"worker": "clerk"}, "这个人不在这个网格"),
        ({"text": "", "place": "3组"}, "还没写看到了什么"),
    ],
)
def test_one_wrong_row_keeps_all_rows_on_the_page(client, page, wrong, sentence) -> None:
    good = {"text": "路灯不亮"}
    response = client.post(page, sheet(good, {"text": "井盖翘起来了"} | wrong))
    assert response.status_code == 422
    assert "路灯不亮" in said_by(response)
    assert "第 2 行：" in said_by(response)
    assert sentence in said_by(response)
    assert not GridEvent.objects.exists()


def test_an_empty_sheet_is_no_sheet(client, page) -> None:
    response = client.post(page, sheet())
    assert response.status_code == 422
    assert "至少写一行" in said_by(response)


def test_more_rows_keep_what_was_typed(client, page) -> None:
    response = client.post(page, {**sheet({"text": "路灯不亮"}), "more": "1"})
    assert "路灯不亮" in said_by(response)
    assert "r12-text" in said_by(response)
    assert not GridEvent.objects.exists()


def test_the_empty_sheet_names_the_grid_and_its_workers(client, page, grid) -> None:
    printed = said_by(client.get(reverse("paper:sheet", args=[grid.code])))
    assert grid.code in printed
    assert "赵小军" in printed


def test_the_grids_of_the_area_can_be_chosen(client, page, grid) -> None:
    assert page in said_by(client.get(reverse("paper:choose")))
    assert page not in said_by(client.get(reverse("paper:choose"), {"q": "没有这个"}))


def test_a_grid_elsewhere_is_not_there(client, page, city_officer, grid, county) -> None:
    grid.code = "880101100201003"
    grid.save()
    assert client.get(reverse("paper:enter", args=[grid.code])).status_code == 404


def test_a_grid_closed_meanwhile_keeps_all_rows_on_the_page(client, page, grid) -> None:
    grid.is_active = False
    grid.save()
    response = client.post(page, sheet({"text": "路灯不亮"}, {"text": "井盖翘起来了"}))
    assert response.status_code == 409
    assert "已停用，不能再上报" in said_by(response)
    assert 'value="井盖翘起来了"' in said_by(response)
