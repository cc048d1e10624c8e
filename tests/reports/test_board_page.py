from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services.closing import rate_case
from cases.services.registration import record_consultation, revisit_case
from cases.vocabulary import Risk, Satisfaction, Settled
from dispatch.services.asking import request_extension
from tests.lives import Lives
from zongzhi.lib import clock

BOARD, VISITS = reverse("reports:board"), reverse("reports:visits")


def test_the_board_shows_what_needs_the_leader(client: Client, leader, lives: Lives) -> None:
    dangerous = lives.claimed(risk=Risk.HIGH)
    late = lives.claimed(complexity="simple")
    clock.freeze(clock.now() + timedelta(days=5))
    client.force_login(leader)
    board = client.get(BOARD).context["board"]
    rows = {part.title: [row.number for row in part.rows] for part in board.attention}
    assert late.number in rows["超期最久"]
    assert rows["高风险"] == [dangerous.number]
    assert rows["不满意"] == []


def test_at_most_five_rows_of_each(client: Client, leader, lives: Lives) -> None:
    for _ in range(7):
        lives.registered()
    clock.freeze(clock.now() + timedelta(days=10))
    client.force_login(leader)
    part = client.get(BOARD).context["board"].attention[0]
    assert (len(part.rows), part.counted.number) == (5, 7)


def test_a_percentage_needs_ten_ratings(client: Client, leader, lives: Lives) -> None:
    lives.closed()
    client.force_login(leader)
    board = client.get(BOARD)
    said = board.context["board"].satisfaction
    assert (said.percent, said.rated.number, said.finished.number) == ("", 1, 1)
    assert "1评" in board.content.decode()


def test_leaders_see_how_the_ratings_came_in(client: Client, leader, lives: Lives) -> None:
    """Each way leads to exactly the cases it counts."""
    called, scanned = lives.closed(), lives.approved()
    rate_case(
        token=scanned.token, settled=Settled.RESOLVED, satisfaction=Satisfaction.VERY_SATISFIED
    )
    client.force_login(leader)
    ways = client.get(BOARD).context["board"].satisfaction.ways
    assert [(way.counted.figure.name, way.counted.number) for way in ways] == [
        ("本人扫码", 1),
        ("窗口平板", 0),
        ("电话代录", 1),
    ]
    for way, case in ((ways[0], scanned), (ways[2], called)):
        (row,) = client.get(way.counted.url).context["rows"]
        assert row.number == case.number


def test_a_request_waits_on_the_board(client: Client, leader, handler, lives: Lives) -> None:
    case = lives.claimed()
    request_extension(case_id=case.pk, by=handler, days=3, text="户数多，丈量没做完")
    client.force_login(leader)
    (request,) = client.get(BOARD).context["board"].requests
    assert request.case == case


def test_visits_and_people_are_other_numbers_than_cases(
    client: Client, leader, clerk, lives: Lives
) -> None:
    case = lives.registered(visitors=3)
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进度")
    record_consultation(by=clerk, category="law", text="问怎么申请仲裁", visitors=1)
    client.force_login(leader)
    board = client.get(BOARD).context["board"]
    assert board.registered.number == 1
    came = (board.visits, board.visitors, board.consultations, board.consulted)
    assert [one.number for one in came] == [2, 5, 1, 1]
    book = client.get(VISITS).context
    assert (book["visits_total"], book["consultations_total"]) == (2, 1)
    assert (book["coming"].visits, book["coming"].visitors) == (3, 6)  # 接待: both together


def test_what_comes_after_the_board_is_not_behind_its_numbers(
    client: Client, leader, clerk, lives: Lives
) -> None:
    case = lives.registered()
    record_consultation(by=clerk, category="law", text="问怎么申请仲裁", visitors=1)
    client.force_login(leader)
    board = client.get(BOARD).context["board"]
    clock.freeze(clock.now() + timedelta(minutes=1))
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进度")
    record_consultation(by=clerk, category="law", text="问怎么申请仲裁", visitors=4)
    for one in (board.visits, board.visitors, board.consultations, board.consulted):
        assert client.get(one.url).context["behind"].number == one.number == 1


def test_a_window_sees_the_visits_it_was_told_of(client: Client, clerk, lives: Lives) -> None:
    case = lives.registered()
    client.force_login(clerk)
    came = client.get(reverse("reports:workbench")).context["page"].coming
    clock.freeze(clock.now() + timedelta(minutes=1))
    revisit_case(case_id=case.pk, by=clerk, visitors=2, text="又来问进度")
    assert client.get(came.url).context["coming"].visits == came.visits == 1


def test_nobody_reads_the_visits_of_cases_they_do_not_see(
    client: Client, town_officer, lives: Lives
) -> None:
    lives.registered()
    client.force_login(town_officer)
    assert client.get(VISITS).context["visits_total"] == 0


def test_a_day_that_is_none_means_this_month(client: Client, clerk) -> None:
    client.force_login(clerk)
    for text in ("", "nonsense", "2026-13-40", "9" * 30):
        assert client.get(VISITS, {"since": text}).status_code == 200


def test_more_cases_cost_no_more_queries(client: Client, leader, lives: Lives) -> None:
    client.force_login(leader)
    lives.claimed(risk=Risk.HIGH)
    client.get(BOARD)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(BOARD)
        return len(captured)

    few = queries()
    for _ in range(5):
        lives.claimed(risk=Risk.HIGH)
    assert queries() == few
