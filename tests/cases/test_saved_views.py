from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import SavedView
from tests.lives import ID_NUMBER, PHONE, Lives

LIST, SEARCH, VIEWS = reverse("cases:list"), reverse("cases:search"), reverse("cases:views")


def page_of(response) -> str:
    return str(response.content.decode())


def test_what_was_chosen_becomes_the_address(client: Client, clerk) -> None:
    client.force_login(clerk)
    sent = {"q": "欠薪", "label": "to_claim", "view": "near", "department": "", "nonsense": "x"}
    target = client.post(SEARCH, sent)["Location"]
    assert target.startswith(f"{LIST}?")
    for part in ("label=to_claim", "view=near", "q="):
        assert part in target
    assert "nonsense" not in target
    assert "department" not in target


@pytest.mark.parametrize("text", [PHONE, "199 0000 5621", ID_NUMBER, ID_NUMBER.lower()])
def test_a_number_of_a_person_is_found_but_never_in_an_address(
    client: Client, clerk, lives: Lives, text: str
) -> None:
    first, second = lives.registered(), lives.registered()
    client.force_login(clerk)
    target = client.post(SEARCH, {"q": text, "view": "all"})["Location"]
    assert "person=" in target
    for number in (PHONE, ID_NUMBER, ID_NUMBER.lower(), "5621"):
        assert number not in target
    page = page_of(client.get(target))
    assert first.short_number in page
    assert second.short_number in page
    assert "按手机号或身份证号找的" in page


def test_one_hit_opens_the_case(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    target = client.post(SEARCH, {"q": PHONE})["Location"]
    assert client.get(target)["Location"] == case.get_absolute_url()


def test_an_old_address_with_a_number_loses_it(client: Client, clerk, lives: Lives) -> None:
    lives.registered()
    lives.registered()
    client.force_login(clerk)
    target = client.get(LIST, {"q": PHONE})["Location"]
    assert PHONE not in target
    assert "person=" in target


def test_the_key_of_a_search_opens_nothing_for_somebody_else(
    client: Client, clerk, triage, lives: Lives
) -> None:
    case = lives.registered()
    lives.registered()
    client.force_login(clerk)
    target = client.post(SEARCH, {"q": PHONE})["Location"]
    other = Client()
    other.force_login(triage)
    page = page_of(other.get(target))
    assert case.short_number not in page
    assert "没有这个手机号或身份证号的事项" in page


def test_a_search_by_number_finds_only_what_may_be_seen(
    client: Client, outsider, lives: Lives
) -> None:
    case = lives.registered()
    client.force_login(outsider)
    target = client.post(SEARCH, {"q": PHONE})["Location"]
    assert case.short_number not in page_of(client.get(target))


def save(client: Client, name: str, query: str):
    return client.post(f"{VIEWS}?{query}", {"name": name})


def test_a_view_is_kept_for_its_owner_alone_and_can_be_deleted(
    client: Client, clerk, triage, lives: Lives
) -> None:
    lives.registered()
    client.force_login(clerk)
    save(client, "我的欠薪件", "type=10&view=all&after=1_2&as_of=2026-01-01")
    view = SavedView.objects.get()
    assert (view.user, view.query) == (clerk, "type=10")
    assert "我的欠薪件" in page_of(client.get(LIST))
    forget = reverse("cases:forget_view", args=[view.pk])
    other = Client()
    other.force_login(triage)
    assert "我的欠薪件" not in page_of(other.get(LIST))
    other.post(forget)
    assert SavedView.objects.exists()
    client.post(forget)
    assert not SavedView.objects.exists()


def test_the_tab_of_the_view_that_is_open_is_marked(client: Client, clerk) -> None:
    client.force_login(clerk)
    target = save(client, "高风险", "risk=high")["Location"]
    page = page_of(client.get(target))
    assert page.count('class="tab"') - page.count('aria-current="page">全部</a>') > 0
    assert 'aria-current="page">高风险</a>' in page


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "risk=high", "给视图起个名字"),
        ("长" * 21, "risk=high", "最多 20 个字"),
        ("空的", "", "还没选条件"),
        ("某人", f"q={PHONE}", "不能存手机号、身份证号"),
        (PHONE, "risk=high", "不能存手机号、身份证号"),
        ("某人", f"q={ID_NUMBER}", "不能存手机号、身份证号"),
        ("只有人", "person=abc", "还没选条件"),
    ],
)
def test_what_cannot_be_kept_is_told(
    client: Client, clerk, name: str, query: str, sentence: str
) -> None:
    client.force_login(clerk)
    response = save(client, name, query)
    assert (response.status_code, sentence in page_of(response)) == (422, True)
    assert not SavedView.objects.exists()


def test_a_name_is_used_once(client: Client, clerk) -> None:
    client.force_login(clerk)
    save(client, "高风险", "risk=high")
    response = save(client, "高风险", "risk=low")
    assert "已经有叫“高风险”的视图" in page_of(response)
    assert SavedView.objects.get().query == "risk=high"
