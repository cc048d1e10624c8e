"""Journey 13, from the table to the reminder: structured terms → signed → scan → the due date."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from mediation.models import Agreement
from mediation.tasks import sweep_mediations
from orgs.models import User
from tests.files import jpeg
from tests.lib.days import DISPATCHED
from tests.lives import Lives
from tests.settlements import mediated, party
from zongzhi.lib import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_agreed_signed_scanned_and_reminded_of(
    open_as, shot, lives: Lives, handler: User, javascript: bool
) -> None:
    clock.freeze(DISPATCHED)
    case = mediated(lives)
    page = open_as(handler, f"/cases/{case.number}/agree/", javascript=javascript)
    first = page.get_by_role("group", name="第 1 条")
    first.get_by_label("由谁履行").select_option(str(party(case).pk))
    first.get_by_label("做什么").fill("付清拖欠的工资")
    first.get_by_label("金额").fill("20000")
    first.get_by_label("什么时候以前").fill("2025-04-05")
    page.get_by_role("button", name="再加几条").click()
    expect(page.get_by_role("group", name="第 6 条")).to_be_visible()
    fifth = page.get_by_role("group", name="第 5 条")
    fifth.get_by_label("做什么").fill("当面赔礼道歉，给䶮师傅写一份收条")
    shot(page, "terms")
    page.get_by_role("button", name="写好协议").click()
    expect(page.get_by_text("等签名盖章")).to_be_visible()

    page.goto(f"/cases/{case.number}/sign/")
    for name in ("张三丰", "鑫源劳务公司"):
        line = page.get_by_role("group", name=re.compile(name))
        line.get_by_label("方式").select_option(label="按指印")
        line.get_by_label("日期").fill("2025-04-03")
    page.get_by_label("调解员签名").fill("2025-04-03")
    page.get_by_label("调委会盖章").fill("2025-04-03")
    shot(page, "sign")
    page.get_by_role("button", name="记签名盖章").click()
    expect(page.get_by_text("已生效")).to_be_visible()

    page.goto(f"/cases/{case.number}/scan-agreement/")
    paper = {"name": "签字件.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.get_by_label("签字件").set_input_files(paper)
    page.get_by_role("button", name="传签字件").click()
    expect(page.get_by_role("link", name="签字件.jpg").first).to_be_visible()

    found = Agreement.objects.get()
    assert [term.n for term in found.terms.all()] == [1, 2]
    clock.freeze(DISPATCHED + timedelta(days=2))
    sweep_mediations()
    page.goto("/notices/")
    expect(page.get_by_text("调解协议第 1 条今天到期")).to_be_visible()
    page.goto(f"/mediation/agreements/{found.pk}/")
    expect(page.get_by_text("今天到期")).to_be_visible()
    shot(page, "agreement")
