from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from orgs.models import AccessLog, ApiToken, User
from orgs.permissions import RoleCode
from orgs.services import set_password
from orgs.tokens import issue_channel_token, issue_token
from tests.api.conftest import Api, is_problem
from tests.county import PASSWORD, County, person
from zongzhi.lib import clock


@pytest.fixture
def walter(county: County) -> User:
    """Somebody with a password."""
    return person("walter", "王五", county.county, RoleCode.CLERK, password=PASSWORD)


def ask(client: Client, **body: object):
    return client.post("/api/v1/token/", body, "application/json")


def test_a_name_and_a_password_give_a_token(client, walter) -> None:
    response = ask(client, username="walter", password=PASSWORD, otp="")
    assert Api(walter, response.json()["token"]).get("cases/").status_code == 200
    assert walter.access_logs.get().action == AccessLog.Action.TOKEN
    assert response.json()["token"] not in ApiToken.objects.get().digest


def test_a_wrong_password_says_how_many_tries_are_left(client, walter) -> None:
    response = ask(client, username="walter", password="no")
    assert is_problem(response, 401, "wrong_password")["detail"] == "账号或密码不对，还能试 4 次"
    assert response["WWW-Authenticate"].startswith("Token")
    assert AccessLog.objects.get().action == AccessLog.Action.SIGN_IN_FAILED


def test_the_fifth_wrong_password_locks_the_account(client, walter) -> None:
    for _ in range(4):
        ask(client, username="walter", password="no")
    locked = is_problem(ask(client, username="walter", password="no"), 403, "locked")
    assert "自动解锁" in locked["detail"]
    is_problem(ask(client, username="walter", password=PASSWORD), 403, "locked")


def test_success_forgets_the_tries(client, walter) -> None:
    for password in ("no", "no", "no", "no", PASSWORD):
        response = ask(client, username="walter", password=password)
    assert response.status_code == 200
    is_problem(ask(client, username="walter", password="no"), 401, "wrong_password")


def test_a_stale_password_gets_no_token(client, walter) -> None:
    User.objects.filter(pk=walter.pk).update(must_change_password=True)
    is_problem(ask(client, username="walter", password=PASSWORD), 403, "password_stale")


def test_a_token_dies_with_a_password_that_goes_stale(speaks, clerk) -> None:
    window = speaks(clerk)
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)
    is_problem(window.get("cases/"), 403, "password_stale")


@pytest.mark.parametrize("body", [{}, {"username": "x"}, {"username": ["x"], "password": {}}])
def test_half_a_credential_is_said_by_field(client, db, body) -> None:
    problem = is_problem(ask(client, **body), 400, "invalid")
    assert "password" in problem["errors"]


def test_without_a_token_the_answer_says_how_to_bring_one(client, db) -> None:
    response = client.get("/api/v1/cases/")
    assert "Authorization" in is_problem(response, 401, "not_authenticated")["detail"]
    assert response["WWW-Authenticate"] == 'Token realm="zongzhi"'


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token nonsense", "Token \xff\xfe"])
def test_what_is_no_token_opens_nothing(client, db, header) -> None:
    response = client.get("/api/v1/cases/", headers={"Authorization": header})
    assert response.status_code == 401


def test_a_token_dies_after_thirty_idle_minutes(clerk) -> None:
    start = clock.now()
    window = Api(clerk, issue_token(user=clerk, address=None))
    for minutes in (29, 57):  # each use moves the end on
        with clock.at(start + timedelta(minutes=minutes)):
            assert window.get("cases/").status_code == 200
    with clock.at(start + timedelta(minutes=57 + 31)):
        is_problem(window.get("cases/"), 401, "token_refused")


def test_use_is_written_once_a_minute(clerk) -> None:
    start = clock.now()
    with clock.at(start):
        window = Api(clerk, issue_token(user=clerk, address=None))
    for seconds, written in ((30, 0), (70, 70), (100, 70)):
        with clock.at(start + timedelta(seconds=seconds)):
            window.get("departments/")
        assert ApiToken.objects.get().last_used_at == start + timedelta(seconds=written)


def test_a_new_password_ends_all_tokens(speaks, clerk) -> None:
    window = speaks(clerk)
    set_password(user=clerk, password=PASSWORD, address=None)
    is_problem(window.get("cases/"), 401, "token_refused")


def test_a_token_of_somebody_who_left_is_dead(speaks, clerk) -> None:
    window = speaks(clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    is_problem(window.get("cases/"), 401, "token_refused")


def test_a_channel_is_bound_to_its_address_and_never_idle(channel) -> None:
    token = issue_channel_token(user=channel, address="127.0.0.1")
    with clock.at(clock.now() + timedelta(days=400)):
        assert Api(channel, token).get("cases/").status_code == 200
    ApiToken.objects.update(bound_address="10.1.2.3")
    is_problem(Api(channel, token).get("cases/"), 401, "token_refused")


def test_the_command_gives_a_channel_its_one_key(channel, capsys) -> None:
    for _ in range(2):
        call_command("issue_channel_token", "hotline", "--address", "127.0.0.1")
    first, second = capsys.readouterr().out.split()
    assert Api(channel, first).get("cases/").status_code == 401
    assert Api(channel, second).get("cases/").status_code == 200
    with pytest.raises(CommandError, match="no active account"):
        call_command("issue_channel_token", "nobody", "--address", "127.0.0.1")
    with pytest.raises(CommandError, match="not an address"):
        call_command("issue_channel_token", "hotline", "--address", "here")
