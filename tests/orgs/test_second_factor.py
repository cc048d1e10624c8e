"""动态口令: administrators prove themselves twice."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from orgs.models import AccessLog, SecondFactor, User
from orgs.permissions import RoleCode
from tests.api.conftest import is_problem
from tests.county import PASSWORD, County, person
from zongzhi.lib import clock

SETUP = reverse("orgs:second_factor")


@pytest.fixture
def admin(county: County, settings) -> User:
    settings.SECOND_FACTOR = True
    return person("sys", "钱进", county.county, RoleCode.SYSTEM_ADMIN, password=PASSWORD)


def code_of(user: User, *, drift: int = 0) -> str:
    secret = base64.b32decode(SecondFactor.objects.get(user=user).secret)
    return TOTP(secret, 6, SHA1(), 30).generate(int(clock.now().timestamp()) + drift).decode()


def set_up(client: Client, user: User) -> None:
    client.force_login(user)
    client.get(SETUP)
    client.post(SETUP, {"code": code_of(user, drift=-30)})
    client.logout()


def password(client: Client):
    return client.post(reverse("orgs:login"), {"username": "sys", "password": PASSWORD})


def code(client: Client, page, digits: str):
    given = {"half": page.context["half"], "code": digits}
    return client.post(reverse("orgs:second_step"), given)


def test_an_administrator_sets_it_up_before_anything_else(client: Client, admin) -> None:
    assert password(client).status_code == 302
    assert client.get("/settings/")["Location"] == SETUP
    page = client.get(SETUP).content.decode()
    assert "<svg" in page
    assert client.post(SETUP, {"code": "000000"}).status_code == 422
    assert client.post(SETUP, {"code": code_of(admin)}).status_code == 302
    assert client.get("/settings/").status_code == 200
    assert AccessLog.objects.filter(action=AccessLog.Action.FACTOR, user=admin).count() == 1


def test_the_password_alone_lets_no_administrator_in(client: Client, admin) -> None:
    set_up(client, admin)
    page = password(client)
    assert page.status_code == 200
    assert client.get("/settings/").status_code == 302
    assert code(client, page, code_of(admin)).status_code == 302
    assert client.get("/settings/").status_code == 200


def test_each_code_opens_once(client: Client, admin) -> None:
    set_up(client, admin)
    digits = code_of(admin)
    assert code(client, password(client), digits).status_code == 302
    other = Client()
    assert code(other, password(other), digits).status_code == 422


def test_wrong_codes_lock_like_wrong_passwords(client: Client, admin) -> None:
    set_up(client, admin)
    page = password(client)
    for left in (4, 3, 2, 1):
        answer = code(client, page, "000000").content.decode()
        assert f"动态口令不对，看手机上现在的 6 位数，还能试 {left} 次" in answer
    assert code(client, page, "000000").status_code == 403
    assert code(client, page, code_of(admin)).status_code == 403


def test_half_a_sign_in_cannot_be_made_up(client: Client, admin) -> None:
    set_up(client, admin)
    given = {"half": "made:up", "code": code_of(admin)}
    assert client.post(reverse("orgs:second_step"), given)["Location"] == "/login/"


def test_nobody_else_needs_one(client: Client, county, settings) -> None:
    settings.SECOND_FACTOR = True
    client.force_login(person("wang", "王芳", county.county, RoleCode.CLERK))
    assert client.get("/").status_code == 200


def test_the_api_asks_for_the_code_too(client: Client, admin) -> None:
    def ask(**more: str):
        body = {"username": "sys", "password": PASSWORD, **more}
        return client.post("/api/v1/token/", body, "application/json")

    is_problem(ask(), 403, "otp_not_set_up")
    set_up(client, admin)
    is_problem(ask(), 401, "otp_required")
    is_problem(ask(otp="000000"), 401, "wrong_otp")
    assert ask(otp=code_of(admin)).status_code == 200


def test_a_lost_telephone_is_replaced_by_another_administrator(
    client: Client, admin, secadmin, settings
) -> None:
    set_up(client, admin)
    settings.SECOND_FACTOR = False  # the security administrator's own is not the matter here
    client.force_login(secadmin)
    reset = reverse("orgs:change_person", args=[admin.pk, "reset-factor"])
    assert "解除动态口令" in client.get(reverse("orgs:person", args=[admin.pk])).content.decode()
    assert client.post(reset).status_code == 302
    assert not SecondFactor.objects.exists()


def test_the_last_administrator_is_helped_on_the_server(client: Client, admin, capsys) -> None:
    set_up(client, admin)
    call_command("reset_second_factor", admin.username)
    assert not SecondFactor.objects.exists()
    log = AccessLog.objects.get(action=AccessLog.Action.FACTOR, user=None)
    assert (log.subject, log.purpose) == (admin.username, "在服务器上解除动态口令")
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", admin.username)
