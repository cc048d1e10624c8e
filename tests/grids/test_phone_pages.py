from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grids.door import changing_by_system
from grids.duty_lists import ensure_duties
from grids.models import Duty, EventPhoto, Grid, GridEvent, GridRole, PatrolNote
from grids.services import events
from grids.services.tasks import give_task
from orgs.models import User
from orgs.sessions import mark_of
from tests.files import GPS, jpeg, large_photo
from tests.grids.field import Field
from zongzhi.lib import clock

HOME, REPORT, PATROL = (reverse(f"phone:{name}") for name in ("home", "report", "patrol"))


@pytest.fixture
def phone(client: Client, worker) -> Client:
    client.force_login(worker)
    return client


def typed(grid, **said: str) -> dict[str, str]:
    given = {
        "client_id": str(uuid4()),
        "grid": grid.code,
        "category": "facility",
        "text": "3组路口的路灯不亮",
        "place": "3组路口",
        "who": "center",
    }
    return given | said


def queued(worker) -> dict[str, str]:
    """What a phone's queue says beside a form."""
    return {"Accept": "application/json", "X-Account": mark_of(worker)}


def said_by(response) -> str:
    return str(response.content.decode())


def test_a_form_without_a_script_reports_with_its_photos(phone, grid) -> None:
    photo = SimpleUploadedFile("现场.jpg", jpeg())
    response = phone.post(REPORT, {**typed(grid), "photos": photo}, follow=True)
    event = GridEvent.objects.get()
    assert f"已提交 {event.short_number}" in said_by(response)
    assert (event.place, event.longitude, event.photos.count()) == ("3组路口", None, 1)


def test_a_bad_photo_does_not_lose_the_report(phone, grid) -> None:
    bad = SimpleUploadedFile("现场.jpg", b"no photo")
    response = phone.post(REPORT, {**typed(grid), "photos": bad}, follow=True)
    assert "照片打不开" in said_by(response)
    assert GridEvent.objects.count() == 1


def test_a_form_sent_twice_is_one_report(phone, grid) -> None:
    sent = typed(grid)
    phone.post(REPORT, sent)
    again = phone.post(REPORT, sent, follow=True)
    assert "没有重复提交" in said_by(again)
    assert GridEvent.objects.count() == 1


def test_what_i_did_myself_is_done(phone, grid) -> None:
    assert "checked" in said_by(phone.get(REPORT, {"who": "self"})).split('value="self"')[1][:40]
    phone.post(REPORT, typed(grid, who="self"))
    assert GridEvent.objects.get().settled_on_spot


def test_a_refused_form_keeps_what_was_typed(phone, grid) -> None:
    response = phone.post(REPORT, typed(grid, category=""))
    assert response.status_code == 422
    page = said_by(response)
    assert "还没选类别" in page
    assert "3组路口的路灯不亮" in page


def test_a_duty_says_which_group_it_is(phone, grid) -> None:
    ensure_duties()
    page = said_by(phone.get(REPORT))
    assert "在清单里找" in page
    duty = page.split("<optgroup")[1].split('value="')[1].split('"')[0]
    phone.post(REPORT, typed(grid, category="", duty=duty))
    event = GridEvent.objects.get()
    assert (event.duty.pk, event.category) == (int(duty), event.duty.category)
    assert f"刚用过：{event.duty.name}" in said_by(phone.get(REPORT))


@pytest.mark.parametrize("nonsense", ["gestern", "2026-13-45T99:00:00Z", "0001-01-01T00:00:00"])
def test_a_nonsensical_time_is_none(phone, grid, nonsense) -> None:
    phone.post(REPORT, typed(grid, reported_at=nonsense, longitude="NaN", latitude="24"))
    event = GridEvent.objects.get()
    assert abs(event.reported_at - event.received_at) < timedelta(days=8)
    assert event.longitude is None


def test_the_queue_gets_an_answer_it_can_read(phone, worker, grid) -> None:
    seen = clock.now() - timedelta(hours=3)
    sent = typed(grid, reported_at=seen.isoformat())
    answers = [phone.post(REPORT, sent, headers=queued(worker)).json() for _ in range(3)]
    event = GridEvent.objects.get()
    assert [answer["is_new"] for answer in answers] == [True, False, False]
    assert answers[0]["message"] == f"已提交 {event.short_number}"
    assert abs(event.reported_at - seen) < timedelta(seconds=1)


def test_the_queue_is_told_in_a_sentence_what_is_wrong(phone, worker, grid) -> None:
    response = phone.post(REPORT, typed(grid, text=""), headers=queued(worker))
    assert (response.status_code, response.json()) == (
        422,
        {"message": "还没写看到了什么，说一句"},
    )


