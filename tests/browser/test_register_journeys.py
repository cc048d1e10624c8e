"""新登记 in a real browser: journeys 2, 4, 5, 7, 20 of `ux.md` §4, parts of 1 and 3."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from cases.models import Case, Consultation, Draft, Visit
from cases.vocabulary import PartyRole
from orgs.models import User
from orgs.permissions import RoleCode
from tests.browser.window import NEW, STORY, Open, answered, at, done, fill_in, scan, sit_at_window
from tests.county import County, person
from tests.lives import ID_NUMBER, PHONE, Lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# ---------- 1: a walk-in, by keyboard alone


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


def test_another_paper_stands_in_for_the_identity_card(
    open_as: Open, shot: Any, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county, id_number="")
    page.get_by_label("换证件").select_option("护照")
    number = page.get_by_role("textbox", name="护照号", exact=True)
    number.fill("e1234")
    page.keyboard.press("F9")
    expect(page.get_by_text("护照号应为 5 到 15 位")).to_have_count(0)
    done(page)
    page.goto(f"{Case.objects.get().get_absolute_url()}?tab=parties")
    expect(page.get_by_text("护照号", exact=True)).to_be_visible()
    expect(page.get_by_text("**234")).to_be_visible()
    page.goto(NEW)
    fill_in(page, county, phone="19900001234", id_number="")
    page.get_by_label("换证件").select_option("台湾居民来往大陆通行证")
    page.locator("[name=id_number]").fill("1234")
    shot(page, "paper")
    page.keyboard.press("F9")
    said = "台湾居民来往大陆通行证号应为 8 到 11 位，现在是 4 位"
    page.get_by_role("link", name=said).click()
    expect(page.locator("[name=id_number]")).to_be_focused()
    assert page.get_by_label("换证件").input_value() == "taiwan"
    shot(page, "refused")
    page.set_viewport_size({"width": 360, "height": 640})
    shot(page, "phone")


def test_a_group_is_asked_for_its_delegates(
    open_as: Open, shot: Any, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    delegates = page.get_by_label("代表", exact=True)
    expect(delegates).to_be_hidden()
    page.get_by_label("都没有").uncheck()
    page.get_by_label("人数").fill("6")
    page.keyboard.press("Tab")
    expect(delegates).to_be_visible()
    delegates.fill("李四 19900002222、王五")
    shot(page, "delegates")
    page.keyboard.press("F9")
    done(page)
    given = Case.objects.get().parties.filter(role=PartyRole.DELEGATE)
    assert [(one.name, one.phone) for one in given] == [("李四", "19900002222"), ("王五", "")]


def test_only_a_question_takes_along_what_was_typed_and_loses_nothing(
    open_as: Open, shot: Any, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    page.get_by_role("button", name="只是咨询，记一笔").click()
    page.wait_for_url(re.compile("consultations"))
    assert page.get_by_label("一句话").input_value() == STORY
    assert page.get_by_label("电话").input_value() == PHONE
    assert page.get_by_label("姓名").input_value() == "张三丰"
    shot(page, "question")
    page.get_by_role("link", name="返回新登记").click()
    assert page.get_by_label("对方").input_value() == "鑫源劳务公司"
    page.get_by_role("button", name="只是咨询，记一笔").click()
    page.get_by_label("法律咨询").check()
    page.keyboard.press("F9")
    expect(page.get_by_text("已记一笔咨询").first).to_be_visible()
    assert Consultation.objects.get().text == STORY
    assert not Draft.objects.exists()
    page.goto(NEW)
    assert page.get_by_label("事情和要求").input_value() == ""


def test_a_mark_of_secrecy_is_asked_about_and_the_text_is_kept(
    open_as: Open, shot: Any, county: County, clerk: User
) -> None:
    page = open_as(clerk, NEW)
    fill_in(page, county)
    marked = f"{STORY}，说有一份机密★文件"
    page.get_by_label("事情和要求").fill(marked)
    page.keyboard.press("F9")
    link = page.get_by_role("link", name=re.compile("“事情和要求”里有“机密”字样"))
    expect(link).to_be_visible()
    shot(page, "asked")
    page.get_by_label("涉密", exact=True).check()
    page.keyboard.press("F9")
    expect(page.get_by_role("link", name=re.compile("删掉再提交"))).to_be_visible()
    assert page.get_by_label("事情和要求").input_value() == marked
    assert not Draft.objects.exists()
    page.get_by_label("已核对，不涉密").check()
    page.keyboard.press("F9")
    done(page)
    assert Case.objects.get().events.get(verb="register").data["not_secret"] is True


def test_a_reader_behind_a_websocket_fills_the_person(
    open_as: Open, clerk: User, socket_reader: str
) -> None:
    sit_at_window(clerk, reader="websocket", address=socket_reader)
    page = open_as(clerk, NEW)
    page.keyboard.press("F8")
    expect(page.get_by_text("已读：张三丰 男 19491231")).to_be_visible()
    expect(page.get_by_role("textbox", name="身份证号", exact=True)).to_have_value(ID_NUMBER)
    assert page.get_by_label("住址").input_value() == "青石镇柳湾村3组"


def test_a_websocket_reader_without_a_card_says_what_to_do(
    open_as: Open, clerk: User, empty_socket_reader: str
) -> None:
    sit_at_window(clerk, reader="websocket", address=empty_socket_reader)
    page = open_as(clerk, NEW)
    page.keyboard.press("F8")
    expect(page.get_by_text("没读到卡，把身份证平放在读卡器上再按 F8")).to_be_visible()
    page.get_by_label("姓名").fill("手也能输")
