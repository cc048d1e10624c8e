"""Where a point lies, and what is said of a shape that cannot be taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.map_drawing import frame_of, hull_of, paths_of
from grids.models import Grid, GridShape
from grids.places import box_of, grid_at, holds
from grids.shapes import BadShapeError, read_many, read_one
from tests.county import County


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_point_in_a_hole_is_outside() -> None:
    ring_road = polygon(square(100, 20, 4), square(101, 21, 2))
    assert holds(ring_road, 100.5, 20.5)
    assert not holds(ring_road, 102, 22)


def test_a_grid_of_several_parts_holds_what_any_part_holds() -> None:
    islands = {"type": "MultiPolygon", "coordinates": [[square(100, 20)], [square(105, 20)]]}
    assert holds(islands, 100.5, 20.5)
    assert holds(islands, 105.5, 20.5)
    assert not holds(islands, 103, 20.5)


@given(st.floats(100, 103), st.floats(20, 23))
def test_a_point_lies_in_exactly_one_of_the_grids_that_cover_a_place(x: float, y: float) -> None:
    fields = [polygon(square(100 + n % 4, 20 + n // 4)) for n in range(16)]
    assert sum(holds(field, x, y) for field in fields) == 1


def draw(grid: Grid, geometry: dict[str, Any]) -> None:
    west, south, east, north = box_of(geometry)
    GridShape.objects.create(
        grid=grid, geometry=geometry, west=west, south=south, east=east, north=north
    )


def test_a_campus_comes_before_the_grid_around_it_and_a_micro_grid_after(county: County) -> None:
    village = county.village.region
    kinds = [(Grid.Kind.COMPREHENSIVE, "001", 4), (Grid.Kind.DEDICATED, "101", 1)]
    for kind, serial, side in [*kinds, (Grid.Kind.MICRO, "201", 3)]:
        code = village.code + serial
        grid = Grid.objects.create(code=code, name=serial, region=village, kind=kind)
        draw(grid, polygon(square(100, 20, side)))
    found = [grid_at(100.5, 20.5), grid_at(102.5, 22.5), grid_at(109, 20)]
    assert [one and one.name for one in found] == ["101", "001", None]


def test_a_grid_that_is_closed_holds_nothing(county: County) -> None:
    village = county.village.region
    grid = Grid.objects.create(
        code=f"{village.code}001", name="一", region=village, is_active=False
    )
    draw(grid, polygon(square(100, 20)))
    assert grid_at(100.5, 20.5) is None


def data(found: Any) -> bytes:
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (b"\xff\xfe", "GeoJSON"),
        (b"[" * 100_000, "GeoJSON"),
        (b'{"type":"Polygon","coordinates":NaN}', "GeoJSON"),
        (data({"type": "Point", "coordinates": [100, 20]}), "不能是点或线"),
        (data(polygon(square(100, 20)[:-1])), "没有闭合"),
        (data(polygon([[100, 20], [101, 20], [100, 20]])), "至少要 3 个拐点"),
        (data(polygon([[100, 20], [101, 21], [102, 22], [100, 20]])), "围不出面积"),
        (data(polygon(square(20, 100))), "写反了"),
        (data(polygon(square(500_000, 3_000_000))), "不在国内"),
        (data(polygon([["100", "20"]] * 4)), "不是两个数字"),
        (data(polygon()), "是空的"),
        (data({"type": "FeatureCollection", "features": []}), "正好有一个要素"),
    ],
)
def test_a_shape_that_cannot_be_taken_says_what_to_mend(found: bytes, sentence: str) -> None:
    with pytest.raises(BadShapeError) as told:
        read_one(found)
    assert sentence in told.value.sentences[0]


def feature(code: Any, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def test_every_bad_feature_of_an_area_is_named() -> None:
    features = [
        feature("990101100201001", polygon(square(100, 20))),
        feature("", polygon(square(100, 20))),
        feature("990101100201001", polygon(square(101, 20))),
        feature("990101100201002", {"type": "LineString", "coordinates": []}),
    ]
    with pytest.raises(BadShapeError) as told:
        read_many(data({"type": "FeatureCollection", "features": features}))
    assert [one[:9] for one in told.value.sentences] == [
        "第 2 个要素：属",
        "第 3 个要素：编",
        "第 4 个要素：编",
    ]


def test_a_drawing_stays_small_however_many_corners_there_are() -> None:
    import math  # noqa: PLC0415

    wheel = [
        [100 + math.cos(n / 500) * (1 + n % 2 / 50), 30 + math.sin(n / 500)] for n in range(3141)
    ]
    shapes = [polygon([*wheel, wheel[0]])] * 40
    paths = paths_of(shapes, frame_of([box_of(shapes[0])]), most=50_000)
    assert sum(map(len, paths)) <= 50_000


def test_from_afar_a_village_is_the_hull_around_its_grids() -> None:
    hull = hull_of([(100, 20, 101, 21), (101, 21, 102, 22)])
    assert box_of(hull) == (100, 20, 102, 22)
    assert holds(hull, 100.9, 20.9)
    assert not holds(hull, 100.1, 21.9)