def test_nobody_sends_what_another_wrote(phone, worker, clerk, grid) -> None:
    response = phone.post(REPORT, typed(grid), headers=queued(clerk))
    assert response.status_code == 401
    assert not GridEvent.objects.exists()


def test_a_queue_without_a_session_waits(client, worker, grid) -> None:
    response = client.post(REPORT, typed(grid), headers=queued(worker))
    assert (response.status_code, response.json()["message"]) == (401, "登录后自动上传")


def test_a_photo_follows_its_report_once(phone, worker, reported) -> None:
    event, client_id = reported(), str(uuid4())
    for _ in range(2):
        photo = SimpleUploadedFile("photo.jpg", jpeg())
        sent = {"event": str(event.client_id), "client_id": client_id, "photo": photo}
        answer = phone.post(reverse("phone:photos"), sent, headers=queued(worker))
        assert answer.status_code == 200
    assert event.photos.count() == 1


def test_a_photo_is_shown_to_whoever_sees_the_event(
    phone, client, worker, reported, outsider
) -> None:
    event = reported()
    photo = SimpleUploadedFile("photo.jpg", jpeg())
    sent = {"event": str(event.client_id), "client_id": str(uuid4()), "photo": photo}
    phone.post(reverse("phone:photos"), sent, headers=queued(worker))
    url = reverse("grids:event_photo", args=[event.number, EventPhoto.objects.get().pk])
    assert url in said_by(phone.get(reverse("phone:event", args=[event.number])))
    response = phone.get(url)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, no-store"
    assert GPS not in response.getvalue()
    client.force_login(outsider)
    assert client.get(url).status_code == 404


def test_a_list_shows_a_small_photo_and_a_tap_the_whole_one(
    phone, client, worker, reported, outsider
) -> None:
    event = reported()
    whole = SimpleUploadedFile("photo.jpg", large_photo())
    sent = {"event": str(event.client_id), "client_id": str(uuid4()), "photo": whole}
    phone.post(reverse("phone:photos"), sent, headers=queued(worker))
    url = reverse("grids:event_photo", args=[event.number, EventPhoto.objects.get().pk])
    page = said_by(phone.get(reverse("phone:event", args=[event.number])))
    assert (f'src="{url}?small"' in page, f'href="{url}"' in page) == (True, True)
    small, whole = phone.get(f"{url}?small"), phone.get(url)
    assert small["Content-Type"] == "image/jpeg"
    assert small["Content-Security-Policy"] == whole["Content-Security-Policy"]
    assert len(small.getvalue()) < len(whole.getvalue()) / 8
    client.force_login(outsider)
    assert client.get(f"{url}?small").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"event": "x"}, {"event": str(uuid4()), "client_id": "1"}])
def test_a_photo_of_nothing_is_refused_in_a_sentence(phone, worker, sent) -> None:
    answer = phone.post(reverse("phone:photos"), sent, headers=queued(worker))
    assert answer.status_code == 422


def test_a_patrol_is_two_taps(phone, grid) -> None:
    sent = {"client_id": str(uuid4()), "grid": grid.code, "day": clock.today().isoformat()}
    assert "走过，没异常" in said_by(phone.post(PATROL, sent, follow=True))
    again = phone.post(PATROL, {**sent, "client_id": str(uuid4()), "text": "又走了一遍"})
    assert again.status_code == 409
    assert "已经记过：走过，没异常" in said_by(again)
    assert "又走了一遍" in said_by(again)
    assert PatrolNote.objects.count() == 1


def test_home_shows_what_became_of_my_report_until_i_have_read_it(
    phone, reported, village_officer
) -> None:
    event = reported()
    assert "我报的，有回音（0）" in said_by(phone.get(HOME))
    _settle(event, village_officer)
    home = said_by(phone.get(HOME))
    assert "我报的，有回音（1）" in home
    assert "已处置：城管已经修好了" in home
    answered = said_by(phone.get(reverse("phone:mine"), {"of": "answered"}))
    assert answered.count("3组路口的路灯不亮") == 1
    page = said_by(phone.get(reverse("phone:event", args=[event.number])))
    assert "城管已经修好了" in page
    assert "我报的，有回音（0）" in said_by(phone.get(HOME))


def _settle(event, officer) -> None:
    events.verify_event(event_id=event.pk, by=officer, truth="true", valid=True, then="center")
    events.finish_event(event_id=event.pk, by=officer, result="城管已经修好了")


def test_what_was_asked_is_on_home_and_is_added_there(phone, reported, village_officer) -> None:
    event = reported()
    events.ask_event(event_id=event.pk, by=village_officer, text="写清是哪一盏灯")
    assert "等我办的（1）" in said_by(phone.get(HOME))
    page = said_by(phone.get(reverse("phone:event", args=[event.number])))
    assert "写清是哪一盏灯" in page
    url = reverse("phone:act", args=[event.number, "supplement"])
    assert phone.post(url, {"text": ""}).status_code == 422
    assert "补充" in said_by(phone.post(url, {"text": "路口北边第二盏"}, follow=True))
    assert "等我办的（0）" in said_by(phone.get(HOME))


