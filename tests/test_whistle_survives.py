"""A whistle on its way to a telephone: the gateway fails, Redis is dead, the worker is killed.

The person of the unit gets one message, known by its `request_id`; the whistle is raised once, in
its minutes, whatever becomes of the messages; nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cases.models import Case
from dispatch.models import Whistle
from dispatch.services.whistling import whistle_for
from dispatch.tasks import sweep_clocks
from orgs import delivering, hurrying
from orgs.channels import sms
from orgs.delivering import LEASE, PAUSES
from orgs.models import Delivery, Notice, Subscription, User
from orgs.models.notices import Channel, Topic
from orgs.permissions import RoleCode
from orgs.tasks import send_messages
from tests.county import County, person
from tests.gateway import KEY, Gateway, running, without_broker
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from zongzhi.lib import clock

PHONE = "19900001111"
State = Delivery.State


class Killed(BaseException):
    """What `kill` is to a worker: nothing catches it."""


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """The gateway answers; the broker does not, for the whole of the test."""
    monkeypatch.setattr(hurrying, "_not_before", 0.0)
    monkeypatch.setattr(sms, "TIMEOUT", 0.3)
    with without_broker(), running() as gateway:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = gateway.url, KEY
        yield gateway


@pytest.fixture
def policeman(outsider: User) -> User:
    """Somebody of the unit that is called, who wants to be called by 短信."""
    outsider.phone = PHONE
    outsider.save(update_fields=["phone"])
    Subscription.objects.create(
        user=outsider, topic=Topic.WHISTLE, channel=Channel.SMS, wanted=True
    )
    return outsider


@pytest.fixture
def police_head(county: County) -> User:
    return person("gongan_head", "严正", county.county, RoleCode.HEAD, department=county.police)


def blow(lives: Lives, county: County, triage: User) -> Case:
    return whistle_for(
        case_id=lives.registered().pk,
        by=triage,
        unit=county.police,
        when="now",
        place="3号窗口",
        text="来看伤情，先稳住双方",
    )


def later(by: timedelta) -> None:
    clock.freeze(clock.now() + by)


def only() -> Delivery:
    return Delivery.objects.get()


def test_the_message_arrives_once_though_everything_fails_in_turn(
    lives: Lives,
    county: County,
    triage: User,
    policeman: User,
    police_head: User,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway.moods = ["500", "never"]
    with django_capture_on_commit_callbacks(execute=True):
        case = blow(lives, county, triage)
    assert "no broker: what waits, waits for the sweep" in caplog.text
    called = policeman.notices.get()
    assert (called.topic, Delivery.objects.count()) == (Topic.WHISTLE, 0)

    send_messages()  # 500: not taken
    assert (only().state, only().error, gateway.taken) == (
        State.WAITING,
        "http_500 BAD_TEMPLATE",
        {},
    )
    later(PAUSES[0])
    send_messages()  # taken, but the answer never comes
    assert (only().state, len(gateway.taken)) == (State.WAITING, 1)

    later(PAUSES[1])
    with monkeypatch.context() as patch:  # 200, and the worker dies before it has written so

        def killed(*args: Any, **columns: Any) -> None:
            raise Killed

        patch.setattr(delivering, "_mark", killed)
        with pytest.raises(Killed):
            send_messages()
    assert only().state == State.WAITING
    send_messages()
    assert len(gateway.asked) == 3  # still leased: nobody else sends it meanwhile

    later(LEASE + timedelta(seconds=1))
    send_messages()
    send_messages()
    assert (only().state, only().notice) == (State.SENT, called)
    assert {said["request_id"] for said in gateway.asked} == {str(only().request_id)}
    assert (len(gateway.asked), gateway.phones) == (4, [PHONE])
    (message,) = gateway.taken.values()
    assert (message["template"], message["parameters"]["number"]) == (
        "staff_whistle",
        case.short_number,
    )


def test_the_whistle_is_raised_once_in_its_minutes_though_no_message_went_out(
    lives: Lives,
    county: County,
    triage: User,
    policeman: User,
    police_head: User,
    gateway: Gateway,
    django_capture_on_commit_callbacks: Any,
) -> None:
    gateway.moods = ["500"] * 20
    with django_capture_on_commit_callbacks(execute=True):
        case = blow(lives, county, triage)
    send_messages()
    later(timedelta(minutes=30))
    sweep_clocks()
    assert Whistle.objects.get().raised_at is None
    later(timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        sweep_clocks()
        sweep_clocks()
    assert Whistle.objects.get().raised_at == clock.now()
    raised = Notice.objects.filter(topic=Topic.WHISTLE, created_at=clock.now()).order_by("pk")
    assert [(notice.user, notice.text) for notice in raised] == [
        (police_head, f"{case.short_number} 吹哨没人应，请马上来 3号窗口"),
        (triage, f"{case.short_number} 公安局没应哨，打负责人电话：严正 0990-2120002"),
    ]
    assert policeman.notices.count() == 1
    gateway.moods.clear()
    later(PAUSES[-1])
    send_messages()
    assert (only().state, gateway.phones) == (State.SENT, [PHONE])


def test_a_call_that_is_taken_back_half_way_calls_nobody(
    lives: Lives,
    county: County,
    triage: User,
    policeman: User,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The notice stands or falls with the whistle: killed before the commit, there is neither."""

    def killed(*args: Any, **given: Any) -> None:
        raise Killed

    monkeypatch.setattr("dispatch.services.whistling.tell_unit", killed)
    with pytest.raises(Killed):
        blow(lives, county, triage)
    monkeypatch.undo()
    assert (Whistle.objects.count(), policeman.notices.count()) == (0, 0)
    send_messages()
    assert Delivery.objects.count() == 0
