from __future__ import annotations

from cases.models import Case
from reports.figures import OF_CASES
from tests.api.conftest import is_problem
from tests.lives import Lives
from zongzhi.lib import clock


def test_every_figure_is_as_long_as_the_list_behind_it(lives: Lives, speaks, leader) -> None:
    lives.registered()
    lives.closed()
    late = lives.claimed()
    Case.objects.filter(pk=late.pk).update(due_at=clock.now(), near_at=clock.now())
    api = speaks(leader)
    board = api.get("stats/dashboard/").json()
    assert set(board["figures"]) == {figure.key for figure in OF_CASES}
    for key, figure in board["figures"].items():
        listed = api._client.get(figure["url"]).json()["results"]
        assert len(listed) == figure["number"], key
    numbers = {key: figure["number"] for key, figure in board["figures"].items()}
    assert (numbers["in_hand"], numbers["overdue"], numbers["finished_month"]) == (2, 1, 1)
    assert board["satisfaction"] == {"percent": "", "numerator": 1, "denominator": 1}
    assert (board["visits"], board["visitors"]) == (3, 3)


def test_the_board_is_for_those_who_have_it(speaks, clerk) -> None:
    is_problem(speaks(clerk).get("stats/dashboard/"), 403, "not_allowed")
