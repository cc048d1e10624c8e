"""新登记 in a real browser: journeys 1 (the clerk's part), 2, 3, 4, 5, 7 and 20 of `ux.md` §4."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, Draft, Visit
from cases.services.registration import PartyInput
from cases.vocabulary import PartyRole
from dispatch.models import RoutingRule
from orgs.models import Post, User, Window
from orgs.permissions import RoleCode
from tests.county import County, person
from tests.lives import ID_NUMBER, PHONE, Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "/cases/new/"
STORY = "在和谐家园二期做木工，三个月工资三万八没给，要求月底前付清"
Open = Callable[..., Page]


class Keys:
    """Types like a clerk and counts what is not text; a mouse press is counted too."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0
        page.evaluate("addEventListener('mousedown', () => { window.mouse = 1; }, true)")

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


@pytest.fixture
def rule(county: County, db: None) -> RoutingRule:
    """R-07: wages go to 人社局."""
    return RoutingRule.objects.create(
        code="R-07", words=["工资", "拖欠"], unit=county.human_resources
    )


@pytest.fixture
def reader() -> Iterator[str]:
    """The service of a vendor on the computer of the window, with a card on the reader."""

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            card = {
                "partyName": "张三丰",
                "gender": "男",
                "bornDay": "19491231",
                "certAddress": "青石镇柳湾村3组",
                "certNumber": ID_NUMBER.lower(),
                "identityPic": "never looked at",
            }
            body = json.dumps({"resultFlag": 0, "resultContent": card}).encode()
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/read"
    server.shutdown()
    server.server_close()


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


# ---------- 1: a walk-in, by keyboard alone


def test_a_card_and_fifteen_keys_register_a_walk_in(
    open_as: Open, county: County, clerk: User, lives: Lives, rule: RoutingRule, reader: str
) -> None:
    sit_at_window(clerk, reader="http", address=reader)
    lives.registered(
        occurred_region=county.village.region,
        parties=[PartyInput(PartyRole.APPLICANT, "王五", phone="19900001111")],
    )  # so that the window has a last-used town
    page = open_as(clerk, "/")
    keys = Keys(page)
    keys.press("F2")
    page.wait_for_url(re.compile(NEW))
    keys.page.evaluate("addEventListener('mousedown', () => { window.mouse = 1; }, true)")
    at(page, "phone")
    keys.type("19900007788")
    keys.press("F8")
    at(page, "opponents")
    assert page.get_by_label("姓名").input_value() == "张三丰"
    assert page.get_by_label("住址").input_value() == "青石镇柳湾村3组"
    keys.type("鑫源劳务公司")
    keys.press("Enter")
    at(page, "place")
    keys.press("l")  # 柳湾村, by its initial
    keys.press("Enter")
    at(page, "narrative")
    keys.type(STORY)
    with answered(page, "/dispatch/suggest/"):
        keys.press("Tab")
    expect(page.get_by_text("为什么建议人社局")).to_be_visible()
    at(page, "type")
    for digit, then in (("1", "special"), ("0", "willing")):
        keys.chip(digit)
        at(page, then)
    keys.chip("1")
    assert page.get_by_label("去向").input_value() == "RS"
    keys.press("F9")
    done(page)
    assert page.evaluate("window.mouse") is None
    assert keys.pressed <= 15
    case = Case.objects.get(parties__phone_key__gt="", parties__name="张三丰")
    assert (case.type.code, case.suggested_unit) == ("10", county.human_resources)
    assert case.occurred_region == county.village.region