def test_what_i_was_given_i_feed_back_with_photos(phone, worker, reported, village_officer) -> None:
    event = reported()
    events.verify_event(
        event_id=event.pk,
        by=village_officer,
        truth="true",
        valid=True,
        then="worker",
        worker=worker,
    )
    assert "要处置：3组路口" in said_by(phone.get(HOME))
    url = reverse("phone:act", args=[event.number, "feedback"])
    photo = SimpleUploadedFile("好了.jpg", jpeg())
    phone.post(url, {"text": "和电工一起换了灯泡", "photos": photo})
    assert event.photos.get().of_result
    assert GridEvent.objects.get().stage == "feedback"


def test_the_words_with_which_it_was_given_stand_above_the_form(
    phone, worker, reported, village_officer
) -> None:
    event = reported()
    page = reverse("phone:event", args=[event.number])
    given = {"truth": "true", "valid": True, "then": "worker", "worker": worker}
    asked = "先拿围挡围起来"
    events.verify_event(event_id=event.pk, by=village_officer, text=asked, **given)
    shown = said_by(phone.get(page))
    assert f"要求：{asked}" in shown
    assert '<p class="big">要处置</p>' in shown
    events.feed_back_event(event_id=event.pk, by=worker, text="围起来了")
    assert "要求：" not in said_by(phone.get(page))
    events.request_check_event(event_id=event.pk, by=village_officer, text="看灯亮不亮")
    shown = said_by(phone.get(page))
    assert ("要求：看灯亮不亮" in shown, "去看看办好没有" in shown) == (True, True)


