from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cases.models import Case
from orgs.models import Counter, Window
from tests.county import County
from tests.lives import Lives
from zongzhi.lib import clock

NEW = reverse("cases:new")


@pytest.fixture
def typed(county: County) -> dict[str, Any]:
    """What a clerk types for an ordinary walk-in."""
    return {
        "submission_id": str(uuid.uuid4()),
        "phone": "199 0000 0001",
        "name": "赵四",
        "visitors": "1",
        "id_number": "11010519491231002x",
        "opponents": "鑫源劳务公司、李五",
        "place": county.village.region.code,
        "narrative": "在和谐家园二期做木工，三个月工资没给，要求付清",
        "type": "10",
        "special": ["none"],
        "willing": "yes",
        "destination": "triage",
    }


def test_nothing_is_preselected_that_must_be_asked(client: Client, clerk) -> None:
    client.force_login(clerk)
    page = client.get(NEW).content.decode()
    assert "共 9 项" in page
    assert "checked" not in page


def test_a_walk_in_is_registered_and_told_its_number(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    response = client.post(NEW, typed, follow=True)
    case = Case.objects.get()
    page = response.content.decode()
    assert response.redirect_chain[0][0] == reverse("cases:registered", args=[case.number])
    assert case.short_number in page
    assert "还缺（不急，办结前补）：对方电话、涉及金额" in page
    kinds = dict(case.parties.filter(role="respondent").values_list("name", "is_organization"))
    assert kinds == {"鑫源劳务公司": True, "李五": False}
    assert case.parties.get(role="applicant").id_number == "11010519491231002X"


def test_the_same_form_twice_is_one_case(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    client.post(NEW, typed)
    again = client.post(NEW, typed, follow=True)
    case = Case.objects.get()
    at = clock.local(case.registered_at)
    said = f"已登记 {case.short_number}（{at:%H:%M}），没有重复登记"
    assert said in again.content.decode()


def test_when_the_numbers_of_a_day_are_used_up_the_page_says_so_and_keeps_what_was_typed(
    client: Client, clerk, typed, county: County
) -> None:
    client.force_login(clerk)
    series = f"case {county.county.region.code[:6]} {clock.local(clock.now()):%y%m%d}"
    Counter.objects.create(series=series, last=9999)
    response = client.post(NEW, typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "今天的编号用到 9999 了，明天再登记" in page
    assert typed["narrative"] in page
    assert typed["name"] in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id_number": "11010519491231002"}, "身份证号应为 18 位，现在是 17 位"),
        ({"id_number": "11010519491301002X"}, "身份证号第 7–14 位“19491301”不是日期，再核对一次"),
        (
            {"id_number": "110105194912310021"},
            "身份证号最后一位对不上，应为 X。可能前面抄错了一位",
        ),
        ({"phone": "1990000000"}, "手机号应为 11 位，现在是 10 位。没有电话可勾“没有电话”"),
        ({"special": []}, "还没选“特别情况”，没有就选 0"),
        ({"narrative": "欠我工资"}, "事情和要求写得太短（4 字），至少说清“因为什么、要什么”"),
        ({"type": ""}, "还没选“类型”"),
        ({"id_number": ""}, "还没填“身份证号”。没带可选“没带证件”"),
        ({"phone": ""}, "还没填“手机号”。没有电话可勾“没有电话”"),
    ],
)
def test_a_mistake_is_named_and_everything_kept(
    client: Client, clerk, typed, changed: dict[str, Any], sentence: str
) -> None:
    client.force_login(clerk)
    response = client.post(NEW, typed | changed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'value="赵四"' in page
    assert not Case.objects.exists()


def test_no_card_and_no_phone_never_block(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    client.post(NEW, typed | {"phone": "", "no_phone": "on", "id_number": "", "no_card": "refused"})
    event = Case.objects.get().events.get(verb="register")
    assert event.data["no_id_number"] == "refused"


def test_a_strong_duplicate_is_asked_about_before(
    client: Client, clerk, typed, lives: Lives
) -> None:
    client.force_login(clerk)
    client.post(NEW, typed)
    earlier = Case.objects.get()
    second = typed | {"submission_id": str(uuid.uuid4())}
    response = client.post(NEW, second)
    assert response.status_code == 422
    assert "来说过同一件事（待分流）。是“再次来访”还是“另一件事”？" in response.content.decode()
    assert Case.objects.count() == 1

    client.post(NEW, second | {"same": earlier.number})
    earlier.refresh_from_db()
    assert (Case.objects.count(), earlier.visits_count) == (1, 2)

    client.post(NEW, typed | {"submission_id": str(uuid.uuid4()), "same": "other"})
    assert Case.objects.count() == 2


def test_a_duplicate_elsewhere_stays_hidden(client: Client, clerk, town_officer, typed) -> None:
    client.force_login(clerk)
    client.post(NEW, typed)
    client.force_login(town_officer)
    response = client.post(NEW, typed | {"submission_id": str(uuid.uuid4())})
    assert response.status_code == 302


def test_what_a_grid_worker_registers_is_to_be_accepted(client: Client, grid_worker, typed) -> None:
    client.force_login(grid_worker)
    client.post(NEW, typed)
    case = Case.objects.get()
    assert (case.source, case.label) == ("grid", "to_accept")


def test_who_may_not_register_is_told(client: Client, handler) -> None:
    client.force_login(handler)
    assert client.get(NEW).status_code == 403


def test_threats_go_to_the_desk_whatever_was_chosen(
    client: Client, clerk, county: County, typed
) -> None:
    client.force_login(clerk)
    client.post(NEW, typed | {"special": ["threat"], "destination": "RS"})
    assert Case.objects.get().suggested_unit is None


def test_the_page_may_speak_to_the_reader_of_its_window_and_to_nothing_else(
    client: Client, clerk, county: County
) -> None:
    client.force_login(clerk)
    assert "connect-src" not in client.get(NEW)["Content-Security-Policy"]
    post = clerk.posts.get()
    address = "http://127.0.0.1:38088/read"
    post.window = Window.objects.create(
        center=county.county, number=3, reader="http", reader_address=address
    )
    post.save()
    policy = client.get(NEW)["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:38088" in policy


@pytest.mark.parametrize(
    "address", ["http://10.1.1.1:38088/", "javascript:alert(1)", "http://127.0.0.1@evil.cn/"]
)
def test_a_reader_stands_on_the_windows_own_computer(county: County, address: str) -> None:
    window = Window(center=county.county, number=3, reader="http", reader_address=address)
    with pytest.raises(ValidationError, match="读卡服务在窗口电脑上"):
        window.full_clean()


def test_the_words_of_the_story_come_first_also_without_the_script(
    client: Client, clerk, typed
) -> None:
    client.force_login(clerk)
    given = typed | {"type": "", "narrative": "楼上漏水，邻居不肯修，想请人说和"}
    page = client.post(NEW, given)
    assert page.context["form"].fields["type"].choices[0] == ("02", "邻里")


def test_delegates_are_asked_for_and_never_needed(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    client.post(NEW, {**typed, "visitors": "6", "special": ["group"]})
    assert not Case.objects.get().parties.filter(role="delegate").exists()


@pytest.mark.parametrize(
    ("delegates", "sentence"),
    [
        ("李", "代表的姓名要写 2 到 30 个字"),
        ("李一一、李二二、王三三、王四四、赵五五、赵六六", "代表最多 5 人，现在是 6 人"),
        ("李四 139123", "代表李四：手机号应为 11 位，现在是 6 位"),
    ],
)
def test_what_is_wrong_with_delegates_is_said(
    client: Client, clerk, typed, delegates, sentence
) -> None:
    client.force_login(clerk)
    group = {**typed, "visitors": "6", "special": ["group"], "delegates": delegates}
    response = client.post(NEW, group)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert delegates in response.content.decode()


def test_a_passport_says_nothing_of_age_or_sex(client: Client, clerk, typed) -> None:
    client.force_login(clerk)
    client.post(NEW, {**typed, "id_kind": "other", "id_number": "110105202001010015"})
    case = Case.objects.get()
    assert "minor" not in case.special
    assert case.parties.get(role="applicant").resident_number == ""
