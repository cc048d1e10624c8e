"""工作台 and the frame: the right things for each role, and every number its list."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orgs.models import User
from orgs.services import notify
from reports.context import frame
from reports.figures import AsOf
from reports.late_units import units_behind
from tests.lives import Lives
from zongzhi.lib import clock

HOME = reverse("reports:workbench")
EVERYBODY = (
    "clerk",
    "triage",
    "handler",
    "head",
    "leader",
    "town_officer",
    "village_officer",
    "grid_worker",
    "sysadmin",
    "secadmin",
    "auditor",
)


@pytest.fixture
def lived(lives: Lives, clerk, handler, grid_worker) -> None:
    lives.registered()
    lives.dispatched()
    lives.claimed()
    lives.returned()
    lives.reported()
    lives.supervised()
    lives.approved()
    lives.closed()
    lives.registered(by=grid_worker)


def blocks(client: Client) -> dict[str, int]:
    page = client.get(HOME).context["page"]
    return {block.title: block.total for block in [*page.blocks, *page.waiting]}


def test_the_triage_officer_starts_with_what_is_due_first(client: Client, triage, lived) -> None:
    client.force_login(triage)
    page = client.get(HOME).context["page"]
    numbers = {item.label: item.number for item in page.numbers}
    assert numbers == {
        "待受理": 0,
        "待分流": 1,
        "退回裁定": 1,
        "待审核": 1,
        "待批申请": 0,
        "吹哨未应": 0,
    }
    assert blocks(client)["现在先做"] == 3


def test_the_unit_claims_with_one_click_and_comes_back(
    client: Client, handler, lives: Lives
) -> None:
    case = lives.dispatched()
    client.force_login(handler)
    assert blocks(client) == {"待签收": 1, "我在办": 0, "被督办": 0, "协办": 0, "已反馈，等审核": 0}
    claim = reverse("cases:act", args=[case.number, "claim"])
    assert client.post(claim, {"next": HOME})["Location"] == HOME
    assert blocks(client)["我在办"] == 1


def test_the_head_sees_what_has_no_handler_yet(client: Client, head, lives: Lives) -> None:
    lives.dispatched()
    client.force_login(head)
    assert blocks(client)["还没指派到人"] == 1


def test_the_clerk_sees_calls_to_make_and_what_became_of_the_rest(
    client: Client, clerk, lived
) -> None:
    client.force_login(clerk)
    page = client.get(HOME).context["page"]
    assert blocks(client)["回访"] == 1
    received = {item.label: item.number for item in page.received}
    assert received == {
        "待分流": 1,
        "待签收": 1,
        "退回待裁定": 1,
        "办理中": 2,
        "待审核": 1,
        "待回访": 1,
    }
    assert page.today[0].number == 8


def test_a_grid_worker_sees_what_became_of_the_reports(client: Client, grid_worker, lived) -> None:
    client.force_login(grid_worker)
    assert blocks(client) == {"我报的": 1}


def test_a_leader_starts_with_the_board(client: Client, leader, lived) -> None:
    client.force_login(leader)
    assert client.get(HOME).context["page"].board is not None


def test_somebody_without_a_post_is_told_so(client: Client, db) -> None:
    nobody = User.objects.create_user("nobody", None, name="新人", must_change_password=False)
    client.force_login(nobody)
    assert "这个账号还没有岗位" in client.get(HOME).content.decode()


def test_a_units_delay_is_its_own(triage, lives: Lives) -> None:
    """待审核 over time is the centre's."""
    lives.reported()
    lives.claimed(complexity="simple")
    clock.freeze(clock.now() + timedelta(days=5))
    (unit,) = units_behind(triage, AsOf(clock.now()))
    assert (unit.name, unit.red) == ("人社局", 1)


def listed(client: Client, url: str) -> int:
    """How many rows the page behind an address has under it."""
    response = client.get(url)
    context = response.context
    if urlsplit(url).path == reverse("dispatch:desk"):
        tab = parse_qs(urlsplit(url).query)["tab"][0]
        return len(context["requests"]) if tab == "requests" else len(context["queue"])
    return int(context["page"].total if "page" in context else context["total"])


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_number_of_the_menu_is_the_length_of_its_list(
    who: str, client: Client, request: pytest.FixtureRequest, lived
) -> None:
    client.force_login(request.getfixturevalue(who))
    menu = client.get(HOME).context["frame"].menu
    for item in menu:
        if item.count is not None:
            assert listed(client, item.url) == item.count, item.label


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_number_of_the_workbench_is_the_length_of_its_list(
    who: str, client: Client, request: pytest.FixtureRequest, lived
) -> None:
    client.force_login(request.getfixturevalue(who))
    page = client.get(HOME).context["page"]
    numbers = [(item.url, item.number) for item in (*page.numbers, *page.received, *page.today)]
    numbers += [(b.url, b.total) for b in (*page.blocks, *page.waiting) if b.act != "desk"]
    numbers += [(unit.red_url, unit.red) for unit in page.units]
    numbers += [(unit.amber_url, unit.amber) for unit in page.units]
    for url, number in numbers:
        assert listed(client, url) == number, url


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_menu_leads_only_to_pages_that_open(
    who: str, client: Client, request: pytest.FixtureRequest, lived
) -> None:
    client.force_login(request.getfixturevalue(who))
    for item in client.get(HOME).context["frame"].menu:
        assert client.get(item.url).status_code == 200, item.label


def test_the_menu_marks_the_page_one_is_on(client: Client, triage) -> None:
    client.force_login(triage)
    for url, label in ((HOME, "工作台"), ("/dispatch/?tab=to_rule", "退回裁定")):
        menu = client.get(url).context["frame"].menu
        assert [item.label for item in menu if item.current] == [label]


def test_the_frame_costs_at_most_two_queries(
    client: Client, rf, triage, lived, django_assert_max_num_queries
) -> None:
    request = rf.get(HOME)
    request.user, request.session = triage, client.session
    triage.posts_today  # noqa: B018 - loaded once per request
    with django_assert_max_num_queries(2):
        assert frame(request)["frame"].menu


def test_counts_of_menu_and_notices_come_together(client: Client, triage, lived) -> None:
    triage.notices.all().delete()
    notify([triage], text="待裁定")
    client.force_login(triage)
    answer = client.get(reverse("orgs:counts")).content.decode()
    assert 'id="unread" hx-swap-oob="true">1<' in answer
    assert answer.count("hx-swap-oob") == len(client.get(HOME).context["frame"].menu) + 2


def test_what_was_opened_last_stands_in_the_frame(client: Client, clerk, lives: Lives) -> None:
    first, second = lives.registered(), lives.registered()
    client.force_login(clerk)
    for case in (first, second, first):
        client.get(case.get_absolute_url())
    recent = [item.label for item in client.get(HOME).context["frame"].recent]
    assert recent == [first.short_number, second.short_number]


@pytest.mark.parametrize("who", ["clerk", "triage", "handler", "head", "leader"])
def test_more_cases_cost_no_more_queries(
    who: str, client: Client, request: pytest.FixtureRequest, lives: Lives
) -> None:
    client.force_login(request.getfixturevalue(who))

    def make() -> None:
        lives.registered()
        lives.dispatched()
        lives.claimed()
        lives.reported()
        lives.supervised()
        lives.approved()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(HOME)
        return len(captured)

    make()
    client.get(HOME)
    few = queries()
    for _ in range(2):
        make()
    assert queries() == few
