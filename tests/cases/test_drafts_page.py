from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Case, Draft
from cases.services.drafting import purge_drafts
from orgs.models import User
from tests.cases.test_new_page import NEW, typed
from tests.lives import PHONE
from zongzhi.lib import clock

__all__ = ["typed"]
DRAFTS = reverse("cases:drafts")


def keep(client: Client, typed: dict[str, Any], **changed: Any) -> str:
    """Save what has been typed; the id of the draft."""
    number = changed.pop("submission_id", None) or str(uuid.uuid4())
    given = {**typed, **changed, "submission_id": number}
    client.post(reverse("cases:draft", args=[number]), given)
    return number


def test_what_is_typed_so_far_is_kept_and_found_again(client: Client, clerk: User, typed) -> None:
    client.force_login(clerk)
    number = keep(client, typed, phone=PHONE, name="张三丰", narrative="还没说", type="")
    assert "没登记完：张某 手机尾号 5621" in client.get("/").content.decode()
    page = client.get(NEW, {"draft": number}).content.decode()
    assert "还没说" in page
    assert 'value="张三丰"' in page
    assert f'name="submission_id" value="{number}"' in page


def test_a_draft_is_stored_as_ciphertext(client: Client, clerk: User, typed) -> None:
    client.force_login(clerk)
    keep(client, typed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM cases_draft")
        stored = cursor.fetchone()[0]
    assert "赵四" not in stored
    assert "11010519491231002" not in stored


def test_only_its_owner_reaches_a_draft(client: Client, clerk: User, triage: User, typed) -> None:
    client.force_login(clerk)
    number = keep(client, typed, narrative="只有我看得到的话")
    client.force_login(triage)
    assert "只有我看得到的话" not in client.get(NEW, {"draft": number}).content.decode()
    assert client.get(DRAFTS).content.decode().count(">接着填<") == 0
    assert client.post(reverse("cases:draft", args=[number]), typed).status_code == 404
    assert client.post(reverse("cases:delete_draft", args=[number])).status_code == 404
    assert Draft.objects.get().owner == clerk


def test_once_registered_the_draft_is_gone(client: Client, clerk: User, typed) -> None:
    client.force_login(clerk)
    number = keep(client, typed)
    client.post(NEW, typed | {"submission_id": number})
    case = Case.objects.get()
    assert not Draft.objects.exists()
    again = client.get(NEW, {"draft": number})
    assert again["Location"] == reverse("cases:registered", args=[case.number])
    late = client.post(reverse("cases:draft", args=[number]), typed, headers={"HX-Request": "true"})
    assert (late.status_code, Draft.objects.count()) == (409, 0)
    assert f"已登记 {case.short_number}" in late.content.decode()


def test_a_deleted_draft_can_be_fetched_back_for_seven_days(
    client: Client, clerk: User, typed
) -> None:
    client.force_login(clerk)
    number = keep(client, typed)
    client.post(reverse("cases:delete_draft", args=[number]))
    assert ">接着填<" not in client.get(DRAFTS).content.decode()
    client.post(reverse("cases:restore_draft", args=[number]))
    assert ">接着填<" in client.get(DRAFTS).content.decode()

    client.post(reverse("cases:delete_draft", args=[number]))
    Draft.objects.update(deleted_at=clock.now() - timedelta(days=8))
    assert client.post(reverse("cases:restore_draft", args=[number])).status_code == 404


def test_the_night_clears_what_is_deleted_or_long_untouched(
    client: Client, clerk: User, typed
) -> None:
    client.force_login(clerk)
    young, old, deleted = (keep(client, typed) for _ in range(3))
    now = clock.now()
    Draft.objects.filter(submission_id=old).update(saved_at=now - timedelta(days=31))
    Draft.objects.filter(submission_id=deleted).update(deleted_at=now - timedelta(days=8))
    assert (purge_drafts(now=now), purge_drafts(now=now)) == (2, 0)
    assert str(Draft.objects.get().submission_id) == young


def test_without_the_script_the_button_keeps_and_comes_back(
    client: Client, clerk: User, typed
) -> None:
    client.force_login(clerk)
    number = str(uuid.uuid4())
    response = client.post(reverse("cases:draft", args=[number]), typed)
    assert response["Location"] == f"{NEW}?draft={number}"
    assert f'formaction="/draft/{number}/"' in client.get(response["Location"]).content.decode()


def test_a_grid_worker_keeps_drafts_too(client: Client, grid_worker: User, typed) -> None:
    client.force_login(grid_worker)
    keep(client, typed)
    assert ">接着填<" in client.get(DRAFTS).content.decode()


def test_who_may_not_register_keeps_nothing(client: Client, handler: User, typed) -> None:
    client.force_login(handler)
    assert client.get(DRAFTS).status_code == 403


@pytest.mark.parametrize("wrong", ["", "x", "00000000"])
def test_a_strange_draft_in_the_address_opens_an_empty_form(
    client: Client, clerk: User, wrong: str
) -> None:
    client.force_login(clerk)
    assert client.get(NEW, {"draft": wrong}).status_code == 200
