"""入驻与场所: rooms, windows and who is present how."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from dispatch.models import Residency
from orgs.models import AccessLog, Room, User, Window
from tests.county import County

PAGE = reverse("dispatch:premises")


def add(client: Client, what: str, **data: object):
    return client.post(reverse("dispatch:add_premises", args=[what]), data)


def test_a_room_has_a_kind(client: Client, county: County, sysadmin: User) -> None:
    client.force_login(sysadmin)
    assert add(client, "room", name="巡回法庭", kind="court").status_code == 302
    assert Room.objects.get().get_kind_display() == "庭"
    assert "巡回法庭" in client.get(PAGE).content.decode()
    log = AccessLog.objects.latest("pk")
    assert (log.action, log.subject) == (AccessLog.Action.REFERENCE, "功能室：巡回法庭")


def test_the_same_window_is_not_added_twice(client: Client, county: County, sysadmin: User) -> None:
    client.force_login(sysadmin)
    add(client, "window", number=5)
    answer = add(client, "window", number=5)
    assert answer.status_code == 422
    assert "已经有5号窗口" in answer.content.decode()
    assert Window.objects.count() == 1


def test_a_unit_comes_with_its_contact(
    client: Client, county: County, sysadmin: User, head: User
) -> None:
    client.force_login(sysadmin)
    sent = {
        "department": county.human_resources.pk,
        "kind": "on_call",
        "contact": head.pk,
        "answers_within": 20,
    }
    assert add(client, "residency", **sent).status_code == 302
    seat = Residency.objects.get()
    assert (seat.contact_words, seat.phone_words) == ("郑海", head.phone)
    assert "郑海" in client.get(PAGE).content.decode()


def test_a_contact_without_an_account_leaves_a_telephone(
    client: Client, county: County, sysadmin: User
) -> None:
    client.force_login(sysadmin)
    sent = {
        "department": county.housing.pk,
        "kind": "rotating",
        "contact_name": "孙立",
        "answers_within": 30,
    }
    answer = add(client, "residency", **sent)
    assert answer.status_code == 422
    assert "要留一个电话" in answer.content.decode()


def test_changes_are_kept_and_what_goes_is_gone(
    client: Client, county: County, sysadmin: User
) -> None:
    client.force_login(sysadmin)
    room = Room.objects.create(center=county.county, name="二楼小间")
    one = reverse("dispatch:change_premises", args=["room", room.pk])
    client.post(one, {"name": "研判室", "kind": "analysis"})
    room.refresh_from_db()
    assert (room.name, room.kind) == ("研判室", "analysis")
    client.post(reverse("dispatch:remove_premises", args=["room", room.pk]))
    assert not Room.objects.exists()


def test_another_centres_room_is_not_there(client: Client, county: County, sysadmin: User) -> None:
    room = Room.objects.create(center=county.town, name="调解室")
    client.force_login(sysadmin)
    one = reverse("dispatch:change_premises", args=["room", room.pk])
    assert client.get(one).status_code == 404
