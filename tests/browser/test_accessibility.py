"""WCAG 2.1 AA by axe-core, over the main pages as several roles: nothing serious, nothing critical.

A machine finds perhaps half of what is wrong; what it finds must not be there.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from cases.models import Case, Document
from cases.services.papers import make_document
from orgs.models import User
from tests.lives import Lives
from tests.rulebook import in_force, rule

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WITHOUT = {"exclude": [[".watermark"]]}  # a faint decoration, hidden from readers
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place where it is."""
    found = axe.Axe().run(page, context=WITHOUT, options=RULES).response["violations"]
    return [
        f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def look_at(page: Page, paths: list[str]) -> list[str]:
    said = []
    for path in paths:
        page.goto(path)
        said += faults(page)
    return said


ROUTING = "/settings/routing/990101000000/"


def pages_of_a_case(case: Case) -> list[str]:
    here = case.get_absolute_url()
    tabs = [here, f"{here}?tab=parties", f"{here}?tab=papers", f"{here}timeline/"]
    return [*tabs, f"{here}note/"]


@pytest.mark.parametrize("size", [(1366, 657), (360, 640)], ids=["desk", "telephone"])
@pytest.mark.parametrize("who", ["clerk", "triage", "handler", "leader", "secadmin", "sysadmin"])
def test_no_page_shuts_anybody_out(
    open_as, lives: Lives, clerk, triage, handler, leader, secadmin, sysadmin, who, size
) -> None:
    in_force(lives.county.county, rule("R-07", lives.county.human_resources, words=("工资",)))
    case = lives.supervised()
    lives.dispatched()
    person: User = {
        "clerk": clerk,
        "triage": triage,
        "handler": handler,
        "leader": leader,
        "secadmin": secadmin,
        "sysadmin": sysadmin,
    }[who]
    own = {
        "clerk": ["/cases/new/", "/consultations/", *pages_of_a_case(case)],
        "triage": ["/dispatch/", "/supervision/", "/board/", *pages_of_a_case(case)],
        "handler": ["/cases/?view=todo", f"{case.get_absolute_url()}report/"],
        "leader": ["/board/", "/supervision/", case.get_absolute_url()],
        "sysadmin": [
            ROUTING,
            f"{ROUTING}add/",
            f"{ROUTING}R-07/",
            f"{ROUTING}versions/",
            f"{ROUTING}hits/",
        ],
        "secadmin": ["/settings/", "/settings/people/", "/settings/roles/", "/second-factor/"],
    }
    page = open_as(person, "/", size=size)
    common = ["/", "/cases/", "/notices/", "/places/", "/password/"]
    assert look_at(page, [*common, *own[who]]) == []


def test_no_component_shuts_anybody_out(open_as, clerk, settings) -> None:
    settings.DEBUG = True
    page = open_as(clerk, reverse("styleguide"))
    assert faults(page) == []
    page.get_by_role("button", name="快到点").click()
    assert faults(page) == []


def test_no_page_of_a_citizen_shuts_anybody_out(open_as, lives: Lives) -> None:
    case = lives.approved()
    token = reverse("citizen:progress", args=[case.token])
    page = open_as(None, token, size=(360, 640))
    assert look_at(page, [token, f"{token}rate/", "/q/", "/q/wrong/", "/login/"]) == []


@pytest.mark.parametrize("size", [(1366, 657), (360, 640)], ids=["desk", "telephone"])
def test_messages_and_receipts_shut_nobody_out(
    open_as, lives: Lives, triage, handler, sysadmin, size
) -> None:
    case = lives.dispatched()
    kind, about = Document.Kind.ASSIGNMENT, case.lead.pk
    made, _ = make_document(case_id=case.pk, kind=kind, about=about, by=triage, address=None)
    receipts = reverse("cases:receipts")
    paper = reverse("cases:document", args=[case.number, made.pk])
    settings = [reverse(f"orgs:{name}") for name in ("channels", "deliveries", "subscriptions")]
    said = look_at(open_as(handler, receipts, size=size), [receipts, paper])
    said += look_at(open_as(triage, receipts, size=size), [f"{receipts}?of=sent"])
    said += look_at(open_as(sysadmin, settings[0], size=size), settings)
    assert said == []
