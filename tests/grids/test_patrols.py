from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from grids.models import GridRole, PatrolNote
from grids.services.patrols import note_patrol
from orgs.permissions import RoleCode
from tests.county import person
from zongzhi.lib import clock
from zongzhi.lib.errors import AlreadyDone, Invalid, NotAllowed, NotFound


def note(grid, by, *, back: int = 0, text: str = "", client_id=None):
    day = clock.today() - timedelta(days=back)
    return note_patrol(grid=grid, day=day, text=text, client_id=client_id or uuid4(), by=by)


def test_walked_and_nothing_found_is_one_line(grid, worker) -> None:
    assert note(grid, worker)[0].text == "走过，没异常"


def test_the_first_line_of_a_day_stays(grid, worker) -> None:
    note(grid, worker, text="河堤有人钓鱼，劝走了")
    with pytest.raises(AlreadyDone, match="已经记过：河堤有人钓鱼"):
        note(grid, worker, text="别的")
    assert PatrolNote.objects.get().text == "河堤有人钓鱼，劝走了"


def test_the_same_line_sent_again_is_one(grid, worker) -> None:
    client_id = uuid4()
    note(grid, worker, client_id=client_id)
    assert not note(grid, worker, client_id=client_id)[1]


def test_the_week_may_be_filled_in(grid, worker) -> None:
    assert note(grid, worker, back=6)[1]
    for back in (7, -1):
        with pytest.raises(Invalid):
            note(grid, worker, back=back)


def test_a_grid_one_did_not_serve_that_day_is_not_there(grid, worker) -> None:
    GridRole.objects.update(until=clock.today() - timedelta(days=3))
    assert note(grid, worker, back=4)[1]
    with pytest.raises(NotFound):
        note(grid, worker)


def test_two_workers_of_a_grid_have_a_line_each(grid, worker, county) -> None:
    other = person("grid2", "钱二", county.village, RoleCode.GRID_WORKER)
    GridRole.objects.create(grid=grid, user=other, kind="part_time", since=clock.today())
    note(grid, worker)
    assert note(grid, other)[1]
    with pytest.raises(NotFound):
        note(grid, other, client_id=PatrolNote.objects.get(by=worker).client_id)


def test_who_is_no_worker_notes_nothing(grid, clerk) -> None:
    with pytest.raises(NotAllowed):
        note(grid, clerk)
