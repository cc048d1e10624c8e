"""What leaves the house: once, within bounds, and however often the other side fails."""

from __future__ import annotations

import json
import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from orgs import delivering, hurrying
from orgs.channels import PermanentError, TemporaryError, sender_of, sms
from orgs.channels.mail import Mail
from orgs.channels.sms import mobile
from orgs.delivering import PAUSES, STALE_AFTER, State
from orgs.models import Delivery, Notice, SendingRule, Subscription, User
from orgs.models.notices import Channel, Topic
from orgs.services import notify
from orgs.tasks import DELIVERIES_KEPT, forget_deliveries, send_messages
from tests.concurrency import at_once, hold
from tests.gateway import Gateway, without_broker
from zongzhi.lib import clock
from zongzhi.lib.clock import SHANGHAI

MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)
PHONE = "19900001111"


@pytest.fixture(autouse=True)
def _monday() -> None:
    clock.freeze(MONDAY)


@pytest.fixture
def reader(handler: User) -> User:
    handler.phone, handler.email = PHONE, "li@example.cn"
    handler.save(update_fields=["phone", "email"])
    return handler


def supervise(reader: User, number: str = "0601-001") -> None:
    notify([reader], text=f"{number} 已督办，6月3日 17:30前答复", topic=Topic.SUPERVISED)


def later(**by: int) -> None:
    clock.freeze(clock.now() + timedelta(**by))


def only() -> Delivery:
    return Delivery.objects.get()


# --- What goes out --------------------------------------------------------------------------------


def test_a_supervised_unit_gets_the_number_and_nothing_else(reader, gateway: Gateway) -> None:
    supervise(reader)
    send_messages()
    (message,) = gateway.taken.values()
    assert (message["phone"], message["template"]) == (PHONE, "staff_supervised")
    assert message["parameters"] == {"number": "0601-001"}
    sent = only()
    assert (sent.state, sent.sent_at) == (State.SENT, MONDAY)
    assert sent.provider_id == f"S-{str(sent.request_id)[:8]}"


def test_an_ordinary_notice_stays_in_the_house(reader, gateway: Gateway) -> None:
    notify([reader], text="0601-001 待签收（主办）")
    send_messages()
    assert (gateway.asked, Delivery.objects.count()) == ([], 0)


def test_a_notice_goes_out_once_however_often_the_sweep_comes(reader, gateway: Gateway) -> None:
    supervise(reader)
    for _ in range(3):
        send_messages()
    assert (len(gateway.asked), Delivery.objects.count()) == (1, 1)


def test_whoever_does_not_want_it_is_left_alone(reader, gateway: Gateway) -> None:
    Subscription.objects.create(
        user=reader, topic=Topic.SUPERVISED, channel=Channel.SMS, wanted=False
    )
    supervise(reader)
    send_messages()
    assert gateway.asked == []


def test_whoever_wants_more_than_is_usual_gets_it(reader, gateway: Gateway) -> None:
    Subscription.objects.create(user=reader, topic=Topic.PAPER, channel=Channel.SMS, wanted=True)
    notify([reader], text="0601-001 交办单（综交办〔2026〕1号）待签收回执", topic=Topic.PAPER)
    send_messages()
    assert [message["template"] for message in gateway.taken.values()] == ["staff_paper"]


def test_a_landline_takes_no_message(handler, gateway: Gateway) -> None:
    supervise(handler)  # 0990-2120002
    send_messages()
    assert gateway.asked == []
    assert [mobile(text) for text in ("+86 199-0000-1111", "0990-2120002", "12345")] == [
        PHONE,
        "",
        "",
    ]


def test_with_no_channel_notices_wait_for_nobody(reader) -> None:
    supervise(reader)
    send_messages()
    assert not Notice.objects.filter(relayed_at=None).exists()
    assert not Delivery.objects.exists()


def test_news_of_yesterday_is_no_news(reader, gateway: Gateway) -> None:
    supervise(reader)
    clock.freeze(MONDAY + STALE_AFTER + timedelta(minutes=1))
    send_messages()
    assert gateway.asked == []


def test_somebody_who_has_left_gets_nothing(reader, gateway: Gateway) -> None:
    supervise(reader)
    delivering.relay()
    User.objects.filter(pk=reader.pk).update(is_active=False)
    send_messages()
    assert (only().state, gateway.asked) == (State.SUPPRESSED, [])


