"""Journey 15 of the design: a citizen scans the slip and rates badly, on a small telephone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case
from cases.vocabulary import Special
from tests.lives import PHONE, Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL = (360, 640)
PRIVATE = ("鑫源", "张三丰", "木工", "约谈", PHONE)


def path_of(case: Case) -> str:
    return reverse("citizen:progress", args=[case.token])


def measures(page: Page) -> dict[str, list]:
    """Everything to press that is smaller than 60 px, and every text below 20 px."""
    return page.evaluate(
        """() => {
          const seen = (el) => el.getClientRects().length > 0;
          const press = [...document.querySelectorAll("main a, main button, .leave, .chip label")];
          const small = press.filter(seen).filter((el) => {
            const box = el.getBoundingClientRect();
            return box.height < 60 || box.width < 60;
          });
          const texts = [...document.querySelectorAll("body *")].filter(seen).filter((el) =>
            [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()));
          const fine = texts.filter((el) => parseFloat(getComputedStyle(el).fontSize) < 20);
          return { small: small.map((el) => el.outerHTML), fine: fine.map((el) => el.outerHTML) };
        }"""
    )


def assert_easy_to_read(page: Page) -> None:
    found = measures(page)
    assert found["small"] == []
    assert found["fine"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL[0]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_bad_rating_takes_three_taps(open_as, shot, lives: Lives, javascript) -> None:
    case = lives.approved()
    page = open_as(None, path_of(case), size=SMALL, javascript=javascript)
    expect(page.get_by_role("heading", name="已有结果")).to_be_visible()
    if javascript:
        assert_easy_to_read(page)
    shot(page, "progress")
    page.get_by_label("没解决", exact=True).check()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("谢谢，已经收到您的评价，1 个工作日内给您打电话")).to_be_visible()
    shot(page, "rated")
    case.refresh_from_db()
    assert (case.stage, case.due_clock) == ("follow_up", "call_back")
    page.goto(reverse("citizen:rate", args=[case.token]))
    expect(page.get_by_text(re.compile(r"您已经在 \d+ 月 \d+ 日评过了，谢谢"))).to_be_visible()
    shot(page, "again")


def test_the_result_is_behind_the_last_four_digits(open_as, shot, lives: Lives) -> None:
    case = lives.approved()
    page = open_as(None, path_of(case), size=SMALL)
    page.get_by_label(re.compile("后 4 位")).fill("0000")
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_text("后 4 位对不上，还能试 2 次。也可以打电话问").first).to_be_visible()
    shot(page, "wrong")
    page.get_by_label(re.compile("后 4 位")).fill(PHONE[-4:])
    page.get_by_role("button", name="看结果").click()
    expect(page.get_by_text("办理单位说：您反映的事解决了")).to_be_visible()
    assert not [word for word in PRIVATE if word in page.content()]
    assert_easy_to_read(page)


def test_text_twice_as_large_loses_nothing(open_as, shot, lives: Lives) -> None:
    case = lives.approved()
    page = open_as(None, path_of(case), size=(SMALL[0] // 2, SMALL[1]))
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL[0] // 2
    shot(page, "double")


def test_a_silent_matter_shows_neither_type_nor_unit(open_as, shot, lives: Lives) -> None:
    case = lives.approved(special=[Special.VIOLENCE])
    page = open_as(None, path_of(case), size=SMALL)
    expect(page.get_by_role("heading", name="请电话或到窗口询问")).to_be_visible()
    source = page.content()
    assert not [w for w in (*PRIVATE, "人社局", "欠薪", "家暴", "已有结果") if w in source]
    assert_easy_to_read(page)
    shot(page, "silent")


def test_guessing_tokens_ends_after_thirty(open_as, lives: Lives) -> None:
    case = lives.registered()
    page = open_as(None, "/q/wrong0/", size=SMALL)
    for n in range(1, 31):
        page.goto(f"/q/wrong{n}/")
    expect(page.get_by_role("heading", name="等一会儿再查")).to_be_visible()
    page.goto(path_of(case))
    expect(page.get_by_role("heading", name="等一会儿再查")).to_be_visible()
    assert_easy_to_read(page)


def test_leaving_shows_nothing_of_where_one_was(open_as, lives: Lives) -> None:
    page = open_as(None, path_of(lives.approved()), size=SMALL)
    page.get_by_role("link", name="离开本页").click()
    expect(page.get_by_role("heading", name="便民电话")).to_be_visible()
    assert "人社局" not in page.content()
