"""大屏: what hangs on the wall of the hall. Units, places and numbers; nobody's data at all.

Everything is counted among the cases of one centre and those below it, as its official tables
are, and drawn here: the page and the JSON it asks for every minute are the same parts. What a
wall cannot read is not on it: the letters are 32 px on a canvas of 1,920 × 1,080, times `k`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache, caches
from django.db.models import Q

from cases.lights import row_light
from cases.loading import load_places
from cases.models import Case
from dispatch.duty import on_duty
from dispatch.models import Residency
from orgs.calendars import calendars_of
from orgs.models import Center, Department, Region, User
from orgs.models.places import STEM_LENGTHS, Level
from reports.indicators.counting import ALL, Dimension, Numbers, Rows, Scope, Span, counted
from reports.indicators.links import behind_url
from reports.indicators.measured import names_of
from reports.indicators.series import Step, point_span, series
from reports.indicators.sets import (
    ACCEPTED,
    ACCEPTED_IN_TIME,
    AGREED,
    CLOSED,
    IN_HAND,
    REGISTERED,
)
from reports.indicators.standing import APPROVED, LATE, NEAR, STEPS
from reports.remembered import recount, remembered
from reports.screen_facts import Late, Number, Wall

FRESH = 90  # seconds that every display of a centre shares one counting
WANTED = 900  # seconds after the last display has asked, during which it is counted every minute
SAID = 300  # seconds after which a process says again that it is wanted
DAYS = 30
UNITS_OVER = 90  # days over which units are compared
FEWEST = 5  # 办结 below which a unit is not compared
SHOWN_LATE = 60  # rows that take their turn; ten screens of six
TOWN = STEM_LENGTHS[Level.TOWN]


def wall_of(center: Center) -> Wall:
    """The wall of a centre, at most `FRESH` seconds old; from now on it is counted ahead."""
    if cache.add(_wanted(center.pk), True, SAID):
        caches["shared"].set(_wanted(center.pk), True, WANTED)
    found: Wall = remembered(f"wall:{center.pk}", seconds=FRESH, make=partial(_wall, center))[1]
    return found


def walls_wanted() -> list[int]:
    """Centres whose wall somebody looks at."""
    keys = {_wanted(pk): pk for pk in Center.objects.values_list("pk", flat=True)}
    return [keys[key] for key in caches["shared"].get_many(keys)]


def recount_wall(center_id: int) -> None:
    """Count ahead, so that no display waits for it."""
    center = Center.objects.select_related("region").get(pk=center_id)
    recount(f"wall:{center.pk}", seconds=FRESH, make=partial(_wall, center))


def _wanted(center_id: int) -> str:
    return f"reports:wall:{center_id}:wanted"


def _wall(center: Center, at: datetime) -> Wall:
    count = _Counting(center, at)
    units = count.units()
    return Wall(
        at=at,
        center=center.name,
        numbers=count.tiles(),
        sources=count.by("sources", REGISTERED, Dimension.SOURCE, count.month),
        types=count.by("types", REGISTERED, Dimension.TYPE, count.month),
        towns=count.towns(),
        steps=count.steps(),
        days=count.days(),
        units=units,
        late=late_rows(center, at),
        present=present(center, at),
        stems=count.stems,
    )


class _Counting:
    """Counts among the cases of one centre, as of one moment, and knows the lists."""

    def __init__(self, center: Center, at: datetime) -> None:
        self.center, self.scope = center, Scope(center)
        today = at.date()
        self.today = Span.of_days(today, today, at)
        self.month = Span.of_days(today - timedelta(days=DAYS - 1), today, at)
        self.quarter = Span.of_days(today - timedelta(days=UNITS_OVER - 1), today, at)
        towns = Region.objects.filter(level=Level.TOWN, code__startswith=center.region.stem)
        self.stems = tuple((one.stem, one.name) for one in towns.order_by("code"))

    def one(self, key: str, name: str, rows: Rows, span: Span, n: int, **group: Any) -> Number:
        return Number(key, name, n, behind_url(rows, span, scope=self.center, **group))

    def tiles(self) -> tuple[Number, ...]:
        shown = (
            ("registered", "今日登记", REGISTERED),
            ("agreed", "今日调成", AGREED),
            ("approved", "今日办结", APPROVED),
            ("in_hand", "在办", IN_HAND),
            ("near", "临期", NEAR),
            ("late", "超期", LATE),
        )
        found = counted([rows for _, _, rows in shown], self.scope, self.today)[ALL]
        return tuple(
            self.one(key, name, rows, self.today, found[rows.key]) for key, name, rows in shown
        )

    def by(self, key: str, rows: Rows, by: Dimension, span: Span) -> tuple[Number, ...]:
        """The groups of a set, the largest first."""
        found = counted([rows], self.scope, span, by)
        named = names_of(by, found)
        return tuple(
            self.one(f"{key}:{named[group][0]}", named[group][1], rows, span, n, **{by.value: code})
            for group, n in _largest(found, rows)
            for code in [named[group][0]]
        )

    def towns(self) -> tuple[Number, ...]:
        """在办 of every town, those with none too: the map has a place for each."""
        found = counted([IN_HAND], self.scope, self.today, Dimension.TOWN)
        return tuple(
            self.one(
                f"towns:{stem}",
                name,
                IN_HAND,
                self.today,
                found.get(stem, {}).get(IN_HAND.key, 0),
                town=stem,
            )
            for stem, name in self.stems
        )

    def steps(self) -> tuple[Number, ...]:
        found = counted([rows for _, rows in STEPS], self.scope, self.month)[ALL]
        return tuple(
            self.one(f"steps:{rows.key}", name, rows, self.month, found[rows.key])
            for name, rows in STEPS
        )

    def days(self) -> tuple[tuple[str, Number, Number], ...]:
        found = series((REGISTERED, CLOSED), self.scope, self.month, Step.DAY)
        rows = []
        for day, numbers in found.items():
            span = point_span(day, Step.DAY, self.month)
            rows.append(
                (
                    f"{day.month}月{day.day}日",
                    self.one(f"in:{day}", "登记", REGISTERED, span, numbers[REGISTERED.key]),
                    self.one(f"out:{day}", "结案", CLOSED, span, numbers[CLOSED.key]),
                )
            )
        return tuple(rows)

    def units(self) -> tuple[tuple[Number, Number], ...]:
        """按期办结 of the units with enough to compare, the surest first."""
        found = counted([ACCEPTED_IN_TIME, ACCEPTED], self.scope, self.quarter, by=Dimension.UNIT)
        enough = {k: v for k, v in found.items() if k and v[ACCEPTED.key] >= FEWEST}
        for village in village_units(enough):
            del enough[village]
        named = names_of(Dimension.UNIT, enough)
        order = sorted(enough, key=lambda pk: (-_share(enough[pk]), -enough[pk][ACCEPTED.key], pk))
        return tuple(
            (
                self.unit(named[pk], ACCEPTED_IN_TIME, enough[pk]),
                self.unit(named[pk], ACCEPTED, enough[pk]),
            )
            for pk in order
        )

    def unit(self, named: tuple[str, str], rows: Rows, numbers: dict[str, int]) -> Number:
        code, name = named
        key = f"{rows.key}:{code}"
        return self.one(key, name, rows, self.quarter, numbers[rows.key], unit=code)


def _largest(found: Numbers, rows: Rows) -> list[tuple[Any, int]]:
    pairs = [(group, numbers[rows.key]) for group, numbers in found.items() if numbers[rows.key]]
    return sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))


def _share(numbers: dict[str, int]) -> float:
    return numbers[ACCEPTED_IN_TIME.key] / numbers[ACCEPTED.key]


def late_rows(center: Center, at: datetime) -> tuple[Late, ...]:
    """Overdue first, then near due: number, unit and light; no title, no name, no place."""
    span = Span.of_days(at.date(), at.date(), at)
    rows: list[Case] = []
    for one in (LATE, NEAR):
        room = SHOWN_LATE - len(rows)
        found: Any = one.rows(Scope(center), span)
        rows += list(found.for_list().order_by("due_at", "pk")[:room])
    load_places(rows, None)
    calendars = calendars_of({case.center_id: case.center for case in rows}.values())
    towns = village_units(case.unit_id for case in rows if case.unit_id)
    shown = []
    for case in rows:
        light = row_light(case, calendars[case.center_id], at)
        unit = "中心"  # nor which unit has a matter that is kept quiet: 妇联 says enough
        if case.unit is not None and not case.is_silent:
            unit = towns.get(case.unit.pk, case.unit.name)
        words = light.words.replace(" 个工作日", "日").replace(" ", "")
        shown.append(Late(case.short_number, unit, light.mark, words, light.colour))
    return tuple(shown)


def village_units(units: Iterable[int]) -> dict[int, str]:
    """Those of these units that belong to one village, each with the name of its town.

    The wall names no place below a town: who lives there could be told from few cases.
    """
    of_village = Q(center__level=Level.VILLAGE) | Q(runs__level=Level.VILLAGE)
    found = Department.objects.filter(of_village, pk__in=list(units))
    return {unit.pk: _town_of(unit.runs or unit.center) for unit in found.select_related(*_TOWNS)}


_TOWNS = ("center__region__parent", "runs__region__parent")


def _town_of(village: Center) -> str:
    town = village.region.parent
    return f"{town.name}所辖村" if town else "村社区"


def present(center: Center, at: datetime) -> tuple[tuple[str, int], ...]:
    """今日在岗: how many departments are there now, by how they are present."""
    duties = on_duty(center, at).values()
    return tuple(
        (str(kind.label), sum(one.present for one in duties if one.kind == kind.label))
        for kind in (Residency.Kind.RESIDENT, Residency.Kind.ROTATING)
    )


def is_demo() -> bool:
    """Whether the invented county is loaded: the wall says so over everything."""
    return User.objects.filter(is_demo=True).exists()
