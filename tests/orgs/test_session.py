"""A session that ends under a page, and the other places somebody is signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from cases.models import CaseEvent
from orgs import sessions
from orgs.models import KeptForm, SignIn, User
from orgs.permissions import RoleCode
from orgs.tasks import forget_sessions
from tests.county import PASSWORD, County, person
from tests.lives import Lives
from zongzhi.lib import clock

LOGIN = reverse("orgs:login")
AGAIN = reverse("orgs:sign_in_again")
KEPT = reverse("orgs:kept_form")
PLACES = reverse("orgs:places")
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/109.0 Safari/537.36"


@pytest.fixture
def li(county: County) -> User:
    """李强 of 人社局, with a password."""
    unit = county.human_resources
    return person(
        "renshe", "李强", county.county, RoleCode.HANDLER, department=unit, password=PASSWORD
    )


@pytest.fixture
def handler(li: User) -> User:
    """The one whose cases `lives` makes."""
    return li


@pytest.fixture
def other(county: County) -> User:
    return person("wang", "王芳", county.county, RoleCode.CLERK, password=PASSWORD)


def sign_in(client: Client, username: str = "renshe", **headers: str):
    body = {"username": username, "password": PASSWORD}
    return client.post(LOGIN, body, headers=headers)


def expire() -> None:
    Session.objects.all().delete()


def again(client: Client, owner: User, password: str = PASSWORD, **more: str):
    mark = sessions.mark_of(owner)
    headers = {"HX-Request": "true", "X-Account": mark}
    return client.post(AGAIN, {"password": password, **more}, headers=headers)


# ---------------------------------------------------------------- the panel over the page


def test_the_owner_of_the_page_goes_on_with_a_fresh_token(client: Client, li) -> None:
    sign_in(client)
    expire()
    answer = again(client, li)
    assert answer.status_code == 204
    assert '"token": "' in answer["HX-Trigger"]
    assert client.get(PLACES).status_code == 200


def test_nobody_else_takes_over_the_page(client: Client, li, other) -> None:
    User.objects.filter(pk=other.pk).update(password="")
    other.set_password("Other@1949x")
    other.save()
    sign_in(client)
    expire()
    answer = again(client, li, "Other@1949x")
    assert (answer.status_code, "账号或密码不对" in answer.content.decode()) == (422, True)
    assert client.get(PLACES).status_code == 302


def test_the_panel_names_its_account_and_is_a_fragment(client: Client, li) -> None:
    headers = {"HX-Request": "true", "X-Account": sessions.mark_of(li)}
    page = client.get(AGAIN, headers=headers).content.decode()
    assert "renshe" in page
    assert "<html" not in page
    assert client.get(AGAIN, headers={"X-Account": "1:made-up"}).status_code == 400


def test_a_locked_account_is_told_in_the_panel_until_when(client: Client, li) -> None:
    for _ in range(5):
        answer = again(client, li, "wrong", answer="0")
    page = answer.content.decode()
    assert "等于几" in page
    while answer.status_code != 403:
        asked = page[page.index("“") + 1 :] if "“" in page else page[page.index("field__label") :]
        digits = [int(c) for c in asked if c.isdigit()][:2]
        answer = again(client, li, "wrong", answer=str(sum(digits)))
        page = answer.content.decode()
    assert "自动解锁" in page
    assert "<html" not in page


def test_a_page_of_one_person_never_speaks_for_another(client: Client, li, other) -> None:
    """Two people at one window: the second signs in beside the first one's open page."""
    client.force_login(other)
    headers = {"HX-Request": "true", "X-Account": sessions.mark_of(li)}
    answer = client.get(reverse("orgs:counts"), headers=headers)
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "relogin")


def test_a_stale_token_under_htmx_asks_to_sign_in_again(li) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(li)
    answer = client.post(reverse("orgs:read_notices"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "relogin")


# ---------------------------------------------------------------- a whole form, without script


def note(client: Client, lives: Lives, text: str = "已电话联系双方，约好明天谈"):
    case = lives.claimed()
    path = reverse("cases:act", args=[case.number, "note"])
    return case, client.post(path, {"text": text})


def test_what_was_sent_too_late_waits_for_its_owner(client: Client, li, lives: Lives) -> None:
    sign_in(client)
    expire()
    case, answer = note(client, lives)
    assert answer["Location"].startswith(LOGIN)
    assert KeptForm.objects.get().user == li
    assert sign_in(client)["Location"] == KEPT
    page = client.get(KEPT)
    assert "已电话联系双方，约好明天谈" in page.content.decode()
    context = page.context
    again = client.post(context["path"], {**dict(context["fields"]), "_kept": context["seal"]})
    assert again["Location"] == case.get_absolute_url()
    assert CaseEvent.objects.filter(case=case, verb="note").count() == 1
    assert not KeptForm.objects.exists()


def test_nobody_else_is_shown_what_waits(client: Client, li, other, lives: Lives) -> None:
    sign_in(client)
    expire()
    note(client, lives)
    assert sign_in(client, "wang")["Location"] == "/"
    assert client.get(KEPT)["Location"] == "/"
    assert KeptForm.objects.get().user == li


def test_a_stranger_leaves_nothing_behind(lives: Lives) -> None:
    note(Client(), lives)
    assert not KeptForm.objects.exists()


def test_passwords_are_not_kept(client: Client, li) -> None:
    sign_in(client)
    expire()
    client.post(reverse("orgs:change_password"), {"old_password": PASSWORD, "new_password": "x"})
    assert not KeptForm.objects.exists()


def test_what_waits_can_be_let_go_and_grows_old(client: Client, li, lives: Lives) -> None:
    sign_in(client)
    expire()
    note(client, lives)
    with clock.at(clock.now() + timedelta(days=2)):
        forget_sessions()
    assert not KeptForm.objects.exists()
    note(client, lives)
    sign_in(client)
    client.post(KEPT)
    assert not KeptForm.objects.exists()


# ---------------------------------------------------------------- 登录的地方


def test_every_place_is_listed_this_one_first(li) -> None:
    here, there = Client(), Client()
    sign_in(there, **{"User-Agent": CHROME})
    sign_in(here)
    response = here.get(PLACES)
    places = response.context["places"]
    assert [(place.here, place.browser) for place in places] == [
        (True, "未知浏览器"),
        (False, "Chrome，Windows"),
    ]


def test_ending_the_others_leaves_this_one(li, other) -> None:
    here, there, elsewhere = Client(), Client(), Client()
    for client in (here, there):
        sign_in(client)
    sign_in(elsewhere, "wang")
    answer = here.post(reverse("orgs:end_others"), follow=True)
    assert "其它 1 处已退出" in answer.content.decode()
    assert [client.get(PLACES).status_code for client in (here, there, elsewhere)] == [
        200,
        302,
        200,
    ]


def test_sessions_that_ended_leave_the_list(client: Client, li) -> None:
    sign_in(client)
    assert SignIn.objects.count() == 1
    expire()
    forget_sessions()
    assert not SignIn.objects.exists()


def test_after_htmx_changed_something_the_numbers_come_along(
    client: Client, li, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(li)
    path = reverse("cases:act", args=[case.number, "claim"])
    page = client.post(path, {"row": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="menu-count-2" hx-swap-oob="true"' in " ".join(page.split())
    assert 'id="unread"' in page
