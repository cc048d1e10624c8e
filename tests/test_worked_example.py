"""The worked example of the deadlines, read in the list, on the page and over the API.

Dispatched 3 April 2025, 10:44, seven working days: the day itself is not counted, 清明 and two
weekends are skipped, and it is due on 15 April at 17:30.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from cases.models import Case
from orgs.models import User
from orgs.tokens import issue_token
from tests.lives import Lives
from zongzhi.lib import clock


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=clock.SHANGHAI)


MOMENTS = [
    (moment(4, 11, 9), "green", "剩 2 个工作日"),
    (moment(4, 14, 9), "amber", "剩 1 个工作日"),
    (moment(4, 15, 9), "amber", "今天 17:30 到期"),
    (moment(4, 15, 17, 31), "red", "刚超期"),
    (moment(4, 16, 9), "red", "超 1 个工作日"),
]


@pytest.fixture
def case(lives: Lives) -> Case:
    with clock.at(moment(4, 3, 10, 44)):
        return lives.claimed()


@pytest.mark.parametrize(("now", "colour", "words"), MOMENTS, ids=[words for *_, words in MOMENTS])
def test_the_light_reads_the_same_everywhere(case: Case, triage: User, now, colour, words) -> None:
    clock.freeze(now)
    client = Client()
    client.force_login(triage)
    for page in ("/cases/", f"/cases/{case.number}/"):
        assert words in client.get(page).content.decode()
    token = issue_token(user=triage, address=None)
    headers = {"Authorization": f"Token {token}"}
    read = client.get(f"/api/v1/cases/{case.number}/", headers=headers).json()
    assert read["light"] == colour
    assert datetime.fromisoformat(read["handling_due_at"]) == moment(4, 15, 17, 30)


def test_the_page_tells_how_the_due_time_was_counted(case: Case, triage: User) -> None:
    clock.freeze(moment(4, 11, 9))
    client = Client()
    client.force_login(triage)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "4月4日—4月6日 清明节" in page
    assert "4月12日—4月13日 周末" in page
