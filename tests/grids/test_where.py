"""用现在的位置: in which grid that is, for who tapped and for the centre; nothing finer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from grids.models import Grid, GridEvent, GridRole
from orgs.sessions import mark_of
from tests.county import LONG_AGO
from tests.grids.test_places import draw, polygon, square

HERE, NEXT_DOOR, NOWHERE = (100.5, 20.5), (101.5, 20.5), (109.0, 20.5)


@pytest.fixture
def neighbour(grid) -> Grid:
    """Both are drawn, side by side; the other is another's."""
    other = Grid.objects.create(
        code=f"{grid.code[:12]}009", name="柳湾村第9网格", region=grid.region
    )
    draw(grid, polygon(square(100, 20)))
    draw(other, polygon(square(101, 20)))
    return other


def told(client: Client, worker, point: tuple[float, float]) -> dict[str, str]:
    client.force_login(worker)
    response = client.post(
        reverse("phone:where"),
        {"longitude": point[0], "latitude": point[1]},
        headers={"Accept": "application/json", "X-Account": mark_of(worker)},
    )
    said: dict[str, str] = response.json()
    return said


def test_who_tapped_is_told_which_grid_that_is(client, worker, grid, neighbour) -> None:
    assert told(client, worker, HERE) == {"words": "在柳湾村第3网格", "grid": grid.code}
    outside = {"words": "在柳湾村第9网格，不在自己的网格，在哪要写清", "grid": ""}
    assert told(client, worker, NEXT_DOOR) == outside
    assert told(client, worker, NOWHERE)["words"] == "不在自己的网格，在哪要写清"


def test_of_two_grids_of_ones_own_the_one_that_holds_the_point_is_chosen(
    client, worker, neighbour
) -> None:
    kind = GridRole.Kind.FULL_TIME
    GridRole.objects.create(grid=neighbour, user=worker, kind=kind, since=LONG_AGO)
    assert told(client, worker, NEXT_DOOR)["grid"] == neighbour.code


def test_where_no_shape_is_known_nothing_is_said(client, worker, grid) -> None:
    assert told(client, worker, HERE) == {"words": "", "grid": ""}


def test_a_point_that_is_none_is_refused_in_a_sentence(client, worker) -> None:
    assert "没有取到位置" in told(client, worker, (500.0, 20.5))["message"]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        (HERE, ""),
        (NEXT_DOOR, "取的位置在柳湾村第9网格"),
        (NOWHERE, "取的位置不在柳湾村第3网格"),
    ],
)
def test_the_centre_is_told_when_the_reporter_stood_in_another_grid(
    client, village_officer, reported, neighbour, point, said
) -> None:
    event: GridEvent = reported(longitude=point[0], latitude=point[1])
    client.force_login(village_officer)
    for address in (event.get_absolute_url(), reverse("grids:event_desk")):
        page = client.get(address).content.decode()
        assert (said in page) if said else ("取的位置" not in page)
        assert str(point[0]) not in page


@pytest.fixture
def micro(neighbour: Grid) -> Grid:
    """Not drawn itself, in the neighbour that is."""
    return Grid.objects.create(
        code=f"{neighbour.code[:12]}201",
        name="一组",
        region=neighbour.region,
        kind=Grid.Kind.MICRO,
        parent=neighbour,
    )


def test_who_serves_an_undrawn_micro_grid_is_not_told_to_be_outside(client, worker, micro) -> None:
    """It lies in a grid that is drawn; where in it, nobody knows."""
    GridRole.objects.update(grid=micro)
    assert told(client, worker, NEXT_DOOR) == {"words": "在柳湾村第9网格", "grid": ""}
    assert "不在自己的网格" in told(client, worker, HERE)["words"]


def test_a_report_of_an_undrawn_micro_grid_is_not_called_elsewhere_within_the_grid_around(
    client, village_officer, reported, micro
) -> None:
    event: GridEvent = reported(longitude=NEXT_DOOR[0], latitude=NEXT_DOOR[1])
    GridEvent.objects.update(grid=micro)
    client.force_login(village_officer)
    assert "取的位置" not in client.get(event.get_absolute_url()).content.decode()


def test_while_one_of_ones_grids_is_not_drawn_nowhere_is_outside(
    client, worker, grid, neighbour
) -> None:
    other = Grid.objects.create(
        code=f"{grid.code[:12]}008", name="柳湾村第8网格", region=grid.region
    )
    kind = GridRole.Kind.FULL_TIME
    GridRole.objects.create(grid=other, user=worker, kind=kind, since=LONG_AGO)
    assert told(client, worker, NOWHERE) == {"words": "", "grid": ""}


def test_where_the_reporter_stood_is_for_the_centre_that_has_it(
    client, worker, reported, neighbour
) -> None:
    event: GridEvent = reported(longitude=NEXT_DOOR[0], latitude=NEXT_DOOR[1])
    client.force_login(worker)
    page = client.get(event.get_absolute_url())
    assert page.status_code == 200
    assert "取的位置" not in page.content.decode()
