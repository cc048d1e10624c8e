"""Papers between units, on paper: A4, 28 characters a line, nothing torn; signed by one press."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case, Document
from cases.services.papers import make_document
from orgs.models import Department, User
from tests.browser.test_papers import LINES, printed, sheets
from tests.lives import Lives
from tests.watched import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KIND = Document.Kind


def sent(lives: Lives, triage: User, kind: Document.Kind, **changed) -> tuple[Case, Document]:
    """A case with two assisting units, and that paper of it."""
    county = lives.county
    case = lives.dispatched(assisting=(county.housing, county.police), **changed)
    about = case.open_assignments[-1] if kind == KIND.COOPERATION else case.lead
    made = make_document(case_id=case.pk, kind=kind, about=about.pk, by=triage, address=None)[0]
    return case, made


def url(case: Case, made: Document) -> str:
    return reverse("cases:document", args=[case.number, made.pk])


def body(lives: Lives) -> Department:
    center = lives.county.county
    return Department.objects.create(code="TW", name="人民调解委员会", kind="body", center=center)


def overlap(page: Page) -> list[str]:
    """Cells whose text is wider than they are."""
    found: list[str] = page.eval_on_selector_all(
        ".paper th, .paper td",
        "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)",
    )
    return found


@pytest.mark.parametrize("kind", [KIND.ASSIGNMENT, KIND.TRANSFER_NOTE, KIND.COOPERATION])
def test_a_form_fits_its_paper(open_as, lives: Lives, triage: User, kind: Document.Kind) -> None:
    case, made = sent(lives, triage, kind)
    page = open_as(triage, url(case, made))
    assert set(sheets(printed(page))) == {(210, 297)}
    page.emulate_media(media="print")
    for block in (".sig", ".stub"):
        style = page.locator(block).evaluate("e => getComputedStyle(e).breakInside")
        assert style == "avoid", block
    assert overlap(page) == []


def test_a_letter_has_28_characters_a_line(open_as, lives: Lives, triage: User) -> None:
    narrative = "三个月工资一直没有付给工人" * 12
    case, made = sent(lives, triage, KIND.ENTRUSTMENT, lead=body(lives), narrative=narrative)
    page = open_as(triage, url(case, made))
    assert set(sheets(printed(page))) == {(210, 297)}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(156 / 25.4 * 96), "height": 900})
    lines = page.locator(".paper > p", has_text="三个月工资").evaluate(LINES)
    # 避头尾: a line whose next character may not begin one hands one character on.
    assert {count for _, count in lines[1:-1]} <= {27, 28}
    assert [count for _, count in lines[1:-1]].count(28) >= 3


@pytest.mark.parametrize("kind", [KIND.SUPERVISION, KIND.TALK, KIND.WARNING, KIND.MINUTES])
def test_what_watches_a_unit_fits_its_paper(
    open_as, lives: Lives, triage: User, leader: User, kind: Document.Kind
) -> None:
    watched = Watched.of(lives, triage, leader)
    case, about = watched.case, watched.about(kind)
    made = make_document(case_id=case.pk, kind=kind, about=about, by=triage, address=None)[0]
    page = open_as(triage, url(case, made), size=(360, 640))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1366, "height": 657})
    assert set(sheets(printed(page))) == {(210, 297)}
    page.emulate_media(media="print")
    for block in (".sig", ".stub"):
        style = page.locator(block).evaluate("e => getComputedStyle(e).breakInside")
        assert style == "avoid", block
    assert overlap(page) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_unit_signs_with_one_press(
    open_as, lives: Lives, triage: User, handler: User, javascript: bool
) -> None:
    case, made = sent(lives, triage, KIND.ASSIGNMENT)
    page = open_as(handler, reverse("cases:receipts"), javascript=javascript)
    page.get_by_role("button", name=re.compile("^签收$")).click()
    expect(page.get_by_text("没有待签的回执")).to_be_visible()
    page.goto(url(case, made))
    expect(page.locator(".stub")).to_contain_text(handler.name)


@pytest.mark.parametrize("size", [(1366, 657), (360, 640)])
def test_no_page_about_messages_and_receipts_scrolls_sideways(
    open_as, lives: Lives, triage: User, handler: User, sysadmin: User, size
) -> None:
    case, made = sent(lives, triage, KIND.ASSIGNMENT)
    for somebody, paths in (
        (handler, [reverse("cases:receipts"), url(case, made)]),
        (triage, [f"{reverse('cases:receipts')}?of=sent", f"{case.get_absolute_url()}?tab=papers"]),
        (sysadmin, [reverse(f"orgs:{n}") for n in ("channels", "deliveries", "subscriptions")]),
    ):
        page = open_as(somebody, paths[0], size=size)
        for path in paths:
            page.goto(path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size[0], f"{path} is {width} wide"
