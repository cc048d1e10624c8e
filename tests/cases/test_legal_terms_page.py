"""各类法定途径期限: read by all staff, at hand where somebody is sent another way."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.legal_terms import LEGAL_TERMS
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from zongzhi.lib import clock

PAGE = reverse("cases:legal_terms")


@pytest.fixture(autouse=True)
def _it_is_the_third_of_april() -> None:
    clock.freeze(DISPATCHED)


def test_every_way_stands_with_its_terms_and_the_law(client: Client, clerk) -> None:
    client.force_login(clerk)
    page = client.get(PAGE).content.decode()
    for term in LEGAL_TERMS:
        assert term.way in page
        assert term.law in page
        assert all(step in page for step in term.steps)
    assert "告知以前按现行文本核对一次" in page
    assert "2025 年修订以后的没有核对" in page


def test_every_term_names_where_it_comes_from() -> None:
    assert len(LEGAL_TERMS) == len({term.way for term in LEGAL_TERMS}) == 13
    for term in LEGAL_TERMS:
        assert term.steps
        assert re.fullmatch(r"《.+》.*|(广东|深圳)的地方.+", term.law)


def test_who_declines_has_the_terms_at_hand(lives: Lives, client: Client, triage) -> None:
    client.force_login(triage)
    case = lives.registered()
    assert PAGE in client.get(f"/cases/{case.number}/decline/").content.decode()


def test_who_reports_has_the_terms_at_hand(lives: Lives, client: Client, handler) -> None:
    client.force_login(handler)
    case = lives.claimed()
    assert PAGE in client.get(f"/cases/{case.number}/report/").content.decode()


@pytest.mark.parametrize("page", ["settings:clocks", "settings:thresholds"])
def test_the_settings_of_times_lead_to_it(client: Client, sysadmin, page: str) -> None:
    client.force_login(sysadmin)
    assert PAGE in client.get(reverse(page)).content.decode()
