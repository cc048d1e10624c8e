"""消息提醒 and 消息通道: what a person chooses, what an administrator sees and mends."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import AccessLog, Delivery, SendingRule, Subscription, User
from orgs.models.notices import Channel, Topic
from orgs.services import notify
from orgs.tasks import send_messages
from tests.gateway import Gateway

MINE = reverse("orgs:subscriptions")
CHANNELS = reverse("orgs:channels")
DELIVERIES = reverse("orgs:deliveries")
TEST = reverse("orgs:test_channel")
PHONE = "19900001111"


@pytest.fixture
def reader(sysadmin: User) -> User:
    sysadmin.phone = PHONE
    sysadmin.save(update_fields=["phone"])
    return sysadmin


def told(reader: User, number: int = 1) -> None:
    for serial in range(number):
        notify([reader], text=f"0601-{serial:03} 已督办", topic=Topic.SUPERVISED)
    send_messages()


def refused(reader: User, gateway: Gateway, number: int = 1) -> None:
    gateway.moods = ["400"] * number
    told(reader, number)


def ticked(client: Client) -> set[str]:
    boxes = [box for _, row in client.get(MINE).context["rows"] for box in row]
    return {box.name for box in boxes if box.ticked}


# --- 消息提醒 -------------------------------------------------------------------------------------


def test_at_first_the_usual_is_ticked(client: Client, handler) -> None:
    client.force_login(handler)
    assert ticked(client) == {"near_sms", "supervised_sms", "urgent_sms"}


def test_what_is_chosen_is_kept(client: Client, handler) -> None:
    client.force_login(handler)
    said = {"phone": PHONE, "email": "li@example.cn", "paper_sms": "1", "near_email": "1"}
    assert client.post(MINE, said).status_code == 302
    assert ticked(client) == {"paper_sms", "near_email"}
    handler.refresh_from_db()
    assert (handler.phone, handler.email) == (PHONE, "li@example.cn")
    assert AccessLog.objects.filter(user=handler, purpose="改自己的电话、邮箱").exists()


def test_a_wrong_phone_keeps_what_was_ticked(client: Client, handler) -> None:
    client.force_login(handler)
    answer = client.post(MINE, {"phone": "1990000", "email": "x", "paper_sms": "1"})
    assert answer.status_code == 422
    boxes = [box for _, row in answer.context["rows"] for box in row if box.ticked]
    assert [box.name for box in boxes] == ["paper_sms"]
    assert not Subscription.objects.exists()


# --- 消息通道 -------------------------------------------------------------------------------------


def test_what_is_not_configured_is_said(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    assert client.get(CHANNELS).content.decode().count("没有配置") == 2


def test_the_page_counts_what_the_list_shows(client: Client, reader, gateway: Gateway) -> None:
    refused(reader, gateway, 2)
    told(reader)
    client.force_login(reader)
    sms = client.get(CHANNELS).context["rows"][0]
    assert (sms.on, sms.waiting, sms.not_sent, sms.last_sent is not None) == (True, 0, 2, True)
    shown = client.get(f"{DELIVERIES}?view=not_sent&channel=sms").context["rows"]
    assert len(shown) == sms.not_sent


def test_one_that_was_refused_is_sent_again(client: Client, reader, gateway: Gateway) -> None:
    refused(reader, gateway)
    row = Delivery.objects.get()
    client.force_login(reader)
    assert "对方答 400 BAD_TEMPLATE" in client.get(DELIVERIES).content.decode()
    client.post(reverse("orgs:send_again", args=[row.pk]))
    send_messages()
    assert Delivery.objects.get().state == Delivery.State.SENT
    assert len({message["request_id"] for message in gateway.asked}) == 1
    assert AccessLog.objects.filter(action="channel", purpose="再发").exists()


def test_one_that_went_out_is_not_sent_again(client: Client, reader, gateway: Gateway) -> None:
    told(reader)
    client.force_login(reader)
    again = reverse("orgs:send_again", args=[Delivery.objects.get().pk])
    assert client.post(again).status_code == 409
    assert client.post(reverse("orgs:send_again", args=[0])).status_code == 404


def test_a_test_goes_to_oneself_and_says_what_came_of_it(
    client: Client, reader, gateway: Gateway
) -> None:
    client.force_login(reader)
    good = client.post(TEST, {"channel": "sms"}, follow=True).content.decode()
    assert "短信已交给对方" in good
    gateway.moods = ["500"]
    bad = client.post(TEST, {"channel": "sms"}, follow=True).content.decode()
    assert "短信没有发出：对方答 500" in bad
    assert gateway.phones == [PHONE]


def test_a_test_without_a_channel_or_a_phone_says_so(
    client: Client, sysadmin, gateway: Gateway
) -> None:
    client.force_login(sysadmin)  # with a landline
    assert "没有手机号" in client.post(TEST, {"channel": "sms"}, follow=True).content.decode()
    assert "邮件没有配置" in client.post(TEST, {"channel": "email"}, follow=True).content.decode()
    assert client.post(TEST, {"channel": "in_app"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"daily_cap": "0"}, "最少 1 条"),
        ({"daily_cap": ""}, "还没填条数"),
        ({"citizens_until": "07:00"}, "要比开始的时间晚"),
        ({"citizens_from": "8点"}, "时间写成 08:00 这样"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    client: Client, sysadmin, wrong: dict[str, Any], sentence: str
) -> None:
    client.force_login(sysadmin)
    said = {"daily_cap": "3", "citizens_from": "09:00", "citizens_until": "19:00", **wrong}
    answer = client.post(CHANNELS, said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not SendingRule.objects.exists()


def test_the_rule_is_kept_and_logged(client: Client, sysadmin) -> None:
    client.force_login(sysadmin)
    client.post(CHANNELS, {"daily_cap": "3", "citizens_from": "09:00", "citizens_until": "19:00"})
    assert SendingRule.objects.get().daily_cap == 3
    assert AccessLog.objects.filter(action="channel", subject="发送规则").exists()


def test_the_list_shows_no_whole_phone(client: Client, sysadmin) -> None:
    Delivery.objects.create(
        origin="x",
        channel=Channel.SMS,
        phone=PHONE,
        template="citizen_result",
        created_at="2026-06-01T10:00+08:00",
        next_try_at="2026-06-01T10:00+08:00",
        state=Delivery.State.FAILED,
    )
    client.force_login(sysadmin)
    shown = client.get(DELIVERIES).content.decode()
    assert "来访人 199" in shown
    assert PHONE not in shown


def test_more_deliveries_cost_no_more_queries(client: Client, reader, gateway: Gateway) -> None:
    client.force_login(reader)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    refused(reader, gateway)
    for url in (CHANNELS, DELIVERIES):
        queries(url)
    few = [queries(url) for url in (CHANNELS, DELIVERIES)]
    refused(reader, gateway, 4)
    assert [queries(url) for url in (CHANNELS, DELIVERIES)] == few
