from __future__ import annotations

import os

import pytest
from django.test import Client
from django.urls import reverse

from cases import viewers
from cases.models import Case
from orgs.models import AccessLog
from tests.lives import ID_NUMBER, PHONE, Lives


def page_of(client: Client, case: Case, query: str = "") -> str:
    return client.get(case.get_absolute_url() + query).content.decode()


def test_the_page_masks_numbers(client: Client, clerk, lives: Lives) -> None:
    case = lives.dispatched()
    client.force_login(clerk)
    for tab in ("", "?tab=parties", "?tab=papers", "?tab=history"):
        page = page_of(client, case, tab)
        assert PHONE not in page
        assert ID_NUMBER not in page
    assert "199****5621" in page_of(client, case)


def test_a_short_number_leads_to_the_case(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    response = client.get(reverse("cases:detail", args=[case.short_number]))
    assert response["Location"] == case.get_absolute_url()


def test_hidden_and_absent_read_the_same(client: Client, outsider, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(outsider)
    hidden = client.get(case.get_absolute_url())
    absent = client.get(reverse("cases:detail", args=["9901010000000000"]))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    page = hidden.content.decode()
    assert f"没有编号 {case.number}" in page
    assert case.short_number not in page
    assert "鑫源" not in page
    for name in ("timeline", "slip", "registered"):
        assert client.get(reverse(f"cases:{name}", args=[case.number])).status_code == 404


def test_the_page_offers_what_the_door_lets_through(
    client: Client, handler, triage, lives: Lives
) -> None:
    case = lives.dispatched()
    claim = reverse("cases:act", args=[case.number, "claim"])
    client.force_login(handler)
    assert claim in page_of(client, case)
    client.force_login(triage)
    assert claim not in page_of(client, case)


def test_the_page_says_why_something_is_not_offered(client: Client, handler, lives: Lives) -> None:
    case = lives.claimed()
    client.force_login(handler)
    page = page_of(client, case)
    assert "不能退回：" in page
    assert "已签收。要换单位点“申请改派”" in page


def test_supervision_that_never_was_did_not_happen(client: Client, clerk, lives: Lives) -> None:
    client.force_login(clerk)
    assert "未发生" in page_of(client, lives.approved())


def test_revealing_is_logged_and_lasts_one_answer(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    party = case.parties.get(role="applicant")
    url = reverse("cases:reveal", args=[case.number])
    assert client.post(url, {"party": party.pk, "reason": ""}).status_code == 422
    answer = client.post(url, {"party": party.pk, "reason": "回访"})
    assert PHONE in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    log = AccessLog.objects.get(action=AccessLog.Action.REVEAL)
    assert (log.user, log.purpose, log.data["party"]) == (clerk, "回访", party.pk)
    assert PHONE not in page_of(client, case, "?tab=parties")


def test_who_may_not_reveal_is_refused(client: Client, leader, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(leader)
    party = case.parties.get(role="applicant")
    url = reverse("cases:reveal", args=[case.number])
    assert client.post(url, {"party": party.pk, "reason": "看看"}).status_code == 403
    assert not AccessLog.objects.filter(action=AccessLog.Action.REVEAL).exists()


def test_an_internal_note_is_marked(client: Client, handler, lives: Lives) -> None:
    case = lives.claimed()
    client.force_login(handler)
    client.post(reverse("cases:act", args=[case.number, "note"]), {"text": "已电话联系双方"})
    page = client.get(reverse("cases:timeline", args=[case.number])).content.decode()
    assert "timeline__internal" in page
    written = reverse("cases:timeline", args=[case.number]) + "?only=written"
    assert "派人社局主办" not in client.get(written).content.decode()


def test_calls_and_visits_can_be_read_alone(client: Client, clerk, lives: Lives) -> None:
    case = lives.claimed()
    client.force_login(clerk)
    page = client.get(reverse("cases:timeline", args=[case.number]), {"only": "calls"})
    assert "只看电话来访" in page.content.decode()
    assert [entry.verb for entry in page.context["entries"]] == ["register"]


@pytest.fixture
def nobody_yet(settings) -> None:
    """A Redis of its own, so that tests beside this one look at other cases."""
    settings.REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:1/0"
    viewers._gone.clear()
    viewers._redis(settings.REDIS_URL).ping()  # with no Redis there is nothing to be told


def test_who_else_has_the_case_open_is_told(
    client: Client, clerk, handler, nobody_yet, lives: Lives
) -> None:
    case = lives.claimed()
    url = reverse("cases:viewers", args=[case.number])
    viewers._redis(os.environ["REDIS_URL"]).delete(f"viewers:{case.pk}")
    client.force_login(handler)
    assert client.get(url).content.decode().strip() == ""
    client.force_login(clerk)
    assert "谁也在看：李强（部门工作人员）" in client.get(url).content.decode()


def test_without_redis_nobody_is_told_and_nobody_waits(
    client: Client, clerk, settings, lives: Lives
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    viewers._gone.clear()
    case = lives.claimed()
    client.force_login(clerk)
    answer = client.get(reverse("cases:viewers", args=[case.number]))
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")
    viewers._gone.clear()