def test_what_was_asked_of_somebody_before_is_not_asked_of_who_looks_now(
    field: Field, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case it became was closed: no words of an earlier hand-over stand above the form."""
    event = field.at("with_worker")
    events.reassign_event(
        event_id=event.pk, by=field.town, to="unit", unit=field.station, text="这归城建站管"
    )
    with changing_by_system(event.pk, "case-closed", still=lambda _: True) as change:
        assert change is not None
        change.event.unit = None
        change.event.answer()
        events.to_checking(change)
    client.force_login(field.worker)
    shown = said_by(client.get(reverse("phone:event", args=[event.number])))
    assert "去看看办好没有" in shown
    assert "要求：" not in shown


def test_words_stand_as_they_were_said_whatever_the_worker_is_called_now(
    field: Field, client: Client
) -> None:
    event = field.verify(field.report(), then="worker", worker=field.worker, text="带上梯子")
    User.objects.filter(pk=field.worker.pk).update(name="赵军")
    client.force_login(field.worker)
    shown = said_by(client.get(reverse("phone:event", args=[event.number])))
    assert "要求：带上梯子" in shown


def test_a_report_made_twice_leads_to_the_one_that_is_followed(
    phone, reported, village_officer
) -> None:
    first, second = reported(), reported()
    events.verify_event(
        event_id=second.pk, by=village_officer, truth="duplicate", valid=None, duplicate_of=first
    )
    shown = said_by(phone.get(reverse("phone:event", args=[second.number])))
    assert f"和 {first.short_number} 是同一件" in shown
    assert reverse("phone:event", args=[first.number]) in shown


def test_the_history_says_at_once_what_came_of_looking(phone, worker, reported, village_officer):
    so, not_so = reported(), reported()
    by = village_officer
    events.verify_event(event_id=so.pk, by=by, truth="true", valid=True, then="center")
    events.verify_event(
        event_id=not_so.pk, by=by, truth="unfounded", valid=None, text="去看了，亮着"
    )
    for event, title in ((so, "核实，交办"), (not_so, "核实：不属实")):
        assert title in said_by(phone.get(reverse("phone:event", args=[event.number])))


def test_the_centres_acts_are_not_on_the_phone(phone, reported) -> None:
    url = reverse("phone:act", args=[reported().number, "verify"])
    assert phone.post(url).status_code == 404


def test_whoever_was_moved_sees_nothing_of_the_old_grid(phone, reported, worker) -> None:
    event = reported(place="老槐树下")
    assert phone.get(reverse("phone:event", args=[event.number])).status_code == 200
    GridRole.objects.update(until=clock.today() - timedelta(days=1))
    assert phone.get(reverse("phone:event", args=[event.number])).status_code == 404
    for page in (HOME, REPORT, PATROL, reverse("phone:mine") + "?of=reported"):
        assert event.short_number not in said_by(phone.get(page))
        assert "路灯" not in said_by(phone.get(page))
        assert "老槐树下" not in said_by(phone.get(page))
    event.refresh_from_db()
    assert event.reported_by == worker


def test_who_serves_several_grids_says_which(phone, worker, county, grid) -> None:
    region = county.village.region
    second = Grid.objects.create(code=f"{region.code}004", name="柳湾村第4网格", region=region)
    GridRole.objects.create(grid=second, user=worker, kind="part_time", since=clock.today())
    assert "哪个网格" in said_by(phone.get(REPORT))
    phone.post(REPORT, typed(second))
    assert GridEvent.objects.get().grid == second


def test_nobody_counts_what_a_person_did(phone, reported) -> None:
    reported()
    for name in ("home", "mine", "me", "report", "patrol"):
        page = said_by(phone.get(reverse(f"phone:{name}")))
        for word in ("今日已报", "目标", "排名", "步数", "轨迹", "签到", "在线时长"):
            assert word not in page


def test_more_events_cost_no_more_queries(phone, reported, village_officer) -> None:
    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            phone.get(page)
        return len(captured)

    pages = (HOME, reverse("phone:mine") + "?of=reported")
    reported()
    _settle(reported(), village_officer)
    for page in pages:  # what a process keeps is there
        phone.get(page)
    few = [queries(page) for page in pages]
    for _ in range(5):
        reported()
        _settle(reported(), village_officer)
    assert [queries(page) for page in pages] == few


def test_the_worker_of_the_phone_reaches_no_further_than_its_pages(client) -> None:
    response = client.get(reverse("phone:service_worker"))
    assert response["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in response
    assert client.get(reverse("phone:manifest")).json()["scope"] == HOME
    offline = said_by(client.get(reverse("phone:offline")))
    assert 'data-account=""' in offline


def test_a_phone_leads_a_grid_worker_to_its_pages_and_a_pc_to_a_link(phone) -> None:
    telephone = {"User-Agent": "Mozilla/5.0 (Linux; Android 10) Chrome/86.0 Mobile Safari/537.36"}
    assert phone.get("/", headers=telephone).headers.get("Location") == HOME
    assert f'href="{HOME}"' in said_by(phone.get("/"))


def test_who_has_other_work_too_keeps_the_workbench_on_a_phone(client, village_officer) -> None:
    client.force_login(village_officer)
    assert client.get("/", headers={"User-Agent": "Mobile"}).status_code == 200


def test_a_task_is_done_in_two_taps_and_a_line(phone, grid, village_officer) -> None:
    ensure_duties()
    duty = Duty.objects.first()
    task = give_task(
        grid=grid,
        by=village_officer,
        text="看看3组的河堤",
        due_at=clock.now() + timedelta(days=1),
        duty=duty,
    )
    assert "看看3组的河堤" in said_by(phone.get(HOME))
    url = reverse("phone:task", args=[task.pk])
    assert "已记到场" in said_by(phone.post(url, {"arrived": "1"}, follow=True))
    assert phone.post(url, {"arrived": "1"}).status_code == 409
    refused = phone.post(url, {"result": "好"})
    assert (refused.status_code, "好</textarea>" in said_by(refused)) == (422, True)
    assert "河堤完好" in said_by(phone.post(url, {"result": "河堤完好"}, follow=True))
    assert "等我办的（0）" in said_by(phone.get(HOME))


def test_a_grid_closed_meanwhile_keeps_what_was_typed(phone, grid) -> None:
    Grid.objects.update(is_active=False)
    response = phone.post(REPORT, typed(grid))
    assert response.status_code == 409
    assert "3组路口的路灯不亮</textarea>" in said_by(response)
    assert "已停用，不能再上报" in said_by(response)


def test_a_service_that_has_ended_meanwhile_keeps_what_was_typed(phone, grid, county) -> None:
    GridRole.objects.update(until=clock.today() - timedelta(days=1))
    response = phone.post(REPORT, typed(grid))
    assert response.status_code == 404
    assert "3组路口的路灯不亮</textarea>" in said_by(response)


def test_what_was_typed_for_an_act_that_is_over_can_still_be_read(
    phone, reported, village_officer
) -> None:
    event = reported()
    _settle(event, village_officer)
    url = reverse("phone:act", args=[event.number, "supplement"])
    response = phone.post(url, {"text": "路口北边第二盏"})
    assert response.status_code == 409
    assert "路口北边第二盏</textarea>" in said_by(response)


def test_each_form_of_an_event_has_labels_of_its_own(
    phone, worker, reported, village_officer
) -> None:
    event = reported()
    events.verify_event(
        event_id=event.pk,
        by=village_officer,
        truth="true",
        valid=True,
        then="worker",
        worker=worker,
    )
    page = said_by(phone.get(reverse("phone:event", args=[event.number])))
    names = re.findall(r' id="([^"]+)"', page)
    assert {"id_feedback_text", "id_note_text"} < set(names)
    assert len(names) == len(set(names))
