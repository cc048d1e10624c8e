"""任务 of the grids: only from the duty list in force, or for a case to be there first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CaseEvent
from cases.services.course import withdraw_case
from grids.models import Duty, DutyList, GridRole, GridTask
from grids.services.tasks import arrive, drop_task, finish_task, give_task
from grids.task_sweep import sweep_tasks
from orgs.models import Notice
from tests.county import LONG_AGO
from tests.grids.field import Field
from tests.lives import Lives
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState


@pytest.fixture
def duty(field: Field) -> Duty:
    listing = DutyList.objects.create(
        center=field.county.county,
        number=1,
        title="事项清单",
        effective_from=LONG_AGO,
        published_at=clock.now(),
    )
    return Duty.objects.create(listing=listing, number=1, name="路灯巡查", category="facility")


@pytest.fixture
def task(field: Field, duty: Duty) -> GridTask:
    soon = clock.now() + timedelta(hours=2)
    return give_task(grid=field.grid, by=field.town, text="看路灯亮不亮", due_at=soon, duty=duty)


def test_who_serves_the_grid_is_told_without_a_word_of_it(field: Field, task: GridTask) -> None:
    told = Notice.objects.get(user=field.worker)
    assert "路灯" not in told.text


def test_what_is_not_on_the_list_in_force_cannot_be_asked(field: Field, duty: Duty) -> None:
    soon = clock.now() + timedelta(hours=2)
    with pytest.raises(Invalid, match="清单"):
        give_task(grid=field.grid, by=field.town, text="填一张表报上来", due_at=soon)
    newer = DutyList.objects.create(
        center=field.county.county,
        number=2,
        title="事项清单",
        effective_from=clock.today(),
        published_at=clock.now(),
    )
    Duty.objects.create(listing=newer, number=1, name="巡河", category="environment")
    with pytest.raises(Invalid, match="现行清单"):
        give_task(grid=field.grid, by=field.town, text="看路灯亮不亮", due_at=soon, duty=duty)


def test_for_a_case_only_to_be_there_first_or_to_call_back(field: Field) -> None:
    soon = clock.now() + timedelta(hours=2)
    with pytest.raises(Invalid, match="先到场稳控、回访"):
        give_task(grid=field.grid, by=field.town, text="收集材料", due_at=soon, case_number="9901")


def test_only_a_centre_over_the_grid_gives_tasks(field: Field, duty: Duty) -> None:
    soon = clock.now() + timedelta(hours=2)
    given = {"grid": field.grid, "text": "看路灯亮不亮", "due_at": soon, "duty": duty}
    with pytest.raises(NotAllowed):
        give_task(by=field.worker, **given)
    GridTask.objects.all().delete()
    assert give_task(by=field.above, **given).center == field.county.county


def test_a_task_is_done_once_and_by_who_serves_the_grid_today(field: Field, task: GridTask) -> None:
    arrive(task_id=task.pk, by=field.worker)
    with pytest.raises(AlreadyDone):
        arrive(task_id=task.pk, by=field.worker)
    with pytest.raises(NotFound):
        finish_task(task_id=task.pk, by=field.handler, result="都亮")
    done = finish_task(task_id=task.pk, by=field.worker, result="都亮")
    assert (done.done_by, done.result) == (field.worker, "都亮")
    with pytest.raises(AlreadyDone, match="赵小军"):
        finish_task(task_id=task.pk, by=field.worker, result="都亮")
    with pytest.raises(AlreadyDone):
        drop_task(task_id=task.pk, by=field.town)


def test_a_moved_worker_has_the_old_grids_tasks_no_more(field: Field, task: GridTask) -> None:
    GridRole.objects.filter(user=field.worker).update(until=clock.today() - timedelta(days=1))
    with pytest.raises(NotFound):
        finish_task(task_id=task.pk, by=field.worker, result="都亮")
    assert not GridTask.objects.visible_to(field.worker).exists()


def test_only_the_centre_that_gave_it_withdraws_it(
    field: Field, task: GridTask, client: Client
) -> None:
    with pytest.raises(NotAllowed, match="青石镇"):
        drop_task(task_id=task.pk, by=field.above)
    address = reverse("grids:do_task", args=[task.pk, "drop"])
    client.force_login(field.above)
    assert address not in client.get(reverse("grids:tasks")).content.decode()
    client.force_login(field.town)
    assert address in client.get(reverse("grids:tasks")).content.decode()


def test_a_result_that_is_refused_is_kept_on_the_page(
    field: Field, task: GridTask, client: Client
) -> None:
    client.force_login(field.worker)
    answer = client.post(reverse("grids:do_task", args=[task.pk, "finish"]), {"result": "亮"})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "结果写得太短" in told
    assert 'value="亮"' in told


def test_from_the_page_of_a_case_the_grid_is_asked_to_be_there_first(
    field: Field, lives: Lives, triage, client: Client
) -> None:
    case: Case = lives.dispatched()
    Case.objects.filter(pk=case.pk).update(grid=field.grid)
    client.force_login(triage)
    address = f"{reverse('grids:new_task')}?case={case.number}"
    assert address in client.get(case.get_absolute_url()).content.decode()
    form = client.get(address).context["form"]
    begun = {name: form[name].value() for name in ("grid", "case_number", "text")}
    assert begun == {
        "grid": field.grid.code,
        "case_number": case.number,
        "text": "先到场稳控：",
    }
    due = clock.local(clock.now() + timedelta(hours=2))
    sent = begun | {"text": "先到场稳控：两家在争吵", "due_at": f"{due:%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("grids:new_task"), sent).status_code == 302
    told = client.get(case.get_absolute_url()).content.decode()
    assert "两家在争吵" in told


def asked_for(case: Case, field: Field) -> GridTask:
    return give_task(
        grid=field.grid,
        by=field.above,
        text="先到场稳控：两家在争吵",
        due_at=clock.now() + timedelta(hours=2),
        case_number=case.number,
    )


def test_what_a_grid_is_asked_for_a_case_and_answers_is_in_the_cases_history(
    field: Field, lives: Lives, triage, client: Client
) -> None:
    case: Case = lives.claimed()
    stood = Case.objects.filter(pk=case.pk).values_list("stage", "label", "due_at").get()
    task = asked_for(case, field)
    arrive(task_id=task.pk, by=field.worker)
    finish_task(task_id=task.pk, by=field.worker, result="劝开了，等司法所的人")
    drop_task(task_id=asked_for(case, field).pk, by=field.above)
    lines = case.events.order_by("-seq")[:5]
    assert [(line.verb, line.by) for line in reversed(lines)] == [
        ("give-grid-task", field.above),
        ("grid-arrives", field.worker),
        ("grid-answers", field.worker),
        ("give-grid-task", field.above),
        ("drop-grid-task", field.above),
    ]
    assert Case.objects.filter(pk=case.pk).values_list("stage", "label", "due_at").get() == stood
    client.force_login(triage)
    told = client.get(case.get_absolute_url(), {"tab": "history"}).content.decode()
    for words in (
        "派网格任务",
        "网格员到场",
        "网格任务有结果",
        "劝开了，等司法所的人",
        "撤销网格任务",
    ):
        assert words in told


def test_no_grid_is_asked_for_a_case_that_has_ended_but_it_may_still_answer(
    field: Field, lives: Lives, clerk
) -> None:
    case: Case = lives.claimed()
    task = asked_for(case, field)
    withdraw_case(case_id=case.pk, by=clerk, text="来访人不办了")
    lines = case.events.count()
    with pytest.raises(WrongState, match="已经结案"):
        asked_for(case, field)
    assert (GridTask.objects.count(), case.events.count()) == (1, lines)
    finish_task(task_id=task.pk, by=field.worker, result="人已经走了")
    assert case.events.latest("seq").verb == "grid-answers"


def test_a_task_from_the_list_is_in_no_cases_history(field: Field, task: GridTask) -> None:
    arrive(task_id=task.pk, by=field.worker)
    assert not CaseEvent.objects.filter(verb="grid-arrives").exists()


def test_a_case_nobody_sees_begins_no_task(field: Field, client: Client) -> None:
    client.force_login(field.town)
    form = client.get(f"{reverse('grids:new_task')}?case=9901012504030012").context["form"]
    assert form["case_number"].value() is None


def test_a_task_near_its_time_and_past_it_is_told_once_each_to_the_grid_and_who_gave_it(
    field: Field, task: GridTask
) -> None:
    Notice.objects.all().delete()
    told = []
    for minutes in (30, 100, 110, 130, 400):
        with clock.at(task.at + timedelta(minutes=minutes)):
            told.append(sweep_tasks(clock.now()))
            assert sweep_tasks(clock.now()) == 0
    assert told == [0, 1, 0, 1, 0]
    for user in (field.worker, field.town):
        lines = Notice.objects.filter(user=user).order_by("pk").values_list("topic", "text")
        assert [topic for topic, _ in lines] == ["near", "overdue"]
        assert all("路灯" not in text for _, text in lines)


@pytest.mark.parametrize("settled", ["done", "dropped"])
def test_a_task_that_is_settled_is_told_no_more(field: Field, task: GridTask, settled: str) -> None:
    if settled == "done":
        finish_task(task_id=task.pk, by=field.worker, result="都亮着")
    else:
        drop_task(task_id=task.pk, by=field.town)
    with clock.at(task.due_at + timedelta(hours=1)):
        assert sweep_tasks(clock.now()) == 0


def test_a_grid_without_anybody_is_given_no_task(field: Field, duty: Duty) -> None:
    GridRole.objects.all().delete()
    soon = clock.now() + timedelta(hours=2)
    with pytest.raises(WrongState, match="没有能办的网格员"):
        give_task(grid=field.grid, by=field.town, text="看路灯亮不亮", due_at=soon, duty=duty)