# --- The other side fails -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("500", "http_500 BAD_TEMPLATE"),
        ("429", "http_429 BAD_TEMPLATE"),
        ("garbled", "bad_answer"),
        ("cut", "unreachable"),
        ("never", "no_answer"),
    ],
)
def test_a_gateway_in_trouble_is_asked_again_with_the_same_request(
    reader, gateway: Gateway, monkeypatch, mood: str, error: str
) -> None:
    monkeypatch.setattr(sms, "TIMEOUT", 0.2)
    gateway.moods = [mood]
    supervise(reader)
    send_messages()
    waiting = only()
    assert (waiting.state, waiting.error) == (State.WAITING, error)
    send_messages()
    assert len(gateway.asked) == 1  # not before its time
    later(minutes=1)
    send_messages()
    assert only().state == State.SENT
    assert len({message["request_id"] for message in gateway.asked}) == 1
    assert gateway.phones == [PHONE]  # the person got it once


def test_nobody_at_home_is_tried_again_later(reader, gateway: Gateway, settings) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/send"
    supervise(reader)
    send_messages()
    assert (only().state, only().error) == (State.WAITING, "refused")


@pytest.mark.parametrize("mood", ["400", "404", "moved"])
def test_what_the_gateway_refuses_is_not_tried_again(reader, gateway: Gateway, mood: str) -> None:
    gateway.moods = [mood]
    supervise(reader)
    send_messages()
    later(days=1)
    send_messages()
    assert (only().state, len(gateway.asked)) == (State.FAILED, 1)


def test_a_wrong_key_is_refused_by_the_gateway(reader, gateway: Gateway, settings) -> None:
    settings.SMS_GATEWAY_KEY = "another"
    supervise(reader)
    send_messages()
    assert (only().state, gateway.taken) == (State.FAILED, {})


def test_what_is_kept_of_a_refusal_names_nobody(reader, gateway: Gateway) -> None:
    gateway.moods = ["400"]
    supervise(reader)
    send_messages()
    row = json.dumps(list(Delivery.objects.values()), default=str)
    assert PHONE not in row
    assert "no such" not in row


def test_after_five_times_it_is_given_up(reader, gateway: Gateway) -> None:
    gateway.moods = ["500"] * 9
    supervise(reader)
    for pause in (timedelta(0), *PAUSES, timedelta(hours=9)):
        clock.freeze(clock.now() + pause)
        send_messages()
    assert (only().state, only().attempts, len(gateway.asked)) == (State.GIVEN_UP, 5, 5)


# --- Killed, twice, or without a broker -----------------------------------------------------------


def test_a_worker_killed_after_sending_leaves_one_message(reader, gateway: Gateway) -> None:
    supervise(reader)
    delivering.relay()
    claimed = delivering.claim()
    assert claimed is not None
    sender_of(Channel.SMS).send(claimed, PHONE)  # and dies before it has marked the row
    send_messages()
    assert len(gateway.asked) == 1  # the lease is still running
    clock.freeze(clock.now() + delivering.LEASE + timedelta(seconds=1))
    send_messages()
    assert (len(gateway.asked), gateway.phones) == (2, [PHONE])
    assert (only().state, only().attempts) == (State.SENT, 2)


def test_a_worker_that_comes_too_late_marks_nothing(reader, gateway: Gateway) -> None:
    supervise(reader)
    delivering.relay()
    slow = delivering.claim()
    assert slow is not None
    clock.freeze(clock.now() + delivering.LEASE + timedelta(seconds=1))
    send_messages()
    gateway.moods = ["400"]
    delivering.deliver(slow)
    assert only().state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(reader, gateway: Gateway, monkeypatch) -> None:
    for serial in range(4):
        supervise(reader, f"0601-00{serial}")
    hold(monkeypatch, delivering, "_relay_some")
    assert at_once(send_messages, times=2) == ["ok", "ok"]
    assert (len(gateway.asked), len(gateway.taken)) == (4, 4)
    assert Delivery.objects.filter(state=State.SENT).count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_the_cap_of_a_phone_together(
    reader, gateway: Gateway, monkeypatch
) -> None:
    SendingRule(pk=1, daily_cap=1).save()
    supervise(reader)
    supervise(reader, "0601-002")
    delivering.relay()
    hold(monkeypatch, delivering, "_had_enough")
    at_once(delivering.deliver_due, times=2)
    assert len(gateway.asked) == 1


