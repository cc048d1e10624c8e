"""GeoJSON that somebody sends: read within bounds; what is wrong with it, in a sentence."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grids.places import Geometry

MEGABYTE = 1024 * 1024
LARGEST_OF_ONE = 2 * MEGABYTE
LARGEST_OF_AREA = 20 * MEGABYTE
MOST_CORNERS = 20_000
MOST_FEATURES = 5_000
MOST_FAULTS = 200  # named on a page
_LEAST_CORNERS = 4  # of a ring: three and the first again
_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0
_CODE = re.compile(r"\d{13,18}")


class BadShapeError(ValueError):
    """The file or a shape in it cannot be taken; each sentence says what to mend."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = list(sentences)
        super().__init__(sentences[0])


@dataclass(frozen=True)
class Feature:
    at: int  # from 1, as people count
    code: str
    geometry: Geometry


def read_one(data: bytes) -> Geometry:
    """The shape in a file about one grid."""
    found = _load(data, LARGEST_OF_ONE)
    if found.get("type") == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise BadShapeError("文件里要正好有一个要素；一片网格的文件在“导入边界”那一页传")
        found = features[0] if isinstance(features[0], dict) else {}
    if found.get("type") == "Feature":
        found = found.get("geometry") or {}
    return read_geometry(found)


def read_many(data: bytes) -> list[Feature]:
    """The features of a file about an area, each with the code of its grid. All or nothing."""
    found = _load(data, LARGEST_OF_AREA)
    features = found.get("features")
    if found.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise BadShapeError("这不是 FeatureCollection，用地图软件导出成 GeoJSON 要素集再传")
    if not features:
        raise BadShapeError("文件里一个要素也没有")
    if len(features) > MOST_FEATURES:
        raise BadShapeError(f"一次最多 {MOST_FEATURES} 个要素，按镇街分成几份再传")
    read: list[Feature] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for at, feature in enumerate(features, start=1):
        try:
            one = _feature(at, feature)
            if one.code in seen:
                raise BadShapeError(f"编码 {one.code} 和第 {seen[one.code]} 个要素重复，留下一个")
            seen[one.code] = at
            read.append(one)
        except BadShapeError as error:
            faults.append(f"第 {at} 个要素：{error.sentences[0]}")
    if faults:
        raise BadShapeError(*faults)
    return read


def _load(data: bytes, largest: int) -> dict[str, Any]:
    if len(data) > largest:
        raise BadShapeError(f"文件超过 {largest // MEGABYTE} MB，简化边界或者分成几份再传")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadShapeError("这不是 GeoJSON 文件，用地图软件导出成 GeoJSON（UTF-8）再传") from error
    if not isinstance(found, dict):
        raise BadShapeError("这不是 GeoJSON 文件，用地图软件导出成 GeoJSON（UTF-8）再传")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _feature(at: int, feature: Any) -> Feature:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadShapeError("不是要素（Feature）")
    properties = feature.get("properties")
    code = str((properties if isinstance(properties, dict) else {}).get("code", "")).strip()
    if not _CODE.fullmatch(code):
        raise BadShapeError("属性 code 要是网格编码（13 到 18 位数字）")
    try:
        return Feature(at, code, read_geometry(feature.get("geometry")))
    except BadShapeError as error:
        raise BadShapeError(f"编码 {code}，{error.sentences[0]}") from error


def read_geometry(found: Any) -> Geometry:
    """A Polygon or MultiPolygon in degrees, two numbers a corner, every ring closed."""
    kind = found.get("type") if isinstance(found, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadShapeError("边界要是面（Polygon 或 MultiPolygon），不能是点或线")
    given = found.get("coordinates")
    polygons = [given] if kind == "Polygon" else given
    if not isinstance(polygons, list) or not polygons:
        raise BadShapeError("边界是空的")
    read = [_polygon(polygon) for polygon in polygons]
    if sum(len(ring) for polygon in read for ring in polygon) > MOST_CORNERS:
        raise BadShapeError(f"边界的拐点超过 {MOST_CORNERS} 个，先简化再传")
    return {"type": kind, "coordinates": read[0] if kind == "Polygon" else read}


def _polygon(rings: Any) -> list[list[list[float]]]:
    if not isinstance(rings, list) or not rings:
        raise BadShapeError("有一个面是空的")
    return [_ring(ring) for ring in rings]


def _ring(corners: Any) -> list[list[float]]:
    if not isinstance(corners, list) or len(corners) < _LEAST_CORNERS:
        raise BadShapeError("一圈边界至少要 3 个拐点，并且回到起点")
    ring = [_corner(corner) for corner in corners]
    if ring[0] != ring[-1]:
        raise BadShapeError("有一圈边界没有闭合，最后一点要和第一点一样")
    if not _area(ring):
        raise BadShapeError("有一圈边界围不出面积")
    return ring


def _corner(corner: Any) -> list[float]:
    numbers = corner[:2] if isinstance(corner, list) else []
    if len(numbers) < 2 or not all(_is_number(one) for one in numbers):
        raise BadShapeError("有一个拐点不是两个数字（经度、纬度）")
    x, y = float(numbers[0]), float(numbers[1])
    if _WEST <= x <= _EAST and _SOUTH <= y <= _NORTH:
        return [round(x, 7), round(y, 7)]
    if _WEST <= y <= _EAST and _SOUTH <= x <= _NORTH:
        raise BadShapeError(f"拐点 {x:g}, {y:g} 的经度和纬度写反了，经度在前")
    raise BadShapeError(f"拐点 {x:g}, {y:g} 不在国内，坐标要用经纬度（度）")


def _is_number(found: Any) -> bool:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    try:
        return math.isfinite(found)
    except OverflowError:
        return False


def _area(ring: Sequence[Sequence[float]]) -> float:
    x0, y0 = ring[0]
    pairs = zip(ring, ring[1:], strict=False)
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in pairs)
