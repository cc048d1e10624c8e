from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.registration import PartyInput
from cases.views import exports
from cases.vocabulary import PartyRole
from orgs.models import AccessLog
from tests.county import County
from tests.lives import ID_NUMBER, PHONE, Lives

PRINT = reverse("cases:print")


def paper(client: Client, query: str = "") -> str:
    """What would be printed of the page."""
    page = client.get(f"{PRINT}?{query}").content.decode()
    return page.split("<article")[1].split("</article>")[0] if "<article" in page else ""


def test_the_whole_list_is_printed_and_not_its_first_screen(
    client: Client, triage, lives: Lives
) -> None:
    cases = [lives.registered() for _ in range(27)]
    client.force_login(triage)
    sheet = paper(client)
    assert all(case.number in sheet for case in cases)


def test_the_list_on_paper_is_masked_and_says_which_who_and_when(
    client: Client, triage, lives: Lives
) -> None:
    other, dispatched = lives.registered(), lives.dispatched()
    client.force_login(triage)
    sheet = paper(client, "label=待签收")
    assert dispatched.number in sheet
    assert other.number not in sheet
    for said in ("条件：待签收", "共 1 件", "打印人：周敏（triage）", "已脱敏", "张**"):
        assert said in sheet
    for private in (PHONE, ID_NUMBER, "张三丰"):
        assert private not in sheet


def test_nothing_is_printed_that_may_not_be_seen(
    client: Client, county: County, head, lives: Lives
) -> None:
    mine, others = lives.dispatched(), lives.dispatched(lead=county.housing)
    client.force_login(head)
    sheet = paper(client)
    assert mine.number in sheet
    assert others.number not in sheet


def test_printing_a_list_is_logged_like_an_export(client: Client, triage, lives: Lives) -> None:
    lives.registered()
    client.force_login(triage)
    sheet = paper(client, "q=张三丰&view=all")
    logged = AccessLog.objects.get(action=AccessLog.Action.PRINT)
    assert (logged.user, logged.subject) == (triage, "事项列表 1 件")
    assert logged.data == {"rows": 1, "asked": {"filters": ["view"], "text": True}}
    assert "有关键词" in sheet
    assert "张三丰" not in sheet


def test_a_longer_list_says_how_much_of_it_is_here(
    client: Client, triage, lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_PRINTED", 2)
    for _ in range(3):
        lives.registered()
    client.force_login(triage)
    sheet = paper(client)
    assert "共 3 件，这里是前 2 件" in sheet
    assert sheet.count("<tr>") == 1 + 2


def test_an_empty_list_is_not_printed_nor_logged(client: Client, triage) -> None:
    client.force_login(triage)
    page = client.get(PRINT).content.decode()
    assert "没有符合条件的事项，不用打印" in page
    assert not AccessLog.objects.filter(action=AccessLog.Action.PRINT).exists()


def test_a_wrong_condition_goes_back_to_the_list_that_says_so(client: Client, triage) -> None:
    client.force_login(triage)
    wrong = client.get(f"{PRINT}?registered_after=soon", follow=True)
    assert wrong.status_code == 422


def test_more_rows_cost_no_more_queries(client: Client, triage, lives: Lives) -> None:
    client.force_login(triage)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            paper(client)
        return len(captured)

    lives.dispatched()
    queries()
    few = queries()
    for _ in range(4):
        lives.dispatched(parties=[PartyInput(PartyRole.APPLICANT, "李四")])
    assert queries() == few


def test_the_list_leads_to_its_paper_without_a_script(client: Client, triage, lives: Lives) -> None:
    lives.registered()
    client.force_login(triage)
    page = client.get(reverse("cases:list"), {"view": "todo"}).content.decode()
    assert f'href="{PRINT}?view=todo"' in page