@pytest.fixture
def dead_broker(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(hurrying, "_not_before", 0.0)
    with without_broker():
        yield


def test_without_a_broker_the_act_stands_and_the_sweep_sends(
    reader, gateway: Gateway, dead_broker, django_capture_on_commit_callbacks, caplog
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        supervise(reader)
    assert "waits for the sweep" in caplog.text
    assert hurrying._not_before > 0  # and nobody waits for the broker twice
    send_messages()
    assert gateway.phones == [PHONE]


def test_an_act_that_fails_tells_nobody(reader, gateway: Gateway) -> None:
    def act() -> None:
        with transaction.atomic():
            supervise(reader)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    send_messages()
    assert gateway.asked == []


# --- Bounds ---------------------------------------------------------------------------------------


def test_a_phone_gets_five_a_day_and_the_next_day_again(reader, gateway: Gateway) -> None:
    for serial in range(7):
        supervise(reader, f"0601-00{serial}")
    send_messages()
    assert len(gateway.taken) == 5
    held = Delivery.objects.filter(state=State.SUPPRESSED)
    assert set(held.values_list("error", flat=True)) == {Delivery.Why.CAP}
    later(days=1)
    supervise(reader, "0602-001")
    send_messages()
    assert len(gateway.taken) == 6


def text_somebody(origin: str = "case 1 citizen_registered 1") -> None:
    delivering.text_a_citizen(
        origin=origin,
        phone=PHONE,
        template="citizen_registered",
        parameters={"number": "0601-001", "phone": "0990-2120000"},
    )


def test_nobody_at_home_is_woken(db: None, gateway: Gateway) -> None:
    clock.freeze(MONDAY.replace(hour=21))
    text_somebody()
    send_messages()
    waiting = only()
    assert (gateway.asked, waiting.attempts) == ([], 0)
    assert waiting.next_try_at == MONDAY.replace(day=2, hour=8)
    clock.freeze(waiting.next_try_at)
    send_messages()
    assert gateway.phones == [PHONE]


def test_the_hours_are_the_installations_to_set(db: None, gateway: Gateway) -> None:
    SendingRule(pk=1, citizens_from="09:00", citizens_until="22:00").save()
    clock.freeze(MONDAY.replace(hour=21))
    text_somebody()
    send_messages()
    assert gateway.phones == [PHONE]


def test_the_same_reason_is_told_once(db: None, gateway: Gateway) -> None:
    text_somebody()
    text_somebody()
    send_messages()
    assert len(gateway.asked) == 1


def test_a_phone_is_not_readable_in_the_database(db: None) -> None:
    text_somebody()
    row = json.dumps(list(Delivery.objects.extra(select={"raw": "phone"}).values("raw")))
    assert PHONE not in row


def test_a_phone_is_forgotten_after_a_year(db: None, gateway: Gateway) -> None:
    text_somebody()
    send_messages()
    clock.freeze(MONDAY + DELIVERIES_KEPT + timedelta(hours=1))
    text_somebody("case 2 citizen_registered 1")
    forget_deliveries()
    assert only().origin.startswith("case 2")


def test_the_database_wants_a_delivery_to_go_to_somebody(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            origin="x", channel=Channel.SMS, template="test", created_at=MONDAY, next_try_at=MONDAY
        )


# --- 邮件 -----------------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example:25"


def test_an_email_says_what_the_message_says(reader, mailing: None) -> None:
    Subscription.objects.create(
        user=reader, topic=Topic.SUPERVISED, channel=Channel.EMAIL, wanted=True
    )
    supervise(reader)
    send_messages()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["li@example.cn"], "综治中心 0601-001")
    assert letter.body == "事项 0601-001 有督办、批示或约谈，登录系统查看。"
    assert letter.extra_headers["Message-ID"] == f"<{only().request_id}@zongzhi>"


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (ConnectionRefusedError(), TemporaryError),
        (smtplib.SMTPServerDisconnected(), TemporaryError),
        (smtplib.SMTPAuthenticationError(535, b"no"), TemporaryError),
        (smtplib.SMTPRecipientsRefused({"li@example.cn": (450, b"full")}), TemporaryError),
        (smtplib.SMTPRecipientsRefused({"li@example.cn": (550, b"no such")}), PermanentError),
        (smtplib.SMTPDataError(554, b"spam"), PermanentError),
    ],
)
def test_a_mail_server_says_later_or_never(
    reader, mailing: None, monkeypatch, trouble: Exception, expected: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise trouble

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    letter = Delivery(recipient=reader, channel=Channel.EMAIL, template="test", parameters={})
    with pytest.raises(expected):
        Mail().send(letter, reader.email)
