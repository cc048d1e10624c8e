from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from orgs.models import AccessLog, User
from orgs.permissions import RoleCode
from tests.county import PASSWORD, County, person
from zongzhi.lib import clock

LOGIN = reverse("orgs:login")
HOME = reverse("reports:workbench")
CHANGE = reverse("orgs:change_password")


@pytest.fixture
def wang(county: County) -> User:
    return person("wang", "王芳", county.county, RoleCode.CLERK, password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": "wang", "password": password, **more})


def said(response) -> str:
    return str(response.content.decode())


def answer_to_question(client: Client) -> str:
    """What the page asks now of this account, worked out; "" when it asks nothing."""
    asked = re.search(r"(\d) 加 (\d) 等于几", said(sign_in(client, "")))
    return str(int(asked[1]) + int(asked[2])) if asked else ""


def test_signing_in_leads_to_the_workbench_and_is_logged(client: Client, wang) -> None:
    assert sign_in(client)["Location"] == HOME
    assert AccessLog.objects.get().action == AccessLog.Action.SIGN_IN


def test_signing_in_leads_on_to_the_page_that_was_wanted(client: Client, wang) -> None:
    assert sign_in(client, next="/notices/")["Location"] == "/notices/"


def test_signing_in_never_leads_to_another_site(client: Client, wang) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert sign_in(Client(), next=target)["Location"] == HOME, target


def test_a_wrong_password_says_how_many_tries_are_left(client: Client, wang) -> None:
    assert "账号或密码不对，还能试 4 次" in said(sign_in(client, "wrong"))
    assert "账号或密码不对，还能试 3 次" in said(sign_in(client, "wrong"))
    response = sign_in(client, "wrong")
    assert (response.status_code, 'value="wang"' in said(response)) == (422, True)


def test_after_three_failures_a_sum_is_asked_in_words(client: Client, wang) -> None:
    for _ in range(2):
        assert "等于几" not in said(sign_in(client, "wrong"))
    assert "等于几？" in said(sign_in(client, "wrong"))
    refused = sign_in(client, PASSWORD, answer="99")
    assert (refused.status_code, "答得不对，再算一次" in said(refused)) == (422, True)
    assert AccessAttempt.objects.get().failures_since_start == 3
    assert sign_in(client, PASSWORD, answer=answer_to_question(client)).status_code == 302


def test_the_sum_may_be_typed_in_full_width_digits(client: Client, wang) -> None:
    for _ in range(3):
        sign_in(client, "wrong")
    digits = answer_to_question(client).translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    assert sign_in(client, PASSWORD, answer=digits).status_code == 302


def test_an_unknown_name_reads_the_same_and_is_not_written_down(client: Client, wang) -> None:
    response = client.post(LOGIN, {"username": "Secret@2026", "password": "x"})
    assert "账号或密码不对，还能试 4 次" in said(response)
    assert AccessLog.objects.get().subject == ""


def test_five_wrong_passwords_lock_the_account_and_it_says_until_when(client: Client, wang) -> None:
    for _ in range(5):
        response = sign_in(client, "wrong", answer=answer_to_question(client))
    assert (response.status_code, 'value="wang"' in said(response)) == (403, True)
    until = clock.local(AccessAttempt.objects.get().attempt_time + timedelta(minutes=30))
    assert f"账号已锁，{until:%H:%M} 自动解锁" in said(response)
    assert "账号已锁" in said(sign_in(client))


def test_empty_fields_are_named_and_use_up_no_try(client: Client, wang) -> None:
    response = client.post(LOGIN, {"username": "wang", "password": ""})
    assert (response.status_code, "还没填密码" in said(response)) == (422, True)
    assert not AccessAttempt.objects.exists()


def test_a_demo_account_signs_in_only_where_it_is_a_rehearsal(
    client: Client, wang, settings
) -> None:
    User.objects.filter(pk=wang.pk).update(is_demo=True)
    assert sign_in(client).status_code == 422
    settings.DEBUG = True
    assert sign_in(client).status_code == 302


def test_somebody_who_left_cannot_sign_in(client: Client, wang) -> None:
    User.objects.filter(pk=wang.pk).update(is_active=False)
    assert sign_in(client).status_code == 422


def test_a_first_password_must_be_changed_before_anything_else(client: Client, wang) -> None:
    User.objects.filter(pk=wang.pk).update(must_change_password=True)
    client.force_login(wang)
    assert client.get(HOME)["Location"] == CHANGE
    assert "第一次登录" in said(client.get(CHANGE))
    fragment = client.get(reverse("orgs:counts"), headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == CHANGE


def test_a_password_lasts_ninety_days(client: Client, wang) -> None:
    client.force_login(wang)
    old = clock.now() - timedelta(days=91)
    User.objects.filter(pk=wang.pk).update(password_set_at=old)
    assert client.get(HOME)["Location"] == CHANGE


def change(client: Client, old: str, new: str, again: str):
    return client.post(CHANGE, {"old_password": old, "new_password": new, "again": again})


def test_a_new_password_lets_the_person_in_and_keeps_the_session(client: Client, wang) -> None:
    User.objects.filter(pk=wang.pk).update(must_change_password=True)
    client.force_login(wang)
    assert change(client, PASSWORD, "Hetao@1949x", "Hetao@1949x").status_code == 302
    assert client.get(HOME).status_code == 200
    assert User.objects.get(pk=wang.pk).check_password("Hetao@1949x")


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", "Hetao@1949x", "Hetao@1949x", "现在的密码不对"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码和现在的一样，换一个"),
        (PASSWORD, "hetao1949", "hetao1949", "大写字母、小写字母、数字、符号都要有"),
        (PASSWORD, "Hetao@1949x", "Hetao@1949y", "两遍输的不一样"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(
    client: Client, wang, old, new, again, sentence
) -> None:
    client.force_login(wang)
    response = change(client, old, new, again)
    assert (response.status_code, sentence in said(response)) == (422, True)


def test_signing_out_ends_the_session(client: Client, wang) -> None:
    client.force_login(wang)
    assert client.post(reverse("orgs:logout"))["Location"] == LOGIN
    assert client.get(HOME).status_code == 302
    assert AccessLog.objects.get().action == AccessLog.Action.SIGN_OUT


def test_signing_out_is_a_post(client: Client, wang) -> None:
    client.force_login(wang)
    assert client.get(reverse("orgs:logout")).status_code == 405


def test_the_choice_of_text_size_stays_with_the_account(client: Client, wang) -> None:
    client.force_login(wang)
    font = reverse("orgs:choose_font")
    assert client.post(font, {"font": "huge", "next": "/notices/"})["Location"] == "/notices/"
    assert 'data-font="huge"' in said(client.get(HOME))
    client.post(font, {"font": "enormous"})
    assert User.objects.get(pk=wang.pk).font_size == "huge"


def test_an_expired_session_tells_htmx_instead_of_handing_it_the_login_page(
    client: Client, wang
) -> None:
    client.force_login(wang)
    Session.objects.all().delete()
    fragment = client.get(reverse("orgs:counts"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Trigger"]) == (401, "relogin")
    assert fragment.content == b""
    assert client.get(HOME)["Location"] == f"{LOGIN}?next=/"


def session_end(client: Client):
    return Session.objects.get(session_key=client.session.session_key).expire_date


def seen_two_minutes_ago(client: Client) -> None:
    session = client.session
    session["seen"] = session.get("seen", 0) - 120
    session.save()
    soon = session_end(client) - timedelta(minutes=20)
    Session.objects.filter(session_key=session.session_key).update(expire_date=soon)


def test_a_session_moves_on_with_work_but_is_written_once_a_minute(client: Client, wang) -> None:
    client.force_login(wang)
    client.get(HOME)
    seen_two_minutes_ago(client)
    before = session_end(client)
    client.get(HOME)
    moved = session_end(client)
    assert moved > before
    client.get(HOME)
    assert session_end(client) == moved


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(client: Client, wang) -> None:
    client.force_login(wang)
    client.get(HOME)
    seen_two_minutes_ago(client)
    before = session_end(client)
    client.get(reverse("orgs:counts"))
    client.get(reverse("orgs:session"))
    client.get(HOME, headers={"X-Poll": "1"})
    assert session_end(client) == before


def test_keys_and_mouse_keep_the_person_signed_in(client: Client, wang) -> None:
    client.force_login(wang)
    client.get(HOME)
    seen_two_minutes_ago(client)
    before = session_end(client)
    assert client.post(reverse("orgs:session")).json()["left"] == 1800
    assert session_end(client) > before


def test_a_page_can_ask_how_long_the_session_lives(client: Client, wang) -> None:
    client.force_login(wang)
    client.get(HOME)
    session = client.session
    session["seen"] -= 1800 - 200
    session.save()
    assert 195 <= client.get(reverse("orgs:session")).json()["left"] <= 200
    assert Client().get(reverse("orgs:session")).status_code == 401
