"""短信 to whoever came: only where a centre wants it, and never where it could do harm."""

from __future__ import annotations

from typing import Any

import pytest

from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole, Special
from dispatch.services.handling import approve_result
from orgs.models import Delivery
from tests.county import County
from tests.lives import PHONE, Lives


@pytest.fixture(autouse=True)
def _wanted(county: County, settings: Any) -> None:
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = "http://127.0.0.1:9/", "k"
    county.county.texts_citizens = True
    county.county.save(update_fields=["texts_citizens"])


def told() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(recipient=None).order_by("pk")
    return [(row.template, row.phone) for row in rows]


def test_whoever_came_gets_the_number_and_whom_to_call(lives: Lives) -> None:
    case = lives.registered()
    assert told() == [("citizen_registered", PHONE)]
    assert Delivery.objects.get().parameters == {
        "number": case.short_number,
        "phone": "0990-2120000",
    }


def test_a_result_is_told_once_with_the_address_where_there_is_one(
    lives: Lives, triage, settings
) -> None:
    settings.PUBLIC_ADDRESS = "https://zz.example.cn"
    case = approve_result(case_id=lives.reported().pk, by=triage)
    assert told()[1:] == [("citizen_result_link", PHONE)]
    link = Delivery.objects.get(template="citizen_result_link").parameters["link"]
    assert link == f"https://zz.example.cn/q/{case.token}/"


def test_without_an_address_the_result_comes_without_a_link(lives: Lives) -> None:
    lives.approved()
    assert told()[1:] == [("citizen_result", PHONE)]


@pytest.mark.parametrize("special", [Special.VIOLENCE, Special.MINOR])
def test_nothing_is_sent_about_what_must_stay_quiet(lives: Lives, special: Special) -> None:
    lives.approved(special=[special])
    assert told() == []


def test_a_landline_gets_nothing(lives: Lives) -> None:
    lives.registered(parties=[PartyInput(PartyRole.APPLICANT, "张三丰", phone="09902125621")])
    assert told() == []


def test_the_other_side_gets_nothing(lives: Lives) -> None:
    lives.registered(
        parties=[
            PartyInput(PartyRole.APPLICANT, "张三丰"),
            PartyInput(PartyRole.RESPONDENT, "李四", phone=PHONE),
        ]
    )
    assert told() == []


def test_a_centre_that_has_not_switched_it_on_sends_nothing(lives: Lives, county: County) -> None:
    county.county.texts_citizens = False
    county.county.save(update_fields=["texts_citizens"])
    lives.approved()
    assert told() == []


def test_without_a_gateway_nothing_is_written(lives: Lives, settings) -> None:
    settings.SMS_GATEWAY_URL = ""
    lives.approved()
    assert told() == []
