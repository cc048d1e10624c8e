from __future__ import annotations

import json
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.registration import PartyInput, revisit_case
from cases.vocabulary import PartyRole, Special
from orgs.models import AccessLog, User
from tests.lives import ID_NUMBER, PHONE, Lives

KNOWN, PERSON = reverse("cases:known"), reverse("cases:person")
OTHER_ID = "440524188001010014"


def page(client: Client, user: User, **typed: str) -> str:
    client.force_login(user)
    return client.post(KNOWN, typed).content.decode()


def test_a_phone_used_before_shows_what_it_was_about(
    client: Client, clerk: User, lives: Lives
) -> None:
    case = lives.registered()
    revisit_case(case_id=case.pk, by=clerk, visitors=1, text="问什么时候给")
    shown = page(client, clerk, phone="199 0000 5621")
    assert "这个人以前来过 2 次" in shown
    assert case.title in shown
    assert "记为这件事的再次来访" in shown


def test_the_identity_number_finds_them_under_another_phone(
    client: Client, clerk: User, lives: Lives
) -> None:
    lives.registered()
    shown = page(client, clerk, phone="19900009999", id_number=ID_NUMBER.lower())
    assert "这个人以前来过 1 次" in shown


def test_the_same_phone_with_another_identity_is_asked_about(
    client: Client, clerk: User, lives: Lives
) -> None:
    lives.registered()
    shown = page(client, clerk, phone=PHONE, id_number=OTHER_ID)
    assert "这个手机号以前是张某用的，是同一个人吗？" in shown


def test_no_number_and_no_full_name_stands_in_the_panel(
    client: Client, clerk: User, lives: Lives
) -> None:
    lives.registered()
    shown = page(client, clerk, phone=PHONE)
    assert not re.search(f"张三丰|{PHONE}|{ID_NUMBER}", shown)


def test_what_others_registered_elsewhere_stays_hidden(
    client: Client, town_officer: User, grid_worker: User, lives: Lives
) -> None:
    lives.registered()
    assert "以前没来过" in page(client, town_officer, phone=PHONE)
    assert "以前没来过" in page(client, grid_worker, phone=PHONE)


def test_a_closed_matter_cannot_be_revisited(client: Client, clerk: User, lives: Lives) -> None:
    lives.closed()
    shown = page(client, clerk, phone=PHONE)
    assert "已办结" in shown
    assert "记为这件事的再次来访" not in shown


def test_five_are_listed_and_all_are_counted(client: Client, clerk: User, lives: Lives) -> None:
    for _ in range(6):
        lives.registered()
    shown = page(client, clerk, phone=PHONE)
    assert "这个人以前来过 6 次" in shown
    assert shown.count("看详情") == 5
    assert "只列最近 5 件" in shown


def test_more_matters_cost_no_more_queries(client: Client, clerk: User, lives: Lives) -> None:
    client.force_login(clerk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.post(KNOWN, {"phone": PHONE})
        return len(captured)

    lives.registered()
    queries()
    few = queries()
    for _ in range(4):
        lives.registered()
    assert queries() == few


def test_half_a_number_is_not_looked_up(client: Client, clerk: User, lives: Lives) -> None:
    lives.registered()
    assert "以前没来过" in page(client, clerk, phone=PHONE[:-1])


def test_the_person_is_brought_along_and_that_is_remembered(
    client: Client, clerk: User, lives: Lives
) -> None:
    party = lives.registered().parties.get(role=PartyRole.APPLICANT)
    client.force_login(clerk)
    response = client.post(PERSON, {"party": party.pk})
    assert json.loads(response.context["fill"])["id_number"] == ID_NUMBER
    assert "no-store" in response["Cache-Control"]
    looked = AccessLog.objects.get(action=AccessLog.Action.REVEAL)
    assert (looked.user, looked.data["party"]) == (clerk, party.pk)


def test_who_may_not_look_behind_masks_brings_nobody_along(
    client: Client, grid_worker: User, lives: Lives
) -> None:
    case = lives.registered(by=grid_worker)
    party = case.parties.get(role=PartyRole.APPLICANT)
    client.force_login(grid_worker)
    assert client.post(PERSON, {"party": party.pk}).status_code == 403
    assert not AccessLog.objects.filter(action=AccessLog.Action.REVEAL).exists()


def test_somebody_elses_person_is_not_there(
    client: Client, town_officer: User, lives: Lives
) -> None:
    party = lives.registered().parties.first()
    client.force_login(town_officer)
    assert client.post(PERSON, {"party": party.pk}).status_code == 404


def test_a_childs_name_does_not_show(client: Client, clerk: User, lives: Lives) -> None:
    child = PartyInput(PartyRole.APPLICANT, "周小满", phone=PHONE)
    lives.registered(special=[Special.MINOR], parties=[child])
    assert "周小满" not in page(client, clerk, phone=PHONE)
