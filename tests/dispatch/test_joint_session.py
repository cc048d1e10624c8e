"""会商: arranged with a chair, units and a room; minutes become tasks with clocks of their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime
from rest_framework.test import APIClient

from cases.models import Case
from cases.services.course import withdraw_case
from dispatch.composing.minutes import compose_minutes
from dispatch.models import JointSession, JointTask, TaskGroup
from dispatch.services.convening import Given, cancel_session, convene, finish_task, minute
from dispatch.tasks import sweep_clocks
from orgs.models import Notice, Room, User
from tests.concurrency import at_once, hold
from tests.county import County
from tests.dispatch.together import costs_the_same
from tests.lib.days import DISPATCHED, moment
from tests.lives import Lives, fresh, later
from tests.refusals import refused
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound, WrongState

NINE, TEN = moment(4, 8, 9, 0), moment(4, 8, 10, 30)


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def room(county: County) -> Room:
    return Room.objects.create(center=county.county, name="2号调解室")


@pytest.fixture
def meet(county: County, triage: User, leader: User, room: Room) -> Any:
    """meet(case): a session of 公安局 and 住建局 about it, on the 8th at nine."""

    def meet(case: Case, by: User = triage, **changed: Any) -> Case:
        given = {
            "kind": "leaders",
            "chair": leader,
            "room": room,
            "starts_at": NINE,
            "ends_at": TEN,
            "agenda": "工资专户怎么查",
            "units": [county.police, county.housing],
        }
        return convene(case_id=case.pk, by=by, **{**given, **changed})

    return meet


@pytest.fixture
def minuted(lives: Lives, meet: Any, county: County, triage: User) -> Case:
    """Minutes with one task for 住建局, due in five working days."""
    case = meet(lives.claimed())
    tasks = [Given(county.housing, "查清专户余额")]
    return minute(
        case_id=case.pk, by=triage, came=[county.housing], text="住建局先查专户", tasks=tasks
    )


# 上会商


def test_a_unit_out_of_reach_is_not_invited(lives: Lives, county: County, meet: Any) -> None:
    """A unit of the village is the town's to invite, not the county's."""
    case = lives.claimed()
    with pytest.raises(Invalid) as caught:
        meet(case, units=[county.village_unit])
    assert caught.value.errors == {
        "units": ["柳湾村综治中心不在示范县综治中心和上一级中心，请不了"]
    }


def test_a_session_has_a_number_of_its_kind_and_year(lives: Lives, meet: Any) -> None:
    meet(lives.claimed())
    meet(lives.claimed(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    names = [session.name for session in JointSession.objects.order_by("pk")]
    assert names == ["多长联调 2025年第1期", "多长联调 2025年第2期"]


def test_the_case_reads_joint_session(lives: Lives, meet: Any) -> None:
    assert fresh(meet(lives.claimed())).staff_label == "联合会商"


def test_units_and_chair_hear_when_and_where(
    lives: Lives, meet: Any, outsider: User, leader: User
) -> None:
    meet(lives.claimed())
    where = "多长联调 2025年第1期：4月8日 09:00 在示范县综治中心2号调解室"
    assert outsider.notices.latest("pk").text == f"参加{where}"
    assert leader.notices.latest("pk").text == f"主持{where}"


def test_several_cases_sit_at_one_table(lives: Lives, meet: Any) -> None:
    other = lives.claimed()
    case = meet(lives.claimed(), others=[other.short_number])
    assert set(JointSession.objects.get().cases.all()) == {case, other}
    assert other.events.filter(verb="convene").exists()


def test_a_list_tells_of_sessions_planned_and_of_tasks_given(
    lives: Lives, meet: Any, minuted: Case, triage: User
) -> None:
    planned = meet(lives.claimed(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    api = APIClient()
    api.force_authenticate(triage)
    rows = {row["number"]: row["allowed_acts"] for row in api.get("/api/v1/cases/").data["results"]}
    assert ("minute" in rows[planned.number], "minute" in rows[minuted.number]) == (True, False)
    alone = api.get(f"/api/v1/cases/{planned.number}/")
    assert alone.data["allowed_acts"] == rows[planned.number]


def test_a_room_that_is_taken_says_when_it_is_free(lives: Lives, meet: Any) -> None:
    meet(lives.claimed())
    case = lives.claimed()
    words = "2号调解室 09:00–10:30 已有多长联调 2025年第1期。最近空档：10:30、14:00"
    with refused(case, Invalid, words):
        meet(case, starts_at=moment(4, 8, 10, 0), ends_at=moment(4, 8, 11, 30))


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_same_room_get_it_one_after_the_other(
    lives: Lives, meet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dispatch.services import convening  # noqa: PLC0415

    first, second = lives.claimed(), lives.claimed()
    hold(monkeypatch, convening, "book")
    got = at_once(lambda: meet(first), lambda: meet(second))
    assert got == ["Invalid", "ok"]


def test_a_cancelled_session_frees_its_room(lives: Lives, meet: Any, triage: User) -> None:
    case = meet(lives.claimed())
    cancel_session(case_id=case.pk, by=triage, text="双方谈好了")
    meet(lives.claimed())
    assert JointSession.objects.planned().count() == 1
    assert fresh(case).staff_label == "办理中"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_at": moment(4, 2, 9, 0)}, "开始时间要晚于现在"),
        ({"ends_at": NINE}, "结束时间要晚于开始时间"),
        ({"units": []}, "还没选参加的单位"),
        ({"others": ["0403-999"]}, "没有编号 0403-999"),
    ],
)
def test_a_session_that_cannot_be(lives: Lives, meet: Any, changed: Any, words: str) -> None:
    case = lives.claimed()
    with refused(case, Invalid, words):
        meet(case, **changed)


def test_a_room_of_another_centre_is_not_taken(lives: Lives, meet: Any, county: County) -> None:
    case = lives.claimed()
    room = Room.objects.create(center=county.town, name="镇调解室")
    with refused(case, Invalid, "不是示范县综治中心的房间"):
        meet(case, room=room)


def test_trade_sessions_ask_the_group_of_the_type(lives: Lives, meet: Any, county: County) -> None:
    case = lives.claimed()
    group = TaskGroup.objects.create(
        center=county.county,
        name="欠薪专班",
        lead=county.human_resources,
        contact="李强",
        phone="1",
    )
    group.types.add(case.type)
    group.members.set([county.human_resources, county.police])
    meet(case, kind="trade", units=[])
    seats = JointSession.objects.get().seats.all()
    assert [seat.unit for seat in seats] == [county.human_resources, county.police]


def test_a_unit_does_not_convene(lives: Lives, meet: Any, handler: User) -> None:
    case = lives.claimed()
    with refused(case, NotAllowed):
        meet(case, by=handler)


def test_a_hidden_case_is_not_convened_about(lives: Lives, meet: Any, outsider: User) -> None:
    case = lives.claimed()
    with refused(case, NotFound):
        meet(case, by=outsider)


# 纪要, 任务


def test_minutes_become_tasks_with_a_clock(minuted: Case, county: County) -> None:
    task = JointTask.objects.get()
    assert (task.unit, localtime(task.due_at)) == (county.housing, moment(4, 11, 17, 30))
    assert fresh(minuted).staff_label == "联合会商"


def test_a_task_may_have_a_day_of_its_own(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    case = meet(lives.claimed())
    tasks = [Given(county.housing, "查清专户余额", date(2025, 4, 9))]
    minute(case_id=case.pk, by=triage, came=[], text="住建局先查", tasks=tasks)
    assert localtime(JointTask.objects.get().due_at) == moment(4, 9, 17, 30)


def test_a_task_is_not_due_in_the_past(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    case = meet(lives.claimed())
    tasks = [Given(county.housing, "查清专户余额", date(2025, 4, 2))]
    with refused(case, Invalid, "期限不能早于今天"):
        minute(case_id=case.pk, by=triage, came=[], text="住建局先查", tasks=tasks)


def test_minutes_without_tasks_end_the_joint_session(lives: Lives, meet: Any, triage: User) -> None:
    case = meet(lives.claimed())
    minute(case_id=case.pk, by=triage, came=[], text="谈好了，照办")
    assert fresh(case).staff_label == "办理中"


def test_the_last_task_done_ends_the_joint_session(minuted: Case, other_handler: User) -> None:
    finish_task(case_id=minuted.pk, by=other_handler, result="余额 32 万，已冻结")
    assert fresh(minuted).staff_label == "办理中"
    assert JointTask.objects.get().done_by == other_handler


def test_a_task_is_reported_once(minuted: Case, other_handler: User) -> None:
    finish_task(case_id=minuted.pk, by=other_handler, result="余额 32 万，已冻结")
    with refused(minuted, AlreadyDone, "已经报过办完了"):
        finish_task(case_id=minuted.pk, by=other_handler, result="再报一次")


def test_another_unit_has_no_such_task(minuted: Case, outsider: User) -> None:
    with refused(minuted, NotFound):
        finish_task(case_id=minuted.pk, by=outsider, result="替住建局办了")


def test_minutes_are_taken_once(minuted: Case, triage: User) -> None:
    with refused(minuted, WrongState, "没有安排好、还没开的会商"):
        minute(case_id=minuted.pk, by=triage, came=[], text="再记一次")


def test_minutes_are_written_into_every_case(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    other = lives.claimed()
    case = meet(lives.claimed(), others=[other.number])
    tasks = [Given(county.housing, "查清余额", case=other.short_number)]
    minute(case_id=case.pk, by=triage, came=[], text="住建局先查", tasks=tasks)
    assert JointTask.objects.get().case == other
    assert (fresh(case).staff_label, fresh(other).staff_label) == ("办理中", "联合会商")


def test_a_case_that_ends_drops_its_tasks(minuted: Case, clerk: User, other_handler: User) -> None:
    withdraw_case(case_id=minuted.pk, by=clerk, text="自己和解了")
    assert JointTask.objects.get().dropped_at is not None
    assert "会商任务不用再办" in other_handler.notices.latest("pk").text


def test_the_next_dispatch_ends_what_was_to_be_done_together(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    from dispatch.services.assigning import dispatch_case  # noqa: PLC0415

    case = meet(lives.registered())
    cancel_session(case_id=case.pk, by=triage, text="双方谈好了")
    Case.objects.filter(pk=case.pk).update(is_joint=True)  # as a ruling 会商 leaves it
    how = {"lead": county.housing, "complexity": "simple", "risk": "low"}
    assert dispatch_case(case_id=case.pk, by=triage, **how).is_joint is False


def test_the_paper_has_the_fields_of_an_order(minuted: Case) -> None:
    paper = compose_minutes(JointSession.objects.get(), of=minuted)
    said = {label: text for row in paper.rows for label, text in row}
    assert paper.title == "会 商 纪 要"
    assert (said["会议期数"], said["会议类型"]) == ("2025年第1期", "多长联调")
    assert said["议定事项"] == "住建局先查专户"
    assert "住建局：查清专户余额，2025年4月11日前" in said["交办任务"]


# 扫


def test_near_the_unit_is_reminded_once(minuted: Case, other_handler: User) -> None:
    Notice.objects.all().delete()
    clock.freeze(JointTask.objects.get().near_at)
    sweep_clocks()
    sweep_clocks()
    texts = [n.text for n in other_handler.notices.all() if "任务" in n.text]
    assert texts == ["多长联调 2025年第1期的任务快到期：4月11日 17:30"]


def test_overdue_the_desk_and_the_leader_hear_it_once(
    minuted: Case, triage: User, leader: User
) -> None:
    Notice.objects.all().delete()
    later(JointTask.objects.get().due_at)
    sweep_clocks()
    sweep_clocks()
    text = f"{minuted.short_number} 住建局的会商任务超期"
    assert [n.text for n in triage.notices.all() if "任务" in n.text] == [text]
    assert [n.text for n in leader.notices.all() if "任务" in n.text] == [f"{text}，请过问"]


# 页面


def test_an_attending_unit_sees_its_task_and_not_the_case(
    minuted: Case, other_handler: User, client: Client
) -> None:
    client.force_login(other_handler)
    task = JointTask.objects.get()
    text = client.get(task.get_absolute_url()).content.decode()
    assert "查清专户余额" in text
    assert "工资专户怎么查" in text
    assert minuted.narrative not in text
    assert client.get(minuted.get_absolute_url()).status_code == 404


def test_the_unit_reports_on_the_page_of_the_task(
    minuted: Case, other_handler: User, client: Client
) -> None:
    client.force_login(other_handler)
    task = JointTask.objects.get()
    assert client.post(task.get_absolute_url(), {"result": ""}).status_code == 422
    answer = client.post(task.get_absolute_url(), {"result": "余额 32 万，已冻结"})
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.done_at is not None


def test_minutes_on_the_page(lives: Lives, meet: Any, triage: User, client: Client) -> None:
    case = meet(lives.claimed())
    client.force_login(triage)
    url = f"/cases/{case.number}/minute/"
    assert "任务 1 要办什么" in client.get(url).content.decode()
    given = {"came": ["ZJ"], "text": "住建局先查专户", "unit_1": "ZJ", "what_1": ""}
    assert client.post(url, given).status_code == 422
    assert client.post(url, {**given, "what_1": "查清专户余额"}).status_code == 302
    assert JointTask.objects.get().what == "查清专户余额"


def test_convening_on_the_page(
    lives: Lives, county: County, room: Room, triage: User, leader: User, client: Client
) -> None:
    case = lives.claimed()
    client.force_login(triage)
    given = {
        "kind": "leaders",
        "chair": leader.username,
        "room": room.name,
        "starts_at": "2025-04-08T09:00",
        "ends_at": "2025-04-08T10:30",
        "agenda": "工资专户怎么查",
        "units": ["GA", "ZJ"],
    }
    url = f"/cases/{case.number}/convene/"
    assert client.post(url, {**given, "ends_at": "2025-04-08T08:00"}).status_code == 422
    assert client.post(url, given).status_code == 302
    assert localtime(JointSession.objects.get().starts_at) == NINE


def test_my_tasks_stand_on_the_workbench(
    minuted: Case, other_handler: User, client: Client
) -> None:
    client.force_login(other_handler)
    text = client.get("/").content.decode()
    assert "我的会商任务" in text
    assert "查清专户余额" in text


@pytest.mark.parametrize("url", ["/dispatch/sessions/", "/dispatch/tasks/"])
def test_more_sessions_cost_no_more_queries(
    lives: Lives, meet: Any, county: County, triage: User, client: Client, url: str
) -> None:
    hours = iter(range(1, 100))

    def start() -> datetime:
        return NINE + timedelta(days=next(hours))

    def more() -> None:
        starts = start()
        case = meet(lives.claimed(), starts_at=starts, ends_at=starts + timedelta(hours=1))
        if url == "/dispatch/tasks/":
            tasks = [Given(county.housing, "查清专户余额")]
            minute(case_id=case.pk, by=triage, came=[], text="住建局先查", tasks=tasks)

    costs_the_same(client, triage, url, more)


# Nothing that is planned is left behind


def test_a_session_whose_last_case_ends_is_called_off(
    lives: Lives, meet: Any, clerk: User, outsider: User, leader: User
) -> None:
    case = meet(lives.claimed())
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    session = JointSession.objects.get()
    assert session.state == "cancelled"
    assert session.cancelled_why == f"{case.short_number} 不用再议"
    for person in (outsider, leader):
        assert person.notices.latest("pk").text == "多长联调 2025年第1期取消，不用来了"


def test_a_session_goes_on_for_the_cases_that_are_left(
    lives: Lives, meet: Any, clerk: User, triage: User
) -> None:
    other = lives.claimed()
    case = meet(lives.claimed(), others=[other.short_number])
    withdraw_case(case_id=case.pk, by=clerk, text="自己和解了")
    session = JointSession.objects.get()
    assert (session.state, list(session.cases.all())) == ("planned", [other])
    withdraw_case(case_id=other.pk, by=clerk, text="自己和解了")
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_a_session_is_called_off_when_the_result_is_approved(
    lives: Lives, meet: Any, triage: User
) -> None:
    from dispatch.services.handling import approve_result  # noqa: PLC0415

    case = meet(lives.reported())
    approve_result(case_id=case.pk, by=triage)
    assert JointSession.objects.get().state == "cancelled"


def test_a_session_stays_behind_when_its_case_moves_up(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    from cases.door import changing  # noqa: PLC0415
    from dispatch.services.moving import move_up  # noqa: PLC0415

    case = meet(lives.claimed())
    with changing(case.pk, "escalate", by=triage) as change:
        move_up(change)
    assert JointSession.objects.get().state == "cancelled"
    assert fresh(case).is_joint is False


@pytest.mark.django_db(transaction=True)
def test_two_last_cases_that_end_at_once_leave_no_session(
    lives: Lives, meet: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dispatch import receivers  # noqa: PLC0415

    other = lives.claimed()
    case = meet(lives.claimed(), others=[other.short_number])
    hold(monkeypatch, receivers, "leave_sessions")
    at_once(
        lambda: withdraw_case(case_id=case.pk, by=clerk, text="自己和解了"),
        lambda: withdraw_case(case_id=other.pk, by=clerk, text="自己和解了"),
    )
    assert JointSession.objects.get().state == "cancelled"


def test_after_the_next_dispatch_minutes_may_still_be_taken(
    lives: Lives, meet: Any, county: County, triage: User, client: Client
) -> None:
    from dispatch.services.assigning import dispatch_case  # noqa: PLC0415

    case = meet(lives.registered())
    how = {"lead": county.housing, "complexity": "simple", "risk": "low"}
    assert dispatch_case(case_id=case.pk, by=triage, **how).is_joint is True
    client.force_login(triage)
    text = client.get(case.get_absolute_url()).content.decode()
    assert f"/cases/{case.number}/minute/" in text


def test_reassigning_leaves_the_session_as_it_is(
    lives: Lives, meet: Any, county: County, triage: User
) -> None:
    from dispatch.services.assigning import reassign_case  # noqa: PLC0415

    case = meet(lives.claimed())
    reassign_case(case_id=case.pk, by=triage, lead=county.housing, text="归住建局")
    minute(case_id=case.pk, by=triage, came=[], text="谈好了，照办")
    assert fresh(case).is_joint is False
