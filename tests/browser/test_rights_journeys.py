"""Journeys 8 and 19 of the design: one wins, and nobody sees what is not theirs."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from cases.models import Case
from orgs.models import AccessLog, Post, Role, User
from orgs.permissions import RoleCode
from tests.lives import ID_NUMBER, PHONE, Lives
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODO = "/cases/?view=todo"


def claim_button(page: Page):
    return page.get_by_role("button", name="签收", exact=True)


# ---------------------------------------------------------------- 8: two people, one item


def test_of_two_who_claim_at_once_one_wins_and_the_other_reads_who(
    open_as, shot, lives: Lives, handler, colleague
) -> None:
    case = lives.dispatched()
    first, second = open_as(handler, TODO), open_as(colleague, TODO)
    for page in (first, second):  # both have the button before either has pressed it
        expect(claim_button(page)).to_be_visible()
    for page in (first, second):
        claim_button(page).evaluate("button => { button.click(); }")
    won = re.compile(r"已签收 \d\d:\d\d，由你办理")
    lost = re.compile(r"(李强|苏梅) .*已经签收了")
    for page in (first, second):
        main = page.locator("main")  # it is read out below as well
        expect(main.get_by_text(won).or_(main.get_by_text(lost))).to_be_visible()
    first_won = first.locator("main").get_by_text(won).count()
    winner, loser = (first, second) if first_won else (second, first)
    expect(winner.get_by_role("button", name="撤销")).to_be_visible()
    expect(loser.get_by_role("link", name=re.compile("^待签收"))).to_have_text(
        re.compile(r"待签收\s*$")
    )
    told = loser.locator("main").get_by_text(lost)
    expect(told).to_have_text(re.compile("李强" if winner is first else "苏梅"))
    grey = told.evaluate("el => getComputedStyle(el).color")
    assert grey == "rgb(91, 100, 114)"
    shot(loser, "loser")
    assert case.events.filter(verb="claim").count() == 1
    assert Case.objects.get(pk=case.pk).unit == lives.county.human_resources


def test_the_menu_counts_what_the_list_shows_after_a_claim(open_as, lives: Lives, handler) -> None:
    lives.dispatched()
    page = open_as(handler, TODO)
    waiting = page.get_by_role("link", name=re.compile("^待签收"))
    expect(waiting).to_have_text(re.compile(r"待签收\s*1"))
    claim_button(page).click()
    expect(waiting).to_have_text(re.compile(r"待签收\s*$"))
    expect(page.get_by_role("link", name=re.compile("^我在办"))).to_have_text(
        re.compile(r"我在办\s*1")
    )


def test_many_at_the_same_moment_leave_one_owner(lives: Lives, handler, colleague) -> None:
    case = lives.dispatched()
    path = reverse("cases:act", args=[case.number, "claim"])
    line, answers = Barrier(6), []

    def press(user: User) -> None:
        client = Client()
        client.force_login(user)
        line.wait()
        answers.append(client.post(path).status_code)

    threads = [Thread(target=press, args=[user]) for user in (handler, colleague) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409, 409, 409, 409, 409]
    assert case.events.filter(verb="claim").count() == 1


def test_the_winner_alone_may_undo_and_for_ten_minutes(
    open_as, lives: Lives, handler, colleague
) -> None:
    case = lives.claimed()
    winner, other = (
        open_as(handler, case.get_absolute_url()),
        open_as(colleague, case.get_absolute_url()),
    )
    expect(winner.get_by_role("button", name="撤销签收")).to_be_visible()
    expect(other.get_by_role("button", name="撤销签收")).to_have_count(0)
    clock.freeze(clock.now() + timedelta(minutes=11))
    winner.get_by_role("button", name="撤销签收").click()
    expect(winner.get_by_text(re.compile("10 分钟"))).to_be_visible()
    assert Case.objects.get(pk=case.pk).label == "handling"


def test_two_officers_dispatch_the_same_item_once(
    open_as, shot, lives: Lives, triage, second_triage
) -> None:
    case = lives.registered()
    path = reverse("cases:act", args=[case.number, "dispatch"])
    first, second = open_as(triage, path), open_as(second_triage, path)
    for page in (first, second):
        page.get_by_label("主办单位").select_option("RS")
    for page in (first, second):
        page.get_by_role("button", name=re.compile("^派出")).click()
        expect(page.get_by_text("待签收").first).to_be_visible()
    expect(second.get_by_text(re.compile("周敏 .*已经把 .* 派给人社局"))).to_be_visible()
    shot(second, "second")
    assert case.events.filter(verb="dispatch").count() == 1


def test_what_changed_while_writing_is_said_and_the_text_stays(
    open_as, shot, lives: Lives, handler, clerk
) -> None:
    case = lives.claimed()
    writing = open_as(handler, reverse("cases:act", args=[case.number, "note"]))
    writing.get_by_label("进展").fill("已电话联系双方，约好明天谈")
    other = open_as(clerk, reverse("cases:act", args=[case.number, "revisit"]))
    other.get_by_label("这次说了什么").fill("又来问进展")
    other.get_by_role("button", name=re.compile("^记下")).click()
    expect(other.get_by_text("这次来访已记下").first).to_be_visible()
    writing.get_by_role("button", name=re.compile("^记下")).click()
    said = re.compile(r"你写的时候，王芳 \d\d:\d\d 记了一次来访。写的内容还在下面，核对后再保存")
    expect(writing.get_by_text(said)).to_be_visible()
    expect(writing.get_by_label("进展")).to_have_value("已电话联系双方，约好明天谈")
    shot(writing, "conflict")
    writing.get_by_role("button", name=re.compile("^记下")).click()
    expect(writing.get_by_text("已电话联系双方，约好明天谈").first).to_be_visible()


# ---------------------------------------------------------------- 19: rights and privacy


def test_what_is_not_theirs_reads_like_what_is_not_there(
    open_as, lives: Lives, other_handler, outsider, town_officer
) -> None:
    case = lives.claimed()
    for person in (other_handler, outsider, town_officer):
        page = open_as(person, case.get_absolute_url())
        hidden = page.locator("main").inner_text().replace(case.number, "N")
        page.goto("/cases/9901019912319999/")
        absent = page.locator("main").inner_text().replace("9901019912319999", "N")
        assert hidden == absent
        assert "鑫源" not in page.content()


def test_searching_finds_nothing_of_others(open_as, lives: Lives, outsider) -> None:
    lives.claimed()
    page = open_as(outsider, "/cases/")
    for text in ("鑫源", PHONE, ID_NUMBER, "木工"):
        page.get_by_label("查事项").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        assert "鑫源劳务" not in page.locator("main").inner_text(), text


def test_numbers_are_masked_until_asked_for_with_a_reason(
    open_as, shot, lives: Lives, clerk
) -> None:
    case = lives.claimed()
    page = open_as(clerk, f"{case.get_absolute_url()}?tab=parties")
    source = page.content()
    assert PHONE not in source
    assert ID_NUMBER not in source
    page.get_by_text("显示", exact=True).first.click()
    page.get_by_label("为什么看").first.select_option("回访")
    page.get_by_role("button", name="显示号码").first.click()
    expect(page.get_by_text(PHONE)).to_be_visible()
    shot(page, "revealed")
    log = AccessLog.objects.get(action=AccessLog.Action.REVEAL)
    assert (log.user, log.purpose) == (clerk, "回访")
    page.goto(f"{case.get_absolute_url()}?tab=parties")
    assert PHONE not in page.content()


def test_an_administrator_reads_no_narrative(open_as, lives: Lives, sysadmin, secadmin) -> None:
    case = lives.claimed()
    for person in (sysadmin, secadmin):
        page = open_as(person, case.get_absolute_url())
        assert "木工" not in page.content()
        expect(page.get_by_role("heading", name="没找到")).to_be_visible()


def test_an_old_bookmark_ends_with_the_post(open_as, lives: Lives, handler) -> None:
    case = lives.claimed()
    page = open_as(handler, case.get_absolute_url())
    expect(page.get_by_text("办理中").first).to_be_visible()
    Post.objects.filter(user=handler).update(role=Role.objects.get(code=RoleCode.GRID_WORKER.value))
    page.reload()
    expect(page.get_by_role("heading", name="没找到")).to_be_visible()


def test_four_roles_are_offered_what_the_door_lets_through_and_no_more(
    open_as, lives: Lives, clerk, triage, handler, leader
) -> None:
    case = lives.claimed()
    offered = {
        "反馈结果": (handler,),
        "申请延期": (handler,),
        "申请改派": (handler,),
        "撤销签收": (handler,),
        "督办": (triage, leader),
        "改派": (triage,),
        "移送": (triage,),
        "并案": (triage,),
        "撤回": (clerk, triage),
        "再次来访": (clerk, triage),
        "补充更正": (clerk, triage, handler),
        "记进展": (clerk, triage, handler),
    }
    for person in (clerk, triage, handler, leader):
        page = open_as(person, case.get_absolute_url())
        box = page.get_by_role("complementary", name="现在可以做")
        shown = {
            name.strip()
            for name in box.locator("a.btn, button.btn").all_inner_texts()
            if name.strip() in offered
        }
        assert shown == {name for name, people in offered.items() if person in people}
