from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from grids.duty_lists import ensure_duties
from grids.models import Duty, GridEvent, GridRole, GridTask, PatrolNote
from grids.services.tasks import finish_task, give_task
from grids.vocabulary import EventStage
from orgs.models import AccessLog, User
from tests.county import LONG_AGO
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


def test_what_is_urgent_on_paper_is_urgent(client, page) -> None:
    client.post(page, sheet({"text": "河堤渗水", "is_urgent": "on"}))
    assert GridEvent.objects.get().is_urgent


def walked(**said: str) -> dict[str, str]:
    given = {"client_id": str(uuid4()), "worker": "grid", "day": clock.today().isoformat()}
    return {f"patrol-{name}": value for name, value in (given | said).items()} | {"patrol": "1"}


def test_a_day_walked_is_typed_for_a_worker_without_a_phone(
    client, page, worker, village_officer
) -> None:
    sent = walked(text="河堤有人钓鱼，劝走了")
    assert "已记 赵小军" in said_by(client.post(page, sent, follow=True))
    assert "没有重复记" in said_by(client.post(page, sent, follow=True))
    note = PatrolNote.objects.get()
    assert (note.by, note.text) == (worker, "河堤有人钓鱼，劝走了")
    assert "巡查记录" in AccessLog.objects.get(user=village_officer, action="import").subject


@pytest.mark.parametrize(
    ("said", "status", "sentence"),
    [
        ({"day": "2020-01-01"}, 422, "只能补最近 7 天的"),
        ({"text": "别的"}, 409, "已经记过：走过，没异常"),
        ({"worker": "clerk"}, 422, "这个人不在这个网格"),
    ],
)
def test_a_walk_that_cannot_be_keeps_the_whole_page(client, page, said, status, sentence) -> None:
    client.post(page, walked())
    response = client.post(page, sheet({"text": "路灯不亮"}) | walked(**said))
    assert response.status_code == status
    assert sentence in said_by(response)
    assert 'value="路灯不亮"' in said_by(response)
    assert not GridEvent.objects.exists()


@pytest.fixture
def task(grid, village_officer) -> GridTask:
    ensure_duties()
    return give_task(
        grid=grid,
        by=village_officer,
        text="看看3组的河堤",
        due_at=clock.now() + timedelta(days=1),
        duty=Duty.objects.first(),
    )


def result(task: GridTask, words: str) -> dict[str, str]:
    given = {"task": str(task.pk), "worker": "grid", "result": words}
    return {f"result-{name}": value for name, value in given.items()} | {"result": "1"}


def test_the_result_of_a_task_is_typed_for_a_worker_without_a_phone(
    client, page, worker, village_officer, task
) -> None:
    assert "没有等着办的任务" not in said_by(client.get(page))
    assert "已记任务结果" in said_by(client.post(page, result(task, "河堤完好"), follow=True))
    task.refresh_from_db()
    assert (task.done_by, task.result) == (worker, "河堤完好")
    assert "任务结果" in AccessLog.objects.get(user=village_officer, action="import").subject
    assert "没有等着办的任务" in said_by(client.get(page))


def test_a_result_too_short_or_late_keeps_what_was_typed(client, page, worker, task) -> None:
    short = client.post(page, result(task, "好"))
    assert (short.status_code, 'value="好"' in said_by(short)) == (422, True)
    finish_task(task_id=task.pk, by=worker, result="河堤完好")
    late = client.post(page, result(task, "河堤渗水"))
    assert (late.status_code, 'value="河堤渗水"' in said_by(late)) == (422, True)
    assert "已经办完或撤销" in said_by(late)


def test_what_else_was_typed_stays_after_the_rows_came_in(client, page, task) -> None:
    response = client.post(page, sheet({"text": "路灯不亮"}) | {"result-result": "河堤完好"})
    assert "已录入 1 行" in said_by(response)
    assert 'value="河堤完好"' in said_by(response)
    assert 'value="路灯不亮"' not in said_by(response)


def test_only_who_can_have_walked_or_done_it_is_offered(client, page, grid, task) -> None:
    """A role in the grid without a post of 网格员: the sheet's rows take it, the others do not."""
    helper = User.objects.create_user("helper", None, name="宋有田")
    informant = GridRole.Kind.INFORMANT
    GridRole.objects.create(grid=grid, user=helper, kind=informant, since=LONG_AGO)
    shown = client.get(page).context["sheet"]
    offered = [
        [user.username for user in form.fields["worker"].queryset]
        for form in (shown.rows[0], shown.patrol, shown.result)
    ]
    assert offered == [["grid", "helper"], ["grid"], ["grid"]]
    client.post(page, sheet({"text": "路灯不亮", "worker": "helper"}))
    assert GridEvent.objects.get().reported_by == helper
    GridRole.objects.exclude(user=helper).delete()
    response = client.get(page)
    assert (response.context["sheet"].patrol, response.context["sheet"].result) == (None, None)
    assert "都没有网格员岗位" in said_by(response)


def test_a_day_walked_by_somebody_who_was_not_there_is_said_at_the_name(
    client, page, grid, worker
) -> None:
    GridRole.objects.filter(user=worker).update(since=clock.today())
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    response = client.post(page, walked(day=yesterday))
    assert response.status_code == 422
    assert "那天不在这个网格" in said_by(response)
