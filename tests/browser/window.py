"""The window in a browser: a clerk who types, a reader on the desk, the form by any hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from orgs.models import Post, User, Window
from tests.county import County
from tests.lives import ID_NUMBER, PHONE

NEW = "/cases/new/"
STORY = "在和谐家园二期做木工，三个月工资三万八没给，要求月底前付清"
Open = Callable[..., Page]


class Keys:
    """Types like a clerk and counts what is not text; a mouse press is counted too."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0
        self.watch_mouse()

    def watch_mouse(self) -> None:
        """Of the page that is open now: a new page is watched anew."""
        watching = "addEventListener('mousedown', () => { window.mouse = 1; }, true)"
        self.page.evaluate(watching)

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text) if not text.isascii() else self.page.keyboard.type(
            text, delay=40
        )

    def chip(self, key: str) -> None:
        """A digit on a chip, and the moment until it moves on."""
        before = self.page.evaluate("document.activeElement.name")
        self.press(key)
        expect(self.page.locator(":focus")).not_to_have_attribute("name", before)


def at(page: Page, name: str) -> None:
    """The focus is on the field of that name."""
    expect(page.locator(":focus")).to_have_attribute("name", name)


def answered(page: Page, path: str) -> Any:
    return page.expect_response(lambda response: path in response.url)


def sit_at_window(clerk: User, *, reader: str = "none", address: str = "") -> None:
    post = Post.objects.get(user=clerk)
    post.window = Window.objects.create(
        center=post.center, number=3, reader=reader, reader_address=address
    )
    post.save()


def fill_in(page: Page, county: County, *, phone: str = PHONE, id_number: str = ID_NUMBER) -> None:
    """The nine required things and the other side, by whatever hand."""
    for label, text in (
        ("手机号", phone),
        ("姓名", "张三丰"),
        ("身份证号", id_number),
        ("对方", "鑫源劳务公司"),
    ):
        page.get_by_role("textbox", name=label, exact=True).fill(text)
    page.get_by_label("发生地").select_option(county.village.region.code)
    page.get_by_label("事情和要求").fill(STORY)
    for group, option in (
        ("类型", "拖欠农民工工资"),
        ("特别情况", "都没有"),
        ("愿意调解", "愿意"),
    ):
        page.get_by_role("group", name=re.compile(group)).get_by_label(option, exact=True).check()


def done(page: Page) -> None:
    expect(page.get_by_role("heading", name=re.compile("已登记"))).to_be_visible()


def scan(page: Page, digits: str) -> None:
    """A gun: all keys within milliseconds, then Enter, with `code` as a real keyboard has it."""
    page.evaluate(
        """(digits) => {
          const target = document.activeElement;
          const press = (key, code) => {
            const about = { key, code, bubbles: true, cancelable: true };
            const event = new KeyboardEvent("keydown", about);
            const typed = target.dispatchEvent(event);
            if (typed && key.length === 1 && "value" in target && target.type !== "radio") {
              target.value += key;
              target.dispatchEvent(new Event("input", { bubbles: true }));
            }
          };
          for (const one of digits) { press(one, (one === "X" ? "Key" : "Digit") + one); }
          press("Enter", "Enter");
        }""",
        digits,
    )
