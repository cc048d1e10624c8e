"""Every number on a page of figures is the length of the list that its link shows.

A link that carries a number says it in `data-count`; a list says how long it is in `data-total`.
Whoever adds a page under /board/ or /reports/ is crawled without being asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy

from cases.services.closing import follow_up_case
from cases.services.registration import record_consultation, revisit_case
from cases.vocabulary import Channel, Risk, Satisfaction
from mediation.periods import period_of
from orgs.models import User
from reports.models import Brief, Scheme, Sheet
from reports.services.briefs import draft_brief
from reports.services.entered import enter_court_intake
from reports.services.ledgers import Words, keep_sheet
from reports.tasks import draft_bulletins
from tests.county import County
from tests.lib.days import moment
from tests.lives import Lives
from tests.reports.marches import a_march, a_scheme, drafted, published
from zongzhi.lib import clock

ROOTS = ("/board/", "/reports/")
_LINK = re.compile(r"<a\b[^>]*>")
# A number that leads somewhere without saying how much; sums of money are of no list's length.
_UNSAID = re.compile(r"<a\b(?![^>]*data-count)(?![^>]*mediation_amount)[^>]*>\s*\d[\d,]*\s*</a>")
_ATTRIBUTE = re.compile(r'\b(href|data-count)="([^"]*)"')
_TOTAL = re.compile(r'\bdata-total="(\d+)"')
# Pages that begin from nothing else; an official table is chosen in a form, which is no link.
STARTS = tuple(
    reverse_lazy(f"reports:{name}")
    for name in ("board", "indicators", "court_intake", "bulletins", "briefs", "mine")
)
TABLES = "reports:ledgers"
# A list may end in lists; the number on a page is followed once.
LISTS = re.compile(r"^/reports/(behind/|mine/.|(bulletins|briefs|ledgers/sheets)/\d+/list/)")
ZEROS = 4  # of each page; whatever is something is followed always


def links_of(html: str, base: str) -> Iterator[tuple[str, int | None]]:
    """Each link of a page and the number it carries."""
    for tag in _LINK.findall(html):
        said = dict(_ATTRIBUTE.findall(tag))
        if href := unescape(said.get("href", "")):
            count = said.get("data-count")
            yield urljoin(base, href), int(count) if count else None


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """Every page of figures within reach, with its address."""
    tables = [f"{reverse(TABLES)}?kind={kind}" for kind in Sheet.Kind.values]
    waiting = [*map(str, STARTS), *tables]
    seen = {urlsplit(page).path for page in waiting}
    for page in waiting:
        answer = client.get(page)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        html = answer.content.decode()
        yield page, html
        for url, number in links_of(html, page):
            path = urlsplit(url).path
            is_new = path.startswith(ROOTS) and path not in seen and not LISTS.match(path)
            if number is None and is_new:
                seen.add(path)
                waiting.append(url)


def numbers_of(page: str, html: str) -> Iterator[tuple[str, int]]:
    """(address, number) of the numbers of a page."""
    zeros = 0
    for url, number in links_of(html, page):
        if number is None:
            continue
        zeros += not number
        if number or zeros <= ZEROS:
            yield url, number


def length_of(html: str) -> int:
    """How long a list says it is; one that says nothing is empty."""
    found = _TOTAL.search(html)
    return int(found[1]) if found else 0


@pytest.fixture
def lived(
    lives: Lives,
    county: County,
    clerk: User,
    triage: User,
    leader: User,
    town_officer: User,
) -> None:
    """A published month, a drafted one, a kept table, a 研判, and some of everything at work."""
    a_march(lives)
    a_scheme(county)
    a_scheme(county, group=Scheme.Group.TOWNS.value, name="镇街评分")
    published(drafted(), triage, leader)
    clock.freeze(moment(4, 10, 9))
    some_of_everything(lives, clerk, town_officer)
    draft_bulletins()
    clock.freeze(moment(5, 6, 9))
    draft_bulletins()
    some_of_everything(lives, clerk, town_officer)
    words = Words("四月", "示范县综治中心")
    for kind, seal in (("period", True), ("salient", False)):
        period = period_of("2025-04")
        keep_sheet(
            kind=kind, center=county.county, period=period, by=leader, words=words, seal=seal
        )
    enter_court_intake(month=date(2025, 4, 1), number=10, source="立案庭月报", by=triage)
    assert draft_brief(center_id=county.county.pk, kind=Brief.Kind.MONTH, now=clock.now())


def some_of_everything(lives: Lives, clerk: User, town_officer: User) -> None:
    """Enough ratings for a percentage among it."""
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
    ("who", "at_least", "of_pages"),
    [("leader", 200, 15), ("triage", 200, 15), ("town_officer", 60, 9), ("head", 10, 3)],
)
def test_every_number_on_every_page_is_the_length_of_its_list(
    who: str,
    at_least: int,
    of_pages: int,
    client: Client,
    request: pytest.FixtureRequest,
    lived: None,
) -> None:
    client.force_login(request.getfixturevalue(who))
    lengths: dict[str, int] = {}
    found = 0
    read = list(pages(client))
    assert len(read) >= of_pages
    for page, html in read:
        assert not _UNSAID.findall(html), page
        for url, number in numbers_of(page, html):
            found += 1
            if url not in lengths:
                answer = client.get(url)
                assert answer.status_code == 200, (page, url)
                lengths[url] = length_of(answer.content.decode())
            assert lengths[url] == number, (page, url)
    assert found >= at_least
