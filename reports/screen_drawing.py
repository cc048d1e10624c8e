"""The wall drawn: parts in columns, the same for the first page and for every minute after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from grids.map_drawing import Box, Frame, frame_of, hull_of, middle_of, paths_of
from grids.models import GridShape
from grids.places import Geometry
from orgs.models.places import STEM_LENGTHS, Level
from reports.charts import Lines, lines_of, share_of
from reports.remembered import remembered
from reports.screen_facts import Asked, Late, Number, Wall
from zongzhi.lib import clock

TOWN, VILLAGE = STEM_LENGTHS[Level.TOWN], STEM_LENGTHS[Level.VILLAGE]
WEEKDAYS = "一二三四五六日"
LETTER = 32  # px on the canvas, at k = 1
AT_A_TIME, AT_A_TIME_WIDE = 6, 16  # rows of the table that turns
SHADES = (1, 5, 10, 20)  # 在办 from which a town is darker
MAP_KEPT = 600  # seconds; borders do not move
FULL = 100.0  # the length of a whole bar
ROWS = {"sources": 4, "types": 5, "units": 10}
TITLES = {
    "numbers": "",
    "sources": "近 30 天从哪里来",
    "types": "近 30 天类型",
    "map": "各镇街在办",
    "steps": "近 30 天登记的，办到哪一步",
    "days": "近 30 天每天",
    "late": "超期和临期",
    "units": "按期办结（近 90 天）",
    "duty": "现在在岗的单位",
}
COLUMNS = (("numbers", "sources", "types"), ("map", "steps", "days"), ("late", "units", "duty"))
WIDE = (
    ("numbers", "duty"),
    ("sources", "types"),
    ("map",),
    ("steps", "days"),
    ("late",),
    ("units",),
)


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    html: str


@dataclass(frozen=True)
class Bar:
    name: str
    key: str
    shown: str
    length: float


@dataclass(frozen=True)
class Town:
    """A town on the map; without borders it is a tile."""

    name: str
    key: str
    number: int
    shade: int
    path: str = ""
    x: int = 0
    y: int = 0

    @property
    def half(self) -> float:
        """Half of how wide its name and number are."""
        return (LETTER * len(self.name) + 20 * len(str(self.number)) + 14) / 2


def date_words(moment: datetime) -> str:
    """「2025年4月14日 星期一」."""
    return f"{moment.year}年{moment.month}月{moment.day}日 星期{WEEKDAYS[moment.weekday()]}"


def parts_of(wall: Wall, asked: Asked) -> list[Part]:
    """Every part of the wall, drawn."""
    drawn: dict[str, tuple[str, dict[str, Any]]] = {
        "numbers": ("numbers", {"numbers": wall.numbers}),
        "sources": ("bars", {"bars": _bars(wall.sources, _room("sources", asked))}),
        "types": ("bars", {"bars": _bars(wall.types, _room("types", asked))}),
        "map": ("map", _map(wall, asked)),
        "steps": ("steps", {"steps": _steps(wall.steps)}),
        "days": ("days", {"chart": _days(wall, asked), "text": LETTER * asked.k}),
        "late": ("late", {"turns": _turns(wall.late, asked), "total": len(wall.late)}),
        "units": ("bars", {"bars": _units(wall, _room("units", asked))}),
        "duty": ("duty", {"present": wall.present}),
    }
    return [
        Part(key, TITLES[key], render_to_string(f"screen/_{name}.html", context).strip())
        for key, (name, context) in drawn.items()
    ]


def columns_of(parts: Sequence[Part], asked: Asked) -> list[list[Part]]:
    """The parts in the columns of the canvas that was asked for."""
    found = {part.key: part for part in parts}
    return [[found[key] for key in keys] for keys in (WIDE if asked.wide else COLUMNS)]


def data_of(wall: Wall, parts: Sequence[Part]) -> dict[str, Any]:
    """What the wall asks for every minute: its numbers, and its parts as they are drawn."""
    return {
        "as_of": wall.at.isoformat(),
        "shown": f"{wall.at:%H:%M}",
        "date": date_words(clock.local(wall.at)),
        "figures": {one.key: one.number for one in wall.every},
        "late": [
            {"number": row.number, "unit": row.unit, "light": f"{row.mark} {row.words}"}
            for row in wall.late
        ],
        "on_duty": dict(wall.present),
        "parts": {part.key: part.html for part in parts},
    }


def _room(key: str, asked: Asked) -> int:
    """How many rows of letters of that size a part has room for."""
    return max(1, int(ROWS[key] * (1.8 if asked.wide else 1) / asked.k**2))


def _bars(numbers: Sequence[Number], room: int) -> list[Bar]:
    most = max((one.number for one in numbers), default=0)
    return [
        Bar(one.name, one.key, f"{one.number:,}", share_of(one.number, most, FULL))
        for one in numbers[:room]
    ]


def _units(wall: Wall, room: int) -> list[Bar]:
    """「45/47」, never a bare percentage: units are compared with their sample beside them."""
    return [
        Bar(
            whole.name,
            whole.key,
            f"{top.number}/{whole.number}",
            share_of(top.number, whole.number, FULL),
        )
        for top, whole in wall.units[:room]
    ]


def _steps(steps: Sequence[Number]) -> list[tuple[Number, float]]:
    most = max((one.number for one in steps), default=0)
    return [(one, share_of(one.number, most, FULL)) for one in steps]


def _turns(rows: Sequence[Late], asked: Asked) -> list[Sequence[Late]]:
    """Six at a time; on the wide wall, where the table has a column to itself, what it holds."""
    most = int(AT_A_TIME_WIDE / asked.k) if asked.wide else AT_A_TIME
    return [rows[n : n + most] for n in range(0, len(rows), most)]


def _days(wall: Wall, asked: Asked) -> Lines:
    names = [day for day, _, _ in wall.days]
    came = [one.number for _, one, _ in wall.days]
    went = [one.number for _, _, one in wall.days]
    said = f"近 30 天每天登记和结案的事项，共登记 {sum(came)} 件、结案 {sum(went)} 件"
    return lines_of(
        said,
        names,
        (("登记", came), ("结案", went)),
        width=744 if asked.wide else 912,
        height=420 if asked.wide else 190 + 40 * asked.k,
        text=LETTER * 0.8 * asked.k,
        every=7 if asked.k < 1.3 and not asked.wide else 14 if asked.k < 1.75 else 28,
    )


def _map(wall: Wall, asked: Asked) -> dict[str, Any]:
    """The towns by their borders where grids have any; else as tiles."""
    frame, drawn = _borders(wall, asked)
    towns = []
    for (stem, name), one in zip(wall.stems, wall.towns, strict=True):
        shade = sum(one.number >= least for least in SHADES)
        path, (x, y) = drawn.get(stem, ("", (0, 0)))
        towns.append(Town(name, one.key, one.number, shade, path, x, y))
    named = [town for town in towns if town.path]
    shown = apart(named, frame.width, frame.height) if frame else []
    return {
        "frame": frame,
        "drawn": shown,
        "tiles": [town for town in towns if not (frame and town.path)],
        "said": "各镇街在办：" + "，".join(f"{one.name} {one.number} 件" for one in wall.towns),
    }


def apart(towns: Sequence[Town], width: int, height: int) -> list[Town]:
    """Names that stand wholly on the map, each in the nearest row where it covers no other.

    Below where it was, as long as there is room, then above. Where there is none at all it covers.
    """
    placed: list[Town] = []
    for town in sorted(towns, key=lambda one: (one.y, one.x)):
        x = round(min(max(town.x, town.half), width - town.half))
        rows = _rows(min(max(town.y, LETTER), height - LETTER // 2), placed, height)
        free = (row for row in rows if not any(_covers(one, x, row, town.half) for one in placed))
        placed.append(replace(town, x=x, y=next(free, rows[0])))
    return placed


def _rows(y: int, placed: Sequence[Town], height: int) -> list[int]:
    """Where a name could stand: its own place, then right below others, then right above."""
    below = sorted(one.y + LETTER for one in placed)
    above = sorted((one.y - LETTER for one in placed), reverse=True)
    rows = [y, *(row for row in below if row > y), *(row for row in above if row < y)]
    return [row for row in rows if LETTER <= row <= height - LETTER // 2] or [y]


def _covers(placed: Town, x: int, y: int, half: float) -> bool:
    return abs(placed.x - x) < placed.half + half and abs(placed.y - y) < LETTER


Drawn = tuple[Frame | None, dict[str, tuple[str, tuple[int, int]]]]


def _borders(wall: Wall, asked: Asked) -> Drawn:
    stems = tuple(stem for stem, _ in wall.stems)
    name = f"borders:{asked.query}:{','.join(stems)}"
    found: Drawn = remembered(name, seconds=MAP_KEPT, make=lambda at: _draw(stems, asked))[1]
    return found


def _draw(stems: Sequence[str], asked: Asked) -> Drawn:
    """A town is its villages, a village the hull around its grids."""
    villages: dict[str, list[Box]] = defaultdict(list)
    shapes = GridShape.objects.filter(grid__is_active=True)
    for code, *box in shapes.values_list("grid__code", "west", "south", "east", "north"):
        if code[:TOWN] in stems:
            villages[code[:VILLAGE]].append((box[0], box[1], box[2], box[3]))
    if not villages:
        return None, {}
    towns: dict[str, list[Any]] = defaultdict(list)
    for code, boxes in villages.items():
        towns[code[:TOWN]].append(hull_of(boxes)["coordinates"])
    boxes = [box for found in villages.values() for box in found]
    frame = frame_of(boxes, width=744 if asked.wide else 912, tallest=900 if asked.wide else 460)
    shown: list[Geometry] = [
        {"type": "MultiPolygon", "coordinates": coordinates} for coordinates in towns.values()
    ]
    paths = paths_of(shown, frame)
    middles = [middle_of(geometry, frame) for geometry in shown]
    return frame, dict(zip(towns, zip(paths, middles, strict=True), strict=True))
