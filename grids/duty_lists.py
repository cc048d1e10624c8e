"""百项清单: which version is in force where, and how the lines of a new one are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from grids.duty_words import SEED
from grids.models import Duty, DutyList
from grids.register_rules import centers_over
from grids.vocabulary import Category
from orgs.models import Center
from orgs.models.places import Level
from zongzhi.lib import clock

MOST_DUTIES = 300
ADMITTING = (Level.COUNTY, Level.CITY)
HEADINGS = ("类别", "事项", "做什么", "牵头部门")
_CATEGORIES = {str(label): value for value, label in Category.choices}
_NAMED = 5  # of those that are not admitted; the rest are counted
_BETWEEN = re.compile(r"\t|[|｜]")
_LONGEST = {"name": 60, "description": 300, "lead": 50}


def current_list(center: Center, day: date | None = None) -> DutyList | None:
    """The list in force there: the centre's own, or that of the nearest centre above."""
    over = [one.pk for one in centers_over(center.region.code) if _is_over(one, center)]
    rows = DutyList.objects.filter(center__in=over, effective_from__lte=day or clock.today())
    found = sorted(
        rows.select_related("center__region"),
        key=lambda row: (over.index(row.center_id), -row.number),
    )
    return found[0] if found else None


def admitting_list(center: Center, day: date | None = None) -> DutyList | None:
    """准入: the list of the county in force there, or of the city: what others choose from."""
    over = [one for one in centers_over(center.region.code) if one.level in ADMITTING]
    return current_list(over[0], day) if over else None


def duties_in_force(center: Center) -> QuerySet[Duty]:
    """The lines of the list in force there; of a lower centre's only what is still admitted."""
    found = current_list(center)
    rows = Duty.objects.filter(listing=found)
    if found is None or found.center.level in ADMITTING:
        return rows
    admitting = admitting_list(center)
    admitted = set(admitting.duties.values_list("category", "name")) if admitting else set()
    return rows.filter(pk__in=[row.pk for row in rows if (row.category, row.name) in admitted])


def not_admitted(center: Center, lines: Sequence[Line], day: date) -> str:
    """Why a lower centre's list asks too much of the grids, as a sentence; "" when it does not."""
    if center.level in ADMITTING:
        return ""
    admitting = admitting_list(center, day)
    admitted = set(admitting.duties.values_list("category", "name")) if admitting else set()
    more = [line.name for line in lines if (line.category, line.name) not in admitted]
    if not more:
        return ""
    named = "、".join(more[:_NAMED]) + ("等" if len(more) > _NAMED else "")
    return f"县里的清单没有 {len(more)} 项：{named}。只能从县里的清单里选，要加先由县里公布"


def _is_over(one: Center, center: Center) -> bool:
    return center.region.code.startswith(one.region.stem)


@dataclass(frozen=True)
class Line:
    """One line of a list somebody draws up."""

    category: str
    name: str
    description: str = ""
    lead: str = ""

    @property
    def label(self) -> str:
        return str(Category(self.category).label)

    @property
    def text(self) -> str:
        return "\t".join((self.label, self.name, self.description, self.lead)).rstrip("\t")


def read_lines(text: str) -> tuple[list[Line], list[str]]:
    """The lines as pasted from Excel, cells apart by tabs or ｜; and what is wrong with which."""
    lines: list[Line] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for at, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [cell.strip() for cell in _BETWEEN.split(raw)]
        if tuple(cells[:2]) == HEADINGS[:2]:
            continue
        found = _read(cells)
        if isinstance(found, str):
            faults.append(f"第 {at} 行：{found}")
        elif found.name in seen:
            faults.append(f"第 {at} 行：“{found.name}”和第 {seen[found.name]} 行重复")
        else:
            seen[found.name] = at
            lines.append(found)
    if len(lines) > MOST_DUTIES:
        faults.append(f"最多 {MOST_DUTIES} 项，现在是 {len(lines)} 项")
    if not lines and not faults:
        faults.append("还没有事项，一行写一项")
    return lines, faults


def _read(cells: Sequence[str]) -> Line | str:
    """The line, or what is wrong with it."""
    category, name, description, lead, *more = [*cells, "", "", ""][: max(4, len(cells))]
    if category not in _CATEGORIES:
        return f"没有“{category}”这一类，可以写：{'、'.join(_CATEGORIES)}"
    if not name:
        return "类别后面要写事项，中间用制表符或｜隔开"
    if any(more):
        return "多于四格，一行写：类别、事项、做什么、牵头部门"
    for key, found in (("name", name), ("description", description), ("lead", lead)):
        if len(found) > _LONGEST[key]:
            return f"“{found[:10]}…”太长，最多 {_LONGEST[key]} 个字"
    return Line(_CATEGORIES[category], name, description, lead)


def lines_of(listing: DutyList | None) -> list[Line]:
    """The lines of a version, or our own draft where nothing has been published yet."""
    if listing is None:
        return [Line(*line) for line in SEED]
    return [Line(row.category, row.name, row.description, row.lead) for row in listing.duties.all()]


def differences(old: DutyList | None, lines: Sequence[Line]) -> tuple[list[str], list[str]]:
    """(what is new, what goes), by name."""
    before = {row.name for row in old.duties.all()} if old else set()
    after = {line.name for line in lines}
    return sorted(after - before), sorted(before - after)


def write_list(listing: DutyList, lines: Sequence[Line]) -> None:
    Duty.objects.bulk_create(
        Duty(
            listing=listing,
            number=number,
            category=line.category,
            name=line.name,
            description=line.description,
            lead=line.lead,
        )
        for number, line in enumerate(lines, start=1)
    )


@transaction.atomic
def ensure_duties(since: date | None = None) -> None:
    """Every county without a list of its own or above gets our draft as its first version."""
    now = clock.now()
    for center in Center.objects.filter(level=Level.COUNTY).select_related("region"):
        over = [one.pk for one in centers_over(center.region.code)]
        if DutyList.objects.filter(center__in=over).exists():
            continue
        listing = DutyList.objects.create(
            center=center,
            number=1,
            title="网格服务管理事项清单",
            effective_from=since or clock.today(),
            note="系统自带的初稿，按本地准入的事项改",
            published_at=now,
        )
        write_list(listing, lines_of(None))
