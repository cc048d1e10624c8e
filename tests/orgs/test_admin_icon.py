from __future__ import annotations

from django.test import Client
from django.urls import reverse

from orgs.models import User


def test_the_back_room_has_the_icon_of_every_page(client: Client, sysadmin: User) -> None:
    """Without it browsers ask for one that is not there."""
    client.force_login(sysadmin)
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert 'rel="icon"' in page.content.decode()