def test_nine_things_are_required(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    assert "共 9 项" in page.locator("h1 + .hint").inner_text()
    assert page.locator("#register .field__label .req").count() == 9


@pytest.mark.parametrize("size", [(1366, 607), (1366, 657), (1440, 760), (1920, 940)])
def test_form_and_panels_fit_one_screen(
    open_as: Open, clerk: User, lives: Lives, size: tuple[int, int]
) -> None:
    lives.registered()
    page = open_as(clerk, NEW, size=size)
    with answered(page, "/known/"):
        page.get_by_label("手机号").fill(PHONE)
    expect(page.get_by_role("heading", name="这个人以前来过 1 次")).to_be_visible()
    tall, wide = page.evaluate(
        "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    assert (tall, wide) == (size[1], size[0])
    expect(page.get_by_role("button", name=re.compile("提交并打印回执"))).to_be_in_viewport()


def test_a_card_that_cannot_be_read_says_what_to_do(open_as: Open, clerk: User) -> None:
    sit_at_window(clerk)
    page = open_as(clerk, NEW)
    page.keyboard.press("F8")
    expect(page.get_by_text("没找到读卡器。插好后按 F8，或直接手输")).to_be_visible()
    page.get_by_label("姓名").fill("手也能输")


def test_a_reader_that_types_fills_the_number(open_as: Open, clerk: User) -> None:
    sit_at_window(clerk, reader="wedge")
    page = open_as(clerk, NEW)
    page.get_by_label("事情和要求").focus()
    page.keyboard.press("F8")
    scan(page, ID_NUMBER)
    expect(page.get_by_role("textbox", name="身份证号", exact=True)).to_have_value(ID_NUMBER)
    assert page.get_by_label("事情和要求").input_value() == ""


# ---------- 2: the same person again


def test_the_same_person_coming_again_keeps_the_number(
    open_as: Open, clerk: User, lives: Lives
) -> None:
    case = lives.registered()
    page = open_as(clerk, NEW)
    page.keyboard.type(PHONE[:-1])
    expect(page.get_by_role("heading", name="这个人以前来过")).to_be_hidden()
    page.keyboard.type(PHONE[-1])
    expect(page.get_by_role("heading", name="这个人以前来过 1 次")).to_be_visible(timeout=1000)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    at(page, "text")
    page.keyboard.insert_text("问什么时候给钱")
    page.keyboard.press("Enter")
    expect(page.get_by_text("这次来访已记下").first).to_be_visible()
    case = Case.objects.get(pk=case.pk)
    assert (case.visits_count, Case.objects.count()) == (2, 1)
    assert case.events.filter(verb="revisit").count() == 1


def test_a_late_answer_never_stands_over_a_newer_one(
    open_as: Open, clerk: User, lives: Lives
) -> None:
    lives.registered()
    page = open_as(clerk, NEW)
    slow: list[Any] = []

    def hold(route: Any) -> None:
        if slow:
            route.continue_()
        else:
            slow.append(route)

    page.route("**/known/", hold)
    page.get_by_label("手机号").fill(PHONE)
    page.wait_for_timeout(600)
    page.get_by_label("手机号").fill("19900009999")
    expect(page.locator("#known").get_by_text("这个人以前没来过。")).to_be_visible()
    expect(page.get_by_role("heading", name="这个人以前来过 1 次")).to_be_hidden()


def test_the_person_of_another_matter_is_brought_along(
    open_as: Open, clerk: User, lives: Lives
) -> None:
    lives.registered()
    page = open_as(clerk, NEW)
    page.keyboard.type(PHONE)
    page.get_by_role("button", name="是另一件事").click()
    expect(page.get_by_role("textbox", name="姓名", exact=True)).to_have_value("张三丰")
    at(page, "opponents")


# ---------- 3: somebody else has registered the same


def test_the_question_comes_before_the_form_is_sent(
    open_as: Open, county: County, clerk: User, lives: Lives
) -> None:
    earlier = lives.registered()
    other = person("clerk2", "李娟", county.county, RoleCode.CLERK)
    page = open_as(other, NEW)
    fill_in(page, county)
    question = page.get_by_text("是“再次来访”还是“另一件事”？")
    expect(question).to_be_visible()
    page.keyboard.press("F9")
    at(page, "same")
    assert Case.objects.count() == 1
    page.keyboard.press("2")
    expect(page.locator(":focus")).to_have_attribute("type", "submit")
    page.keyboard.press("F9")
    done(page)
    newer = Case.objects.exclude(pk=earlier.pk).get()
    page.goto(f"/cases/{newer.number}/")
    link = page.get_by_text("同一来访人的另一件事：")
    expect(link.get_by_role("link", name=earlier.short_number)).to_be_visible()


def test_the_other_answer_counts_the_visit(
    open_as: Open, county: County, clerk: User, lives: Lives
) -> None:
    earlier = lives.registered()
    other = person("clerk2", "李娟", county.county, RoleCode.CLERK)
    page = open_as(other, NEW)
    fill_in(page, county)
    page.get_by_label("再次来访", exact=True).check()
    page.keyboard.press("F9")
    expect(page.get_by_text("这次来访已记下").first).to_be_visible()
    assert Case.objects.get().visits_count == 2
    assert Case.objects.get() == earlier


# ---------- 4: mistakes


@pytest.mark.parametrize(
    ("label", "text", "sentence"),
    [
        ("身份证号", "11010519491231002", "身份证号应为 18 位，现在是 17 位"),
        ("身份证号", "110105194912310021", "身份证号最后一位对不上，应为 X。可能前面抄错了一位"),
        ("身份证号", "11010519491301002X", "身份证号第 7–14 位“19491301”不是日期，再核对一次"),
        ("手机号", "1990000562", "手机号应为 11 位，现在是 10 位。没有电话可勾“没有电话”"),
    ],
)
def test_a_mistake_is_named_its_link_leads_there_and_all_is_kept(
    open_as: Open, county: County, clerk: User, label: str, text: str, sentence: str
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    page.get_by_role("textbox", name=label, exact=True).fill(text)
    page.keyboard.press("F9")
    link = page.get_by_role("link", name=sentence)
    link.click()
    expect(page.get_by_role("textbox", name=label, exact=True)).to_be_focused()
    assert page.title().startswith("有错：")
    assert page.get_by_label("事情和要求").input_value() == STORY
    assert page.get_by_label("发生地").input_value() == county.village.region.code
    assert not Case.objects.exists()


def test_a_small_x_and_no_card_pass(open_as: Open, county: County, clerk: User) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county, id_number=ID_NUMBER.lower())
    page.keyboard.press("F9")
    done(page)
    page.goto(NEW)
    fill_in(page, county, phone="19900001234", id_number="")
    page.get_by_label("没有证件号的原因").select_option("forgot")
    page.keyboard.press("F9")
    done(page)
    assert Case.objects.count() == 2


def test_the_special_situation_must_be_said(open_as: Open, county: County, clerk: User) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    page.get_by_label("都没有").uncheck()
    page.keyboard.press("F9")
    expect(page.get_by_role("link", name="还没选“特别情况”，没有就选 0")).to_be_visible()


# ---------- 5: sent more than once


def test_however_often_it_is_sent_it_is_one_case(
    open_as: Open, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    sent = page.evaluate("new URLSearchParams(new FormData(register)).toString()")
    for key in ("F9", "F9", "F9", "Control+Enter"):
        page.keyboard.press(key)
    done(page)
    assert Case.objects.count() == 1

    page.go_back()
    expect(page.get_by_text(re.compile("没有重复登记")).first).to_be_visible()
    replay = page.request.post(
        NEW,
        data=sent,
        headers={"Content-Type": "application/x-www-form-urlencoded", "Referer": page.url},
    )
    assert replay.url.endswith("/registered/")
    assert Case.objects.count() == 1


def test_a_double_click_registers_once(open_as: Open, county: County, clerk: User) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    page.get_by_role("button", name=re.compile("提交并打印回执")).dblclick()
    done(page)
    assert Case.objects.count() == 1


def test_two_windows_with_one_draft_make_one_case(
    open_as: Open, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    with answered(page, "/draft/"):
        fill_in(page, county)
    page.wait_for_timeout(2000)  # what was typed last is kept too
    page.wait_for_url(re.compile("draft="))
    second = open_as(clerk, page.url)
    assert second.get_by_label("事情和要求").input_value() == STORY
    second.keyboard.press("F9")
    done(second)
    page.keyboard.press("F9")
    expect(page.get_by_text(re.compile("没有重复登记")).first).to_be_visible()
    assert Case.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_visit_sent_twice_is_counted_once(open_as: Open, clerk: User, lives: Lives) -> None:
    case = lives.registered()
    page = open_as(clerk, f"/cases/{case.number}/revisit/")
    page.get_by_label("这次说了什么").fill("问什么时候给钱")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("这次来访已记下").first).to_be_visible()
    page.go_back()
    page.get_by_label("这次说了什么").fill("问什么时候给钱")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(f"{case.number}/$"))
    assert Visit.objects.filter(submission_id__isnull=False).count() <= 2


# ---------- 7: the power goes


def test_after_a_power_cut_at_most_two_seconds_are_lost(
    open_as: Open, chromium: Any, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    page.keyboard.type(PHONE)
    page.get_by_role("textbox", name="姓名", exact=True).fill("张三丰")
    page.get_by_label("事情和要求").focus()
    typed = (STORY * 3)[:60]
    for character in typed:
        page.keyboard.insert_text(character)
        page.wait_for_timeout(60)
    page.context.close()  # nothing is said good-bye to

    elsewhere = open_as(clerk, "/")
    draft = elsewhere.get_by_text("没登记完：张某 手机尾号 5621")
    expect(draft).to_be_visible()
    elsewhere.get_by_role("link", name="接着填").click()
    kept = elsewhere.get_by_label("事情和要求").input_value()
    assert typed.startswith(kept)
    assert len(typed) - len(kept) <= 2000 / 60
    assert Draft.objects.count() == 1


def test_what_is_typed_can_be_kept_by_hand_and_put_away(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    page.get_by_label("事情和要求").fill("还没说完，等他回家拿合同")
    with answered(page, "/draft/"):
        page.keyboard.press("Control+s")
    expect(page.get_by_text(re.compile(r"已自动保存 \d\d:\d\d:\d\d"))).to_be_visible()
    page.goto("/drafts/")
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("草稿已删除")).to_be_visible()
    page.get_by_role("button", name="撤销删除").click()
    expect(page.get_by_role("link", name="接着填")).to_be_visible()


# ---------- 20: scanner, input method, keyboard alone


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


def test_a_slip_scanned_into_a_text_opens_the_case_and_leaves_no_digit(
    open_as: Open, clerk: User, lives: Lives
) -> None:
    case = lives.registered()
    page = open_as(clerk, NEW)
    page.get_by_label("事情和要求").fill("说到一半")
    with answered(page, "/draft/"):
        page.get_by_label("事情和要求").focus()
        page.wait_for_timeout(1700)
    scan(page, case.number)
    page.wait_for_url(re.compile(f"/cases/{case.number}/"))
    page.goto("/drafts/")
    page.get_by_role("link", name="接着填").click()
    assert page.get_by_label("事情和要求").input_value() == "说到一半"


def test_a_strange_code_is_said_to_be_strange(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    page.get_by_label("事情和要求").fill("说到一半")
    page.get_by_label("事情和要求").focus()
    scan(page, "6901234567892")
    expect(page.get_by_text("这不是本中心的回执码：6901234567892")).to_be_visible()
    assert page.get_by_label("事情和要求").input_value() == "说到一半"


def test_enter_while_a_word_is_being_composed_does_nothing(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    name = page.get_by_role("textbox", name="姓名", exact=True)
    name.focus()
    devtools = page.context.new_cdp_session(page)
    devtools.send(
        "Input.imeSetComposition", {"text": "zhang", "selectionStart": 5, "selectionEnd": 5}
    )
    page.evaluate(
        """() => {
          const about = { key: "Enter", code: "Enter", isComposing: true, bubbles: true };
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", about));
        }"""
    )
    expect(name).to_be_focused()
    devtools.send("Input.insertText", {"text": "张三丰"})
    expect(name).to_be_focused()
    expect(name).to_have_value("张三丰")
    page.keyboard.press("Enter")
    expect(name).not_to_be_focused()
    assert not Case.objects.exists()


def test_the_help_lists_the_keys_that_work(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    page.get_by_role("button", name=re.compile("提交")).focus()
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    for key in ("F2", "F4", "F8", "F9", "Ctrl", "Esc", "↓"):
        expect(keys.get_by_text(key, exact=True).first).to_be_visible()


def test_ctrl_b_hides_what_the_visitor_should_not_read(
    open_as: Open, clerk: User, lives: Lives
) -> None:
    lives.registered()
    page = open_as(clerk, NEW)
    page.keyboard.type(PHONE)
    panel = page.get_by_role("heading", name="这个人以前来过 1 次")
    expect(panel).to_be_visible()
    page.keyboard.press("Control+b")
    expect(panel).to_be_hidden()
    page.keyboard.press("Control+b")
    expect(panel).to_be_visible()


def test_danger_shows_whom_to_call_and_threats_go_to_the_desk(
    open_as: Open, county: County, clerk: User
) -> None:
    county.county.duty_phones.create(kind="police", phone="0990-0002000")
    page = open_as(clerk, NEW)
    page.get_by_label("家暴/受伤").check()
    expect(page.get_by_text("先确认：人现在安全吗？要不要报警 / 送医？")).to_be_visible()
    expect(page.get_by_text("0990-0002000")).to_be_visible()
    page.get_by_label("去向").select_option("RS")
    page.get_by_label("扬言过激").check()
    expect(page.get_by_label("去向")).to_have_value("triage")


def test_five_people_are_a_group(open_as: Open, clerk: User) -> None:
    page = open_as(clerk, NEW)
    page.get_by_label("人数").fill("6")
    page.keyboard.press("Tab")
    expect(page.get_by_label("5人以上")).to_be_checked()
