"""Every number on a page of figures is the length of the list that its link shows.

A link that carries a number says it in `data-count`; a list says how long it is in `data-total`.
Whoever adds a page under /board/ or /reports/ is crawled without being asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cases.services.closing import follow_up_case
from cases.services.registration import record_consultation, revisit_case
from cases.vocabulary import Channel, Risk, Satisfaction
from orgs.models import User
from tests.lives import Lives
from zongzhi.lib import clock

ROOTS = ("/board/", "/reports/")
_LINK = re.compile(r"<a\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(href|data-count)="([^"]*)"')
_TOTAL = re.compile(r'\bdata-total="(\d+)"')
# Pages that begin from nothing else.
STARTS = ("reports:board", "reports:indicators")
# A list may end in lists; the number on a page is followed once.
BEHIND = "/reports/behind/"


def links_of(html: str, base: str) -> Iterator[tuple[str, int | None]]:
    """Each link of a page and the number it carries."""
    for tag in _LINK.findall(html):
        said = dict(_ATTRIBUTE.findall(tag))
        if href := unescape(said.get("href", "")):
            count = said.get("data-count")
            yield urljoin(base, href), int(count) if count else None


def crawled(client: Client) -> Iterator[tuple[str, str, int]]:
    """(page, address, number) of every number on the pages of figures within reach."""
    waiting = [reverse(name) for name in STARTS]
    seen = set(waiting)
    for page in waiting:
        answer = client.get(page)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        for url, number in links_of(answer.content.decode(), page):
            path = urlsplit(url).path
            if number is not None:
                yield page, url, number
            elif path.startswith(ROOTS) and not path.startswith(BEHIND) and path not in seen:
                seen.add(path)
                waiting.append(url)


def length_of(html: str) -> int:
    """How long a list says it is; one that says nothing is empty."""
    found = _TOTAL.search(html)
    return int(found[1]) if found else 0


@pytest.fixture
def lived(lives: Lives, clerk: User, town_officer: User) -> None:
    """Some of everything, and enough ratings for a percentage."""
    case = lives.registered(visitors=3)
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进度")
    record_consultation(by=clerk, category="law", text="问怎么申请仲裁", visitors=1)
    lives.registered(by=town_officer)
    lives.claimed(risk=Risk.HIGH)
    lives.claimed(complexity="simple")
    lives.returned()
    lives.supervised()
    for _ in range(10):
        lives.closed()
    follow_up_case(
        case_id=lives.approved().pk,
        by=clerk,
        channel=Channel.PHONE,
        satisfaction=Satisfaction.UNSATISFIED,
        redo=True,
    )
    clock.freeze(clock.now() + timedelta(days=5))


@pytest.mark.parametrize(
    ("who", "at_least"), [("leader", 50), ("triage", 50), ("town_officer", 40)]
)
def test_every_number_is_the_length_of_its_list(
    who: str, at_least: int, client: Client, request: pytest.FixtureRequest, lived: None
) -> None:
    client.force_login(request.getfixturevalue(who))
    found = list(crawled(client))
    assert len(found) >= at_least
    lengths: dict[str, int] = {}
    for page, url, number in found:
        if url not in lengths:
            answer = client.get(url)
            assert answer.status_code == 200, (page, url)
            lengths[url] = length_of(answer.content.decode())
        assert lengths[url] == number, (page, url)
